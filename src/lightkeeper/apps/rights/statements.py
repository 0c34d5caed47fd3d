"""What an item says, in statements that can each be disclosed or left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intake.showing import properties_shown
from lightkeeper.apps.rights.models import Correction, Item
from lightkeeper.apps.rights.stores import Store, store_named


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
        return str(self.row.get_category_display()) if isinstance(self.row, Record) else ""

    @property
    def bucket_ids(self) -> tuple[int, ...]:
        labels = ("bucket_id", "bucket_left_id", "bucket_right_id")
        return tuple(getattr(self.row, one) for one in labels if hasattr(self.row, one))


def content_of(actor: Actor, item: Item) -> Content | None:
    """What the item says, or None if it is gone or may not be seen by this person."""
    store = store_named(item.store)
    if store is None:
        return None
    row = store.model.objects.visible_to(actor).filter(pk=item.row).first()  # type: ignore[attr-defined]
    return None if row is None else Content(store, row, tuple(_statements(actor, store, row)))


def _statements(actor: Actor, store: Store, row: Any) -> Iterator[Statement]:
    if isinstance(row, Record):
        yield from _of_record(actor, row)
        return
    for name in store.columns:
        label = name.replace("_", " ").capitalize()
        for key, text in _flat(name, getattr(row, name)):
            yield Statement(key, label, text)


def _of_record(actor: Actor, record: Record) -> Iterator[Statement]:
    for shown in properties_shown(record.kind, record.properties):
        for number, value in enumerate(shown.values):
            yield Statement(f"{shown.name}:{number}", shown.label, str(value))
    for name, value in record.originals.items():
        yield Statement(f"originals:{name}", f"As it came: {name}", str(value))
    for one in Correction.objects.visible_to(actor).filter(record=record).order_by("pk"):
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
