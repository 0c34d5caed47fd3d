"""False identities: proposals for a person, each with what speaks for it and what against."""

from lightkeeper.engine.identities.documents import Document, check_digit, contradictions
from lightkeeper.engine.identities.several_identities import several_identities
from lightkeeper.engine.identities.several_people import several_people
from lightkeeper.engine.identities.showing import Finding, Kind, Reason, Showing, Shown, Weights

__all__ = [
    "Document", "Finding", "Kind", "Reason", "Showing", "Shown", "Weights", "check_digit",
    "contradictions", "several_identities", "several_people",
]  # fmt: skip
