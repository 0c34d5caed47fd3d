"""One object of each kind behind each label, made by somebody who may, each with a name of its own
that must turn up on no page of anybody who may not see it.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from secrets import token_hex
from typing import Any

from django.apps import apps
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Agency, the_label
from lightkeeper.apps.intake import blobs, waiting
from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.core.announcements import announce
from lightkeeper.core.references import new_reference
from lightkeeper.testing import cast
from lightkeeper.testing.plugin import NAME, superuser
from tests.access.oracle import Somebody, Thing
from tests.access.rows import add

# label: who makes what carries it, its level, to whom it is released, its compartment
LABELS: dict[str, tuple[str, int, tuple[str, ...], str | None]] = {
    "own": ("ada", 0, (), None),
    "sensitive": ("ada", 1, (), None),
    "released": ("ben", 0, (cast.HUB,), None),
    "elsewhere": ("ben", 0, (), None),
    "lantern": ("otto", 1, (), cast.COMPARTMENT),
    # As an entry of broken glass carries it: the owner of what was opened, and who opened it.
    "opened": ("ben", 1, (cast.EASTMERE,), None),
}
HIDDEN_PHONE = "+447700900999"
MAPPING = "name: {name}\nversion: 1\nkind: Person\nproperties:\n  name: {{column: name}}\n"


@dataclass
class Behind:
    """What stands behind one label: `parameters[kind]` are the words that go into an address."""

    name: str
    thing: Thing
    canary: str
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    maker: str = ""


def somebody(name: str) -> Somebody:
    """One of the cast, in the oracle's words."""
    _, _, agency, roles, level = next(person for person in cast.PEOPLE if person[0] == name)
    members = {cast.COMPARTMENT} if name == "otto" else ()
    return Somebody(agency, frozenset(roles), level, frozenset(members))


def labelled(name: str, like: str = "") -> Behind:
    """What is to stand behind a label, before anything does."""
    maker, level, released_to, compartment = LABELS[like or name]
    thing = Thing(1, somebody(maker).agency, level, compartment, frozenset(released_to))
    return Behind(name, thing, f"Zq{name}x", maker=maker)


def make_all(become: Callable[[str], Actor]) -> dict[str, Behind]:
    made = {name: make_one(name, become) for name in LABELS}
    made["opened"].parameters["glass"] = (_glass(become),)
    made["lantern"].parameters |= _proposal(become)
    for there in made.values():
        _share(there, become)
    made["released"].parameters |= _handled(become)
    return made


def _share(there: Behind, become: Callable[[str], Actor]) -> None:
    """Whoever made it looks at their record, and an officer of theirs lists whom that concerns."""
    from lightkeeper.apps.audit import services as audit
    from lightkeeper.apps.breaches import queries, services

    officer = {cast.HUB: "dora", cast.NORTHSHIRE: "nell"}.get(there.thing.owner)
    if officer is None:
        return
    record = there.parameters["record"][0]
    audit.record(by=become(there.maker), did=audit.Did.RECORD_SEEN, to=record)
    actor = become(officer)
    breach = queries.find_breach(actor, there.parameters["breach"][0])
    scope = services.Scope(accounts=(there.maker,))
    made = services.work_out(
        by=actor, breach=breach, scope=scope, reason=there.canary, at=timezone.now()
    )
    there.parameters["share"] = (queries.shares_of(become(officer), made)[0].reference,)


