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

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker import writing
from lightkeeper.apps.intelligence.linker.cards import keep_card_of_judgements
from lightkeeper.apps.intelligence.linker.export import Exported, export_people
from lightkeeper.apps.intelligence.linker.judged import rules_from, standing_verdicts
from lightkeeper.apps.intelligence.linker.keeping import (
    FIGURE,
    finish,
    place_of,
    remove_all_but,
)
from lightkeeper.apps.intelligence.linker.lease import hold_lease
from lightkeeper.apps.intelligence.linker.models import fitting_model
from lightkeeper.apps.intelligence.linker.viewers import Seen, may_wait, rows_of
from lightkeeper.apps.intelligence.linker.writing import Worked
from lightkeeper.apps.intelligence.models import LinkageModel, LinkageRun
from lightkeeper.core import faults
from lightkeeper.engine.linkage import batch, kin
from lightkeeper.engine.linkage.standing import link_and_keep

Say = Callable[[str, float], None]


def link_everybody(*, at: datetime, say: Say) -> LinkageRun:
    """Link all person records and put the new picture in place of the old in one transaction.

    Only one runs at a time; a second waits. Killed on the way, it leaves the old picture whole.
    """
    with hold_lease() as lease:
        started = time.monotonic()
        say("Reading the records", 0.0)
        found = export_people()
        learning = _part(say, "Learning how records compare", 0.05, 0.4)
        model_row, model, values = fitting_model(found, at, learning)
        run = LinkageRun(model=model_row, started_at=at)
        run.save(using=linker.USING, force_insert=True)
        ready = place_of(run)
        links = link_and_keep(
            ready,
            found.table.append_column("record_id", [found.record_ids]),
            model,
            values,
            progress=_part(say, "Comparing records", 0.4, 0.85),
        )
        say("Putting subjects together", 0.85)
        worked = work_out(links, found.children, found.buckets)
        faults.point("linking.worked_out")
        say("Writing the picture", 0.9)
        with lease.writing():
            moved = put_in_place(worked, found, model_row, at)
            figures = _figures(worked, found, time.monotonic() - started) | {"moved": moved}
            finish(run, figures, at)
        with transaction.atomic(using=linker.USING):
            writing.mark_judged()
            keep_card_of_judgements(model_row, worked, found, at)
        remove_all_but(ready)
        say("Done", 1.0)
        return run


def work_out(links: batch.Links, children: NDArray[np.bool_], buckets: NDArray[np.int32]) -> Worked:
    """Clusters of the links that are worth a look, under the judgements that stand.

    A child and somebody who may be their relative are not joined before a person has looked.

    Weaker links are left out here as they are in the database, so that a component worked out
    alone from the stored links comes out as it does in the whole.
    """
    model, ids = links.model, links.record_ids
    kept = np.nonzero(links.weight >= model.review_at)[0]
    held = kin.held(links, children)[kept]
    said = standing_verdicts()
    whole = Seen(len(ids), links.left[kept], links.right[kept], links.weight[kept], held,
                 rows_of(ids, said), model.join_at, model.missing_weight)  # fmt: skip
    clusters, parts = whole.clusters(), whole.components()
    waits = may_wait(whole, buckets, clusters, parts)
    return Worked(links, kept, held, waits, clusters, parts, rules_from(said))


def put_in_place(worked: Worked, found: Exported, model: LinkageModel, at: datetime) -> int:
    writing.replace_links(worked, found.buckets, model.pk, at)
    return writing.replace_members(found.record_ids, worked)


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
        "left_alone": links.left_alone,
        FIGURE: links.sizes.block,
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
