"""The codes of grading that hold on a day: the loaded lists, or those delivered with the engine.

And what a handling code asks of the label: `code_lists.csv` has it by code, with its days, so that
what a sender wrote on a form is not a wish but a rule.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lightkeeper.apps.accounts.services import Bucket, Code, stricter
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import Refused
from lightkeeper.engine.records import SCHEMES, Grading, Problem, Scheme, check_grading, enforced

LISTS = {
    "3x5x2": {
        "source": "source_eval_3x5x2",
        "information": "intel_assess_3x5x2",
        "handling": "handling_3x5x2",
    },
    "5x5x5": {
        "source": "source_eval_5x5x5",
        "information": "intel_eval_5x5x5",
        "handling": "handling_5x5x5",
    },
}
CONDITIONS = "handling_conditions"
ENFORCED = {"3x5x2": "handling_enforced_3x5x2", "5x5x5": "handling_enforced_5x5x5"}
NO_RELEASE = "NO-RELEASE"  # to nobody but the owner: an audience of none, and no condition


def schemes_on(day: date) -> dict[str, Scheme]:
    """Both schemes with the codes that hold on this day."""
    names = [name for parts in LISTS.values() for name in parts.values()]
    codes: dict[str, dict[str, str]] = defaultdict(dict)
    for row in Code.objects.filter(
        Q(active_from=None) | Q(active_from__lte=day),
        Q(active_to=None) | Q(active_to__gt=day),
        list__in=[*names, CONDITIONS, *ENFORCED.values()],
    ):
        codes[row.list][row.code.upper()] = row.label
    return {name: _scheme(name, SCHEMES[name], codes) for name in LISTS}


def _scheme(name: str, delivered: Scheme, codes: dict[str, dict[str, str]]) -> Scheme:
    parts = {part: codes.get(list_) for part, list_ in LISTS[name].items()}
    if not all(parts.values()):
        return delivered
    conditions = codes.get(CONDITIONS) or delivered.conditions
    handling = parts["handling"] or {}
    words = codes.get(ENFORCED[name], {})
    return Scheme(
        name,
        {part: found or {} for part, found in parts.items()},
        conditions if delivered.conditions else {},
        frozenset(delivered.conditioned & set(handling)),
        {code: tuple(text.split()) for code, text in words.items()},
    )


@dataclass(frozen=True)
class Demand:
    """What a grading asks of the label: conditions, and whether only its owner has it."""

    conds: Cond
    owner_alone: bool


def demand(schemes: Mapping[str, Scheme], grading: Grading) -> Demand:
    """What the handling code and its conditions hold people to."""
    words = enforced(schemes[grading.scheme], grading)
    return Demand(Cond.named(words - {NO_RELEASE}), NO_RELEASE in words)


def label_for(bucket: Bucket, asked: Demand) -> Bucket:
    """The label, with what is asked of it as well."""
    if asked.conds in Cond(bucket.conds) and not (asked.owner_alone and bucket.audience_id):
        return bucket
    return stricter(bucket, conds=asked.conds, owner_alone=asked.owner_alone)


def check(grading: Grading, day: date) -> Grading:
    """The grading as its scheme writes it.

    Raises: Refused, naming the code that its scheme does not have.
    """
    return check_with(schemes_on(day), grading)


def check_with(schemes: Mapping[str, Scheme], grading: Grading) -> Grading:
    """The same, with schemes at hand."""
    scheme = schemes.get(grading.scheme)
    if scheme is None:
        raise Refused("report.grading", f"There is no grading scheme {grading.scheme!r}.")
    found = check_grading(
        scheme,
        source=grading.source,
        information=grading.information,
        handling=grading.handling,
        conditions=grading.conditions,
    )
    if isinstance(found, Problem):
        raise Refused("report.grading", found.sentence)
    if not found.handling:
        raise Refused("report.grading", "The report needs a handling code.")
    return found
