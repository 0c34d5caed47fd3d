"""Charts as SVG, each with its numbers in words beside it: `{% load charts %}`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import template
from django.utils.translation import gettext as _

from lightkeeper.core.templatetags.lightkeeper import MINUS, Bar, bits, signed

register = template.Library()

# Of the height of a histogram, so much is for bars; below stand the numbers of its axis.
PLOT = 0.82
STEPS = (1, 2, 5, 10, 20, 50, 100, 200)
MOST_TICKS = 7
HYPHEN = re.compile(r"(?<!\w)-(?=\d)")


class Line(NamedTuple):
    """A line across a chart at `x` percent: what it says, and its kind (join or review)."""

    x: str
    words: str
    kind: str


class Column(NamedTuple):
    """One bar of a histogram, in percent, and what it says."""

    x: str
    y: str
    width: str
    height: str
    label: str
    value: str


class Tick(NamedTuple):
    x: str
    words: str


@register.inclusion_tag("lightkeeper/waterfall.html")
def waterfall(
    evidence: Sequence[Any],
    total: float | None = None,
    threshold: float | None = None,
    start: float | None = None,
    review: float | None = None,
) -> dict[str, Any]:
    """The pieces of evidence for two records being one, each where the last left off.

    Each piece has a sentence and weight_bits, and may have a field and a url. `start` is the prior,
    `threshold` the weight at which the model joins, `review` the one from which a person is asked.
    Without a total, the sum is shown.
    """
    pieces = [(_of(e, "sentence", ""), float(_of(e, "weight_bits", 0)), e) for e in evidence]
    if start is not None:
        pieces.insert(0, (_("Before comparing: two records chosen at random"), float(start), {}))
    reached = [0.0]
    for _sentence, weight, _piece in pieces:
        reached.append(reached[-1] + weight)
    end = reached[-1] if total is None else float(total)
    marks = [one for one in (threshold, review) if one is not None]
    scale = Scale([*reached, end, *marks])
    bars = [
        Bar(
            str(sentence),
            str(_of(piece, "note", "")),
            bits(weight),
            scale.at(min(before, before + weight)),
            scale.width(weight),
            "for" if weight >= 0 else "against",
            str(_of(piece, "url", "")),
        )
        for (sentence, weight, piece), before in zip(pieces, reached, strict=False)
    ]
    return {
        "bars": bars,
        "rows": [
            {"bar": bar, "so_far": signed(after)}
            for bar, after in zip(bars, reached[1:], strict=True)
        ],
        "total": Bar(
            _("All together"), "", bits(end), scale.at(min(0.0, end)), scale.width(end), "total"
        ),
        "zero": scale.at(0.0),
        "lines": list(_lines(scale, threshold, review)),
    }


def _lines(scale: "Scale", threshold: float | None, review: float | None) -> Sequence[Line]:
    found = []
    if threshold is not None:
        words = _("Dashed line: joined from %(bits)s") % {"bits": bits(threshold)}
        found.append(Line(scale.at(threshold), words, "threshold"))
    if review is not None:
        words = _("Dotted line: a person is asked from %(bits)s") % {"bits": bits(review)}
        found.append(Line(scale.at(review), words, "review"))
    return found


@register.inclusion_tag("lightkeeper/bar.html")
def weight_bar(weight: float, most: float) -> dict[str, Any]:
    """One bar for (to the right) or against (to the left) on a scale to `most` either way."""
    scale = Scale([-most, most])
    return {
        "x": scale.at(min(0.0, weight)),
        "width": scale.width(weight),
        "kind": "for" if weight >= 0 else "against",
        "zero": scale.at(0.0),
    }


@register.inclusion_tag("lightkeeper/interval.html")
def interval_bar(rate: Any, whole: Any = None) -> dict[str, Any]:
    """A share with its interval on a line from nothing to all, and that of the whole as a line."""
    share = _of(rate, "share", None)
    return {
        "low": percent(_of(rate, "low", 0.0)),
        "width": percent(_of(rate, "high", 1.0) - _of(rate, "low", 0.0)),
        "share": None if share is None else percent(share),
        "whole": None if _of(whole, "share", None) is None else percent(_of(whole, "share", 0.0)),
    }


@register.inclusion_tag("lightkeeper/histogram.html")
def histogram(
    bins: Sequence[Any], label: Any, head: Any, threshold: float, review: float | None = None
) -> dict[str, Any]:
    """Shares of weights by bins of one bit, drawn no finer than can be seen.

    Each bin has bits and share. `label` says what the picture shows, `head` what is counted.
    """
    wide = _wide(bins)
    if not wide:
        return {"columns": [], "label": label}
    step = wide[0][1]
    low, high = wide[0][0], wide[-1][0] + step
    marks = [threshold] if review is None else [threshold, review]
    scale = Scale([low, high, *marks], with_nought=False)
    most = max(share for _, _, share in wide) or 1.0
    return {
        "columns": [
            Column(
                scale.at(at), percent(PLOT * (1 - share / most)), scale.width(step),
                percent(PLOT * share / most),
                _("%(from)s to %(to)s") % {"from": signed(at), "to": signed(at + step)},
                _share_words(share),
            )
            for at, _step, share in wide
        ],
        "ticks": [Tick(scale.at(at), signed(at).removesuffix(".0")) for at in _ticks(low, high)],
        "lines": _lines(scale, threshold, review),
        "base": percent(PLOT),
        "label": label,
        "head": head,
    }  # fmt: skip


def _wide(bins: Sequence[Any]) -> list[tuple[int, int, float]]:
    """From where, how wide and what share: at most some forty bins, none of the ends empty."""
    filled = [(int(_of(b, "bits", 0)), float(_of(b, "share", 0))) for b in bins]
    filled = [one for one in filled if one[1] > 0]
    if not filled:
        return []
    low, high = filled[0][0], filled[-1][0] + 1
    step = next(step for step in STEPS if (high - low) / step <= 40)
    found = {at: 0.0 for at in range(low // step * step, high, step)}
    for at, share in filled:
        found[at // step * step] += share
    return [(at, step, share) for at, share in found.items()]


def _ticks(low: int, high: int) -> range:
    step = next(step for step in STEPS if (high - low) / step <= MOST_TICKS)
    return range(-(-low // step) * step, high + 1, step)


def _share_words(share: float) -> str:
    return _("less than 0.1%") if 0 < share < 0.001 else f"{share:.1%}"


@register.filter
def share_words(share: float | None) -> str:
    """`3.4%`; nothing known is a dash, and what would round to nothing is said to be less."""
    return "–" if share is None else _share_words(share)


@register.filter
def minus(sentence: str) -> str:
    """A sentence with the sign of its numbers as the page writes it."""
    return HYPHEN.sub(MINUS, sentence)


@register.filter
def percent_words(share: float | None) -> str:
    """`96%`; nothing known is a dash."""
    return "–" if share is None else f"{share:.0%}"


class Scale:
    """Places numbers on a line from the smallest to the largest, nought always on it if wanted."""

    def __init__(self, numbers: Sequence[float], with_nought: bool = True) -> None:
        every = [0.0, *numbers] if with_nought else numbers
        self.low, self.high = min(every), max(every)
        self.span = (self.high - self.low) or 1.0

    def at(self, number: float) -> str:
        return percent((number - self.low) / self.span)

    def width(self, number: float) -> str:
        return percent(abs(number) / self.span)


def percent(share: float) -> str:
    return f"{share * 100:.2f}%"


def _of(thing: Any, name: str, otherwise: Any) -> Any:
    """A field of a mapping or of an object."""
    if isinstance(thing, Mapping):
        return thing.get(name, otherwise)
    return getattr(thing, name, otherwise)
