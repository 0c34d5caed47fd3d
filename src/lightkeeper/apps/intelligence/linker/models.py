"""The linkage model in use: the trained one if it fits what there is, else a new one."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import QuerySet

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker.export import COLUMNS, KIND, Exported
from lightkeeper.apps.intelligence.linker.threshold import bits_that_stand
from lightkeeper.apps.intelligence.models import CommonValues, LinkageModel
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import Progress, train_with_values

# What was learnt from few records is learnt again when there are this many times more.
OUTGROWN = 4


def fitting_model(
    found: Exported, at: datetime, say: Progress
) -> tuple[LinkageModel, LinkModel, pa.Table]:
    """The model for these sources, trained on first use, with the threshold that stands, and how
    common values were then.
    """
    row, wanted = model_in_use(), bits_that_stand()
    if row is not None and fits(row, found):
        kept = CommonValues.objects.using(linker.USING).filter(pk=row.pk).first()
        if kept is not None:
            model, values = model_from_json(json.dumps(row.body)), _from_parquet(bytes(kept.body))
            if row.link_bits == wanted:
                return row, model, values
            model = replace(model, join_at=wanted)
            return _put_in_use(model, values, row.training, row.trained_at), model, values
    model, values = train_with_values(
        found.table.select(list(found.columns)), plan_by_name(list(found.columns)), progress=say
    )
    model = replace(model, join_at=wanted)
    return _put_in_use(model, values, _training(model, found), at), model, values


def _put_in_use(
    model: LinkModel, values: pa.Table, training: dict[str, Any], trained_at: datetime
) -> LinkageModel:
    _in_use().update(in_use=False)
    row = keep(model, training, trained_at)
    CommonValues.objects.using(linker.USING).update_or_create(
        pk=row.pk, defaults={"body": _to_parquet(values)}
    )
    return row


def _training(model: LinkModel, found: Exported) -> dict[str, Any]:
    return {
        "sources": list(found.sources),
        "columns": [name for name in COLUMNS if name in found.columns],
        "records": found.table.num_rows,
        "notes": model.training.get("notes", []),
    }


def _in_use() -> QuerySet[LinkageModel]:
    return LinkageModel.objects.using(linker.USING).filter(kind=KIND, in_use=True)


def model_in_use() -> LinkageModel | None:
    return _in_use().order_by("-trained_at", "-pk").first()


def _to_parquet(values: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(values, sink, compression="zstd")
    return bytes(sink.getvalue())


def _from_parquet(body: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(body))


def fits(row: LinkageModel, found: Exported) -> bool:
    """Whether a model was trained on the same sources, the same columns, and enough records."""
    same = row.training.get("sources") == list(found.sources)
    return same and fits_what_came(row, found, found.table.num_rows)


def fits_what_came(row: LinkageModel, some: Exported, total: int) -> bool:
    """The same of a part of the records, whose sources are known, with the number of all."""
    training = row.training
    return (
        set(some.columns) <= set(training.get("columns", ()))
        and total < OUTGROWN * max(training.get("records", 0), 1)
    )  # fmt: skip


def keep(model: LinkModel, training: dict[str, Any], trained_at: datetime) -> LinkageModel:
    text = model.to_json()
    (settings.MODELS / f"{model.version}.json").write_text(text + "\n", encoding="utf-8")
    row, _ = LinkageModel.objects.using(linker.USING).update_or_create(
        version=model.version,
        defaults={
            "kind": KIND,
            "body": json.loads(text),
            "training": training,
            "review_bits": model.review_at,
            "link_bits": model.join_at,
            "trained_at": trained_at,
            "in_use": True,
        },
    )
    return row
