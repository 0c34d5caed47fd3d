"""Entering the demo's agencies, people and files, through the same services that people use."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import yaml
from django.utils import timezone

from lightkeeper.apps.accounts import loading
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.apps.accounts.models import Agency, Compartment, Credential, Errand, Person
from lightkeeper.apps.accounts.services import Actor, open_session
from lightkeeper.apps.intake import services as intake
from lightkeeper.apps.intake.choices import Channel
from lightkeeper.cli.running import enter_rules
from lightkeeper.cli.setting_up import Session
from lightkeeper.cli.telling_breach import first_breach
from lightkeeper.cli.telling_nation import nation_beside
from lightkeeper.core.database import upkeep
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import DomainError
from lightkeeper.engine.records import Grading
from lightkeeper.engine.synthetic.nation.part import mapping_text

STORY = Path(__file__).resolve().parents[3] / "samples" / "story"
Say = Callable[[str], None]
STARTED = timezone.now()  # what failed before this start is for the site to show


@cache
def story() -> dict[str, Any]:
    """What `samples/story/story.yaml` says. Raises: click.ClickException if it is not there."""
    if not (STORY / "story.yaml").exists():
        raise click.ClickException("The demo's story is in samples/story of a checkout.")
    told: dict[str, Any] = yaml.safe_load((STORY / "story.yaml").read_text(encoding="utf-8"))
    return told


def load() -> dict[str, tuple[str, str | None]]:
    """Schema, rules, reference data and people. Returns what each is for, and a one-time password.

    Somebody who has chosen a password keeps it, and gets None.
    """
    upkeep.migrate()
    enter_rules()
    loading.demand_no_factor()
    agencies = {
        one["code"]: loading.add_agency(one["code"], one["name"], one["kind"], one.get("desk", ""))
        for one in story()["agencies"]
    }
    passwords = {one["username"]: (one["says"], _enter(one, agencies)) for one in story()["people"]}
    for one in story()["compartments"]:
        members = Person.objects.using("owner").filter(username__in=one["members"])
        loading.add_compartment(one["code"], one["name"], agencies[one["owner"]], list(members))
    return passwords


def _enter(one: dict[str, Any], agencies: dict[str, Agency]) -> str | None:
    person, password = loading.add_person(
        username=one["username"],
        name=one["name"],
        agency=agencies[one["agency"]],
        roles=one["roles"],
        level=one["level"],
        trained_until=date.today() + timedelta(days=365),
    )
    if password is None and Credential.objects.using("door").filter(
        person_id=person.pk, must_change=True
    ):
        return loading.reset_password(person)  # printed before and never used
    return password


@cache
def session_of(username: str) -> Session:
    person = Person.objects.using("owner").get(username=username)
    return Session(open_session(person.pk, purpose=Purpose.INVESTIGATION, kind="command"))


@contextmanager
def as_(username: str) -> Iterator[Actor]:
    with session_of(username).transaction() as actor:
        yield actor


def tell_the_story(say: Say) -> None:
    """Send in each file that is not there yet, have the worker read and link, propose a task."""
    with TemporaryDirectory() as folder:
        beside = nation_beside(story()["nation"], Path(folder))
        fresh = [one for one in [*story()["files"], *beside] if _send(one)]
    say(f"{len(fresh)} files sent in" if fresh else "The story is in already")
    _until_done(say)
    _first_task(say)
    _first_request(say)
    _first_proposal(say)
    first_breach(say, as_)


def _send(one: dict[str, Any]) -> bool:
    with as_(one["by"]) as actor:
        mapping = None
        if text := _mapping_text(one):
            mapping = intake.make_mapping(
                by=actor, text=text, at=timezone.now(), compartment=_compartment(one)
            )
    with as_(one["by"]) as actor, (one.get("folder", STORY) / one["file"]).open("rb") as file:
        receipt = intake.receive(
            by=actor,
            file=file,
            file_name=one["file"],
            grading=_grading(one),
            level=one["level"],
            at=timezone.now(),
            mapping=mapping,
            released_to=list(Agency.objects.filter(code__in=one["released_to"])),
            compartment=_compartment(one),
            conditions=one.get("may", ()),
            source=one["source"],
            channel=Channel.COMMAND,
        )
    if receipt.came is intake.Came.REFUSED:
        raise click.ClickException(f"{one['file']} was refused: {receipt.refusal}")
    return receipt.came is intake.Came.NEW


def _mapping_text(one: dict[str, Any]) -> str | None:
    name = one.get("mapping")
    if name is None or "feed" in one:
        return name and mapping_text(name)
    return (STORY / "mappings" / f"{name}.yaml").read_text(encoding="utf-8")


def _grading(one: dict[str, Any]) -> Grading:
    return Grading(
        one["scheme"],
        one["source_evaluation"],
        one["information_assessment"],
        one["handling_code"],
        tuple(one.get("conditions", ())),
    )


def _compartment(one: dict[str, Any]) -> int | None:
    code = one.get("compartment")
    if not code:
        return None
    return int(Compartment._base_manager.using("owner").get(code=code).pk)


def _until_done(say: Say, seconds: int = 3600) -> None:
    """Wait for the worker to have done what anybody of the story asked for."""
    shown = sys.stderr.isatty()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        waiting = [errand for one in story()["people"] for errand in _errands(one["username"])]
        if not waiting:
            if shown:
                click.echo("\r" + " " * 60 + "\r", nl=False, err=True)
            say("Files are read and linked")
            return
        if shown:
            now = waiting[0]
            click.echo(f"\r         {now.kind} {now.done:,} {now.doing:40}", nl=False, err=True)
        time.sleep(0.3)
    raise click.ClickException("The worker did not finish in time. Its log says where it is.")


def _errands(username: str) -> list[Errand]:
    with as_(username) as actor:
        mine = Errand.objects.filter(person_id=actor.person_id)
        failed = mine.filter(asked_at__gte=STARTED).exclude(failed="").order_by("-pk").first()
        if failed:
            raise click.ClickException(f"{failed.kind} failed: {failed.failed}")
        return list(mine.filter(finished_at__isnull=True).order_by("pk"))


def _first_task(say: Say) -> None:
    """A task for Northshire, proposed by the analyst and sent by the decider, so that the inbox
    of the demo's officer is not empty."""
    from lightkeeper.apps.intelligence import queries as picture
    from lightkeeper.apps.tasking import queries as tasks
    from lightkeeper.apps.tasking import services as tasking
    from lightkeeper.apps.tasking.choices import Level, Theme

    with as_("ada") as ada:
        if tasks.count_visible(ada):
            return
        found = picture.find(ada, "Victor Brandt", 1)
        record = picture.subject(ada, found[0].reference).records[0]
        northshire = Agency.objects.get(code="northshire-police")
        task = tasking.propose_task(
            by=ada,
            record=record,
            agency=northshire,
            threat="trafficking",
            theme=Theme.PURSUE,
            level=Level.CROSS_BORDER,
            objective="Find out who uses the rooms at Signal Hill, and whether children go there.",
            reason="He heads the list of priorities, and a missing child was seen with him.",
            at=timezone.now(),
        )
    with as_("dev") as dev:
        tasking.send_task(
            by=dev,
            task=tasks.get_task(dev, task.reference),
            due_at=timezone.now() + timedelta(days=7),
            reason="A child may be at risk now.",
            at=timezone.now(),
        )
    say(f"{task} is in Northshire's inbox")


