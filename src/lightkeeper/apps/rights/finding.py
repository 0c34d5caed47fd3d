"""All that is held on whoever asks: by words in every store, by the keys of the picture, by what
hangs from the records that answer.
"""

from typing import Any

from django.db.models import Q

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.queries import finding as picture
from lightkeeper.apps.intelligence.queries.parts import subjects_of
from lightkeeper.apps.rights import stores
from lightkeeper.apps.rights.models import Case, Item
from lightkeeper.apps.rights.stores import Hit, Wanted, labels_of

SPELT_OTHERWISE = 50
MOST_TYPED = 200


def wanted_of(case: Case) -> Wanted:
    return Wanted((case.name, *case.other_names), case.born_on, tuple(case.identifiers))


def all_on(actor: Actor, case: Case) -> list[Hit]:
    """Every row in sight that may be about whoever asks, each once, with why.

    Raises: Refused where so many answer that nobody could go through them.
    """
    wanted, but = wanted_of(case), _but_itself(actor, case)
    hits: dict[tuple[str, Any], Hit] = {}
    for hit in stores.by_words(actor, wanted, but):
        _note(hits, hit)
    records = {hit.row.pk for hit in hits.values() if isinstance(hit.row, Record)}
    for hit in _spelt_otherwise(actor, wanted):
        _note(hits, hit)
        records.add(hit.row.pk)
    for hit in stores.by_records(actor, _same_subjects(actor, records), but):
        if (hit.store.name, hit.row.pk) not in hits:
            _note(hits, hit)
    return list(hits.values())


def _note(hits: dict[tuple[str, Any], Hit], hit: Hit) -> None:
    known = hits.setdefault((hit.store.name, hit.row.pk), hit)
    if known is not hit:
        known.why += hit.why


def _same_subjects(actor: Actor, records: set[int]) -> set[int]:
    """The records that the picture holds to be of the same people as these."""
    subject = subjects_of(actor, records)
    ours = {subject[one] for one in records}
    return {one for one, of in subject.items() if of in ours}


def _spelt_otherwise(actor: Actor, wanted: Wanted) -> list[Hit]:
    """People whom the picture finds by name and date of birth, however they are spelt."""
    store = stores.store_named(Record._meta.db_table)
    if store is None or wanted.born_on is None:
        return []
    found = []
    for name in wanted.names:
        text = f"{name} {wanted.born_on.isoformat()}"[:MOST_TYPED]
        for one in picture.find(actor, text, SPELT_OTHERWISE):
            why = ["The picture finds it: " + ", ".join(one.reasons)]
            found += [Hit(store, row, list(why)) for row in one.records]
    return found


def _but_itself(actor: Actor, case: Case) -> dict[str, Q]:
    """A case does not find itself; earlier ones of the same person it does."""
    own = Q(case=case)
    items = Item.objects.visible_to(actor).filter(case=case).values("pk")
    return {
        "rights_case": Q(pk=case.pk),
        "rights_step": own,
        "rights_decision": Q(item__in=items),
        "rights_part": Q(case_reference=case.reference),
    }


def record_of(actor: Actor, hit: Hit) -> int | None:
    """The record whose label and fate the item shares: itself, or whose label it carries."""
    if isinstance(hit.row, Record):
        return int(hit.row.pk)
    for column in hit.store.to_records:
        number = getattr(hit.row, column)
        shares = Record.objects.visible_to(actor).filter(pk=number, bucket=labels_of(hit.row)[0])
        if number and shares.exists():
            return int(number)
    return None
