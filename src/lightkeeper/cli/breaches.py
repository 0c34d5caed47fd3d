"""The breaches that are being handled, with how long is left to notify the Commissioner."""

import click

from lightkeeper.cli.setting_up import acting_as, start_database, start_django


@click.command()
@click.option("--as", "username", required=True, help="Who handles breaches at the agency.")
@click.option("--all", "every", is_flag=True, help="The whole register, not only what is open.")
def breaches(username: str, every: bool) -> None:
    """Breaches of personal data, those whose time ends first first, with the time left."""
    start_django()
    start_database()
    from django.utils import timezone

    from lightkeeper.apps.breaches import queries, showing

    with acting_as(username) as session, session.transaction() as actor:
        page = queries.register(actor, at=timezone.now(), which="all" if every else "open")
        for row in showing.rows(page):
            breach = row["breach"]
            due = f"{timezone.localtime(row['clock'].due):%Y-%m-%d %H:%M}"
            said = f"{due}  {row['left']['words']:32} {breach.status:9} {breach.kind_words}"
            click.echo(f"{breach.reference}  {said}")
        if not page.rows:
            click.echo("No breach that is shared with you is being handled.")
