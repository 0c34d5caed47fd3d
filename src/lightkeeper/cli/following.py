"""What follows linkage for a file of one's own: review as its truth has it, ranking, a task."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from itertools import islice

from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Agency
from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence import services as picture
from lightkeeper.apps.tasking import queries as tasks
from lightkeeper.apps.tasking import services as tasking
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.core.errors import Refused

MOST_DECIDED = 25
MOST_LOOKED_AT = 200
As = Callable[[str], AbstractContextManager[Actor]]
Entities = Mapping[tuple[int, int], str]  # by report and row


def review(entities: Entities, as_: As) -> int:
    """Decide the first pairs of the file in the analyst's queue; how many were decided."""
    with as_("ada") as ada:
        waiting = [one for page in (1, 2) for one in queries.review_queue(ada, page)[0]]
    decided = 0
    for one in waiting:
        left, right = (
            entities.get((record.report_id, record.row_number)) for record in (one.left, one.right)
        )
        if left is None or right is None or decided == MOST_DECIDED:
            continue
        with as_("ada") as ada:
            decided += _decide(ada, one, "SAME" if left == right else "DIFFERENT")
    return decided


def _decide(ada: Actor, pair: queries.Waiting, verdict: str) -> int:
    try:
        picture.judge(
            by=ada, left=pair.left, right=pair.right, verdict=verdict,
            reason="As the truth of the file has it.", at=timezone.now(),
        )  # fmt: skip
    except Refused:  # what was decided just before contradicts it, or has decided it
        return 0
    return 1


def task_the_first(reports: set[int], as_: As) -> dict[str, str]:
    """A task about the first of the priorities whom these reports name, unless there is one."""
    with as_("ada") as ada:
        ranked = islice(queries.rank(ada, timezone.localdate()), MOST_LOOKED_AT)
        found = (queries.look_up(ada, one.reference) for one in ranked)
        first = next((s for s in found if {r.report_id for r in s.records} & reports), None)
        if first is None:
            return {"first_of_the_file": "nobody is ranked"}
        named = {"first_of_the_file": str(first)}
        known = tasks.tasks_of_subject(ada, first.record_ids)
        if known is not None and known.context["rows"]:
            return named | {"task": str(known.context["rows"][0][0])}
        task = tasking.propose_task(
            by=ada,
            record=first.records[0],
            agency=Agency.objects.get(code="northshire-police"),
            threat="",
            theme=Theme.PURSUE,
            level=Level.LOCAL,
            objective="Find out more about them.",
            reason="The first of the file on the list of priorities.",
            at=timezone.now(),
        )
        return named | {"task": str(task)}