def _first_request(say: Say) -> None:
    """A request that came to the centre, by somebody whose identity has been checked."""
    from lightkeeper.apps.rights import queries as requests
    from lightkeeper.apps.rights import services as rights
    from lightkeeper.apps.rights.choices import RequestKind

    now, today = timezone.now(), timezone.localdate()
    with as_("dora") as dora:
        pages = [requests.cases(dora, on=today, ended=ended).rows for ended in (False, True)]
        if any(pages):
            return
        case = rights.receive_request(
            by=dora,
            kind=RequestKind.ACCESS,
            name="Victor Brandt",
            received_on=today - timedelta(days=3),
            details="Please send me everything that you hold about me.",
            at=now,
        )
    with as_("dora") as dora:
        rights.confirm_identity(
            by=dora,
            case=requests.find_case(dora, case.reference),
            on=today - timedelta(days=1),
            reason="Passport seen at the front desk.",
            at=now,
        )
    say(f"{case} waits for an answer")


def _first_proposal(say: Say) -> None:
    """The hub's analyst as a member of the operation, proposed by its officer; Eastmere's
    supervisor has not decided it yet, so that there is something to approve."""
    from lightkeeper.apps.accounts import knowing, membership

    now = timezone.now()
    with as_("otto") as otto:
        for known in knowing.compartments(otto, today=day_of(now)):
            if known.waiting or known.members > 1 or known.compartment.code != "LANTERN":
                continue
            member = membership.propose_member(
                by=otto,
                compartment=known.compartment,
                person=knowing.get_person("ada"),
                reason="She works on the same phones at the hub, and sees half of each call.",
                until=day_of(now) + timedelta(days=90),
                at=now,
            )
            say(f"{member} waits for Eastmere's supervisor to approve")


def measure_file(file: Path, truth: str, say: Say) -> None:
    """A file of one's own, as two agencies' files, through everything; prints its figures."""
    from lightkeeper.cli.measuring import measure

    try:
        figures = measure(file, truth, as_, lambda: _until_done(say))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    say("Measured against the truth:")
    for name, value in figures.items():
        click.echo(f"          {name:12} {value}")
