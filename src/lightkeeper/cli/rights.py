"""The requests of people about their data that are still to be answered, with their clocks."""

import click

from lightkeeper.cli.setting_up import acting_as, start_database, start_django


@click.command()
@click.option("--as", "username", required=True, help="Who handles requests at the agency.")
def rights(username: str) -> None:
    """Requests that are still to be answered, those due first first, with the days left."""
    start_django()
    start_database()
    from django.utils import timezone

    from lightkeeper.apps.rights import queries, showing

    with acting_as(username) as session, session.transaction() as actor:
        page = queries.cases(actor, on=timezone.localdate())
        for row in showing.case_rows(page):
            case, clock = row["case"], row["clock"]
            due = clock.due.isoformat() if clock.due else "no date yet"
            said = f"{due:12} {row['days']['words']:22} {case.kind:8} {case.name}"
            click.echo(f"{case.reference}  {said}")
        if not page.rows:
            click.echo("No request that is shared with you is still to be answered.")
