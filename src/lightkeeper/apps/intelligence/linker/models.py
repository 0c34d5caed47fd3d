"""The linkage model in use: the trained one if it fits what there is, else a new one."""

import json
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import QuerySet

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker.export import COLUMNS, KIND, Exported
from lightkeeper.apps.intelligence.models import CommonValues, LinkageModel
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import Progress, train_with_values

# What was learnt from few records is learnt again when there are this many times more.
OUTGROWN = 4


def fitting_model(
    found: Exported, at: datetime, say: Progress
) -> tuple[LinkageModel, LinkModel, pa.Table]:
    """The model for these sources, trained on first use, and how common values were then."""
    row = model_in_use()
    if row is not None and fits(row, found):
        kept = CommonValues.objects.using(linker.USING).filter(pk=row.pk).first()
        if kept is not None:
            return row, model_from_json(json.dumps(row.body)), _from_parquet(bytes(kept.body))
    model, values = train_with_values(
        found.table.select(list(found.columns)), plan_by_name(list(found.columns)), progress=say
    )
    _in_use().update(in_use=False)
    row = keep(model, found, at)
    CommonValues.objects.using(linker.USING).update_or_create(
        pk=row.pk, defaults={"body": _to_parquet(values)}
    )
    return row, model, values


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


def keep(model: LinkModel, found: Exported, at: datetime) -> LinkageModel:
    text = model.to_json()
    (settings.MODELS / f"{model.version}.json").write_text(text + "\n", encoding="utf-8")
    row, _ = LinkageModel.objects.using(linker.USING).update_or_create(
        version=model.version,
        defaults={
            "kind": KIND,
            "body": json.loads(text),
            "training": {
                "sources": list(found.sources),
                "columns": [name for name in COLUMNS if name in found.columns],
                "records": found.table.num_rows,
                "notes": model.training.get("notes", []),
            },
            "review_bits": model.review_at,
            "link_bits": model.join_at,
            "trained_at": at,
            "in_use": True,
        },
    )
    return row