def _glass(become: Callable[[str], Actor]) -> str:
    """Lena breaks the glass on a record of Ben's agency, and closes it again."""
    from lightkeeper.apps.sharing import queries, services
    from lightkeeper.apps.sharing.choices import Danger

    ben = become("ben")
    label = the_label(owner=ben.agency, level=1)
    record = add(
        _model("intake.Record"), become("ben"), label, reference=new_reference("REC"), row_number=1,
        kind="Person", caption="Zqglassx", source_key="", scheme="3x5x2", source_evaluation="2",
        information_assessment="B", concerns_child=False,
        properties={"name": ["Zqglassx"], "phone": [HIDDEN_PHONE]},
    )  # fmt: skip
    announce(RecordsAccepted(record.report_id, (record.pk,), timezone.now()))
    lena = become("lena")
    [reference] = services.break_glass(
        by=lena, about=HIDDEN_PHONE, danger=Danger.LIFE, at=timezone.now(),
        justification="A call says the child is there now.",
    ).glass  # fmt: skip
    glass = queries.get_glass(become("lena"), reference)
    services.close_glass(by=lena, glass=glass, at=timezone.now())
    return reference


def _handled(become: Callable[[str], Actor]) -> dict[str, tuple[str, ...]]:
    """Ben puts a condition on a record that he released, and consents to its passing on."""
    from lightkeeper.apps.sharing import conditions

    ben = become("ben")
    hub = Agency.objects.get(code=cast.HUB)
    label = the_label(owner=ben.agency, level=0, released_to=[hub])
    record = add(
        _model("intake.Record"), become("ben"), label, reference=new_reference("REC"), row_number=1,
        kind="Person", caption="Zqreleasedx", source_key="", scheme="3x5x2", source_evaluation="2",
        information_assessment="B", concerns_child=False, properties={},
    )  # fmt: skip
    now = timezone.now()
    days = {"since": now.date(), "until": now.date() + timedelta(days=9), "reason": "Zqreleasedx"}
    change = conditions.set_condition(
        by=become("ben"), record=record, condition="ORCON", put=True, at=now, **days
    )
    record.refresh_from_db(from_queryset=_model("intake.Record").objects.visible_to(become("ben")))
    consent = conditions.give_consent(by=become("ben"), record=record, agency=hub, at=now, **days)
    return {"condition": (change,), "consent": (consent,)}


def _proposal(become: Callable[[str], Actor]) -> dict[str, tuple[str, ...]]:
    """Otto proposes Ada as a member of his compartment, and to close it; nobody has decided yet."""
    from lightkeeper.apps.accounts import closing, membership
    from lightkeeper.apps.accounts.choices import Move
    from lightkeeper.apps.accounts.models import Compartment, Person

    otto = become("otto")
    lantern = Compartment.objects.get(code=cast.COMPARTMENT)
    now = timezone.now()
    proposed = membership.propose_member(
        by=otto, compartment=lantern, person=Person.objects.get(username="ada"), at=now,
        until=now.date() + timedelta(days=30), reason="Zqlanternx",
    )  # fmt: skip
    move = closing.propose(
        by=otto, compartment=lantern, what=Move.CLOSE, on_day=now.date() + timedelta(days=30),
        reason="Zqlanternx", at=now,
    )  # fmt: skip
    return {
        "compartment": (lantern.reference,),
        "member": (proposed.reference,),
        "move": (move.reference,),
    }


def absent() -> dict[str, tuple[str, ...]]:
    """The same words for things that are not there."""
    return {
        "report": (new_reference("REP"),),
        "record": (new_reference("REC"),),
        "quarantined": (new_reference("QUA"),),
        "mapping": (new_reference("MAP"),),
        "subject": (new_reference("SUB"),),
        "adult": (new_reference("SUB"),),
        "pair": (new_reference("REC"), new_reference("REC")),
        "judgement": (new_reference("JDG"),),
        "consideration": (new_reference("CON"),),
        "task": (new_reference("TSK"),),
        "glass": (new_reference("GLS"),),
        "condition": (new_reference("CND"),),
        "consent": (new_reference("RLS"),),
        "compartment": (new_reference("CMP"),),
        "member": (new_reference("MEM"),),
        "move": (new_reference("CMV"),),
        "hold": (new_reference("HLD"),),
        "notice": (new_reference("NTC"),),
        "case": (new_reference("RRQ"),),
        "item": (new_reference("RIT"),),
        "part": (new_reference("RPT"),),
        "breach": (new_reference("BRC"),),
        "share": (new_reference("BRS"),),
        "upload": ("A" * 32,),
        "flag": (new_reference("FLG"),),
        "model": (token_hex(8),),
    }


