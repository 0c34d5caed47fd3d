"""Linking what has come since the last run, against everything that is there and no more.

What follows is what a whole run would give, from the blocks that it would make (`engine/linkage/
standing.py`) and the parts of the picture that are touched (`component.py`).
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.linker import judged, writing
from lightkeeper.apps.intelligence.linker.component import resolve_in_place
from lightkeeper.apps.intelligence.linker.export import KIND, Exported, export_people, new_sources
from lightkeeper.apps.intelligence.linker.keeping import finish, last_whole_run, place_of
from lightkeeper.apps.intelligence.linker.lease import hold_lease
from lightkeeper.apps.intelligence.linker.models import fits_what_came, model_in_use
from lightkeeper.apps.intelligence.linker.threshold import bits_that_stand
from lightkeeper.apps.intelligence.models import LinkageModel, LinkageRun
from lightkeeper.core import faults
from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage import kin
from lightkeeper.engine.linkage.standing import Change, Standing

# More than this at once, or a picture grown by so much since the last whole run, is linked whole.
MOST_AT_ONCE = 20_000
GROWN, GROWN_BY = 2, 1000
# Numbers are drawn before they are committed: so far below the highest one may still appear.
MAY_APPEAR_LATE = 100_000

NEW = """
select r.id from intake_record r where r.kind = %s
   and r.id > (select coalesce(max(record_id), 0) - %s from intelligence_membership)
   and not exists (select 1 from intelligence_membership m where m.record_id = r.id)
 order by r.id limit %s
"""
COUNT_MEMBERS = "select count(*) from intelligence_membership"
MEMBERS = "select record_id from intelligence_membership order by record_id"
LABELS_OF = "select id, bucket_id, concerns_child from intake_record where id = any(%s)"


def link_what_came(*, at: datetime) -> LinkageRun | None:
    """Link the records that the picture does not know yet; None where everything must be linked:
    nothing stands ready, a model must be trained, another threshold stands, or too much has come.
    """
    with hold_lease() as lease:
        started = time.monotonic()
        before, row = last_whole_run(), model_in_use()
        if before is None or row is None or before.model_id != row.pk:
            return None
        if row.link_bits != bits_that_stand():
            return None
        try:
            with Standing.open(place_of(before)) as standing:
                came, gone = _since(standing)
                found = export_people(among=came) if len(came) <= MOST_AT_ONCE else None
                if found is None or not _may_be_added(standing, row, found):
                    return None
                table = found.table.append_column("record_id", [found.record_ids])
                with standing.changing(table, gone) as change:
                    run = LinkageRun(model=row, started_at=at)
                    run.save(using=linker.USING, force_insert=True)
                    with lease.writing():
                        figures = _put_in_place(change, found, row, at)
                        figures["records"] = len(standing) - len(gone) + len(came)
                        figures["seconds"] = round(time.monotonic() - started, 1)
                        finish(run, figures, at)
                    faults.point("linking.came")
                return run
        except FormatError:
            return None


def _since(standing: Standing) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Records to take in, and those to leave out, so that what stands ready is the picture.

    A process that died between the picture and the file left members that the file does not have:
    they are taken in again, which changes nothing but the file.
    """
    given = [KIND, MAY_APPEAR_LATE, MOST_AT_ONCE + 1]
    came = _numbers(sql.rows(NEW, given, using=linker.USING))
    [[members]] = sql.rows(COUNT_MEMBERS, using=linker.USING)
    if members == len(standing):
        return came, np.empty(0, np.int64)
    there = _numbers(sql.rows(MEMBERS, using=linker.USING))
    known = standing.record_ids
    return np.union1d(came, np.setdiff1d(there, known)), np.setdiff1d(known, there)


def _may_be_added(standing: Standing, row: LinkageModel, found: Exported) -> bool:
    total = len(standing) + found.table.num_rows
    return (
        total <= GROWN * standing.made_with + GROWN_BY
        and standing.model.version == row.version
        and fits_what_came(row, found, total)
        and not new_sources(found.record_ids, row.training.get("sources", []))
    )


def _put_in_place(
    change: Change, found: Exported, row: LinkageModel, at: datetime
) -> dict[str, Any]:
    """Write the links that came, drop those that went, and work out the parts they touch."""
    links = change.links
    labels = {
        number: (bucket, child)
        for number, bucket, child in sql.rows(
            LABELS_OF, [links.record_ids.tolist()], using=linker.USING
        )
    }
    there = np.array([int(one) in labels for one in links.record_ids], bool)
    children = _of_each(links.record_ids, {one: said[1] for one, said in labels.items()}, bool)
    buckets = _of_each(links.record_ids, {one: said[0] for one, said in labels.items()}, np.int32)
    worth = links.weight >= links.model.review_at
    kept = np.nonzero(worth & there[links.left] & there[links.right])[0]
    held = kin.held(links, children)[kept]
    came = found.record_ids.tolist()
    pairs = _pairs(links.record_ids[links.left[kept]], links.record_ids[links.right[kept]])
    standing = _judged(pairs)
    writing.drop_links(touching=came, pairs=[*pairs, *map(tuple, change.parted.tolist())])
    writing.enter_links(links, kept, held, buckets, standing, row.pk, at)
    touched = {*came, *(one for pair in pairs for one in pair), *change.parted.ravel().tolist()}
    looked_at = resolve_in_place(touched, row)
    return {
        "came": len(came),
        "pairs_compared": int(links.pairs_compared),
        "links": int((links.weight[kept] >= row.link_bits).sum()),
        "held": int(held.sum()),
        "looked_at": looked_at,
        "left_alone": links.left_alone,
    }


def _judged(pairs: list[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    ends = sorted({one for pair in pairs for one in pair})
    said = sql.rows(judged.TOUCHING, [ends, ends], using=linker.USING)
    return frozenset((left, right) for left, right, _ in said)


def _of_each(ids: NDArray[np.int64], said: dict[int, Any], kind: Any) -> NDArray[Any]:
    return np.array([said.get(one, 0) for one in ids.tolist()], kind)


def _pairs(left: NDArray[np.int64], right: NDArray[np.int64]) -> list[tuple[int, int]]:
    return list(zip(left.tolist(), right.tolist(), strict=True))


def _numbers(rows: Iterable[tuple[int, ...]]) -> NDArray[np.int64]:
    return np.array([row[0] for row in rows], np.int64)
