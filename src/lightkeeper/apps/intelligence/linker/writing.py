"""Writing links and memberships: the whole picture at once, in the transaction of the caller."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.linker.judged import Rules
from lightkeeper.engine.linkage.bands import lot_of, turn_of
from lightkeeper.engine.linkage.batch import Links, Weighed
from lightkeeper.engine.linkage.explain import HOME, LEAST_BITS, OTHER_NAME
from lightkeeper.engine.linkage.model import Comparison

COPY_LINKS = """
copy intelligence_link (left_id, right_id, bucket_left_id, bucket_right_id, model_id, may_wait,
                        held, weight_bits, evidence, made_at, judged, turn) from stdin
"""
DROP_OF = "delete from intelligence_link where {} = any(%s)"
DROP_PAIRS = """
delete from intelligence_link l using unnest(%s::bigint[], %s::bigint[]) as n(left_id, right_id)
 where l.left_id = n.left_id and l.right_id = n.right_id
"""
COPY_MEMBERS = "copy membership_now (record_id, cluster, component) from stdin"
PUT_MEMBERS = """
insert into intelligence_membership as m (record_id, bucket_id, cluster, component)
select n.record_id, r.bucket_id, n.cluster, n.component from membership_now n
  join intake_record r on r.id = n.record_id
on conflict (record_id) do update set cluster = excluded.cluster, component = excluded.component
 where (m.cluster, m.component) <> (excluded.cluster, excluded.component)
"""
MOVED = """
select count(*) from intelligence_membership m join membership_now n using (record_id)
 where (m.cluster, m.component) <> (n.cluster, n.component)
"""
DROP_MEMBERS = """
delete from intelligence_membership m
 where not exists (select 1 from membership_now n where n.record_id = m.record_id)
"""
# A judgement made while links were being written marked the link that has gone since.
MARK_JUDGED = """
with standing as (
  select distinct j.left_id, j.right_id from intelligence_judgement j
   where not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)
)
update intelligence_link l set judged = not l.judged
 where l.judged <> exists (
   select 1 from standing s where s.left_id = l.left_id and s.right_id = l.right_id)
   and (l.judged or (l.left_id, l.right_id) in (select left_id, right_id from standing))
