"""Which threshold keeps a promise of precision, as far as people's judgements show it.

Pairs are drawn at random from bands of weight (`bands.py`) and judged. What is known of a band is
the confidence distribution of Clopper and Pearson; the bands above a threshold are added up by how
many pairs each holds. A band in which nobody judged a pair is held to be all wrong on one side and
all right on the other. Thresholds are tried from the highest down until one falls short, which
keeps the chance of promising too much where it was set, however many are tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.stats import beta, betabinom

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.bands import FLOORS, band_of

CONFIDENCE = 0.95
# Precision is worked out in steps of one in so many, rounded to the side of caution.
STEPS = 20_000
# Where no more pairs than this are unjudged, what they hold is counted out one by one.
FEW = 2000
MOST_MORE = 20_000
SAME, DIFFERENT, UNSURE = "SAME", "DIFFERENT", "UNSURE"
# Of the pairs that count as drawn, one in so many may have no judgement: nobody may see both sides.
ONE_MISSING_IN = 50


@dataclass(frozen=True)
class Band:
    """The pairs from `floor` bits up to the next band: how many there are, and of those drawn at
    random from them how many were judged same, different, or neither.
    """

    floor: float
    pairs: int
    same: int = 0
    different: int = 0
    unsure: int = 0

    @property
    def judged(self) -> int:
        return self.same + self.different + self.unsure


@dataclass(frozen=True)
class Reading:
    """The precision of all pairs from `floor` bits up: 0 to 1, with its interval.

    `low` counts what nobody could decide as wrong and `high` as right. `precision` leaves it out,
    and is None where a band has no judgement.
    """

    floor: float
    pairs: int
    judged: int
    precision: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """`bits`, the lowest weight at which the target is met, or None; what stands at each weight
    that could be chosen, highest first; how many more judgements may settle it, None where more
    would not help or none are needed; and all that in words.
    """

    target: float
    confidence: float
    bits: float | None
    readings: tuple[Reading, ...]
    more: int | None
    sentence: str

    @property
    def chosen(self) -> Reading | None:
        return next((one for one in self.readings if one.floor == self.bits), None)


def bands_from(
    weight: ArrayLike, judged: ArrayLike, verdicts: Sequence[str],
    floors: tuple[float, ...] = FLOORS,
) -> tuple[Band, ...]:  # fmt: skip
    """Each band with what was judged in it.

    Shapes: weight (p,) bits of every pair that the promise is about; judged (j,) rows of those that
        were drawn at random and judged; verdicts (j,) SAME, DIFFERENT or UNSURE.
    Raises: ShapeError if a row is judged twice, or rows and verdicts differ in number.
    """
    rows = np.asarray(judged, np.int64)
    if len(rows) != len(verdicts) or len(np.unique(rows)) != len(rows):
        raise ShapeError("expected one verdict on each judged row, and no row twice")
    of = band_of(weight, floors)
    sizes = np.bincount(of[of >= 0], minlength=len(floors))
    said = np.array(verdicts, dtype=str)
    counts = {
        name: np.bincount(of[rows[(said == name) & (of[rows] >= 0)]], minlength=len(floors))
        for name in (SAME, DIFFERENT, UNSURE)
    }
    return tuple(
        Band(floor, int(sizes[at]), *(int(counts[name][at]) for name in counts))
        for at, floor in enumerate(floors)
    )


def first_judged(verdicts: Sequence[str | None]) -> list[str]:
    """What was said of the pairs that came first in their turn; of the few that nobody judged,
    that it cannot be decided.

    People choose what else they judge. A pair counts by its turn alone, so all before it are to be
    judged, but for one in `ONE_MISSING_IN`.
    Shapes: verdicts (p,) of one band in the order of their turns, None where there is none.
    """
    most = missing = 0
    for place, said in enumerate(verdicts, 1):
        missing += said is None
        if said is not None and missing * ONE_MISSING_IN <= place:
            most = place
    return [UNSURE if said is None else said for said in verdicts[:most]]


def read(bands: Sequence[Band], confidence: float = CONFIDENCE) -> Reading:
    """The precision of the pairs of these bands together, and its interval.

    Source: Clopper and Pearson 1934 for one band, which this is then exactly; for several, the sum
        of their confidence distributions, as Fay and Feuer 1997 do for rates.
    """
    held = [band for band in bands if band.pairs]
    pairs, floor = sum(band.pairs for band in held), min((b.floor for b in bands), default=0.0)
    low = _low(held, confidence)
    high = 1 - _low([_turned(band) for band in held], confidence)
    decided = [band.same + band.different for band in held]
    precision = None
    if pairs and all(decided):
        shares = (band.pairs * band.same / n for band, n in zip(held, decided, strict=True))
        precision = sum(shares) / pairs
    return Reading(floor, pairs, sum(band.judged for band in held), precision, low, high)


def _low(bands: Sequence[Band], confidence: float) -> float:
    """The lower bound of the precision of these bands together; 0 without a pair."""
    held = [band for band in bands if band.pairs]
    pairs = sum(band.pairs for band in held)
    parts = [_least(band, band.pairs / pairs) for band in held]
    return _quantile(parts, (1 - confidence) / 2) if parts else 0.0


def choose_threshold(
    bands: Sequence[Band], target: float, confidence: float = CONFIDENCE
) -> Choice:
    """The lowest weight from which the target is met, with everything that led to it.

    Units: target and confidence 0 to 1, both short of 1; the interval is two-sided.
    Raises: ShapeError if a band's judgements are more than its pairs, or the target is no share.
    Source: hypotheses tested in an order that was fixed before, Maurer, Hothorn and Lehmacher 1995.
    """
    if not (0 < target < 1 and 0.5 <= confidence < 1):
        raise ShapeError("target and confidence are shares, above 0 and below 1")
    if any(band.judged > band.pairs for band in bands):
        raise ShapeError("a band has more judgements than pairs")
    above = sorted(bands, key=lambda band: -band.floor)
    tried = [above[: at + 1] for at in range(len(above)) if above[at].pairs]
    readings = tuple(read(some, confidence) for some in tried)
    bits = None
    for at in range(_first(tried, target, confidence), len(tried)):
        if readings[at].low < target:
            break
        bits = readings[at].floor
    more = None if bits is not None else _more(tried, target, confidence)
    choice = Choice(target, confidence, bits, readings, more, "")
    return replace(choice, sentence=in_words(choice))


def _first(tried: Sequence[Sequence[Band]], target: float, confidence: float) -> int:
    """Where to begin: the highest threshold whose judgements could meet the target even with one
    miss; failing that, without any. By their number alone, never by what was said.
    """
    for misses in (1, 0):
        for at, bands in enumerate(tried):
            if _low(_all_right(bands, misses), confidence) >= target:
                return at
    return len(tried)


def _all_right(bands: Sequence[Band], misses: int) -> list[Band]:
    held = [Band(band.floor, band.pairs, band.judged) for band in bands]
    weighty = max(range(len(held)), key=lambda at: held[at].pairs / max(held[at].same, 1))
    missed = min(misses, held[weighty].same)
    one = held[weighty]
    held[weighty] = Band(one.floor, one.pairs, one.same - missed, missed)
    return held


def _more(tried: Sequence[Sequence[Band]], target: float, confidence: float) -> int | None:
    """How many more judgements would do if they came out as those before, for the threshold that
    needs fewest; None where none would.
    """
    found: list[int] = []
    for bands in tried:
        most, fewer = min([MOST_MORE, *found]), 0
        if _low(_with_more(bands, most), confidence) < target:
            continue
        while most - fewer > 1 + fewer // 20:
            middle = (most + fewer) // 2
            met = _low(_with_more(bands, middle), confidence) >= target
            most, fewer = (middle, fewer) if met else (most, middle)
        found.append(most)
    return min(found, default=None)


def _with_more(bands: Sequence[Band], more: int) -> list[Band]:
    """As if so many more were judged, shared out by size, and came out as those before; in a band
    without any as in all together.
    """
    pairs = sum(band.pairs for band in bands)
    same, decided = sum(b.same for b in bands), sum(b.same + b.different for b in bands)
    overall = same / decided if decided else 1.0
    found = []
    for band in bands:
        here = band.same + band.different
        added = min(-(-more * band.pairs // pairs), band.pairs - band.judged)
        right = round(added * (band.same / here if here else overall))
        found.append(
            replace(band, same=band.same + right, different=band.different + added - right)
        )
    return found


def _turned(band: Band) -> Band:
    return replace(band, same=band.different, different=band.same)


def _least(band: Band, weight: float) -> NDArray[np.float64]:
    """How likely each share of all pairs is to be what this band adds at least, in whole steps.

    Shapes: (s,) summing to 1; place i stands for i steps of 1 / STEPS.
    """
    right, judged, left = band.same, band.judged, band.pairs - band.judged
    whole = right / band.pairs * weight * STEPS
    if not right or not left:
        return _at(int(whole + 1e-9), 1.0)
    misses = judged - right + 1
    if left <= FEW:
        more = np.arange(left + 1)
        places = (whole + more / band.pairs * weight * STEPS + 1e-9).astype(np.int64)
        chances = betabinom.pmf(more, left, right, misses)
        return np.asarray(np.bincount(places, weights=chances), np.float64)
    # As of a band without end, which says a little less than is known.
    edges = np.arange(int(weight * STEPS) + 2) / (weight * STEPS)
    return np.asarray(np.diff(beta.cdf(np.clip(edges, 0, 1), right, misses)))


def _at(place: int, chance: float) -> NDArray[np.float64]:
    found = np.zeros(place + 1)
    found[place] = chance
    return found


def _quantile(parts: Sequence[NDArray[np.float64]], tail: float) -> float:
    """The share that the sum of the parts falls short of with a chance of `tail` at most."""
    # The sum is less than STEPS and one step a part, so that nothing goes around.
    length = next_fast_len(STEPS + 2 * len(parts) + 2, real=True)
    total = np.ones(length // 2 + 1, np.complex128)
    for part in parts:
        total *= rfft(part, length)
    # FFT leaves about 1e-16 where nothing is.
    reached = np.cumsum(np.maximum(irfft(total, length), 0.0))
    place = np.searchsorted(reached, tail * reached[-1] + 1e-11)
    return min(float(place) / STEPS, 1.0)


def in_words(choice: Choice) -> str:
    """The choice in a sentence or two, from the figures that it holds."""
    percent, sure = f"{choice.target:.1%}", f"{choice.confidence:.0%}"
    chosen = choice.chosen
    if chosen is not None:
        about = "" if chosen.precision is None else f" about {chosen.precision:.1%}, and"
        return (
            f"From {chosen.floor:g} bits up there are {chosen.pairs:,} links. {chosen.judged:,} of "
            f"them, drawn at random and judged, say that{about} with {sure} confidence between "
            f"{chosen.low:.1%} and {chosen.high:.1%} of them are right. It is the lowest weight "
            f"that is shown to meet the target of {percent}."
        )
    judged = max((one.judged for one in choice.readings), default=0)
    best = max((one.low for one in choice.readings), default=0.0)
    start = (
        f"{judged:,} judgements on links drawn at random do not show that any threshold meets "
        f"{percent}: the most they vouch for, with {sure} confidence, is {best:.1%}."
    )
    if choice.more is None:
        return (
            f"{start} If further ones came out as these did, more would not help: choose a lower "
            "target, or train the model with the judgements."
        )
    return f"{start} About {choice.more:,} more may settle it, if they come out as these did."
