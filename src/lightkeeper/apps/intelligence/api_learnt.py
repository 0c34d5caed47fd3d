"""What the models of linkage learnt and who is linked worse, over the API."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence.api import ERRORS
from lightkeeper.apps.intelligence.models import LinkageModel

router = Router()


class LinkageModelOut(Schema):
    version: str
    kind: str
    trained_at: datetime
    in_use: bool
    records: int | None
    join_bits: float
    review_bits: float


class LevelLearntOut(Schema):
    sentence: str
    bits: float
    m: float = Field(description="Its share among pairs of one person, 0 to 1.")
    u: float = Field(description="Its share among pairs of two, 0 to 1.")
    by_frequency: bool


class ComparisonLearntOut(Schema):
    name: str
    sentence: str
    levels: list[LevelLearntOut]


class BinOut(Schema):
    bits: int
    share: float


class SeenInTrainingOut(Schema):
    records: int
    unlinkable: float
    unsure: float
    best: list[BinOut]
    pairs_counted: int
    pairs: list[BinOut]


class LearntOut(Schema):
    version: str
    comparisons: list[ComparisonLearntOut]
    prior: float
    prior_bits: float
    join_at: float
    review_at: float
    missing_weight: float
    records: int | None
    pairs: int | None
    others: list[tuple[str, float]]
    notes: list[str]
    seen: SeenInTrainingOut | None
    sentences: list[str]


class GroupRateOut(Schema):
    share: float | None
    bound: str
    low: float
    high: float


class GroupOut(Schema):
    """Counts are rounded to five; None where the group is suppressed."""

    group: str
    people: int | None
    joined: int | None
    true: int | None
    precision: GroupRateOut | None
    recall: GroupRateOut | None


class GroupTableOut(Schema):
    name: str
    rows: list[GroupOut]


class AccuracyCardOut(Schema):
    model: str
    basis: str
    made_at: datetime
    covered: float
    whole: GroupOut
    tables: list[GroupTableOut]


@router.get(
    "/models", response={200: list[LinkageModelOut], **ERRORS}, url_name="list_models",
    summary="Models of linkage, newest first",
)  # fmt: skip
def list_models(request: Any) -> list[dict[str, Any]]:
    return [_model(one) for one in queries.trained_models(request.actor)]


@router.get(
    "/models/{version}", response={200: LearntOut, **ERRORS}, url_name="get_model",
    summary="What one model learnt",
)  # fmt: skip
def get_model(request: Any, version: str) -> dict[str, Any]:
    return asdict(queries.learnt(request.actor, version).report)


@router.get(
    "/accuracy", response={200: list[AccuracyCardOut], **ERRORS}, url_name="accuracy_by_group",
    summary="Precision and recall by group, with suppression",
)  # fmt: skip
def accuracy_by_group(request: Any) -> list[dict[str, Any]]:
    """For the governance desk. Never an input to linkage or to a priority."""
    return [
        {"model": one.model.version, "basis": one.basis, "made_at": one.made_at}
        | one.card.to_json()
        for one in queries.accuracy_cards(request.actor)
    ]


def _model(row: LinkageModel) -> dict[str, Any]:
    return {
        "version": row.version,
        "kind": row.kind,
        "trained_at": row.trained_at,
        "in_use": row.in_use,
        "records": row.training.get("records"),
        "join_bits": row.link_bits,
        "review_bits": row.review_bits,
    }
