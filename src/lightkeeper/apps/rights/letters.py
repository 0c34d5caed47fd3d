"""What leaves: the letter, and the disclosure as a page, as text and as JSON.

Two letters of one day differ by their reference alone: neither the words, nor their number, nor the
type say whether something is held and withheld, or nothing is held.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from lightkeeper.apps.rights.choices import AnswerKind
from lightkeeper.apps.rights.models import Case


@dataclass(frozen=True)
class Said:
    """One statement as it is disclosed."""

    label: str
    text: str
    basis: str


@dataclass(frozen=True)
class Entry:
    """What one item discloses. It carries no number of its own: a gap would tell."""

    title: str
    category: str
    recorded_on: date | None
    statements: tuple[Said, ...]


@dataclass(frozen=True)
class Disclosure:
    reference: str
    agency: str
    entries: tuple[Entry, ...]


NEITHER = """\
You asked what we hold about you, or asked us to change, erase or restrict it.

We can neither confirm nor deny that we process any personal data about you to which your
request applies. If we do, an exemption in Part 3 of the Data Protection Act 2018 applies to it.
We are not required to say more where saying more would undermine the purpose of the exemption.
This letter is the same whether we hold nothing or withhold something.
"""
DISCLOSED = """\
You asked what we hold about you. What we can give you comes with this letter.

Parts may have been left out under section 45(4) of the Data Protection Act 2018. We can neither
confirm nor deny that there is more. Beside each statement it says whether it is fact, opinion,
an inference, or was reported to us.

We process personal data to prevent, detect and investigate crime and to protect children, under
Part 3 of that Act; it is kept for the periods of the national rules and reviewed. You may ask us
to rectify, to erase or to restrict it.
"""
DONE = """\
You asked us to rectify, erase or restrict what we hold about you. We have done what you asked as
far as the law requires it, and have told those to whom we had given it.

We can neither confirm nor deny that there is more.
"""
COMPLAIN = """\
You may complain to the Information Commissioner, or ask the Commissioner to check that what we
have decided is lawful (section 51 of the Act): Information Commissioner's Office, Wycliffe House,
Water Lane, Wilmslow, Cheshire SK9 5AF; telephone 0303 123 1113. You may also apply to a court
(section 167).
"""
SAID = {AnswerKind.NEITHER: NEITHER, AnswerKind.DISCLOSED: DISCLOSED, AnswerKind.DONE: DONE}


def letter_of(case: Case) -> bytes:
    """The letter of an answer, from its kind, its day and its reference and nothing else."""
    on = f"{case.answered_on:%d %B %Y}" if case.answered_on else ""
    head = f"{case.owner.name}\n\nOur reference: {case.reference}\nDate: {on}\n"
    paragraphs = f"{SAID[AnswerKind(case.answer)]}\n{COMPLAIN}".strip().split("\n\n")
    said = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    return f"{head}\n{said}\n".encode()


def disclosure_json(disclosure: Disclosure) -> bytes:
    return json.dumps(asdict(disclosure), indent=1, ensure_ascii=False, default=str).encode()


def written(what: str, disclosure: Disclosure) -> tuple[bytes, str]:
    """The bytes and their type. What is left out is not in them."""
    if what == "json":
        return disclosure_json(disclosure), "application/json"
    if what == "page":
        page = render_to_string("rights/given.html", {"disclosure": disclosure})
        return page.encode(), "text/html; charset=utf-8"
    return _as_text(disclosure).encode(), "text/plain; charset=utf-8"


def _as_text(disclosure: Disclosure) -> str:
    lines = [disclosure.agency, f"Our reference: {disclosure.reference}", ""]
    for entry in disclosure.entries:
        lines += [_head(entry)]
        lines += [f"  {one.label}: {one.text} [{one.basis}]" for one in entry.statements]
        lines += [""]
    return "\n".join(lines)


def _head(entry: Entry) -> str:
    parts: list[Any] = [entry.title, entry.category, entry.recorded_on]
    return ", ".join(str(one) for one in parts if one)
