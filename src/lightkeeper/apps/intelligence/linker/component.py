"""Working out anew only what one judgement can touch: the records it connects to."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.apps.intelligence.linker import judged, writing
from lightkeeper.apps.intelligence.models import LinkageModel
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.model import model_from_json

LINKS_OF = """
select left_id, right_id, weight_bits, held from intelligence_link
 where left_id = any(%s) union
select left_id, right_id, weight_bits, held from intelligence_link
 where right_id = any(%s)
"""
VERDICTS_OF = judged.TOUCHING.replace("select j.left_id", "select j.id, j.left_id", 1)
PUT_MEMBERS = """
insert into intelligence_membership as m (record_id, bucket_id, cluster)
select n.record_id, r.bucket_id, n.cluster
  from unnest(%s::bigint[], %s::bigint[]) as n(record_id, cluster)
  join intake_record r on r.id = n.record_id
on conflict (record_id) do update set cluster = excluded.cluster
 where m.cluster <> excluded.cluster
"""
PUT_STANDINGS = """
update intelligence_link l set standing = n.standing
  from unnest(%s::bigint[], %s::bigint[], %s::text[]) as n(left_id, right_id, standing)
 where l.left_id = n.left_id and l.right_id = n.right_id and l.standing <> n.standing
"""


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
    with (
        sql.one_at_a_time(linker.ONE_LINKAGE, using=linker.USING),
        transaction.atomic(using=linker.USING),
    ):
        model_row = LinkageModel.objects.using(linker.USING).filter(in_use=True).last()
        if model_row is None:
            return 0
        ids, links, verdicts = _component(set(records), model_row.link_bits)
        missing = model_from_json(json.dumps(model_row.body)).missing_weight
        _put(ids, links, judged.rules_from(verdicts), model_row.link_bits, missing)
        return len(ids)


def _component(
    start: set[int], join_at: float
) -> tuple[list[int], list[Link], list[tuple[int, int, str]]]:
    """The records reached by strong links and judgements, with all links and rules among them."""
    known, edge = set(start), set(start)
    links: dict[tuple[int, int], Link] = {}
    verdicts: dict[int, tuple[int, int, str]] = {}
    while edge:
        reached: set[int] = set()
        asked = list(edge)
        for left, right, weight, held in sql.rows(LINKS_OF, [asked, asked], using=linker.USING):
            links[left, right] = Link(left, right, weight, held)
            if weight >= join_at:
                reached |= {left, right}
        for number, left, right, verdict in sql.rows(VERDICTS_OF, [asked, asked],
                                                     using=linker.USING):  # fmt: skip
            verdicts[number] = (left, right, verdict)
            if verdict == Verdict.SAME:
                reached |= {left, right}
        edge = reached - known
        known |= edge
    inside = [one for one in links.values() if one.left in known and one.right in known]
    among = [v for _, v in sorted(verdicts.items()) if v[0] in known and v[1] in known]
    return sorted(known), inside, among


def _put(
    ids: list[int], links: list[Link], rules: judged.Rules, join_at: float, missing: float
) -> None:
    row = {record: number for number, record in enumerate(ids)}
    left = np.array([row[one.left] for one in links], np.int64)
    right = np.array([row[one.right] for one in links], np.int64)
    weight = np.array([one.weight for one in links], np.float64)
    labels = resolve(
        len(ids),
        left,
        right,
        weight,
        [(row[a], row[b]) for a, b in rules.same],
        [(row[a], row[b]) for a, b in rules.different],
        held=[(row[one.left], row[one.right]) for one in links if one.held],
        join_at=join_at,
        missing_weight=missing,
    )
    sql.run(PUT_MEMBERS, [ids, [ids[label] for label in labels]], using=linker.USING)
    if links:
        standing = writing.standing_of(labels[left] == labels[right], weight, join_at)
        sql.run(
            PUT_STANDINGS,
            [[one.left for one in links], [one.right for one in links], [str(s) for s in standing]],
            using=linker.USING,
        )
