"""Pieces that hold something: a head, a panel, a table. Each renders its partial around it."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def page_head(
    content: str,
    title: Any,
    lead: Any = "",
    eyebrow: Any = "",
    code: Any = "",
    tags: Any = "",
) -> SafeString:
    """The head of a page. What it holds are the actions: links and small forms."""
    return _render(
        "page_head", content, title=title, lead=lead, eyebrow=eyebrow, code=code, tags=tags
    )


def panel(content: str, title: Any = "", note: Any = "", name: str = "") -> SafeString:
    """A framed section with a heading. `name` is its id."""
    return _render("panel", content, title=title, note=note, name=name)


def notice(content: str, tone: str = "info", title: Any = "") -> SafeString:
    """Something to know before going on. Tones: info, good, warn, danger."""
    return _render("notice", content, tone=tone, title=title)


def disclosure(content: str, label: Any) -> SafeString:
    """More, for who asks for it."""
    return _render("disclosure", content, label=label)


def table(
    content: str, caption: Any, kind: str = "", hide_caption: bool = False, name: str = ""
) -> SafeString:
    """A table in a region that scrolls on its own. It holds thead and tbody.

    `kind` "cards" turns rows into cards on a narrow page (give each cell a `data-label`), "cards
    dense" into cards with the numbers side by side;
    "compare" is for two records side by side.
    """
    return _render(
        "table", content, caption=caption, kind=kind, hide_caption=hide_caption, name=name
    )


def action(content: str, decision: Any, label: Any, tone: str = "") -> SafeString:
    """A button that may be pressed, or stands disabled with the reason beside it.

    `decision` is what `allowed(…)` gave. When it is yes, what the tag holds is shown: the form.
    """
    return _render("action", content, decision=decision, label=label, tone=tone)


# --- Within -------------------------------------------------------------------------------------


def _render(piece: str, content: str, **variables: Any) -> SafeString:
    # The content was rendered by the template that holds the tag, and so is escaped already.
    filled = SafeString(str(content).strip())
    return SafeString(
        render_to_string(f"lightkeeper/{piece}.html", {"content": filled, **variables})
    )


BLOCKS = (page_head, panel, notice, disclosure, table, action)
