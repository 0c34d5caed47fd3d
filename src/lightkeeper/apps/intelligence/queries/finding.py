"""Finding subjects by what somebody typed: name, birth date, phone, identifier, postcode.

Keys are looked up in an index that is led by the label, so that rows hidden from the viewer are
not even read; then the rows themselves, under row-level security, are weighed and put in words.
"""

import re
from dataclasses import dataclass

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import corrected
from lightkeeper.apps.intake.corrected import Corrected
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import sql
from lightkeeper.apps.intelligence.mentions import as_mapped
from lightkeeper.apps.intelligence.queries.parts import subjects_of
from lightkeeper.apps.intelligence.queries.subjects import reference_of
from lightkeeper.core.errors import Refused
from lightkeeper.engine.records import key_hash, query_keys, score
from lightkeeper.engine.records.query import MAX_QUERY, read_query

# Of a key that very many records share (a common name), so many are looked at, by its weight: a
# name of 0.6 by 9,000, a prefix of 0.2 by 3,000.
MOST_OF_A_KEY = 15_000
CANDIDATES = 300
WEIGHED = 100
SHOWN = 20
LEAST = 0.4
REFERENCE = re.compile(r"(?:REC|SUB)-([0-9A-HJKMNP-TV-Z]{9}-[0-9A-Z])", re.IGNORECASE)

# Of a common key only a part is looked at; what it adds is then looked up for the best candidates.
FIND = """
with asked as materialized (
  select a.key, a.weight, ceil(a.weight * %(most)s)::int as most
    from unnest(%(keys)s::bigint[], %(weights)s::float8[]) as a(key, weight)
), hits as materialized (
  select k.bucket_id, k.record_id, a.key, a.weight, a.most from asked a cross join lateral (
    select s.bucket_id, s.record_id from intelligence_searchkey s
     where s.bucket_id = any(%(readable)s::int[]) and s.key = a.key limit a.most) k
), common as materialized (
  select key, max(weight) as weight from hits group by key having count(*) >= max(most)
), best as materialized (
  select h.bucket_id, h.record_id, sum(h.weight) as seen,
         sum(h.weight) filter (where h.key not in (select key from common)) as sure
    from hits h group by 1, 2 order by 3 desc, 2 limit %(candidates)s
)
select b.record_id, coalesce(b.sure, 0) + coalesce((
    select sum(c.weight) from common c
     where exists (select 1 from intelligence_searchkey s
            where s.bucket_id = b.bucket_id and s.key = c.key and s.record_id = b.record_id)), 0)
  from best b order by 2 desc, 1 limit %(weighed)s
"""


@dataclass(frozen=True)
class Found:
    """A subject that answers a search, with why: the reasons of its best record."""

    reference: str
    caption: str
    kind: str
    value: float
    reasons: tuple[str, ...]
    records: tuple[Record, ...]
    corrections: tuple[Corrected, ...] = ()

    @property
    def agencies(self) -> list[str]:
        return sorted({str(record.bucket.owner) for record in self.records})


@dataclass(frozen=True)
class Results:
    found: tuple[Found, ...]
    more: bool = False


def find(actor: Actor, text: str, limit: int = SHOWN) -> list[Found]:
    """The subjects that best answer what was typed, best first; records the search.

    Raises: Refused if the text is longer than 200 characters.
    """
    return list(search(actor, text, limit=limit).found)


def search(actor: Actor, text: str, *, kind: str = "", limit: int = SHOWN) -> Results:
    """As `find`, of one kind if asked, saying whether there are more."""
    text = text.strip()
    if len(text) > MAX_QUERY:
        raise Refused(
            "search.length",
            f"A search may be {MAX_QUERY} characters long; this has {len(text)}. "
            "Leave out what matters least.",
        )
    results = _group(actor, _weigh(actor, text, kind), limit) if text else Results(())
    audit.record(
        by=actor,
        did=audit.Did.SEARCHED,
        to=[found.reference for found in results.found],
        reason=text,
    )
    return results


def _weigh(actor: Actor, text: str, kind: str) -> list[tuple[float, tuple[str, ...], Record]]:
    """Visible records that answer, best first, each with its agreement and why."""
    visible = (
        Record.objects.visible_to(actor).select_related("bucket__owner").defer("originals", "notes")
    )
    if reference := REFERENCE.fullmatch(text):
        named = visible.filter(reference=f"REC-{reference[1].upper()}")
        return [(1.0, ("reference",), row) for row in named]
    rows = visible.filter(pk__in=candidates(actor, text))
    if kind:
        rows = rows.filter(kind=kind)
    query = read_query(text)
    weighed = []
    for row in rows:
        agreement = score(query, as_mapped(row.kind, row.properties, row.source_key))
        if agreement.value >= LEAST:
            weighed.append((agreement.value, agreement.reasons, row))
    weighed.sort(key=lambda one: (-one[0], one[2].pk))
    return weighed


def candidates(actor: Actor, text: str) -> list[int]:
    """Numbers of the records whose keys agree most with the text."""
    keys = query_keys(text)
    if not keys:
        return []
    given = {
        "keys": [key_hash(key.kind, key.text) for key in keys],
        "weights": [key.weight for key in keys],
        "readable": sorted(actor.readable),
        "most": MOST_OF_A_KEY,
        "candidates": CANDIDATES,
        "weighed": WEIGHED,
    }
    return [record for record, _ in sql.rows(FIND, given)]


def _group(
    actor: Actor, weighed: list[tuple[float, tuple[str, ...], Record]], limit: int
) -> Results:
    """The records by subject, the best of each first."""
    considered = weighed[: limit * 4]
    subjects = subjects_of(actor, [row.pk for _, _, row in considered])
    groups: dict[int, list[tuple[float, tuple[str, ...], Record]]] = {}
    for one in considered:
        groups.setdefault(subjects[one[2].pk], []).append(one)
    chosen = list(groups.items())[:limit]
    earliest = {
        row.pk: row
        for row in Record.objects.visible_to(actor)
        .filter(pk__in=[number for number, _ in chosen])
        .only("pk", "reference")
    }
    right = corrected.of_records(actor, [row.pk for _, rows in chosen for _, _, row in rows])
    found = tuple(
        Found(
            reference=reference_of(earliest[number]),
            caption=members[0][2].caption or "Without a name",
            kind=members[0][2].kind,
            value=members[0][0],
            reasons=members[0][1],
            records=tuple(row for _, _, row in members),
            corrections=tuple(one for _, _, row in members for one in right.get(row.pk, [])),
        )
        for number, members in chosen
    )
    return Results(found, more=len(groups) > limit or len(weighed) > len(considered))
