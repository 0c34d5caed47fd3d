"""Erasing again, in what was restored, what had been erased after the backup was made."""

import json
from pathlib import Path

import psycopg

from lightkeeper.core.database.launcher import SUPERUSER, Cluster
from lightkeeper.core.database.roles import OWNER
from lightkeeper.core.errors import Refused

Entry = dict[str, str]
NAMES = (
    "reference", "kind", "digest", "erased_on", "rule", "proposed_by", "confirmed_by",
)  # fmt: skip


def place_of(var: Path) -> Path:
    """Where the worker writes the ledger. A copy of it is kept apart, as the backups are."""
    return var / "erased" / "ledger.jsonl"


def read_ledger(file: Path) -> list[Entry]:
    """Raises: Refused, naming the line, rather than forgetting one erasure."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Refused("restore.ledger", f"{file} cannot be read: {error}") from error
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            entries.append({name: str(found[name]) for name in NAMES})
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(
                "restore.ledger", f"Line {number} of {file} is not of a ledger of erasures."
            ) from error
    return entries


def erase_again(cluster: Cluster, blobs: Path, entries: list[Entry]) -> int:
    """Erase each entry that came back, and bytes that no report needs after that. Returns how many
    things had come back.
    """
    came_back, digests = 0, set()
    with psycopg.connect(cluster.url(OWNER.name)) as connection:
        for entry in entries:
            found = connection.execute(
                "select sec.erase_again(%s, %s, %s, %s::date, %s, %s, %s)",
                [entry[name] for name in NAMES],
            ).fetchone()
            if found and found[0] is not None:
                came_back += 1
                if found[0]:  # a case came in no bytes
                    digests.add(str(found[0]))
    with psycopg.connect(cluster.url(SUPERUSER)) as connection:
        for digest in digests:
            needed = connection.execute(
                "select 1 from intake_report where digest = %s", [digest]
            ).fetchone()
            if needed is None:
                (blobs / digest[:2] / digest).unlink(missing_ok=True)
    return came_back
