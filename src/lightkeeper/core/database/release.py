"""Whether this code and the schema that it finds are of one release."""

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from lightkeeper.core.errors import Refused

SOME = 3


def check_release(using: str = "default") -> None:
    """Old code would write what a new schema does not mean, and new code asks for what an old one
    does not have: neither starts.

    Raises: Refused, which says what to do.
    """
    loader = MigrationLoader(connections[using])
    if not loader.applied_migrations:
        raise Refused(
            "release.none", "The database has no tables yet. Run `lightkeeper migrate --rules`."
        )
    made, known = set(loader.applied_migrations), set(loader.disk_migrations or ())
    ours = {app for app, _ in known}
    if newer := sorted(one for one in made - known if one[0] in ours):
        raise Refused(
            "release.newer",
            f"The database is of a newer release than this program: it has {_named(newer)}, which "
            "this program does not know. Start the newer release.",
        )
    replaced = {old for new in known & made for old in loader.disk_migrations[new].replaces}
    if pending := sorted(known - made - replaced):
        raise Refused(
            "release.older",
            f"The database is of an older release than this program: {_named(pending)} is still to "
            "be made. Run `lightkeeper migrate`.",
        )


def _named(migrations: list[tuple[str, str]]) -> str:
    named = ", ".join(".".join(one) for one in migrations[:SOME])
    more = len(migrations) - SOME
    return f"{named} and {more} more" if more > 0 else named
