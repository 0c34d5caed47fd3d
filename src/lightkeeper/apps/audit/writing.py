"""How an event is written down to be sealed: one line of JSON, the same for the same event."""

import json
from datetime import UTC, datetime
from typing import Any

from lightkeeper.engine.ledger.merkle import leaf_hash

VERSION = 1
COLUMNS = (
    "id", "at", "person_id", "person", "agency_id", "session", "verb", "did", "references",
    "purpose", "reason", "recipient", "rule", "request", "transaction",
)  # fmt: skip
SELECTED = ", ".join(f'e."{column}"' for column in COLUMNS)


def written(event: tuple[Any, ...]) -> bytes:
    """The event, given as its `COLUMNS`, in canonical JSON: sorted keys, no spaces, UTC."""
    entry = {"v": VERSION, **dict(zip(COLUMNS, event, strict=True))}
    entry["at"] = moment(entry["at"])
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_of(event: tuple[Any, ...]) -> bytes:
    return leaf_hash(written(event))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
