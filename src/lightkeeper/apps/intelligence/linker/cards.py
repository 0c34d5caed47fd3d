"""Working out how well each group of records is linked, and keeping only what may be shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
from django.utils import timezone
from numpy.typing import NDArray

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.choices import Basis, Verdict
from lightkeeper.apps.intelligence.linker.export import Exported, export_people
from lightkeeper.apps.intelligence.linker.judged import standing_verdicts
from lightkeeper.apps.intelligence.linker.viewers import rows_of
from lightkeeper.apps.intelligence.linker.writing import Worked
from lightkeeper.apps.intelligence.models import AccuracyCard, LinkageModel
from lightkeeper.engine.accuracy.cards import Card, card_of
from lightkeeper.engine.accuracy.groups import tables_of
from lightkeeper.engine.accuracy.labelled import (
    Ends,
    ends_of_judged,
    ends_of_truth,
    share_covered,
    stand_for,
)
from lightkeeper.engine.linkage.clusters import REACH_BITS

AGENCY, OTHER_AGENCIES = "Agency that sent it", "other agencies"
OWNERS = """
select b.id, a.code from accounts_bucket b join accounts_agency a on a.id = b.owner_id
 where b.id = any(%s)
"""
NAMES = "select code, name from accounts_agency where code = any(%s) order by name"
Bits = NDArray[np.float64]


def keep_card_of_judgements(
    model: LinkageModel, worked: Worked, found: Exported, at: datetime
) -> None:
    """From what people decided on pairs, and what the model alone would have done with them."""
    pairs = _judged_pairs(found.record_ids)
    rows = np.array(list(pairs), np.int64).reshape(-1, 2)
    same = np.array(list(pairs.values()), bool)
    weight, joined = _weighed(worked, rows)
    every, put = worked.links.weight[worked.kept], _joins(worked)
    stands = np.ones(len(rows))
    # What is joined and what is not are judged for other reasons, and so stand for themselves.
    for side in (True, False):
        stands[joined == side] = stand_for(every[put == side], weight[joined == side])
    ends = ends_of_judged(worked.clusters[rows], joined, same, stands)
    card = _card(
        ends, found, rows.T.reshape(-1), model, at, share_covered(every[put], weight[joined])
    )
    _keep(model, Basis.JUDGEMENTS, card, at)


def keep_card_of_truth(
    model: LinkageModel, truth: Mapping[int, tuple[str, int]], at: datetime
) -> None:
    """From a known truth: of each record by its number its person and its cluster."""
    found = export_people(np.array(sorted(truth), np.int64))
    known = [truth[number] for number in found.record_ids.tolist()]
    _, person = np.unique([one for one, _ in known], return_inverse=True)
    ends = ends_of_truth(person, [cluster for _, cluster in known])
    _keep(model, Basis.TRUTH, _card(ends, found, np.arange(len(known)), model, at, 1.0), at)


def _judged_pairs(record_ids: NDArray[np.int64]) -> dict[tuple[int, int], bool]:
    """By the rows of a pair, whether the latest judgement that decides it says the same person."""
    said = [one for one in standing_verdicts() if one[2] != Verdict.UNSURE]
    return {
        (one, two): verdict == Verdict.SAME for one, two, verdict in rows_of(record_ids, said)
    }  # fmt: skip


def _joins(worked: Worked) -> NDArray[np.bool_]:
    """Which of the kept links would join two records that had no others."""
    links = worked.links
    sure = max(REACH_BITS, links.model.join_at)
    return np.asarray((links.weight[worked.kept] >= sure) & ~worked.held)


def _weighed(worked: Worked, rows: NDArray[np.int64]) -> tuple[Bits, NDArray[np.bool_]]:
    """The weight of each pair, NaN where the model kept no link, and whether it joins them."""
    links, kept = worked.links, worked.kept
    count = len(links.record_ids)
    keys, wanted = links.left[kept] * count + links.right[kept], rows[:, 0] * count + rows[:, 1]
    weight, joined = np.full(len(rows), np.nan), np.zeros(len(rows), bool)
    if len(keys):
        order = np.argsort(keys)
        place = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
        there = keys[place] == wanted
        weight[there] = links.weight[kept][place[there]]
        joined[there] = _joins(worked)[place[there]]
    return weight, joined


def _card(
    ends: Ends, found: Exported, rows: NDArray[np.int64], model: LinkageModel, at: datetime,
    covered: float,
) -> Card:  # fmt: skip
    """The card of ends that are of these rows of the table."""
    met, of = np.unique(rows, return_inverse=True)
    said = found.table.take(pa.array(met)).to_pylist()
    on = timezone.localtime(at).date()
    tables = {AGENCY: _agencies(found.buckets[met], model.training.get("sources", ()))}
    tables |= tables_of(said, on)
    return card_of(
        ends,
        {name: (groups, np.array(codes, np.int64)[of]) for name, (groups, codes) in tables.items()},
        covered,
    )


def _agencies(
    buckets: NDArray[np.int32], sources: Sequence[str]
) -> tuple[Sequence[str], Sequence[int]]:
    """The agencies that the model was trained on, by name, and which of them owns each label."""
    listed = sql.rows(NAMES, [list(sources)], using=linker.USING)
    place = {code: at for at, (code, _) in enumerate(listed)}
    owners = sql.rows(OWNERS, [np.unique(buckets).tolist()], using=linker.USING)
    of = {number: place.get(code, len(listed)) for number, code in owners}
    return [name for _, name in listed] + [OTHER_AGENCIES], [of[one] for one in buckets.tolist()]


def _keep(model: LinkageModel, basis: Basis, card: Card, at: datetime) -> None:
    AccuracyCard.objects.using(linker.USING).update_or_create(
        model_id=model.pk, basis=basis, defaults={"body": card.to_json(), "made_at": at}
    )