@contextmanager
def flags_there() -> Iterator[dict[str, str]]:
    """For each label an unusual look of whoever makes what carries it. Only the linker's role
    enters such, so it is done apart from what the tests undo.
    """
    there = {label: new_reference("FLG") for label in LABELS}
    with superuser(NAME) as c:
        for day, (label, reference) in enumerate(there.items(), 1):
            c.execute(
                "insert into audit_flag (reference, rule_id, day, person_id, person, agency_id, "
                "about, sentence, events, made_at) select %s, (select min(id) from audit_lookrule),"
                " make_date(2026, 1, %s), id, username, agency_id, '', 'unusual', '{}', now() "
                "from accounts_person where username = %s",
                (reference, day, LABELS[label][0]),
            )
    yield there
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("delete from audit_flag")


def make_one(name: str, become: Callable[[str], Actor], like: str = "") -> Behind:
    """One of each kind behind a label of its own; the label is as in `LABELS`, by its name or like
    another.
    """
    maker, level, released_to, compartment = LABELS[like or name]
    actor, behind = become(maker), labelled(name, like)
    label = the_label(
        owner=actor.agency,
        level=level,
        released_to=Agency.objects.filter(code__in=released_to),
        compartment=min(actor.viewer.compartments) if compartment else None,
    )
    actor = become(maker)  # the label is new, and the actor has to know of it
    _make_reports(behind, actor, label)
    _make_picture(behind, actor, label)
    behind.parameters["glass"] = (new_reference("GLS"),)
    behind.parameters["compartment"] = (new_reference("CMP"),)
    behind.parameters["member"] = (new_reference("MEM"),)
    behind.parameters["move"] = (new_reference("CMV"),)
    _make_governed(behind, actor, label)
    _make_rights(behind, actor, label)
    behind.parameters["model"] = (token_hex(8),)
    behind.parameters["upload"] = (_upload(actor, behind.canary),)
    return behind


def _model(name: str) -> Any:
    app, _, model = name.partition(".")
    return apps.get_model(app, model)


def _make_reports(behind: Behind, actor: Actor, label: Any) -> None:
    said = behind.canary
    mapping = add(
        _model("intake.Mapping"), actor, label, reference=new_reference("MAP"), name=said,
        text=MAPPING.format(name=said), made_at=timezone.now(),
    )  # fmt: skip
    report = add(
        _model("intake.Report"), actor, label, reference=new_reference("REP"),
        file_name=f"{said}.csv", source=said, mapping=mapping, format="csv", digest=_bytes_of(said),
        size_bytes=1,
        status="PARSED", rows_read=0, rows_accepted=0, rows_repeated=0, rows_quarantined=0,
        source_evaluation="2", information_assessment="B", handling_code="P", warnings=[],
    )  # fmt: skip
    records = [
        add(
            _model("intake.Record"), actor, label, reference=new_reference("REC"), report=report,
            row_number=row, kind="Person", caption=said, source_key="", scheme="3x5x2",
            source_evaluation="2", information_assessment="B", concerns_child=row == 1,
            properties={"name": [said], "firstName": [said], "phone": ["+447700900123"]},
        )
        for row in (1, 2)
    ]  # fmt: skip
    quarantined = add(
        _model("intake.Quarantined"), actor, label, reference=new_reference("QUA"), report=report,
        row_number=3, column="name", code="name.empty", sentence=said, faults=[],
        row={"name": said}, status="OPEN",
    )  # fmt: skip
    announce(RecordsAccepted(report.pk, tuple(r.pk for r in records), timezone.now()))
    behind.parameters |= {
        "report": (report.reference,),
        "record": (records[0].reference,),
        "quarantined": (quarantined.reference,),
        "mapping": (mapping.reference,),
        "subject": ("SUB-" + records[0].reference.removeprefix("REC-"),),
        "adult": ("SUB-" + records[1].reference.removeprefix("REC-"),),
        "pair": (records[0].reference, records[1].reference),
    }


