"""Children at risk: what is known of what each needs, how fresh it is, what is missing, and by when
something must be done. There is no total, no points and no rank: nobody can be put before anybody
by more than a duty that falls due.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lightkeeper.engine.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Question:
    """Something that must be known of every child at risk, and how many days an answer stays fresh:
    data of the deployment, with the guidance it follows.
    """

    code: str
    asks: str
    fresh_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one question, from which report, since when."""

    code: str
    says: str
    known_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that must be done for a child by a moment (aware, UTC), and why: a rule that
    anybody can look up. `done_at` ends it.
    """

    what: str
    due_at: datetime
    rule: str
    reference: str
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The newest answer to a question, whether it is still fresh, and a sentence saying so."""

    question: Question
    answer: Answer
    is_fresh: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class ChildsNeeds:
    """One child: what is known, what nobody knows, what is to be done, soonest first.

    It has no number for the child and cannot be compared with another.
    """

    child: str
    known: tuple[Known, ...]
    missing: tuple[Question, ...]
    duties: tuple[Duty, ...]
    sentence: str

    __hash__ = None  # type: ignore[assignment]


def needs_of(
    child: str, questions: Sequence[Question], answers: Iterable[Answer], duties: Iterable[Duty],
    at: datetime, today: date,
) -> ChildsNeeds:  # fmt: skip
    """What is known of a child now. `today` is the day of `at` where the duty lies.

    An answer or a duty done that is later than now is not known yet. Answers to no question of the
    list are left out, as the list says what is asked.
    Raises: ShapeError if two questions have one code, or a moment is not aware.
    """
    asked = {question.code: question for question in questions}
    if len(asked) != len(questions):
        raise ShapeError("two questions have one code")
    newest: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda one: (one.known_on, one.reference)):
        if answer.known_on <= today and answer.code in asked:
            newest[answer.code] = answer
    known = tuple(_known(asked[code], newest[code], today) for code in asked if code in newest)
    missing = tuple(question for question in questions if question.code not in newest)
    left = sorted(
        (one for one in duties if not _is_done(one, at)), key=lambda one: (one.due_at, one.what)
    )
    return ChildsNeeds(child, known, missing, tuple(left), _sentence(left, missing, known, at))


def by_duty(children: Iterable[ChildsNeeds]) -> list[ChildsNeeds]:
    """In the order in which something is due for them, the soonest first; then those for whom
    nothing is due. Where the moment is the same they stand by key, which says nothing.

    Nothing else moves anybody: not how much is known, nor what.
    """
    return sorted(
        children, key=lambda one: (not one.duties, *(d.due_at for d in one.duties[:1]), one.child)
    )


def asked_most(children: Iterable[ChildsNeeds]) -> Mapping[str, int]:
    """Of how many children each question is unanswered or no longer fresh: a figure of the work,
    not of a child. By code.
    """
    found: dict[str, int] = {}
    for child in children:
        stale = [one.question.code for one in child.known if not one.is_fresh]
        for code in [*(question.code for question in child.missing), *stale]:
            found[code] = found.get(code, 0) + 1
    return dict(sorted(found.items()))


def _known(question: Question, answer: Answer, today: date) -> Known:
    days = (today - answer.known_on).days
    fresh = days <= question.fresh_days
    age = "from today" if not days else f"{days} day{'s' if days != 1 else ''} old"
    end = "" if fresh else f"; to be asked again after {question.fresh_days}"
    return Known(question, answer, fresh, f"{question.asks}: {answer.says} ({age}{end})")


def _is_done(duty: Duty, at: datetime) -> bool:
    if any(one.tzinfo is None for one in (duty.due_at, at, duty.done_at or at)):
        raise ShapeError(f"{duty.reference}: a moment says its time zone")
    return duty.done_at is not None and duty.done_at <= at


def _sentence(
    duties: Sequence[Duty], missing: Sequence[Question], known: Sequence[Known], at: datetime
) -> str:
    if duties:
        word = "was due" if duties[0].due_at < at else "is due"
        first = f"{duties[0].what} {word} {duties[0].due_at:%d %B %Y %H:%M} ({duties[0].rule})."
    else:
        first = "Nothing is due."
    stale = [one.question.asks for one in known if not one.is_fresh]
    for words, asks in (
        ("Nobody knows", [question.asks for question in missing]),
        ("To be asked again", stale),
    ):
        if asks:
            first += f" {words}: {'; '.join(asks)}."
    return first
