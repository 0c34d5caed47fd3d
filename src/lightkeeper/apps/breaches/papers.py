"""What leaves of a breach: the notification to the Commissioner, as a page and as text, and the
letter to those whose data it is. Made of the case as it stands.
"""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from lightkeeper.apps.accounts.services import Law
from lightkeeper.apps.breaches.choices import Risk
from lightkeeper.apps.breaches.clock import Clock
from lightkeeper.apps.breaches.laws import WORDS, Words
from lightkeeper.apps.breaches.models import Breach, Description


@dataclass(frozen=True)
class Numbers:
    """How many are concerned, as the log says and as far as whoever asks may see."""

    subjects: int = 0
    records: int = 0
    of_subjects: tuple[tuple[str, int], ...] = ()
    of_records: tuple[tuple[str, int], ...] = ()
    hidden: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Paper:
    breach: Breach
    clock: Clock
    phase: int
    description: Description | None
    numbers: Numbers | None = None
    late_reason: str = ""
    law: Words = WORDS[Law.PART_3]


@dataclass(frozen=True)
class Section:
    """One heading of the notification with its lines."""

    heading: str
    lines: tuple[str, ...]


def _moment(moment: datetime) -> str:
    """In local time, with its name: the Commissioner counts hours."""
    return f"{timezone.localtime(moment):%d %B %Y, %H:%M %Z}"


def sections_of(paper: Paper) -> tuple[Section, ...]:
    """What the law asks for (s.67(4), article 33(3)), in its order, and the reasons for a delay."""
    breach, said = paper.breach, paper.description
    if said is None:
        return ()
    nature = [said.nature, f"Kind: {breach.kind_words}.", f"Noticed: {_moment(breach.noticed_at)}."]
    if breach.processor:
        nature.append(f"The controller was told by its processor: {breach.processor}.")
    nature.append(f"The controller is aware of it since {_moment(paper.clock.runs_from)}.")
    found = [
        Section("The nature of the breach", tuple(nature)),
        Section("Those whose data it is, and the records", tuple(_numbers(paper))),
        Section("Who can say more", (said.contact,)),
        Section("Likely consequences", (said.consequences, *_risk(breach))),
        Section("Measures taken or proposed", (said.measures,)),
    ]
    if paper.late_reason:
        found.append(Section("Reasons for the delay", (paper.late_reason,)))
    return tuple(found)


def _risk(breach: Breach) -> list[str]:
    return [f"As assessed: {str(Risk(breach.risk).label).lower()}."] if breach.risk else []


def _numbers(paper: Paper) -> list[str]:
    said = [paper.description.numbers] if paper.description and paper.description.numbers else []
    numbers = paper.numbers
    if numbers is None:
        return said or ["Not known yet."]
    lines = [
        f"Approximately {numbers.subjects} data subjects or things, in {numbers.records} records, "
        "worked out from the audit log."
    ]
    if numbers.of_subjects:
        lines.append(f"Categories of data subjects, by record: {_list(numbers.of_subjects)}.")
    if numbers.of_records:
        lines.append(f"Categories of records: {_list(numbers.of_records)}.")
    if numbers.hidden:
        lines.append(
            "And records that the officer may not see, counted by the agency that owns them: "
            f"{_list(numbers.hidden)}."
        )
    return [*lines, *said]


def _list(counts: tuple[tuple[str, int], ...]) -> str:
    return "; ".join(f"{name} {number}" for name, number in counts)


def title_of(paper: Paper) -> str:
    return "Notification of a personal data breach"


def notification_text(paper: Paper) -> str:
    """Plain text, to be read as it is or put into the Commissioner's form."""
    breach = paper.breach
    lines = [
        breach.owner.name, "", title_of(paper),
        paper.law.notify, f"Our reference: {breach.reference}",
        f"Part: {paper.phase}", "",
    ]  # fmt: skip
    for section in sections_of(paper):
        lines += [section.heading, *(f"  {one}" for one in _split(section.lines)), ""]
    return "\n".join(lines)


def _split(lines: tuple[str, ...]) -> list[str]:
    return [part for line in lines for part in line.splitlines() if part.strip()]


LETTER = """\
We are writing to you because personal data about you that we hold was part of a breach.

What happened
{nature}

What it may mean for you
{consequences}

What we have done
{measures}

Who can tell you more
{contact}

You may complain to the Information Commissioner: Information Commissioner's Office, Wycliffe
House, Water Lane, Wilmslow, Cheshire SK9 5AF; telephone 0303 123 1113.
"""


def letter_text(paper: Paper) -> str:
    """What those whose data it is would be told (s.68(2), article 34(2)), to be read over."""
    said = paper.description
    if said is None:
        return ""
    body = LETTER.format(
        nature=said.nature, consequences=said.consequences, measures=said.measures,
        contact=said.contact,
    )  # fmt: skip
    return f"{paper.breach.owner.name}\n\nOur reference: {paper.breach.reference}\n\n{body}"


def written(what: str, paper: Paper) -> tuple[bytes, str, str]:
    """The bytes, their type, and the ending of the file's name."""
    if what == "page":
        shown = {"paper": paper, "sections": sections_of(paper), "title": title_of(paper)}
        page = render_to_string("breaches/given.html", shown)
        return page.encode(), "text/html; charset=utf-8", "html"
    text = letter_text(paper) if what == "letter" else notification_text(paper)
    return text.encode(), "text/plain; charset=utf-8", "txt"