"""


@dataclass(frozen=True)
class Worked:
    """The links worth keeping (rows of `links`), which of those are held for a person and which
    may wait for one, the cluster and the part of each record, and the rules.
    """

    links: Links
    kept: NDArray[np.int64]
    held: NDArray[np.bool_]
    may_wait: NDArray[np.bool_]
    clusters: NDArray[np.int64]
    components: NDArray[np.int64]
    rules: Rules


def replace_links(worked: Worked, buckets: NDArray[np.int32], model_id: int, at: datetime) -> None:
    """All links anew: those of the rows `kept` of `links`."""
    sql.run("delete from intelligence_link", using=linker.USING)
    _copy_links(
        worked.links, worked.kept, worked.held, worked.may_wait, buckets, worked.rules.judged,
        model_id, at,
    )  # fmt: skip


def drop_links(*, touching: list[int], pairs: Sequence[tuple[int, int]]) -> None:
    """The links of these records, and those of these pairs."""
    for side in ("left_id", "right_id"):
        sql.run(DROP_OF.format(side), [touching], using=linker.USING)
    if pairs:
        ends = [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
        sql.run(DROP_PAIRS, ends, using=linker.USING)


def enter_links(
    links: Links, kept: NDArray[np.int64], held: NDArray[np.bool_], buckets: NDArray[np.int32],
    judged: Collection[tuple[int, int]], model_id: int, at: datetime,
) -> None:  # fmt: skip
    """Those of the rows `kept`. Whether each may wait is for whoever works out its part."""
    waits = np.ones(len(kept), bool)
    _copy_links(links, kept, held, waits, buckets, judged, model_id, at)


def _copy_links(
    links: Links, kept: NDArray[np.int64], held: NDArray[np.bool_], waits: NDArray[np.bool_],
    buckets: NDArray[np.int32], judged: Collection[tuple[int, int]], model_id: int, at: datetime,
) -> None:  # fmt: skip
    left, right, weight = links.left[kept], links.right[kept], links.weight[kept]
    evidence = evidence_of(links, kept)
    turns = turn_of(weight, lot_of(links.record_ids[left], links.record_ids[right])).tolist()

    def lines() -> Iterator[Sequence[Any]]:
        columns = (
            links.record_ids[left].tolist(), links.record_ids[right].tolist(),
            buckets[left].tolist(), buckets[right].tolist(),
            waits.tolist(), held.tolist(), weight.tolist(), evidence, turns,
        )  # fmt: skip
        for one, two, of_one, of_two, wait, hold, bits, why, turn in zip(*columns, strict=True):
            said = (one, two) in judged
            yield one, two, of_one, of_two, model_id, wait, hold, bits, why, at, said, turn

    sql.copy_in(COPY_LINKS, lines(), using=linker.USING)


def replace_members(record_ids: NDArray[np.int64], worked: Worked) -> int:
    """All memberships: of each record the earliest of its cluster and of its part. Returns how many
    of those that were known are now in another subject or part.
    """
    sql.run(
        "create temporary table membership_now (record_id bigint primary key, cluster bigint, "
        "component bigint) on commit drop",
        using=linker.USING,
    )
    lines = zip(
        record_ids.tolist(),
        record_ids[worked.clusters].tolist(),
        record_ids[worked.components].tolist(),
        strict=True,
    )
    sql.copy_in(COPY_MEMBERS, iter(lines), using=linker.USING)
    sql.run("analyze membership_now", using=linker.USING)
    [[moved]] = sql.rows(MOVED, using=linker.USING)
    sql.run(PUT_MEMBERS, using=linker.USING)
    sql.run(DROP_MEMBERS, using=linker.USING)
    return int(moved)


def mark_judged() -> None:
    sql.run(MARK_JUDGED, using=linker.USING)


def evidence_of(links: Links, kept: NDArray[np.int64]) -> Iterator[str]:
    """For each kept link its evidence as JSON, strongest first; with the prior it is the weight.

    What one of the two records does not say is no evidence and is left out.
    """
    parts = [_pieces(comparison) for comparison in links.model.comparisons]
    others = [
        _piece({"field": name, "level": 0, "sentence": sentence})
        for name, sentence in (("other name", OTHER_NAME), ("home", HOME))
    ]
    of = links.of[kept]
    # Between the records of two sayings the words are the same for every pair.
    again, known = np.bincount(of) > 1, dict[int, str]()
    for pair in of.tolist():
        found = known.get(pair) or _words(links.weighed, pair, parts, others)
        if again[pair]:
            known[pair] = found
        yield found


def _words(
    weighed: Weighed, pair: int, parts: Sequence[Sequence[str]], others: Sequence[str]
) -> str:
    levels, weights = weighed.levels[pair].tolist(), weighed.weights[pair].tolist()
    said = [
        (-abs(bits), f"{parts[c][level]}{bits:.4f}}}")
        for c, (level, bits) in enumerate(zip(levels, weights, strict=True))
        if level >= 0
    ]
    more = float(weighed.other_name[pair]), float(weighed.home[pair])
    said += [
        (-abs(bits), f"{piece}{bits:.4f}}}")
        for piece, bits in zip(others, more, strict=True)
        if abs(bits) >= LEAST_BITS
    ]
    said.sort(key=lambda one: one[0])
    return "[" + ",".join(piece for _, piece in said) + "]"


def _pieces(comparison: Comparison) -> list[str]:
    return [
        _piece({"field": comparison.name, "level": number, "sentence": level.sentence})
        for number, level in enumerate(comparison.levels)
    ]


def _piece(said: dict[str, Any]) -> str:
    """The JSON up to its weight, which differs from pair to pair."""
    return json.dumps(said, ensure_ascii=False)[:-1] + ', "weight_bits": '
