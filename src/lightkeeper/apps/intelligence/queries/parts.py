"""What one viewer sees as one subject, worked out from what they may see and nothing else.

The records in sight that sure links in sight, and judgements, connect; then, among these, the same
clustering as the whole picture has, by links and judgements in sight alone. A record that is hidden
therefore neither joins nor parts two that are not, and leaves no trace in a name, a count, a place
or a reference.
"""

from collections.abc import Collection
from typing import Any

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intelligence import sql
from lightkeeper.apps.intelligence.linker.viewers import Seen
from lightkeeper.engine.linkage.clusters import REACH_BITS

# More records than this are not walked through for one page.
MOST_REACHED = 20_000

AROUND = """
with recursive reached (id) as (
  select unnest(%(start)s::bigint[])
  union
  select next.id from reached r cross join lateral (
    select l.right_id as id from intelligence_link l
     where l.left_id = r.id and l.weight_bits >= %(reach)s
       and l.bucket_left_id = any(%(readable)s::int[])
       and l.bucket_right_id = any(%(readable)s::int[])
    union all
    select l.left_id from intelligence_link l
     where l.right_id = r.id and l.weight_bits >= %(reach)s
       and l.bucket_left_id = any(%(readable)s::int[])
       and l.bucket_right_id = any(%(readable)s::int[])
    union all
    select j.right_id from intelligence_judgement j
     where j.left_id = r.id and j.verdict = 'SAME'
       and j.bucket_left_id = any(%(readable)s::int[])
       and j.bucket_right_id = any(%(readable)s::int[])
       and not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)
    union all
    select j.left_id from intelligence_judgement j
     where j.right_id = r.id and j.verdict = 'SAME'
       and j.bucket_left_id = any(%(readable)s::int[])
       and j.bucket_right_id = any(%(readable)s::int[])
       and not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)
  ) next
), part as materialized (
  select id from reached limit %(most)s
)
select 'record' as what, id as one, null::bigint as two, 0::float8 as bits,
       false as held, '' as said
  from part
union all
select 'link', l.left_id, l.right_id, l.weight_bits, l.held, '' from part p cross join lateral (
  select * from intelligence_link l
   where l.left_id = p.id and l.bucket_left_id = any(%(readable)s::int[])
     and l.bucket_right_id = any(%(readable)s::int[])) l
 where l.right_id in (select id from part)
union all
select 'verdict', j.left_id, j.right_id, j.id, false, j.verdict from part p cross join lateral (
  select * from intelligence_judgement j
   where j.left_id = p.id and j.bucket_left_id = any(%(readable)s::int[])
     and j.bucket_right_id = any(%(readable)s::int[])
     and not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)) j
 where j.right_id in (select id from part)
union all
(select 'model', m.id, null, m.link_bits, false, m.body ->> 'missing_weight'
  from intelligence_linkagemodel m where m.in_use order by m.trained_at desc, m.id desc limit 1)
"""


# Until a model has been trained there are judgements and no links to weigh.
UNTRAINED = (-1.0, -6.0)


def subjects_of(actor: Actor, record_ids: Collection[int]) -> dict[int, int]:
    """For each of these visible records, and those around them, the earliest of its subject.

    Records that are not linked yet, and things that are no people, are subjects by themselves.
    """
    found = {record: record for record in record_ids}
    if not found:
        return found
    start = sorted(found)
    rows = sql.rows(AROUND, {
        "start": start, "reach": REACH_BITS, "readable": sorted(actor.readable),
        "most": max(MOST_REACHED, len(start)),
    })  # fmt: skip
    by_kind: dict[str, list[tuple[Any, ...]]] = {}
    for what, *rest in rows:
        by_kind.setdefault(what, []).append(tuple(rest))
    if "link" not in by_kind and "verdict" not in by_kind:
        return found
    ids = sorted(one for one, *_ in by_kind["record"])
    links = [(one, two, bits, held) for one, two, bits, held, _ in by_kind.get("link", [])]
    said = sorted(by_kind.get("verdict", []), key=lambda row: row[2])
    verdicts = [(one, two, verdict) for one, two, _, _, verdict in said]
    join_at, missing = next(
        ((bits, float(said)) for _, _, bits, _, said in by_kind.get("model", [])), UNTRAINED
    )
    labels = Seen.of(ids, links, verdicts, join_at, missing).clusters().tolist()
    return found | {record: ids[label] for record, label in zip(ids, labels, strict=True)}
