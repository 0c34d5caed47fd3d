"""The clock of a case, with the rule and the bank holidays that the tables hold."""

from datetime import date

from django.db.models import Q

from lightkeeper.apps.accounts.services import Code
from lightkeeper.apps.rights.choices import CaseStatus
from lightkeeper.apps.rights.clock import Clock, due_on, starts
from lightkeeper.apps.rights.models import Case, ClockRule
from lightkeeper.core.errors import Refused

HOLIDAYS = "bank_holiday_england_wales"


def rule_on(day: date) -> ClockRule:
    """Raises: Refused where no rule holds on the day, which a deployment must not have."""
    found = (
        ClockRule.objects.filter(active_from__lte=day)
        .filter(Q(active_to=None) | Q(active_to__gt=day))
        .first()
    )
    if found is None:
        raise Refused("rights.clock", "No table says how long the law gave on that day.")
    return found


def holidays() -> frozenset[date]:
    codes = Code.objects.filter(list=HOLIDAYS).values_list("code", flat=True)
    return frozenset(date.fromisoformat(code) for code in codes)


def clock_of(case: Case, *, on: date, off: frozenset[date] | None = None) -> Clock:
    """Where the clock of a case stands on a day."""
    start = starts(case.received_on, case.identified_on, case.asked_back_on, case.had_back_on)
    if start is None:
        waits = "who asks" if case.identified_on is None else "what was asked back"
        return Clock(None, None, None, waits)
    months = rule_on(case.received_on).months + case.extended_months
    due = due_on(start, months, holidays() if off is None else off)
    ended = case.status in (CaseStatus.ANSWERED, CaseStatus.WITHDRAWN)
    return Clock(start, due, None if ended else (due - on).days)
