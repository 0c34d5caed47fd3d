"""The linkage model in use: the trained one if it fits what there is, else a new one."""

import json
from datetime import datetime

from django.conf import settings

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker.export import COLUMNS, KIND, Exported
from lightkeeper.apps.intelligence.models import LinkageModel
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import Progress, train

# What was learnt from few records is learnt again when there are this many times more.
OUTGROWN = 4


def fitting_model(found: Exported, at: datetime, say: Progress) -> tuple[LinkageModel, LinkModel]:
    """The model for these sources, trained on first use."""
    known = LinkageModel.objects.using(linker.USING).filter(kind=KIND, in_use=True)
    row = known.order_by("-trained_at", "-pk").first()
    if row is not None and fits(row, found):
        return row, model_from_json(json.dumps(row.body))
    model = train(found.table.select(list(found.columns)), plan_by_name(list(found.columns)),
                  progress=say)  # fmt: skip
    known.update(in_use=False)
    return keep(model, found, at), model


def fits(row: LinkageModel, found: Exported) -> bool:
    """Whether a model was trained on the same sources, the same columns, and enough records."""
    training = row.training
    return (
        training.get("sources") == list(found.sources)
        and set(found.columns) <= set(training.get("columns", ()))
        and found.table.num_rows < OUTGROWN * max(training.get("records", 0), 1)
    )


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
