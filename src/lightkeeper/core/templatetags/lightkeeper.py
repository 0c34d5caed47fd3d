"""Words, numbers and pieces of a page: `{% load lightkeeper %}`. templates/README.md lists them."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lightkeeper.core import pieces

register = template.Library()

MINUS = "\N{MINUS SIGN}"
TONES = {"info": "info", "success": "good", "warning": "warn", "error": "danger", "debug": "info"}

# How each part of a grading is read out. The codes themselves are data of intake.
GRADINGS: dict[str, dict[str, dict[str, Any]]] = {
    "3x5x2": {
        "source": {
            "1": gettext_lazy("reliable"),
            "2": gettext_lazy("untested"),
            "3": gettext_lazy("not reliable"),
        },
        "information": {
            "A": gettext_lazy("known directly to the source"),
            "B": gettext_lazy("known indirectly, but corroborated"),
            "C": gettext_lazy("known indirectly"),
            "D": gettext_lazy("not known"),
            "E": gettext_lazy("suspected to be false"),
        },
        "handling": {
            "P": gettext_lazy("lawful sharing permitted"),
            "C": gettext_lazy("lawful sharing permitted with conditions"),
        },
    },
    "5x5x5": {
        "source": {
            "A": gettext_lazy("always reliable"),
            "B": gettext_lazy("mostly reliable"),
            "C": gettext_lazy("sometimes reliable"),
            "D": gettext_lazy("unreliable"),
            "E": gettext_lazy("untested"),
        },
        "information": {
            "1": gettext_lazy("known to be true without reservation"),
            "2": gettext_lazy("known personally to the source, not to the officer"),
            "3": gettext_lazy("not known personally to the source, but corroborated"),
            "4": gettext_lazy("cannot be judged"),
            "5": gettext_lazy("suspected to be false or malicious"),
        },
        "handling": {
            "1": gettext_lazy("may be shared with law enforcement"),
            "2": gettext_lazy("may be shared with UK non-prosecuting parties"),
            "3": gettext_lazy("may be shared with law enforcement abroad, on special conditions"),
            "4": gettext_lazy("within the originating agency only"),
            "5": gettext_lazy("only on the originator's conditions"),
        },
    },
}


class GradingPart(NamedTuple):
    name: str
    code: str
    words: str


class Bar(NamedTuple):
    """One bar of a drawing. `x` and `width` are percentages as text, ready for an SVG attribute."""

    sentence: str
    note: str
    value: str
    x: str
    width: str
    kind: str
    url: str = ""


# --- Filters ---------------------------------------------------------------------------------


@register.filter
def bits(weight: float | None) -> str:
    """A weight of evidence with its sign: `+5.3 bits`, `−2.0 bits`; nothing known is a dash."""
    if weight is None:
        return "–"
    return _("%(weight)s bits") % {"weight": signed(weight)}


@register.filter
def signed(number: float) -> str:
    """One decimal, always with its sign; a nought has none."""
    text = f"{abs(number):.1f}"
    if text == "0.0":
        return text
    return f"+{text}" if number > 0 else f"{MINUS}{text}"


@register.filter
def day(value: dt.date | str | None) -> str:
    """`2024-03-03` as 3 March 2024, `1990-05` as May 1990, `1990` as 1990.

    What is no date comes back as it is: a reader must see what the record says.
    """
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(value, "j F Y")
    if isinstance(value, dt.date):
        return date_format(value, "j F Y")
    text = str(value).strip()
    for form, shown in (("%Y-%m-%d", "j F Y"), ("%Y-%m", "F Y"), ("%Y", "Y")):
        try:
            return date_format(dt.datetime.strptime(text[:10], form).date(), shown)
        except ValueError:
            continue
    return text


@register.filter
def moment(value: dt.datetime | None) -> SafeString:
    """A moment in full, local time: 3 March 2024, 14:05."""
    if value is None:
        return SafeString("")
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), date_format(local, "j F Y, H:i")
    )


@register.filter
def ago(value: dt.datetime | None) -> SafeString:
    """How long ago (or how soon), in its largest unit; the moment itself stands in the title."""
    if value is None:
        return SafeString("")
    now = timezone.now()
    if value > now:
        words = _("in %(time)s") % {"time": timesince(now, value, depth=1)}
    elif now - value < dt.timedelta(minutes=1):
        words = _("just now")
    else:
        words = _("%(time)s ago") % {"time": timesince(value, now, depth=1)}
    return _time(value, words)


@register.filter
def due(value: dt.datetime | None) -> SafeString:
    """A deadline: `in 3 days`, or `2 days overdue` in the colour kept for that."""
    if value is None:
        return SafeString("")
    now = timezone.now()
    if value >= now:
        return _time(value, _("in %(time)s") % {"time": timesince(now, value, depth=1)})
    words = _("%(time)s overdue") % {"time": timesince(value, now, depth=1)}
    return format_html('<span class="overdue">{}</span>', _time(value, words))


def _time(value: dt.datetime, words: str) -> SafeString:
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        date_format(local, "j F Y, H:i"),
        words,
    )


@register.filter
def reference(value: Any) -> SafeString:
    """A reference that can be read out and copied."""
    if not value:
        return SafeString("")
    return mark_safe(  # noqa: S308 - a template of ours, which escapes
        render_to_string("lightkeeper/reference.html", {"value": str(value)}).strip()
    )


@register.filter
def conflicted(values: Iterable[Any] | None) -> bool:
    """Whether sources disagree: more than one different value, whatever its case and spacing."""
    shown = {" ".join(str(_of(value, "value", value)).split()).casefold() for value in values or ()}
    return len(shown) > 1


@register.filter
def message_tone(level: str) -> str:
    """The tone of a panel for a level of Django's messages."""
    return TONES.get(level, "info")


