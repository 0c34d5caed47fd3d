"""Having the picture worked out, now or by the worker, and measuring it against a known truth."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import linker, permissions, sql
from lightkeeper.apps.intelligence.happenings import PictureChanged
from lightkeeper.apps.intelligence.linker import keeping
from lightkeeper.apps.intelligence.linker.arriving import MAY_APPEAR_LATE, link_what_came
from lightkeeper.apps.intelligence.linker.cards import keep_card_of_truth
from lightkeeper.apps.intelligence.linker.component import resolve_around
from lightkeeper.apps.intelligence.linker.export import KIND
from lightkeeper.apps.intelligence.linker.whole import link_everybody
from lightkeeper.apps.intelligence.models import LinkageRun
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import Refused
from lightkeeper.engine.accuracy.clusters import pairs_within, score_b_cubed, score_pairs

log = logging.getLogger("lightkeeper.intelligence")

LINK, RESOLVE = "intelligence.link", "intelligence.resolve"
RESOLVE_PART = "intelligence.resolve_part"
# A record by its reference, or by its report and there by its row or by the sender's own key.
Key = str | tuple[str | int, str | int]

CLUSTERS = """
select r.id, m.cluster, r.reference, p.id, p.reference, r.row_number, r.source_key
  from intelligence_membership m join intake_record r on r.id = m.record_id
  join intake_report p on p.id = r.report_id
"""

MEMBERS = "select record_id from intelligence_membership where component = %s"
LEFT_OUT = """
select 1 from intake_record r where r.kind = %s
   and r.id > (select coalesce(max(record_id), 0) - %s from intelligence_membership)
   and not exists (select 1 from intelligence_membership m where m.record_id = r.id) limit 1
"""


class _Nightly:
    """Nobody in particular, as it stands in the log."""

    person_id = None
    username = "the nightly check"
    agency_id = None
    session = ""
    purpose = "errand"


NIGHTLY = _Nightly()
BETWEEN_CHECKS = timedelta(hours=20)


def _quiet(doing: str, share: float) -> None:
    pass


def ask_to_link(*, by: Actor, at: datetime) -> bool:
    """Have everything linked by the worker, unless that waits already. Whether it was asked."""
    waiting = errands.Errand.objects.filter(
        person_id=by.person_id, kind=LINK, started_at__isnull=True, finished_at__isnull=True
    )
    if waiting.exists():
        return False
    errands.ask(by=by, kind=LINK, at=at)
    return True


def is_linked_since(asked_at: datetime) -> bool:
    """Whether a run that began later has finished and left no person record out.

    Several reports read one after another then make one run and not several.
    """
    runs = LinkageRun.objects.using(linker.USING).filter(
        started_at__gt=asked_at, finished_at__isnull=False
    )
    return runs.exists() and not sql.rows(LEFT_OUT, [KIND, MAY_APPEAR_LATE], using=linker.USING)


def link_now(
    *, by: Actor, at: datetime, on_progress: Callable[[str, float], None] = _quiet
) -> LinkageRun:
    """Link every person record and put the new picture in place; returns the run's figures.

    Source: mission P2.
    """
    return _tell(by, link_everybody(at=at, say=on_progress), at)


def link_arrived(
    *, by: Actor, at: datetime, on_progress: Callable[[str, float], None] = _quiet
) -> LinkageRun:
    """Link what has come since the last run, or everything where that is needed. What it comes to
    is the same.
    """
    run = link_what_came(at=at) or link_everybody(at=at, say=on_progress)
    return _tell(by, run, at)


def check_the_picture(at: datetime) -> LinkageRun | None:
    """Link everything anew, once in a day in which reports were linked as they came. A record whose
    subject comes out otherwise is counted in the run's figures, and the log of the worker tells.
    """
    whole = keeping.last_whole_run()
    since = LinkageRun.objects.using(linker.USING).filter(
        pk__gt=whole.pk if whole else 0, finished_at__isnull=False
    )
    if whole is None or at - whole.started_at < BETWEEN_CHECKS or not since.exists():
        return None
    run = _tell(NIGHTLY, link_everybody(at=at, say=_quiet), at)
    if run.model_id == whole.model_id and run.figures["moved"]:
        log.warning("run %s: %s records are in another subject than when they came", run.pk,
                    run.figures["moved"])  # fmt: skip
    return run


def chore() -> None:
    """For the worker's housekeeping."""
    check_the_picture(timezone.now())


