"""What may happen to a record that is kept, whoever asks. Pure: no database, no clock."""

from collections.abc import Collection
from datetime import date

from lightkeeper.apps.governance.choices import AT_ANY_TIME, Ground, Question
from lightkeeper.core.errors import Refused

STOPS = {
    "label": "Only the agency that owns this record may dispose of it.",
    "hold": "A hold stands on it. A hold beats disposal until it is released.",
    "consideration": "A child is concerned, and what they need is still to be decided.",
    "task": "A task about it is still open, perhaps one that is not shared with you.",
}


def years_after(day: date, years: int) -> date:
    """The same day so many years on; the first of March for a 29th of February that is not."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("retention.reason", "Say why: a review has its reasons.")


def check_next_review(next_review: date, *, on: date, latest: date) -> None:
    """A review is put off to a day to come, and no further than the group allows."""
    if not on < next_review <= latest:
        raise Refused(
            "retention.next_review",
            f"The next review lies after today and not after {latest:%d %B %Y}.",
        )


def check_can_go(
    ground: Ground, *, due: date, on: date, answers: Collection[str], kept_until: date | None
) -> None:
    """Whether this ground carries a disposal now.

    What was wrong to hold may always go. What was rightly held goes when its period has ended,
    when no question of the assessment speaks for keeping it, and not before the age to which its
    group is kept.
    """
    if ground in AT_ANY_TIME:
        return
    if due > on:
        raise Refused("retention.not_due", f"It is kept until it is reviewed on {due:%d %B %Y}.")
    if answers:
        asked = str(Question(sorted(answers)[0]).label)
        raise Refused("retention.still_needed", f"The assessment speaks for keeping it: {asked}")
    if kept_until is not None and on < kept_until:
        raise Refused(
            "retention.to_age", f"Records of this group are kept until {kept_until:%d %B %Y}."
        )


def check_two(proposed_by: int, confirmed_by: int) -> None:
    if proposed_by == confirmed_by:
        raise Refused("disposal.two", "Another person than the one who proposed it confirms.")


def check_stops(stops: str) -> None:
    """`stops` is what the database found that stands on the record; empty if nothing does."""
    if stops:
        raise Refused(f"disposal.{stops}", STOPS[stops])
