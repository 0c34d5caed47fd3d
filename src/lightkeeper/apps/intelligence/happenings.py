"""What the picture announces to the apps above, inside the transaction of the change."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PictureChanged:
    """Records have been put together anew, all of them or those around a judgement."""

    at: datetime


@dataclass(frozen=True)
class PairJudged:
    """Somebody decided on two records, or undid such a decision."""

    reference: str
    record_ids: tuple[int, int]
    verdict: str
    undone: bool
    at: datetime
