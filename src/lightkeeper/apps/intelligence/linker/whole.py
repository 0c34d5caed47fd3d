"""Working out the whole picture: read everybody, train if need be, link, cluster, swap."""

import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.linker import writing
from lightkeeper.apps.intelligence.linker.export import Exported, export_people
from lightkeeper.apps.intelligence.linker.judged import standing_rules
from lightkeeper.apps.intelligence.linker.models import fitting_model
from lightkeeper.apps.intelligence.linker.writing import Worked
from lightkeeper.apps.intelligence.models import LinkageModel, LinkageRun
from lightkeeper.engine.linkage import batch, kin
from lightkeeper.engine.linkage.clusters import resolve

Say = Callable[[str, float], None]


def link_everybody(*, at: datetime, say: Say) -> LinkageRun:
    """Link all person records and put the new picture in place of the old in one transaction.

    Only one runs at a time; a second waits. Killed on the way, it leaves the old picture whole.
    """
    with sql.one_at_a_time(linker.ONE_LINKAGE, using=linker.USING):
        started = time.monotonic()
        say("Reading the records", 0.0)
        found = export_people()
        model_row, model = fitting_model(found, at, _part(say, "Learning how records compare",
                                                          0.05, 0.4))  # fmt: skip
        run = LinkageRun(model=model_row, started_at=at)
        run.save(using=linker.USING, force_insert=True)
        links = batch.link(
            found.table.append_column("record_id", [found.record_ids]),
            model,
            progress=_part(say, "Comparing records", 0.4, 0.85),
        )
        say("Putting subjects together", 0.85)
        worked = work_out(links, found.children)
        say("Writing the picture", 0.9)
        with transaction.atomic(using=linker.USING):
            put_in_place(worked, found, model_row, at)
            run.figures = _figures(worked, found, time.monotonic() - started)
            run.finished_at = at
            run.save(using=linker.USING, update_fields=["figures", "finished_at"])
        with transaction.atomic(using=linker.USING):
            writing.mark_judged()
        say("Done", 1.0)
        return run


def work_out(links: batch.Links, children: NDArray[np.bool_]) -> Worked:
    """Clusters of the links that are worth a look, under the judgements that stand.

    A child and somebody who may be their relative are not joined before a person has looked.

    Weaker links are left out here as they are in the database, so that a component worked out
    alone from the stored links comes out as it does in the whole.
    """
    model = links.model
    kept = np.nonzero(links.weight >= model.review_at)[0]
    held = kin.held(links, children)[kept]
    rules = standing_rules()
    left, right = links.left[kept], links.right[kept]
    clusters = resolve(
        len(links.record_ids),
        left,
        right,
        links.weight[kept],
        _rows_of(links.record_ids, rules.same),
        _rows_of(links.record_ids, rules.different),
        held=zip(left[held].tolist(), right[held].tolist(), strict=True),
        join_at=model.join_at,
        missing_weight=model.missing_weight,
    )
    return Worked(links, kept, held, clusters, rules)


def _rows_of(
    record_ids: NDArray[np.int64], pairs: tuple[tuple[int, int], ...]
) -> list[tuple[int, int]]:
    """Pairs of record numbers as pairs of rows; a record that came after the export waits."""
    if not pairs or not len(record_ids):
        return []
    wanted = np.array(pairs, np.int64)
    place = np.minimum(np.searchsorted(record_ids, wanted), len(record_ids) - 1)
    there = (record_ids[place] == wanted).all(axis=1)
    return [(int(one), int(two)) for one, two in place[there]]


def put_in_place(worked: Worked, found: Exported, model: LinkageModel, at: datetime) -> None:
    writing.replace_links(worked, found.buckets, model.pk, at)
    writing.replace_members(found.record_ids, worked.clusters)


def _figures(worked: Worked, found: Exported, seconds: float) -> dict[str, Any]:
    kept, links = worked.kept, worked.links
    together = worked.clusters[links.left[kept]] == worked.clusters[links.right[kept]]
    return {
        "records": int(found.table.num_rows),
        "sources": list(found.sources),
        "pairs_compared": int(links.pairs_compared),
        "links": int((together & (links.weight[kept] >= links.model.join_at)).sum()),
        "to_review": int((~together).sum()),
        "held": int((worked.held & ~together).sum()),
        "clusters": len(np.unique(worked.clusters)),
        "judgements": len(worked.rules.judged),
        "contradicted": worked.rules.left_out,
        "seconds": round(seconds, 1),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    """The most memory this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)


def _part(say: Say, doing: str, start: float, end: float) -> Say:
    """Tell a part of the way as its share of the whole."""
    return lambda stage, share: say(f"{doing}: {stage}", start + (end - start) * share)
