"""Entering how long the law gives for an answer, as the owner of the tables."""

from lightkeeper.apps.accounts.loading_reference import OWNER, day, table
from lightkeeper.apps.rights.models import ClockRule


def load_clocks() -> int:
    """Bring the rules up to the table in `refdata`. Returns how many there are."""
    rows = list(table("rights_clocks.csv"))
    for row in rows:
        ClockRule.objects.using(OWNER).update_or_create(
            active_from=day(row["active_from"]),
            defaults={
                "months": int(row["months"]),
                "extension_months": int(row["extension_months"]),
                "active_to": day(row["active_to"]),
                "source": row["source"],
            },
        )
    return len(rows)
