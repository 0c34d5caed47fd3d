"""Entering the factors of priority, as the owner of the tables."""

from lightkeeper.apps.accounts.loading_reference import OWNER, day, table
from lightkeeper.apps.intelligence.models import Factor


def load_factors() -> int:
    """Bring the factors up to `refdata/factors.csv`. Returns how many there are."""
    rows = list(table("factors.csv"))
    for row in rows:
        Factor.objects.using(OWNER).update_or_create(
            code=row["code"],
            active_from=day(row["active_from"]),
            defaults={
                "name": row["name"],
                "points": float(row["points"]),
                "cap": float(row["cap"]),
                "half_life_days": int(row["half_life_days"]),
                "wording": row["wording"],
                "position": int(row["position"]),
                "source": row["source"],
            },
        )
    return len(rows)
