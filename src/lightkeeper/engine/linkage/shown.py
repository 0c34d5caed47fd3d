"""What may be shown of a choice of threshold: worked out of rounded counts, in whole percents.

Whoever can enter records could tell from exact counts what hidden records they are like, and how
much. So bands of few pairs are taken together, the pairs of each are rounded to five before
anything is worked out of them, and what rests on fewer than five judgements is not said.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor

from lightkeeper.engine.accuracy.cards import rounded
from lightkeeper.engine.accuracy.suppressing import LEAST
from lightkeeper.engine.linkage.bands import FLOORS
from lightkeeper.engine.linkage.choosing import Band, Choice, Reading, in_words


def coarse_floors(pairs: Sequence[int], floors: tuple[float, ...] = FLOORS) -> tuple[float, ...]:
    """The floors that leave five pairs or more in every band, rising; links below them all are few
    and in none.

    Shapes: pairs (f,) exact counts of the bands, as the floors rise.
    """
    found: list[float] = []
    held = 0
    for lowest, here in sorted(zip(floors, pairs, strict=True), reverse=True):
        held += here
        if held >= LEAST:
            found.append(lowest)
            held = 0
    return tuple(reversed(found))


def rounded_band(band: Band) -> Band:
    """The same with what nobody judged of it to the nearest five."""
    return replace(band, pairs=band.judged + rounded(band.pairs - band.judged))


def fit_to_show(choice: Choice) -> Choice:
    """The choice as it may be kept. `choice` is of bands that were coarsened and rounded.

    Without five judgements nothing is chosen, whatever they say.
    """
    chosen = choice.chosen
    if chosen is not None and chosen.judged < LEAST:
        choice = replace(choice, bits=None, more=LEAST)
    readings = tuple(_shown(one) for one in choice.readings)
    more = None if choice.more is None else max(rounded(choice.more), LEAST)
    found = replace(choice, readings=readings, more=more)
    return replace(found, sentence=in_words(found))


def _shown(one: Reading) -> Reading:
    pairs = rounded(one.pairs)
    if one.judged < LEAST:
        return replace(one, pairs=pairs, judged=0, precision=None, low=0.0, high=1.0)
    return replace(
        one,
        pairs=pairs,
        judged=rounded(one.judged),
        precision=None if one.precision is None else round(one.precision, 2),
        low=floor(one.low * 100 + 1e-9) / 100,
        high=ceil(one.high * 100 - 1e-9) / 100,
    )
