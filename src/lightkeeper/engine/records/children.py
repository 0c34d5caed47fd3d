"""Whether a record concerns a child, on the day it is about; in doubt, it does."""

from datetime import date

from lightkeeper.engine.records.record import MappedRecord

ADULT_YEARS = 18
CHILD_ROLES = frozenset(
    ["child", "children", "minor", "baby", "infant", "unborn", "unborn-baby", "child-victim",
     "child-witness", "child-subject", "child-at-risk", "looked-after-child", "missing-child",
     "young-carer", "pupil", "uasc", "boy", "girl"]
)  # fmt: skip


def concerns_child(
    record: MappedRecord, on: date, *, child_roles: frozenset[str] = CHILD_ROLES
) -> bool:
    """Whether the record is about someone under 18 on the day observed, or says so.

    `on` is the day of receipt, taken when the record has no day of its own. A birth date of which
    only the year or month is known counts as its last day, a partial day observed as its first:
    a child is not missed for want of a day.
    Source: Children Act 1989 s.105 (a child is a person under 18).
    """
    said = {*record.roles, *record.properties.get("role", ())}
    # Senders write missing_child, Missing child and missing-child: all are a child.
    roles = {role.casefold().replace("_", "-").replace(" ", "-") for role in said}
    if any(role in child_roles or role.endswith(("-child", "-minor", "-baby")) for role in roles):
        return True
    if any(_below_adult(age) for age in record.properties.get("estimatedAge", ())):
        return True
    day = first_day(record.observed_on) if record.observed_on else on
    return any(
        age_on(last_day(born), day) < ADULT_YEARS for born in record.properties.get("birthDate", ())
    )


def _below_adult(age: str) -> bool:
    try:
        return float(age) < ADULT_YEARS
    except ValueError:
        return False


def age_on(born: date, day: date) -> int:
    """Whole years of age; one born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def first_day(partial: str) -> date:
    """The first day an ISO date, month or year can mean."""
    parts = [int(p) for p in partial[:10].split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return date(year, month, day)


def last_day(partial: str) -> date:
    """The last day an ISO date, month or year can mean."""
    if len(partial) >= 10:
        return first_day(partial)
    year = int(partial[:4])
    if len(partial) < 7:
        return date(year, 12, 31)
    month = int(partial[5:7])
    if month == 12:
        return date(year, 12, 31)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
