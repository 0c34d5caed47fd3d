"""What people's judgements say of thresholds, read over the whole picture, and which one stands."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from lightkeeper.apps.accounts.services import Power
from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.apps.intelligence.models import (
    IN_FORCE,
    LinkageModel,
    ThresholdAdoption,
    ThresholdReading,
    ThresholdReason,
)
from lightkeeper.core import days
from lightkeeper.core.errors import Refused
from lightkeeper.core.references import new_reference
from lightkeeper.engine.linkage.bands import FLOORS, MOST_DRAWN, band_of
from lightkeeper.engine.linkage.choosing import Band, choose_threshold, first_judged
from lightkeeper.engine.linkage.shown import coarse_floors, fit_to_show, rounded_band
from lightkeeper.engine.linkage.training import JOIN_AT

# Those who decide wait for one another at this number, as the lease's holders do at theirs.
DECIDING = 7304
# What enters in between cannot be told from a second reading.
STANDS_FOR = timedelta(days=1)
# Who may confirm today what somebody proposes.
OTHERS = """
select distinct p.id from accounts_person p join accounts_agency a on a.id = p.agency_id
  join accounts_personrole r on r.person_id = p.id join accounts_rolepower w on w.role = r.role
 where a.code = %(hub)s and w.power = %(power)s and p.id <> %(proposer)s and p.is_active
   and coalesce(r.active_from <= %(today)s, true) and coalesce(r.active_to > %(today)s, true)
   and coalesce(p.active_from <= %(today)s, true) and coalesce(p.active_to > %(today)s, true)
 order by 1
"""
# Links that are held for a person are joined by nobody else, so no threshold is about them.
HOW_MANY = """
select width_bucket(weight_bits, %s::float8[]) - 1 as band, count(*) from intelligence_link
 where not held and weight_bits >= %s group by 1
"""
# Those that are drawn at random, in their turn, and what was said of each, if anything. Who
# contradict each other decide nothing.
DRAWN = """
select d.weight_bits,
       case when count(distinct j.verdict) > 1 then %s else min(j.verdict) end
  from (select id, left_id, right_id, weight_bits, turn from intelligence_link
         where not held and weight_bits >= %s and turn is not null
         order by turn, id limit %s) d
  left join intelligence_judgement j on j.left_id = d.left_id and j.right_id = d.right_id
   and not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)
 group by d.id, d.weight_bits, d.turn
 order by d.turn, d.id
"""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """One transaction of the linker's; whoever else reads, proposes, adopts or undoes waits for its
    end, and then looks at what stands.
    """
    with transaction.atomic(using=linker.USING):
        sql.rows("select pg_advisory_xact_lock(%s)", [DECIDING], using=linker.USING)
        yield


def read_judgements(
    model: LinkageModel, target: float, errand: int, at: datetime
) -> ThresholdReading:
    """What the judgements say now, rounded before it is kept. Done a second time for one errand, it
    is what was kept.

    Raises: Refused if this model was read within a day.
    """
    with one_at_a_time():
        if kept := ThresholdReading.objects.using(linker.USING).filter(errand=errand).first():
            return kept
        _check_not_again(model, at)
        choice = fit_to_show(choose_threshold([rounded_band(one) for one in _bands()], target))
        reading = ThresholdReading(
            reference=new_reference("THR"),
            model=model,
            target=target,
            confidence=choice.confidence,
            bits=choice.bits,
            sentence=choice.sentence,
            figures=[asdict(one) for one in choice.readings],
            made_at=at,
            errand=errand,
        )
        reading.save(using=linker.USING, force_insert=True)
    return reading


def _check_not_again(model: LinkageModel, at: datetime) -> None:
    last = ThresholdReading.objects.using(linker.USING).order_by("-pk").first()
    if last is not None and last.model_id == model.pk and at - last.made_at < STANDS_FOR:
        raise Refused(
            "threshold.again",
            f"{last.reference} stands for a day, whatever its target. Have it read again after.",
        )


def _bands() -> list[Band]:
    """Bands that hold five links or more each, with exact counts, which nobody may see."""
    found = dict(sql.rows(HOW_MANY, [list(FLOORS), FLOORS[0]], using=linker.USING))
    pairs = [found.get(at, 0) for at in range(len(FLOORS))]
    floors = coarse_floors(pairs)
    if not floors:
        return []
    said = _said(floors)
    held = Counter[int]()
    for floor, here in zip(FLOORS, pairs, strict=True):
        held[int(band_of([floor], floors)[0])] += here
    return [
        Band(
            floor,
            # Something may have been linked between the two statements.
            max(held[at], said[at].total()),
            said[at][Verdict.SAME],
            said[at][Verdict.DIFFERENT],
            said[at][Verdict.UNSURE],
        )
        for at, floor in enumerate(floors)
    ]


def _said(floors: tuple[float, ...]) -> list[Counter[str]]:
    """By band the verdicts on the pairs that came first in their turn, whyever they were judged."""
    rows = sql.rows(DRAWN, [Verdict.UNSURE, floors[0], MOST_DRAWN], using=linker.USING)
    in_turn: list[list[str | None]] = [[] for _ in floors]
    for at, (_, verdict) in zip(
        band_of([row[0] for row in rows], floors).tolist(), rows, strict=True
    ):
        in_turn[at].append(verdict)
    return [Counter(first_judged(one)) for one in in_turn]


def forget_reasons() -> None:
    """What was proposed before waits no more, whatever is entered now."""
    ThresholdReason.objects.using(linker.USING).all().delete()


def tell_those_who_may_confirm(proposal: ThresholdAdoption, reason: str) -> None:
    given = {
        "hub": settings.HUB,
        "power": Power.SET_THRESHOLD,
        "proposer": proposal.person_id,
        "today": days.today(),
    }
    ThresholdReason.objects.using(linker.USING).bulk_create(
        ThresholdReason(proposal_id=proposal.pk, person_id=person, reason=reason)
        for (person,) in sql.rows(OTHERS, given, using=linker.USING)
    )


def last_adoption() -> ThresholdAdoption | None:
    rows = ThresholdAdoption.objects.using(linker.USING).filter(IN_FORCE)
    return rows.order_by("-pk").first()


def bits_that_stand() -> float:
    """The threshold of the last adoption; the usual one where nobody adopted any."""
    last = last_adoption()
    return last.bits if last else JOIN_AT
