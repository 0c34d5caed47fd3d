"""Working out anew only what one judgement can touch: the records it connects to."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.apps.intelligence.linker import judged, viewers
from lightkeeper.apps.intelligence.linker.lease import hold_lease
from lightkeeper.apps.intelligence.models import LinkageModel
from lightkeeper.engine.linkage.clusters import REACH_BITS
from lightkeeper.engine.linkage.model import model_from_json

LINKS_OF = """
select left_id, right_id, weight_bits, held from intelligence_link
 where left_id = any(%s) union
select left_id, right_id, weight_bits, held from intelligence_link
 where right_id = any(%s)
"""
VERDICTS_OF = judged.TOUCHING.replace("select j.left_id", "select j.id, j.left_id", 1)
PUT_MEMBERS = """
insert into intelligence_membership as m (record_id, bucket_id, cluster, component)
select n.record_id, r.bucket_id, n.cluster, n.component
  from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as n(record_id, cluster, component)
  join intake_record r on r.id = n.record_id
on conflict (record_id) do update set cluster = excluded.cluster, component = excluded.component
 where (m.cluster, m.component) <> (excluded.cluster, excluded.component)
"""
PUT_WAITING = """
update intelligence_link l set may_wait = n.may_wait
  from unnest(%s::bigint[], %s::bigint[], %s::bool[]) as n(left_id, right_id, may_wait)
 where l.left_id = n.left_id and l.right_id = n.right_id and l.may_wait <> n.may_wait
"""
LABELS_OF = "select id, bucket_id from intake_record where id = any(%s) order by id"


@dataclass(frozen=True)
class Link:
    left: int
    right: int
    weight: float
    held: bool


def resolve_around(records: Iterable[int]) -> int:
    """Work out the clusters around these records; how many records were looked at.

    It gives exactly what a whole run would give for them, from the stored links.
    """
    with hold_lease() as lease, lease.writing():
        model_row = LinkageModel.objects.using(linker.USING).filter(in_use=True).last()
        return resolve_in_place(records, model_row) if model_row else 0


def resolve_in_place(records: Iterable[int], model_row: LinkageModel) -> int:
    """The same, in the transaction of a caller who may write."""
    ids, links, verdicts = _component(set(records))
    missing = model_from_json(json.dumps(model_row.body)).missing_weight
    _put(ids, links, verdicts, model_row.link_bits, missing)
    return len(ids)


def _component(start: set[int]) -> tuple[list[int], list[Link], list[tuple[int, int, str]]]:
    """The records reached by sure links and judgements, with all links that touch them and the
    verdicts among them.
    """
    known, edge = set(start), set(start)
    links: dict[tuple[int, int], Link] = {}
    verdicts: dict[int, tuple[int, int, str]] = {}
    while edge:
        reached: set[int] = set()
        asked = list(edge)
        for left, right, weight, held in sql.rows(LINKS_OF, [asked, asked], using=linker.USING):
            links[left, right] = Link(left, right, weight, held)
            if weight >= REACH_BITS:
                reached |= {left, right}
        for number, left, right, verdict in sql.rows(VERDICTS_OF, [asked, asked],
                                                     using=linker.USING):  # fmt: skip
            verdicts[number] = (left, right, verdict)
            if verdict == Verdict.SAME:
                reached |= {left, right}
        edge = reached - known
        known |= edge
    among = [v for _, v in sorted(verdicts.items()) if v[0] in known and v[1] in known]
    return sorted(known), list(links.values()), among


def _put(
    ids: list[int], links: list[Link], verdicts: list[tuple[int, int, str]], join_at: float,
    missing: float,
) -> None:  # fmt: skip
    """Put in place what these records come to, and which of the pairs among them may wait."""
    labels = dict(sql.rows(LABELS_OF, [ids], using=linker.USING))
    ids = [number for number in ids if number in labels]
    links, leading_out = _parted(links, set(ids))
    record_ids = np.array(ids, np.int64)
    among = [(one.left, one.right, one.weight, one.held) for one in links]
    whole = viewers.Seen.of(ids, among, verdicts, join_at, missing)
    clusters, parts = whole.clusters(), whole.components()
    named = [ids, record_ids[clusters].tolist(), record_ids[parts].tolist()]
    sql.run(PUT_MEMBERS, named, using=linker.USING)
    if leading_out:
        # What no sure link connects any more is apart for everybody.
        ends = [[one.left for one in leading_out], [one.right for one in leading_out]]
        sql.run(PUT_WAITING, [*ends, [True] * len(leading_out)], using=linker.USING)
    if links:
        owned = np.array([labels[number] for number in ids], np.int32)
        waits = viewers.may_wait(whole, owned, clusters, parts)
        ends = [[one.left for one in links], [one.right for one in links]]
        sql.run(PUT_WAITING, [*ends, waits.tolist()], using=linker.USING)


def _parted(links: list[Link], ids: set[int]) -> tuple[list[Link], list[Link]]:
    """The links among these records, and those that lead out of them."""
    inside = [one for one in links if one.left in ids and one.right in ids]
    out = [one for one in links if (one.left in ids) != (one.right in ids)]
    return inside, out
