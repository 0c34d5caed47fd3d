"""The named factors of a day, and how far a grading is to be trusted."""

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.db.models import Q

from lightkeeper.apps.intelligence.models import Factor
from lightkeeper.engine import priority
from lightkeeper.engine.records import Grading, reliability


def factors_on(day: date) -> dict[str, priority.Factor]:
    """The factors that hold on this day, by code, in their order."""
    held = Factor.objects.filter(Q(active_to=None) | Q(active_to__gt=day), active_from__lte=day)
    return {
        f.code: priority.Factor(f.code, f.name, f.points, f.cap, f.half_life_days)
        for f in held.order_by("position", "active_from")
    }


@lru_cache(maxsize=256)
def trust(scheme: str, source: str, information: str) -> float:
    """How far a record so graded is to be trusted, 0 to 1."""
    return reliability(Grading(scheme, source, information), _table())


@lru_cache(maxsize=1)
def _table() -> Any:
    text = files("lightkeeper.engine.records").joinpath("gradings.yaml").read_text("utf-8")
    return yaml.safe_load(text)["reliability"]