# --- Pieces ------------------------------------------------------------------------------------


@register.inclusion_tag("lightkeeper/tag.html")
def status_tag(code: Any, label: Any = "", tone: str = "neutral") -> dict[str, Any]:
    """A state as a word in a coloured lozenge. Tones: neutral, info, good, warn, danger."""
    return {"code": code, "label": label or code, "tone": tone}


@register.inclusion_tag("lightkeeper/grading.html")
def grading(record: Any, words: bool = False) -> dict[str, Any]:
    """The grading of a record or report, such as `3x5x2 2 C P`, spelled out for who cannot see it.

    `record` has scheme, source_evaluation, information_assessment and, where known,
    handling_code and handling_conditions. With `words` the meaning is shown to everyone.
    """
    scheme = str(_of(record, "scheme", ""))
    known = GRADINGS.get(scheme, {})
    parts = []
    for name, kind, attribute in (
        (_("source"), "source", "source_evaluation"),
        (_("information"), "information", "information_assessment"),
        (_("handling"), "handling", "handling_code"),
    ):
        code = str(_of(record, attribute, "") or "")
        if code:
            parts.append(GradingPart(name, code, str(known.get(kind, {}).get(code, code))))
    return {
        "scheme": scheme,
        "parts": parts,
        "conditions": list(_of(record, "handling_conditions", ()) or ()),
        "words": words,
    }


@register.inclusion_tag("lightkeeper/factor_bars.html")
def factor_bars(parts: Sequence[Any], total: float) -> dict[str, Any]:
    """The named factors of a score, which add up to it.

    Each part has a name and points, and may have a sentence (why), a cap and a url to its records.
    """
    largest = max(
        [abs(float(_of(p, "points", 0))) for p in parts]
        + [float(_of(p, "cap", 0) or 0) for p in parts]
        + [1e-9]
    )
    bars = [
        {
            "bar": Bar(
                str(_of(part, "name", "")),
                str(_of(part, "sentence", "")),
                signed(float(_of(part, "points", 0))),
                "0%",
                _percent(abs(float(_of(part, "points", 0))) / largest),
                "for" if float(_of(part, "points", 0)) >= 0 else "against",
                str(_of(part, "url", "")),
            ),
            "cap": _percent(float(_of(part, "cap", 0)) / largest) if _of(part, "cap", 0) else "",
        }
        for part in parts
    ]
    return {"bars": bars, "total": f"{float(total):.1f}"}


@register.inclusion_tag("lightkeeper/progress.html")
def progress(job: Any, url: str = "", label: Any = "", name: str = "progress") -> dict[str, Any]:
    """How far a long job has come; while it runs, asks `url` for itself every two seconds.

    `job` has done and total, and may have sentence, finished and failed. `url` answers with this
    same piece: `{% progress job url %}` in a partial.
    """
    done, total = int(_of(job, "done", 0)), int(_of(job, "total", 0) or 0)
    failed = bool(_of(job, "failed", False))
    finished = bool(_of(job, "finished", total > 0 and done >= total))
    share = 1.0 if finished and not failed else (min(1.0, done / total) if total else 0.0)
    return {
        "name": name,
        "label": label or _("Progress"),
        "url": url,
        "done": done,
        "total": total,
        "share": math.floor(share * 100),
        "width": _percent(share),
        "sentence": _of(job, "sentence", ""),
        "over": finished or failed,
        "failed": failed,
    }


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """The query string of this page with some parameters changed; an empty value takes one away."""
    request = context.get("request")
    params = request.GET.copy() if request else None
    if params is None:
        return ""
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.inclusion_tag("lightkeeper/sort_head.html", takes_context=True)
def sort_head(context: Mapping[str, Any], label: Any, key: str, kind: str = "") -> dict[str, Any]:
    """A `<th>` that sorts its table: `?sort=key`, then `?sort=-key`. `kind`: "number" or empty."""
    request = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    to = f"-{key}" if order == "ascending" else key
    return {
        "label": label,
        "order": order,
        "url": query(context, sort=to, after="", before=""),
        "kind": kind,
    }


# --- Pieces that hold others ----------------------------------------------------------------


for piece in pieces.BLOCKS:
    register.simple_block_tag(piece)


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"


def _of(thing: Any, name: str, otherwise: Any) -> Any:
    """A field of a mapping or of an object."""
    if isinstance(thing, Mapping):
        return thing.get(name, otherwise)
    return getattr(thing, name, otherwise)
