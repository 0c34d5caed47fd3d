"""The score of one subject as the sum of named factors, each with the records behind it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.errors import ShapeError

TENTHS = 10  # as shown, so that what is shown adds up
SURE, FAIRLY_SURE = 0.75, 0.45


@dataclass(frozen=True, slots=True)
class Factor:
    """A named harm: what one fresh, certain record adds, the most it may add, how it fades."""

    code: str
    name: str
    points: float
    cap: float
    half_life_days: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one record adds to one factor before it fades. Nothing else can be an input."""

    factor: str
    points: float
    reliability: float
    observed_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A part as it counts on the day: its age, what age leaves of it, what it then adds."""

    part: Part
    age_days: int
    decay: float
    points: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one factor adds to the total, held to its cap, with its parts and a sentence."""

    factor: Factor
    points: float
    before_cap: float
    parts: tuple[Counted, ...]
    sentence: str

    @property
    def is_capped(self) -> bool:
        return self.before_cap > self.factor.cap


@dataclass(frozen=True, slots=True)
class Explanation:
    """The total is exactly the sum of the shares; confidence (0 to 1) is no part of it."""

    total: float
    shares: tuple[Share, ...]
    confidence: float
    records: int
    sentence: str


def explain(parts: Iterable[Part], factors: Iterable[Factor], on: date) -> Explanation:
    """The score on this day, largest share first.

    Units: points; confidence is the mean reliability, weighed by the points that age leaves.
    A part of a factor that is not given no longer counts. A record dated after `on` is fresh.
    Raises: ShapeError if points, cap or reliability are out of range.
    Source: mission P4.
    """
    known = {factor.code: _checked_factor(factor) for factor in factors}
    counted: dict[str, list[Counted]] = {code: [] for code in known}
    for part in parts:
        if part.factor in known:
            counted[part.factor].append(_count(_checked_part(part), known[part.factor], on))
    shares = [_share(known[code], found) for code, found in counted.items() if found]
    shares.sort(key=lambda share: (-share.points, share.factor.code))
    total = sum(round(share.points * TENTHS) for share in shares) / TENTHS
    every = [one for share in shares for one in share.parts]
    confidence = _confidence(every)
    records = len({one.part.reference for one in every})
    return Explanation(
        total, tuple(shares), confidence, records, _sentence(total, shares, confidence, records)
    )


def decay(age_days: int, half_life_days: int) -> float:
    """What age leaves, 0 to 1: half after each half-life."""
    return float(0.5 ** (max(age_days, 0) / half_life_days))


def _count(part: Part, factor: Factor, on: date) -> Counted:
    age = max((on - part.observed_on).days, 0)
    left = decay(age, factor.half_life_days)
    points = part.points * part.reliability * left
    sentence = (
        f"{part.points:g} points, trusted {part.reliability:.0%}, {_age(age)}: "
        f"{left:.0%} left, adds {points:.1f}"
    )
    return Counted(part, age, left, points, sentence)


def _share(factor: Factor, counted: list[Counted]) -> Share:
    counted.sort(key=lambda one: (-one.points, one.part.observed_on, one.part.reference))
    # fsum is exact, so that the order in which records came changes nothing.
    before = math.fsum(one.points for one in counted)
    points = math.floor(min(before, factor.cap) * TENTHS + 0.5) / TENTHS
    number = len({one.part.reference for one in counted})
    sentence = f"{_plural(number, 'record')}, the newest {_age(min(c.age_days for c in counted))}"
    if before > factor.cap:
        sentence += f"; held to the most this factor may add, {factor.cap:g}"
    return Share(factor, points, before, tuple(counted), sentence)


def _confidence(counted: list[Counted]) -> float:
    weights = [one.part.points * one.decay for one in counted]
    whole = math.fsum(weights)
    if not whole:
        return 0.0
    trusted = math.fsum(w * c.part.reliability for w, c in zip(weights, counted, strict=True))
    return min(trusted / whole, 1.0)


def _sentence(total: float, shares: list[Share], confidence: float, records: int) -> str:
    if not shares:
        return "No graded record speaks of a harm."
    word = "high" if confidence >= SURE else "moderate" if confidence >= FAIRLY_SURE else "low"
    first = shares[0].factor.name
    first = first[:1].lower() + first[1:]
    return (
        f"{total:.1f} points from {_plural(records, 'record')}, most for {first}. "
        f"Confidence in these records is {word}."
    )


def _age(days: int) -> str:
    if days < 1:
        return "from today"
    if days < 60:
        return f"{_plural(days, 'day')} old"
    if days < 730:
        return f"{_plural(round(days / 30.44), 'month')} old"
    return f"{_plural(round(days / 365.25), 'year')} old"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _checked_factor(factor: Factor) -> Factor:
    if factor.half_life_days < 1 or not 0 <= factor.cap < math.inf:
        raise ShapeError(f"{factor.code}: a cap is not negative, a half-life at least one day")
    return factor


def _checked_part(part: Part) -> Part:
    if not 0 <= part.points < math.inf or not 0 <= part.reliability <= 1:
        raise ShapeError(
            f"{part.reference}: points are not negative, reliability lies between 0 and 1"
        )
    return part
