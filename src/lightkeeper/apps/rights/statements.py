"""What an item says, in statements that can each be disclosed or left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intake.showing import properties_shown
from lightkeeper.apps.rights.models import Correction, Item
from lightkeeper.apps.rights.stores import Store, labels_of, store_named


@dataclass(frozen=True)
class Statement:
    """One thing that is said: a key to name it by, a label, the text."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Content:
    """What an item says now to whoever looks, with the row itself."""

    store: Store
    row: Any
    statements: tuple[Statement, ...]

    @property
    def record_reference(self) -> str:
        return str(self.row.reference) if isinstance(self.row, Record) else ""

    @property
    def title(self) -> str:
        return "A record" if isinstance(self.row, Record) else self.store.words

    @property
    def basis(self) -> str:
        """Fact, opinion, reported or inference; what people wrote here themselves is a reason."""
        if isinstance(self.row, Record):
            return str(self.row.get_basis_display())
        return "Written by whoever dealt with it"

    @property
    def category(self) -> str:
        return self.row.about if isinstance(self.row, Record) else ""

    @property
    def bucket_ids(self) -> tuple[int, ...]:
        return tuple(labels_of(self.row))


def content_of(actor: Actor, item: Item) -> Content | None:
    """What the item says, or None if it is gone or may not be seen by this person."""
    return contents_of(actor, [item]).get(item.pk)


def contents_of(actor: Actor, items: Iterable[Item]) -> dict[int, Content]:
    """What each of these says, by the number of the item: as many queries as there are stores."""
    by_store: dict[str, dict[int, Item]] = {}
    for item in items:
        by_store.setdefault(item.store, {})[item.row] = item
    found: dict[int, Content] = {}
    for name, wanted in by_store.items():
        store = store_named(name)
        if store is None:
            continue
        rows = list(store.model.objects.visible_to(actor).filter(pk__in=list(wanted)))  # type: ignore[attr-defined]
        said = _corrections(actor, rows) if store.model is Record else {}
        for row in rows:
            statements = tuple(_statements(store, row, said.get(row.pk, [])))
            found[wanted[row.pk].pk] = Content(store, row, statements)
    return found


def _corrections(actor: Actor, records: list[Any]) -> dict[int, list[Correction]]:
    found: dict[int, list[Correction]] = {}
    for one in Correction.objects.visible_to(actor).filter(record__in=records).order_by("pk"):
        found.setdefault(one.record_id, []).append(one)
    return found


def _statements(store: Store, row: Any, corrections: list[Correction]) -> Iterator[Statement]:
    if isinstance(row, Record):
        yield from _of_record(row, corrections)
        return
    for name in store.columns:
        label = name.replace("_", " ").capitalize()
        for key, text in _flat(name, getattr(row, name)):
            yield Statement(key, label, text)


def _of_record(record: Record, corrections: list[Correction]) -> Iterator[Statement]:
    for shown in properties_shown(record.kind, record.properties):
        for number, value in enumerate(shown.values):
            yield Statement(f"{shown.name}:{number}", shown.label, str(value))
    for name, value in record.originals.items():
        yield Statement(f"originals:{name}", f"As it came: {name}", str(value))
    for one in corrections:
        yield Statement(f"correction:{one.pk}", str(one.get_kind_display()), one.becomes)


def _flat(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{key}:{name}", inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _flat(f"{key}:{number}", inner)
    elif value not in (None, ""):
        yield key, str(value)
