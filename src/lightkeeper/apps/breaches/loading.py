"""Entering how long the law gives to notify a breach, as the owner of the tables."""

from lightkeeper.apps.accounts.loading_reference import OWNER, day, table
from lightkeeper.apps.breaches.models import BreachRule


def load_breach_rules() -> int:
    """Bring the rules up to the table in `refdata`. Returns how many there are."""
    rows = list(table("breach_rules.csv"))
    for row in rows:
        BreachRule.objects.using(OWNER).update_or_create(
            active_from=day(row["active_from"]),
            defaults={
                "hours": int(row["hours"]),
                "kept_years": int(row["kept_years"]),
                "active_to": day(row["active_to"]),
                "source": row["source"],
            },
        )
    return len(rows)
