"""What people do from the command line: send in a file, find somebody, get a new password."""

from pathlib import Path

import click

from lightkeeper.cli.setting_up import acting_as, start_database, start_django


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, help="Whose agency sends it, and owns it.")
@click.option("--mapping", type=click.Path(exists=True, path_type=Path), help="A mapping (YAML).")
@click.option("--scheme", default="3x5x2", show_default=True)
@click.option("--source-evaluation", "source", default="2", show_default=True)
@click.option("--information-assessment", "information", default="D", show_default=True)
@click.option("--handling", default="P", show_default=True)
@click.option("--condition", "conditions", multiple=True, help="A handling condition; repeatable.")
@click.option("--level", type=click.IntRange(0, 1), default=1, show_default=True,
              help="0 OFFICIAL, 1 OFFICIAL-SENSITIVE.")  # fmt: skip
@click.option("--released-to", multiple=True, help="Code of an agency; repeatable.")
@click.option(
    "--may",
    "may",
    multiple=True,
    help="POINTER, SILENT-POINTER, ORCON, NO-EXPORT, LEAD-ONLY, NO-FOREIGN; repeatable.",
)
def intake(
    file: Path,
    username: str,
    mapping: Path | None,
    scheme: str,
    source: str,
    information: str,
    handling: str,
    conditions: tuple[str, ...],
    level: int,
    released_to: tuple[str, ...],
    may: tuple[str, ...],
) -> None:
    """Send in FILE and read it, showing how far it has come.

    Without --mapping one is proposed from the headings and the first rows, and shown.
    """
    start_django()
    start_database()
    from django.utils import timezone

    from lightkeeper.apps.accounts.services import Agency
    from lightkeeper.apps.intake import services
    from lightkeeper.apps.intake.choices import Channel
    from lightkeeper.engine.records import Grading

    with acting_as(username) as session:
        with session.transaction() as actor:
            text = mapping.read_text(encoding="utf-8") if mapping else _proposed(file)
            made = services.make_mapping(by=actor, text=text, at=timezone.now()) if text else None
        with session.transaction() as actor, file.open("rb") as stream:
            receipt = services.receive(
                by=actor,
                file=stream,
                file_name=file.name,
                grading=Grading(scheme, source, information, handling, conditions),
                level=level,
                at=timezone.now(),
                mapping=made,
                released_to=list(Agency.objects.filter(code__in=released_to)),
                conditions=may,
                channel=Channel.COMMAND,
            )
        if receipt.report is None:
            raise receipt.refusal or RuntimeError("refused without a reason")
        if receipt.came is services.Came.REPEATED:
            click.echo(f"These bytes were sent in before, as {receipt.report}. Nothing was made.")
            return
        services.read_now(receipt.report.pk, told=_show)
        click.echo(err=True)
        with session.transaction() as actor:
            _say_how_it_ended(actor, receipt.report.reference)


def _proposed(file: Path) -> str:
    from itertools import islice

    import yaml

    from lightkeeper.engine.formats import Row, open_table
    from lightkeeper.engine.records import propose

    table = open_table(file)
    if table.format == "ftm_jsonl":
        return ""
    rows = [row.values for row in islice(table.rows(), 200) if isinstance(row, Row)]
    proposal = propose(table.header, rows)
    for guess in proposal.guesses:
        click.echo(f"  {guess.column}: {guess.target or 'left out'} ({guess.reason})", err=True)
    return str(yaml.safe_dump(proposal.mapping, allow_unicode=True, sort_keys=False))


def _show(report: object) -> None:
    click.echo(f"\r{getattr(report, 'rows_read', 0):>12,} rows", nl=False, err=True)


def _say_how_it_ended(actor: object, reference: str) -> None:
    from lightkeeper.apps.accounts.services import Actor
    from lightkeeper.apps.intake import queries

    assert isinstance(actor, Actor)
    report = queries.find_report(actor, reference)
    click.echo(
        f"{report}: {report.get_status_display()}. {report.rows_read:,} rows read, "
        f"{report.rows_accepted:,} taken in, {report.rows_repeated:,} repeated, "
        f"{report.rows_quarantined:,} in quarantine."
    )
    if report.failure:
        click.echo(report.failure, err=True)


@click.command()
@click.argument("text")
@click.option("--as", "username", required=True, help="Who is looking.")
@click.option("--limit", default=10, show_default=True)
def find(text: str, username: str, limit: int) -> None:
    """Find a subject by name, birth date, phone or identifier, despite spelling."""
    start_django()
    start_database()
    from lightkeeper.apps.accounts import limits
    from lightkeeper.apps.intelligence import queries

    with acting_as(username) as session, session.transaction() as actor:
        # It counts with what the same person asks at the page.
        who = {limits.Counted.PERSON: str(actor.person_id)}
        limits.check_door("intelligence:search", "GET", who, actor.roles)
        found = queries.find(actor, text, limit)
        for one in found:
            click.echo(f"{one.reference}  {one.caption}  {'; '.join(one.reasons)}")
            for right in one.corrections:
                click.echo(f"    {right}")
        if not found:
            click.echo("Nothing that is shared with you was found.")


@click.command()
@click.argument("username")
def password(username: str) -> None:
    """Give USERNAME a new one-time password. For whoever runs the machine."""
    start_django()
    start_database()
    from lightkeeper.apps.accounts import loading
    from lightkeeper.apps.accounts.models import Person
    from lightkeeper.core.errors import NotFound

    person = Person.objects.using("owner").filter(username=username).first()
    if person is None:
        raise NotFound("person")
    click.echo(loading.reset_password(person))