def _tell(by: audit.Somebody, run: LinkageRun, at: datetime) -> LinkageRun:
    # The event has no counts: an overseer who reads it may not see all that was linked.
    with transaction.atomic():
        audit.record(by=by, did=audit.Did.LINKED, to=f"run {run.pk}", at=at)
        announce(PictureChanged(at))
    return run


def resolve_now(*, by: Actor, records: Iterable[int], at: datetime) -> int:
    """Work out again only what is connected to these records."""
    looked_at = resolve_around(records)
    with transaction.atomic():
        audit.record(by=by, did=audit.Did.PICTURE_RESOLVED, to="picture", at=at)
        announce(PictureChanged(at))
    return looked_at


def ask_to_resolve_part(*, by: Actor, part: int, at: datetime) -> None:
    """Have what is left of a part worked out again, when a record of it has been erased."""
    errands.ask(by=by, kind=RESOLVE_PART, at=at, part=part)


def resolve_part(*, by: Actor, part: int, at: datetime) -> int:
    """Work a part of the picture out again from its members, whoever sees them; what stands ready
    for the next report forgets the one that was erased.
    """
    keeping.forget()
    members = [row[0] for row in sql.rows(MEMBERS, [part], using=linker.USING)]
    return resolve_now(by=by, records=members, at=at)


def measure_against(
    truth: Mapping[Key, Any], *, by: Actor | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """How well the picture agrees with a known truth; kept rounded with the last run.

    `truth` gives the entity of a record. Without `by` it is a command of whoever runs the
    machine; a person needs to be an administrator, because a truth made up for the purpose could
    tell which hidden records are together.

    Raises: NotPermitted; Refused if nothing is linked, or no key is of a linked record.
    """
    if by is not None:
        permissions.check_may_see_figures(by)
    runs = LinkageRun.objects.using(linker.USING).filter(finished_at__isnull=False)
    run = runs.select_related("model").last()
    if run is None:
        raise Refused("accuracy.no_run", "Nothing has been linked yet.")
    known: dict[int, tuple[str, int]] = {}
    for record, cluster, *names in sql.rows(CLUSTERS, using=linker.USING):
        entity = next((truth[key] for key in _keys(*names) if key in truth), None)
        if entity is not None:
            known[record] = (str(entity), cluster)
    if not known:
        raise Refused("accuracy.no_match", "No record of the truth is in the picture.")
    exact = _scores([one for one, _ in known.values()], [two for _, two in known.values()])
    run.accuracy = keeping.fit_accuracy(exact)
    keep_card_of_truth(run.model, known, at or timezone.now())
    if at is not None:
        exact["measured_at"] = run.accuracy["measured_at"] = at.isoformat()
    run.save(using=linker.USING, update_fields=["accuracy"])
    if by is not None:
        with transaction.atomic():
            audit.record(by=by, did=audit.Did.FIGURES_SEEN, to=f"run {run.pk}", at=at,
                         reason="measured against a truth")  # fmt: skip
    return exact


def _keys(reference: str, report_id: int, report: str, row: int, key: str) -> Iterable[Key]:
    return (reference, (report_id, row), (report_id, key), (report, row), (report, key))


def _scores(entities: list[str], clusters: list[int]) -> dict[str, Any]:
    pairs, cubed = score_pairs(entities, clusters), score_b_cubed(entities, clusters)
    return {
        "records": len(entities),
        "entities": len(set(entities)),
        "clusters": len(set(clusters)),
        "joined_pairs": pairs_within(clusters),
        "true_pairs": pairs_within(entities),
        "precision": round(pairs.precision, 4),
        "recall": round(pairs.recall, 4),
        "f1": round(pairs.f1, 4),
        "b3_f1": round(cubed.f1, 4),
    }
