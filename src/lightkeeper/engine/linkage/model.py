"""A trained model as readable data: comparisons, weights, prior, thresholds, its making."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind, PlannedColumn, Subject
from lightkeeper.engine.linkage.prepare import Field

FORMAT = "lightkeeper-link-model/1"


@dataclass(frozen=True)
class Level:
    """One way two records can compare, its sentence, and how often it is seen.

    `m` is its share among pairs of one subject, `u` among pairs of two, each 0 to 1.
    """

    condition: str
    sentence: str
    m: float
    u: float
    by_frequency: bool = False

    @property
    def weight(self) -> float:
        """Bits of evidence for (above zero) or against one subject."""
        return math.log2(self.m / self.u)


@dataclass(frozen=True)
class Comparison:
    """The levels of one field, best first; the last holds when none before it does."""

    name: str
    column: str
    missing: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Other:
    """A sort of pair that is neither one person under one name nor two strangers.

    `odds` of such a pair against one of one person under one name. `shares`: for each comparison
    how often it shows each level; None where it shows what strangers show.
    """

    sort: str
    odds: float
    shares: tuple[tuple[float, ...] | None, ...]


@dataclass(frozen=True)
class Homes:
    """What tells people of one home, and one person's other name, from one person."""

    others: tuple[Other, ...]


@dataclass(frozen=True)
class LinkModel:
    """Everything needed to link and to explain. Weights and thresholds are in bits."""

    plan: ComparisonPlan
    fields: tuple[Field, ...]
    comparisons: tuple[Comparison, ...]
    prior: float
    join_at: float
    review_at: float
    missing_weight: float
    pairs_per_record: int
    training: dict[str, Any] = field(default_factory=dict)
    homes: Homes | None = None

    @property
    def prior_weight(self) -> float:
        return math.log2(self.prior / (1 - self.prior))

    @property
    def version(self) -> str:
        """Digest of the whole content, in whatever order a store keeps it: two models with one
        version link alike.
        """
        said = json.dumps(self._body(), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def to_json(self) -> str:
        return json.dumps(self._body(), indent=1, ensure_ascii=False)

    def _body(self) -> dict[str, Any]:
        body = {"format": FORMAT} | asdict(self)
        if self.plan.subject is Subject.PERSON:
            # As before there were others: a model that was kept has the version it was kept under.
            del body["plan"]["subject"]
        return body

    def save(self, path: Path | str) -> None:
        Path(path).write_text(self.to_json() + "\n", encoding="utf-8")


def load_model(path: Path | str) -> LinkModel:
    """The model as saved. Raises: FormatError if the file is not one."""
    return model_from_json(Path(path).read_text(encoding="utf-8"))


def model_from_json(text: str) -> LinkModel:
    """Raises: FormatError if the text is not a model of this format."""
    try:
        body = json.loads(text)
        if body.pop("format") != FORMAT:
            raise FormatError(f"The model is not of the format {FORMAT}. Train it again.")
        columns = tuple(
            PlannedColumn(c["name"], Kind(c["kind"]), c["reason"]) for c in body["plan"]["columns"]
        )
        # A model from before there were other kinds of subject says nothing: it is of people.
        body["plan"] = ComparisonPlan(columns, Subject(body["plan"].get("subject", "person")))
        body["fields"] = tuple(Field(**f | {"kind": Kind(f["kind"])}) for f in body["fields"])
        body["comparisons"] = tuple(
            Comparison(**c | {"levels": tuple(Level(**level) for level in c["levels"])})
            for c in body["comparisons"]
        )
        if body.get("homes"):
            body["homes"] = Homes(tuple(_other(**other) for other in body["homes"]["others"]))
        return LinkModel(**body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"The text is not a link model: {error}") from error


def _other(sort: str, odds: float, shares: list[list[float] | None]) -> Other:
    return Other(sort, odds, tuple(None if one is None else tuple(one) for one in shares))