def _make_picture(behind: Behind, actor: Actor, label: Any) -> None:
    first, second = (
        _model("intake.Record").objects.visible_to(actor).get(reference=reference)
        for reference in behind.parameters["pair"]
    )
    judgement = add(
        _model("intelligence.Judgement"), actor, label, reference=new_reference("JDG"), left=first,
        right=second, verdict="DIFFERENT", reason=behind.canary,
    )  # fmt: skip
    task = add(
        _model("tasking.Task"), actor, label, reference=new_reference("TSK"), record=first,
        objective=behind.canary, status="PROPOSED", threat="", theme="PROTECT", level=1,
    )  # fmt: skip
    # The records concern a child, so that a consideration was opened when they were announced.
    consideration = _model("safeguarding.Consideration").objects.visible_to(actor).get(record=first)
    behind.parameters |= {
        "judgement": (judgement.reference,),
        "task": (task.reference,),
        "consideration": (consideration.reference,),
    }


def _make_governed(behind: Behind, actor: Actor, label: Any) -> None:
    records = _model("intake.Record").objects.visible_to(actor)
    second = records.get(reference=behind.parameters["pair"][1])
    hold = add(
        _model("governance.Hold"), actor, label, reference=new_reference("HLD"), record=second,
        report=second.report, reason=behind.canary,
    )  # fmt: skip
    notice = add(
        _model("governance.Notice"), actor, label, reference=new_reference("NTC"),
        about=second.reference,
    )  # fmt: skip
    behind.parameters |= {"hold": (hold.reference,), "notice": (notice.reference,)}
    behind.parameters |= {"condition": (new_reference("CND"),), "consent": (new_reference("RLS"),)}


def _make_rights(behind: Behind, actor: Actor, label: Any) -> None:
    """A case, an item and a part under the label itself, so that all the cast try it."""
    records = _model("intake.Record").objects.visible_to(actor)
    second = records.get(reference=behind.parameters["pair"][1])
    case = add(
        _model("rights.Case"), actor, label, reference=new_reference("RRQ"), name=behind.canary,
        details=behind.canary, answer="NEITHER",
    )  # fmt: skip
    item = add(
        _model("rights.Item"), actor, label, reference=new_reference("RIT"), case=case,
        store="intake_record", row=second.pk, record=second, why="It says the name",
    )  # fmt: skip
    part = add(
        _model("rights.Part"), actor, label, reference=new_reference("RPT"), name=behind.canary,
        case_reference=case.reference,
    )  # fmt: skip
    breach = add(
        _model("breaches.Breach"), actor, label, reference=new_reference("BRC"),
        what=behind.canary, kinds=["INTEGRITY"], status="OPEN",
    )  # fmt: skip
    behind.parameters |= {
        "case": (case.reference,), "item": (item.reference,), "part": (part.reference,),
        "breach": (breach.reference,), "share": (new_reference("BRS"),),
    }  # fmt: skip


def _bytes_of(said: str) -> str:
    """The report as it came, kept under its digest."""
    data = f"name\n{said}\n".encode()
    digest = hashlib.sha256(data).hexdigest()
    path = blobs.incoming() / f"{digest}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    blobs.keep(path, digest)
    return digest


def _upload(actor: Actor, said: str) -> str:
    """A file that its sender has not confirmed yet: nobody else's, whatever its label will be."""
    held = waiting.take_in(
        by=actor,
        file=BytesIO(f"name\n{said}\n".encode()),
        file_name=f"{said}.csv",
        answers={"grading": ["3x5x2", "2", "B", "P", []], "level": 0, "encoding": "utf-8"},
        at=timezone.now(),
    )
    assert isinstance(held, waiting.Waiting)
    return held.token
