"""What people's judgements say of thresholds, read over the whole picture, and which one stands."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.apps.intelligence.models import (
    LinkageModel,
    ThresholdAdoption,
    ThresholdReading,
)
from lightkeeper.core.references import new_reference
from lightkeeper.engine.linkage.bands import FLOORS, MOST_DRAWN, band_of
from lightkeeper.engine.linkage.choosing import Band, choose_threshold
from lightkeeper.engine.linkage.training import JOIN_AT

# Links that are held for a person are joined by nobody else, so no threshold is about them.
HOW_MANY = """
select width_bucket(weight_bits, %s::float8[]) - 1 as band, count(*) from intelligence_link
 where not held and weight_bits >= %s group by 1
"""
# Of those drawn at random the ones that somebody judged. Who contradict each other decide nothing.
SAID = """
select d.weight_bits, case when count(distinct j.verdict) = 1 then min(j.verdict) else %s end
  from (select left_id, right_id, weight_bits from intelligence_link
         where not held and weight_bits >= %s and turn is not null
         order by turn, id limit %s) d
  join intelligence_judgement j on j.left_id = d.left_id and j.right_id = d.right_id
 where not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)
 group by d.left_id, d.right_id, d.weight_bits
"""


def read_judgements(model: LinkageModel, target: float, at: datetime) -> ThresholdReading:
    """What the judgements say now, kept for whoever asked."""
    with transaction.atomic(using=linker.USING):
        choice = choose_threshold(_bands(), target)
        reading = ThresholdReading(
            reference=new_reference("THR"),
            model=model,
            target=target,
            confidence=choice.confidence,
            bits=choice.bits,
            sentence=choice.sentence,
            figures=[asdict(one) for one in choice.readings],
            made_at=at,
        )
        reading.save(using=linker.USING, force_insert=True)
    return reading


def _bands() -> list[Band]:
    pairs = dict(sql.rows(HOW_MANY, [list(FLOORS), FLOORS[0]], using=linker.USING))
    rows = sql.rows(SAID, [Verdict.UNSURE, FLOORS[0], MOST_DRAWN], using=linker.USING)
    said: dict[int, Counter[str]] = {at: Counter() for at in range(len(FLOORS))}
    for at, (_, verdict) in zip(band_of([bits for bits, _ in rows]).tolist(), rows, strict=True):
        said[at][verdict] += 1
    return [
        Band(
            floor,
            # Something may have been linked between the two statements.
            max(pairs.get(at, 0), said[at].total()),
            said[at][Verdict.SAME],
            said[at][Verdict.DIFFERENT],
            said[at][Verdict.UNSURE],
        )
        for at, floor in enumerate(FLOORS)
    ]


def last_adoption() -> ThresholdAdoption | None:
    return ThresholdAdoption.objects.using(linker.USING).order_by("-pk").first()


def bits_that_stand() -> float:
    """The threshold of the last adoption; the usual one where nobody adopted any."""
    last = last_adoption()
    return last.bits if last else JOIN_AT
