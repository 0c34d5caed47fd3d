"""What the models of linkage learnt, and who is linked worse: counts and shares, no record."""

import json
from dataclasses import dataclass
from datetime import datetime

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import permissions
from lightkeeper.apps.intelligence.models import AccuracyCard, LinkageModel
from lightkeeper.core.errors import NotFound
from lightkeeper.engine.accuracy.cards import Card, card_from_json
from lightkeeper.engine.linkage.clusters import REACH_BITS
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.report import Report, report_of

MOST_MODELS = 100


@dataclass(frozen=True)
class Learnt:
    """A model with its report, and the ones trained before and after it."""

    row: LinkageModel
    report: Report
    before: LinkageModel | None
    after: LinkageModel | None


@dataclass(frozen=True)
class GroupCard:
    """How well each group is linked by a model, and from what that is known."""

    model: LinkageModel
    basis: str
    basis_words: str
    made_at: datetime
    card: Card


def trained_models(actor: Actor) -> list[LinkageModel]:
    """Every model that was trained, newest first. Raises: NotPermitted."""
    permissions.check_may_see_models(actor)
    found = list(LinkageModel.objects.order_by("-trained_at", "-pk")[:MOST_MODELS])
    audit.record(by=actor, did=audit.Did.MODELS_LISTED, to="models")
    return found


def learnt(actor: Actor, version: str) -> Learnt:
    """What one model learnt. Raises: NotPermitted, whether there is one or not; NotFound."""
    permissions.check_may_see_models(actor)
    row = LinkageModel.objects.filter(version=version).first()
    if row is None:
        raise NotFound("model")
    audit.record(by=actor, did=audit.Did.MODEL_SEEN, to=f"model {row.version}")
    others = LinkageModel.objects.filter(kind=row.kind)
    return Learnt(
        row,
        report_of(link_model(row), REACH_BITS),
        others.filter(trained_at__lt=row.trained_at).order_by("-trained_at").first(),
        others.filter(trained_at__gt=row.trained_at).order_by("trained_at").first(),
    )


def link_model(row: LinkageModel) -> LinkModel:
    return model_from_json(json.dumps(row.body))


def accuracy_cards(actor: Actor) -> list[GroupCard]:
    """Precision and recall by group for the model in use. Raises: NotPermitted.

    For the governance desk alone, and never an input to linkage or to a priority.
    """
    permissions.check_may_see_cards(actor)
    rows = AccuracyCard.objects.filter(model__in_use=True).select_related("model")
    audit.record(by=actor, did=audit.Did.CARDS_SEEN, to="cards")
    return [
        GroupCard(
            row.model, row.basis, str(row.get_basis_display()), row.made_at,
            card_from_json(row.body),
        )
        for row in rows.order_by("basis", "-made_at")
    ]  # fmt: skip
