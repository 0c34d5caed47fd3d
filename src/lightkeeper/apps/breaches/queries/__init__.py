"""Reading breaches and who is affected, always for someone."""

from lightkeeper.apps.breaches.queries.cases import (
    Page,
    Row,
    accounts_in_scope,
    assessments,
    check_accounts,
    find_breach,
    get_breach,
    latest_description,
    notifications,
    paper_of,
    register,
    rulings,
    seen_paper,
    steps,
)
from lightkeeper.apps.breaches.queries.lists import (
    AffectedPage,
    ListingShown,
    affected,
    find_share,
    has_acted,
    listing,
    listings,
    numbers_of,
    share_affected,
    shares,
    shares_of,
    shown_listing,
    somebody_handles,
)

__all__ = [
    "AffectedPage", "ListingShown", "Page", "Row", "accounts_in_scope", "affected", "assessments",
    "check_accounts", "find_breach", "find_share", "get_breach", "has_acted",
    "latest_description", "listing", "listings", "notifications", "numbers_of", "paper_of",
    "register", "rulings", "seen_paper", "share_affected", "shares", "shares_of", "shown_listing",
    "somebody_handles", "steps",
]  # fmt: skip
