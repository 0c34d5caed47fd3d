"""Where something on a person may stand: from what each table states of itself, and never typed.

A table that carries labels and states personal columns is searched, as whoever asks: what they may
not see is not read. Any other table with personal columns is named in `ELSEWHERE`, with how it is
answered for; a table that is neither stops the build.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake.services import Record
from lightkeeper.core.access.models import Handling
from lightkeeper.core.errors import Refused

# What is found is gone through by a person, one by one.
MOST_IN_A_STORE = 500

ELSEWHERE = {
    "accounts_person": "Colleagues at work, under the UK GDPR: their employer answers.",
    "accounts_credential": "How colleagues sign in: their employer answers.",
    "accounts_secondfactor": "How colleagues sign in: their employer answers.",
    "accounts_recoverycode": "How colleagues sign in: their employer answers.",
    "accounts_passkey": "How colleagues sign in: their employer answers.",
    "accounts_factorremoval": "How colleagues sign in: their employer answers.",
    "accounts_outsideidentity": "How colleagues sign in: their employer answers.",
    "accounts_renewal": "Until when colleagues may act: their employer answers.",
    "accounts_compartment": "Who opened it: their employer answers.",
    "accounts_compartmentmove": "What became of a compartment: colleagues' acts, of no person.",
    "accounts_compartmentmember": "Which colleagues are in on what: their employer answers.",
    "accounts_errand": "Jobs of colleagues: their employer answers.",
    "accounts_draft": "Sealed under keys that nobody else holds, for an hour: nothing to search.",
    "intelligence_thresholdreason": "What a colleague says of a threshold, until it is decided.",
    "audit_flag": "The conduct of colleagues: the overseers of their agency answer.",
    "audit_flagdecision": "The conduct of colleagues: the overseers of their agency answer.",
}


@dataclass(frozen=True)
class Wanted:
    """What whoever asks gave: their names, when they were born, numbers and addresses."""

    names: tuple[str, ...]
    born_on: date | None = None
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Store:
    """A table that is searched, with the columns that may speak of a person."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def words(self) -> str:
        return str(self.model._meta.verbose_name).capitalize()

    @property
    def to_records(self) -> tuple[str, ...]:
        """Its columns that point at records."""
        return tuple(
            one.attname for one in self.model._meta.local_fields if one.related_model is Record
        )


@dataclass
class Hit:
    """A row that answers, with why."""

    store: Store
    row: Any
    why: list[str] = field(default_factory=list)


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        stated = getattr(model, "handling", None)
        if isinstance(stated, Handling) and stated.personal:
            yield model


def labels_of(row: Any) -> list[int]:
    """The labels that a row carries: one, or those of the two records it is about."""
    columns = ("bucket_id", "bucket_left_id", "bucket_right_id")
    return [getattr(row, one) for one in columns if hasattr(row, one)]


def store_of(model: type[models.Model]) -> Store | None:
    """The store that a table is, or None where somebody else answers for it.

    Raises: LookupError for personal columns that nothing would search.
    """
    handling: Handling = model.handling  # type: ignore[attr-defined]
    columns = tuple(
        name
        for name in handling.personal
        if not model._meta.get_field(name).is_relation and not _is_a_code(model, name)
    )
    if handling.protection in ("labelled", "paired") and columns:
        return Store(model, columns)
    if model._meta.db_table in ELSEWHERE:
        return None
    raise LookupError(f"{model.__name__} has personal columns that no rights request would find")


def _is_a_code(model: type[models.Model], name: str) -> bool:
    field = model._meta.get_field(name)
    return bool(getattr(getattr(field, "base_field", field), "choices", None))


def stores() -> list[Store]:
    """Every store that is searched. Raises: LookupError, as `store_of`."""
    found = (store_of(model) for model in ours())
    return sorted((one for one in found if one is not None), key=lambda one: one.name)


def store_named(name: str) -> Store | None:
    return next((one for one in stores() if one.name == name), None)


def by_words(actor: Actor, wanted: Wanted, but: dict[str, Q]) -> Iterator[Hit]:
    """What says the name, or a number or address, in any of its personal columns."""
    for store in stores():
        for row in _rows(actor, store, _matches(store, wanted), but):
            yield Hit(store, row, _why(store, row, wanted))


def by_records(actor: Actor, records: Iterable[int], but: dict[str, Q]) -> Iterator[Hit]:
    """What hangs from these records, whatever it says."""
    numbers = list(records)
    for store in stores():
        if store.model is Record:
            for row in _rows(actor, store, Q(pk__in=numbers), but):
                yield Hit(store, row, ["It is joined to what was found"])
        elif store.to_records:
            hangs = Q()
            for column in store.to_records:
                hangs |= Q(**{f"{column}__in": numbers})
            for row in _rows(actor, store, hangs, but):
                yield Hit(store, row, ["It hangs from a record that was found"])


def _rows(actor: Actor, store: Store, condition: Q, but: dict[str, Q]) -> list[Any]:
    texts = {f"{name}_text": Cast(name, TextField()) for name in store.columns}
    rows = store.model.objects.visible_to(actor).annotate(**texts).filter(condition)  # type: ignore[attr-defined]
    if store.name in but:
        rows = rows.exclude(but[store.name])
    found = list(rows.order_by("pk")[: MOST_IN_A_STORE + 1])
    if len(found) > MOST_IN_A_STORE:
        raise Refused(
            "rights.too_many",
            f"More than {MOST_IN_A_STORE} of {store.words.lower()} answer. "
            "Ask for a second name, an identifier or an address, and search again.",
        )
    return found


def _matches(store: Store, wanted: Wanted) -> Q:
    found = Q(pk__in=[])
    for name in wanted.names:
        # Each word of the name, wherever it stands: family name first, in two columns, in a text.
        found |= _all(_somewhere(store, word, whole=True) for word in name.split())
    for one in wanted.identifiers:
        for text in {one.strip(), "".join(one.split())} - {""}:
            found |= _somewhere(store, text)
    return found


def _all(conditions: Iterable[Q]) -> Q:
    together = Q()
    for one in conditions:
        together &= one
    return together


def _somewhere(store: Store, text: str, *, whole: bool = False) -> Q:
    """That it stands in some column; `whole`, as a word and not within another."""
    # As JSON writes it, where a column holds JSON.
    written = {text, json.dumps(text, ensure_ascii=False)[1:-1]}
    found = Q()
    for name in store.columns:
        for one in written:
            if whole:
                found |= Q(**{f"{name}_text__iregex": _as_a_word(one)})
            else:
                found |= Q(**{f"{name}_text__icontains": one})
    return found


def _as_a_word(text: str) -> str:
    """For PostgreSQL. A sign at either end is itself the boundary; so is a new line or a tab, which
    JSON writes with a letter.
    """
    begins = r"(\m|\\[bfnrt])" if text[:1].isalnum() else ""
    ends = r"\M" if text[-1:].isalnum() else ""
    return begins + re.escape(text) + ends


def _why(store: Store, row: Any, wanted: Wanted) -> list[str]:
    said = " ".join(getattr(row, f"{name}_text") or "" for name in store.columns).casefold()
    why = []
    if any(all(w.casefold() in said for w in name.split()) for name in wanted.names):
        why.append("It says the name")
    if any(
        one.strip().casefold() in said or "".join(one.split()).casefold() in said
        for one in wanted.identifiers
    ):
        why.append("It says a number or address")
    if wanted.born_on and wanted.born_on.isoformat() in said:
        why.append("It says the date of birth")
    return why or ["It answers"]
