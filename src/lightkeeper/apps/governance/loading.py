"""Entering the periods of retention and the default groups, as the owner of the tables."""

from lightkeeper.apps.accounts.loading_reference import OWNER, day, table
from lightkeeper.apps.governance.models import RetentionDefault, RetentionRule


def load_retention() -> int:
    """Bring the rules up to the tables in `refdata`. Returns how many there are."""
    rules, defaults = list(table("retention_rules.csv")), list(table("retention_defaults.csv"))
    for row in rules:
        RetentionRule.objects.using(OWNER).update_or_create(
            number=int(row["number"]),
            active_from=day(row["active_from"]),
            defaults={
                "name": row["name"],
                "clear_years": int(row["clear_years"]),
                "review_years": int(row["review_years"]),
                "to_age": int(row["to_age"]) if row["to_age"] else None,
                "active_to": day(row["active_to"]),
                "source": row["source"],
            },
        )
    for row in defaults:
        RetentionDefault.objects.using(OWNER).update_or_create(
            position=int(row["position"]),
            active_from=day(row["active_from"]),
            defaults={
                "test": row["test"],
                "value": row["value"],
                "number": int(row["number"]),
                "reason": row["reason"],
                "active_to": day(row["active_to"]),
                "source": row["source"],
            },
        )
    return len(rules) + len(defaults)
