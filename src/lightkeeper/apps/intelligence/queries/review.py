"""Pairs that wait for a person, one pair side by side, and what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import comparing, permissions
from lightkeeper.apps.intelligence.models import Judgement, Link
from lightkeeper.apps.intelligence.queries import what_if
from lightkeeper.apps.intelligence.queries.parts import subjects_of
from lightkeeper.core.errors import NotFound

PAGE = 25


@dataclass(frozen=True)
class Waiting:
    """A pair of the queue, with its strongest evidence for and against in words."""

    left: Record
    right: Record
    weight_bits: float
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class PairView:
    """Two records side by side, the model's evidence, and the judgements on them."""

    left: Record
    right: Record
    rows: list[comparing.Row]
    evidence: list[dict[str, Any]]
    weight_bits: float | None
    start_bits: float
    threshold_bits: float
    review_bits: float
    beside_others: str
    would_change: tuple[str, ...]
    model_says: str
    judgements: list[Judgement]

    @property
    def standing_judgement(self) -> Judgement | None:
        return next((j for j in self.judgements if not hasattr(j, "undoing")), None)


def review_queue(actor: Actor, page: int = 1) -> tuple[list[Waiting], bool]:
    """Pairs that both sides of are visible and nobody has judged, likeliest first; and if more.

    Raises: NotPermitted for who may not judge.
    """
    permissions.check_may_judge(actor)
    start = (min(max(page, 1), MOST_PAGES) - 1) * PAGE
    found = list(islice(links_that_wait(actor), start, start + PAGE + 1))
    shown = [waiting_of(link) for link in found[:PAGE]]
    references = {r.reference for one in shown for r in (one.left, one.right)}
    audit.record(by=actor, did=audit.Did.REVIEW_LISTED, to=sorted(references))
    return shown, len(found) > PAGE and page < MOST_PAGES


MOST_PAGES = 40
MOST_COUNTED = 100
BATCH = 60


def waiting_count(actor: Actor) -> int:
    """How many pairs wait, as far as a desk needs to know: counted no further than a hundred."""
    return sum(1 for _ in islice(links_that_wait(actor), MOST_COUNTED))


def next_in_queue(actor: Actor) -> tuple[str, str] | None:
    """The references of the pair to look at next."""
    link = next(links_that_wait(actor), None)
    return (link.left.reference, link.right.reference) if link else None


def links_that_wait(actor: Actor) -> Iterator[Link]:
    """Links that nobody has judged and that do not join in the picture this viewer has.

    What the linker keeps beside a link is only that it may be so for somebody.
    """
    after: tuple[float, int] | None = None
    while True:
        rows = (
            Link.objects.visible_to(actor)
            .filter(may_wait=True, judged=False)
            .select_related("left__bucket__owner", "right__bucket__owner")
            .order_by("-weight_bits", "pk")
        )
        if after is not None:
            bits, number = after
            rows = rows.filter(Q(weight_bits__lt=bits) | Q(weight_bits=bits, pk__gt=number))
        links = list(rows[:BATCH])
        ends = {end for link in links for end in (link.left_id, link.right_id)}
        subjects = subjects_of(actor, ends)
        yield from (one for one in links if subjects[one.left_id] != subjects[one.right_id])
        if len(links) < BATCH:
            return
        after = (links[-1].weight_bits, links[-1].pk)


def waiting_of(link: Link, why: str = "") -> Waiting:
    """A link as the queue shows it."""
    sides: dict[bool, list[str]] = {True: [], False: []}
    for piece in link.evidence:
        sides[piece["weight_bits"] >= 0].append(piece["sentence"])
    speaks_for, speaks_against = tuple(sides[True][:3]), tuple(sides[False][:3])
    return Waiting(link.left, link.right, link.weight_bits, speaks_for, speaks_against, why)


def two_records(actor: Actor, left: str, right: str) -> tuple[Record, Record]:
    """Both records, the earlier first. Raises: NotFound unless both are visible."""
    rows = Record.objects.visible_to(actor).filter(reference__in=[left, right])
    found = list(rows.select_related("bucket__owner").order_by("pk"))
    if len(found) != 2:
        raise NotFound("pair")
    return found[0], found[1]


def pair(actor: Actor, left: str, right: str) -> PairView:
    """Two visible records side by side; records that they were seen. Raises: NotFound."""
    one, two = two_records(actor, left, right)
    audit.record(by=actor, did=audit.Did.PAIR_SEEN, to=[one.reference, two.reference])
    links = Link.objects.visible_to(actor).filter(left=one, right=two)
    link = links.select_related("model").first()
    joined = link is not None and _joined(actor, link)
    otherwise = what_if.what_if(link, one, two) if link else None
    return PairView(
        left=one,
        right=two,
        rows=comparing.compare(one.properties, two.properties),
        evidence=link.evidence if link else [],
        weight_bits=link.weight_bits if link else None,
        start_bits=link.weight_bits - sum(e["weight_bits"] for e in link.evidence) if link else 0,
        threshold_bits=what_if.joins_from(link) if link else 0,
        review_bits=link.model.review_bits if link else 0,
        beside_others=otherwise.beside_others(joined) if otherwise else "",
        would_change=otherwise.sentences if otherwise else (),
        model_says=_model_says(link, joined),
        judgements=list(
            Judgement.objects.visible_to(actor)
            .filter(left=one, right=two)
            .select_related("person", "undoing__person")
            .order_by("-made_at", "-pk")
        ),
    )


def _joined(actor: Actor, link: Link) -> bool:
    """Whether the two are one subject in the picture that this viewer has."""
    subjects = subjects_of(actor, [link.left_id, link.right_id])
    return subjects[link.left_id] == subjects[link.right_id]


def _model_says(link: Link | None, joined: bool) -> str:
    if link is None:
        return "The model found too little in common to keep this pair."
    odds = 2.0 ** max(min(link.weight_bits, 60), -60)
    chance = f"{odds / (1 + odds):.0%}" if 0.01 <= odds / (1 + odds) <= 0.995 else (
        "more than 99%" if odds > 1 else "less than 1%"
    )  # fmt: skip
    if joined and link.weight_bits >= link.model.link_bits:
        words = "The model joins them"
    elif link.held:
        words = "They may be two of one home or family, so a person decides"
    else:
        words = "The model does not join them by itself, and asks a person"
    return f"{words}. It puts the chance that they are one person at {chance}."


def judgements(actor: Actor, page: int = 1) -> tuple[list[Judgement], bool]:
    """What was decided on visible pairs, newest first; and whether there are more."""
    start = (max(page, 1) - 1) * PAGE
    rows = (
        Judgement.objects.visible_to(actor)
        .select_related("person", "undoing__person", "left", "right")
        .order_by("-made_at", "-pk")[start : start + PAGE + 1]
    )
    found = list(rows)
    audit.record(by=actor, did=audit.Did.JUDGEMENTS_LISTED, to=[j.reference for j in found[:PAGE]])
    return found[:PAGE], len(found) > PAGE


def get_judgement(actor: Actor, reference: str) -> Judgement:
    """Raises: NotFound, the same for one that is not there and one that is not shared."""
    rows = Judgement.objects.visible_to(actor).select_related("left", "right", "person")
    try:
        found: Judgement = rows.get(reference=reference)
    except Judgement.DoesNotExist:
        raise NotFound("judgement") from None
    return found
