"""The first rows of a file as they would be taken in, and a mapping to begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import yaml

from lightkeeper.apps.intake import gradings
from lightkeeper.apps.intake.rows import Held, Ways, take
from lightkeeper.apps.intake.showing import Shown, properties_shown, shown
from lightkeeper.apps.intake.storing import caption_of, properties_of
from lightkeeper.apps.intake.waiting import Waiting
from lightkeeper.engine.formats import Fault, Row, Table
from lightkeeper.engine.records import SCHEMATA, Proposal, load_mapping, propose

PREVIEWED_ROWS = 20
SPECIAL = ("source_key", "observed_on", "harms", "roles", "threats")


@dataclass(frozen=True)
class Previewed:
    """One row: as received, and what it would become or why not."""

    number: int
    received: list[tuple[str, Shown]]
    kind: str = ""
    caption: str = ""
    properties: tuple[Any, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    rows: list[Previewed]
    faulty: int
    warnings: tuple[str, ...]


def preview(waiting: Waiting, on: date) -> Preview:
    """The first rows, judged as the reader will judge them.

    Raises: FileRefused, MappingError.
    """
    mapping = load_mapping(waiting.mapping) if waiting.mapping else None
    ways = Ways(
        on, gradings.schemes_on(on), mapping, waiting.format,
        waiting.answers.get("encoding", "utf-8"),
    )  # fmt: skip
    table = waiting.table()
    rows = [_previewed(item, ways) for item in islice(table.rows(), PREVIEWED_ROWS)]
    return Preview(rows, sum(bool(row.faults) for row in rows), table.warnings)


def _previewed(item: Row | Fault, ways: Ways) -> Previewed:
    taken = take(item, ways)
    if isinstance(taken, Held):
        received = [(name or "Line", shown(text)) for name, text in taken.row.items()]
        return Previewed(taken.number, received, faults=taken.faults)
    return Previewed(
        taken.number,
        [(name, shown(text)) for name, text in taken.originals.items() if text.strip()],
        SCHEMATA.kind(taken.kind).label,
        caption_of(taken),
        tuple(properties_shown(taken.kind, properties_of(taken))),
        notes=tuple(f"{note.column}: {note.sentence}" for note in taken.notes),
    )


def proposal_for(waiting: Waiting, kind: str = "") -> Proposal:
    """A mapping from the headings and the first rows, with the reason of each guess."""
    table = waiting.table()
    return propose(table.header, _values(table), name=name_for(waiting), kind=kind or None)


def _values(table: Table) -> Iterator[dict[str, str]]:
    return (item.values for item in table.rows() if isinstance(item, Row))


def name_for(waiting: Waiting) -> str:
    stem = waiting.file_name.rpartition(".")[0] or waiting.file_name
    return (
        "-".join("".join(c if c.isalnum() else " " for c in stem.lower()).split())[:60] or "table"
    )


def targets_for(kind: str) -> list[tuple[str, str]]:
    """What a column may hold, with its label."""
    labels = {
        "source_key": "The sender's own reference",
        "observed_on": "The day it was observed",
        "harms": "Harms",
        "roles": "Role in the event",
        "threats": "Threats",
    }
    known = SCHEMATA.kind(kind).properties.values()
    properties = sorted((p.name, p.label) for p in known)
    return [("", "Not used"), *((name, labels[name]) for name in SPECIAL), *properties]


def kinds() -> list[tuple[str, str]]:
    return sorted((k.name, k.label) for k in SCHEMATA.kinds.values() if not k.abstract)


def mapping_from_columns(
    *, name: str, kind: str, date_order: str, targets: dict[str, str], proposal: Proposal
) -> str:
    """A mapping as YAML from what a person chose for each column."""
    mapping: dict[str, Any] = {"name": name, "version": 1, "kind": kind, "date_order": date_order}
    properties: dict[str, Any] = {}
    for column, target in targets.items():
        if target == "source_key":
            mapping.setdefault("source_key", []).append(column)
        elif target == "observed_on":
            mapping["observed_on"] = column
        elif target in SPECIAL:
            mapping.setdefault(target, {"columns": [], "split": ";"})["columns"].append(column)
        elif target:
            properties.setdefault(target, {"columns": []})["columns"].append(column)
    proposed = proposal.mapping.get("properties", {})
    for target, spec in properties.items():
        if proposed.get(target, {}).get("optional"):
            spec["optional"] = "keep"
    parts = [properties[p]["columns"][0] for p in ("firstName", "middleName", "lastName")
             if p in properties]  # fmt: skip
    if len(parts) > 1 and "name" not in properties and "name" in SCHEMATA.kind(kind).properties:
        properties["name"] = {"columns": parts, "join": " "}
    mapping["properties"] = properties
    return as_yaml(mapping)


def as_yaml(mapping: dict[str, Any]) -> str:
    return yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True, width=100)
