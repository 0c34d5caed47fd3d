"""What follows from a record as soon as it is taken in: search keys, and what it adds to priority.

On the path of every row of a million, so each is one statement for all records of a chunk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings

from lightkeeper.apps.intelligence import sql
from lightkeeper.apps.intelligence.factors import factors_on, trust
from lightkeeper.apps.intelligence.mentions import as_mapped, properties_of, says_harmed
from lightkeeper.core.days import day_of
from lightkeeper.engine.priority import Factor
from lightkeeper.engine.records import key_hash, search_keys

READ = """
select id, bucket_id, kind, properties, source_key, scheme, source_evaluation,
       information_assessment, coalesce(observed_on, (recorded_at at time zone %s)::date)
  from intake_record where id = any(%s)
"""
# The keys of a record travel as one text: many small numbers are slow to hand over.
ADD_KEYS = """
insert into intelligence_searchkey (bucket_id, key, record_id)
select g.bucket, k.key, g.record
  from unnest(%s::int[], %s::bigint[], %s::text[]) as g(bucket, record, keys),
       unnest(string_to_array(g.keys, ',')::bigint[]) as k(key)
 order by 1, 2, 3
on conflict do nothing
"""
ADD_CONTRIBUTIONS = """
insert into intelligence_contribution
       (bucket_id, record_id, factor, points, reliability, observed_on, threats)
select bucket, record, factor, points, trusted, day,
       coalesce(string_to_array(nullif(threats, ''), ','), '{}')
  from unnest(%s::int[], %s::bigint[], %s::text[], %s::float8[], %s::float8[], %s::date[],
              %s::text[]) as given(bucket, record, factor, points, trusted, day, threats)
on conflict do nothing
"""

hash_of = lru_cache(maxsize=200_000)(key_hash)


@dataclass(frozen=True)
class Mention:
    """What deriving needs of one record."""

    record: int
    bucket: int
    kind: str
    properties: dict[str, list[str]]
    source_key: str
    trusted: float
    observed_on: date


def derive(record_ids: Sequence[int], at: datetime) -> None:
    """Make these records findable and let them count. Doing it twice changes nothing."""
    mentions = [
        Mention(id_, bucket, kind, properties_of(said), key, trust(*grading), day)
        for id_, bucket, kind, said, key, *grading, day in sql.rows(
            READ, [settings.TIME_ZONE, list(record_ids)]
        )
    ]
    add_keys(mentions)
    add_contributions(mentions, factors_on(day_of(at)))


def add_keys(mentions: Iterable[Mention]) -> int:
    buckets, records, keys = [], [], []
    for mention in mentions:
        record = as_mapped(mention.kind, mention.properties, mention.source_key)
        found = {hash_of(kind, text) for kind, text in search_keys(record)}
        buckets.append(mention.bucket)
        records.append(mention.record)
        keys.append(",".join(map(str, found)))
    return sql.run(ADD_KEYS, [buckets, records, keys]) if keys else 0


def add_contributions(mentions: Iterable[Mention], factors: dict[str, Factor]) -> int:
    """Each harm that a record says this person causes. What a child or victim suffers is none."""
    found = [
        (m.bucket, m.record, factor.code, factor.points, m.trusted, m.observed_on, _threats_of(m))
        for m in mentions
        if m.kind == "Person" and m.properties.get("harms") and not says_harmed(m.properties)
        for factor in _factors_of(m.properties["harms"], factors)
    ]
    if not found:
        return 0
    return sql.run(ADD_CONTRIBUTIONS, [list(column) for column in zip(*found, strict=True)])


def as_code(topic: str) -> str:
    """A topic as code lists write it: topics are cleaned into words with hyphens."""
    return topic.replace("-", "_")


def _threats_of(mention: Mention) -> str:
    return ",".join(as_code(threat)[:40] for threat in mention.properties.get("threats", ()))


def _factors_of(harms: Iterable[str], factors: dict[str, Factor]) -> Iterable[Factor]:
    """Each factor once. A harm that no factor names counts for nothing until one does."""
    codes = {as_code(harm) for harm in harms}
    return [factors[code] for code in sorted(codes & factors.keys())]
