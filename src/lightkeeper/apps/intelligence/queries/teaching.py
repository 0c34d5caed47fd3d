"""The review queue in the order in which a judgement teaches most, from what a viewer may see."""

from collections import Counter
from itertools import islice
from typing import Any

import numpy as np

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import permissions
from lightkeeper.apps.intelligence.models import Link, LinkageModel
from lightkeeper.apps.intelligence.queries.parts import UNTRAINED, subjects_of
from lightkeeper.apps.intelligence.queries.review import PAGE, Waiting, links_that_wait, waiting_of
from lightkeeper.engine.linkage.teaching import Askable, Pick, in_teaching_order, mean_between

# The order is made of so many pairs that wait, the likeliest, and so many drawn at random.
MOST_WAITING, MOST_AT_RANDOM = 300, 100


def teaching_queue(actor: Actor, page: int = 1) -> tuple[list[Waiting], bool]:
    """Pairs to judge, the one that teaches most first, each with why; and if there are more.

    Pairs drawn at random may be together in the picture: they are asked so that it can be said how
    often those are right. Raises: NotPermitted for who may not judge.
    """
    permissions.check_may_judge(actor)
    start = (max(page, 1) - 1) * PAGE
    ordered = _in_order(actor)
    shown = [waiting_of(link, why) for link, why in ordered[start : start + PAGE]]
    references = {r.reference for one in shown for r in (one.left, one.right)}
    audit.record(by=actor, did=audit.Did.REVIEW_LISTED, to=sorted(references))
    return shown, len(ordered) > start + PAGE


def next_that_teaches(actor: Actor) -> tuple[str, str] | None:
    """The references of the pair whose judgement teaches most."""
    link, _ = next(iter(_in_order(actor)), (None, ""))
    return (link.left.reference, link.right.reference) if link else None


def why_it_teaches(actor: Actor, left_id: int, right_id: int) -> str:
    """Why the pair stands in that order; nothing where it does not."""
    return next(
        (why for link, why in _in_order(actor) if (link.left_id, link.right_id)
         == (left_id, right_id)), "",
    )  # fmt: skip


def _in_order(actor: Actor) -> list[tuple[Link, str]]:
    waiting = list(islice(links_that_wait(actor), MOST_WAITING))
    at_random = (
        Link.objects.visible_to(actor)
        .filter(judged=False, held=False, turn__isnull=False)
        .select_related("left__bucket__owner", "right__bucket__owner")
        .order_by("turn", "pk")[:MOST_AT_RANDOM]
    )
    drawn = list(at_random)
    links = list({link.pk: link for link in (*waiting, *drawn)}.values())
    if not links:
        return []
    picks = _picks(actor, links, {link.pk for link in drawn})
    return [(links[pick.row], pick.sentence) for pick in picks]


def _picks(actor: Actor, links: list[Link], drawn: set[int]) -> list[Pick]:
    model = LinkageModel.objects.filter(in_use=True).order_by("-trained_at", "-pk").first()
    join_at = model.link_bits if model else UNTRAINED[0]
    missing = float(model.body["missing_weight"]) if model else UNTRAINED[1]
    subject = subjects_of(actor, {end for one in links for end in (one.left_id, one.right_id)})
    size = Counter(subject.values())
    ends = np.array([[subject[one.left_id], subject[one.right_id]] for one in links], np.int64)
    kinds: dict[Any, int] = {}
    asked = Askable(
        mean=_means(actor, links, subject, missing),
        one=ends[:, 0],
        two=ends[:, 1],
        size_one=np.array([size[one] for one in ends[:, 0].tolist()], np.int64),
        size_two=np.array([size[two] for two in ends[:, 1].tolist()], np.int64),
        kind=np.array([kinds.setdefault(_kind(one), len(kinds)) for one in links], np.int64),
        turn=np.array([one.turn if one.pk in drawn else np.inf for one in links], np.float64),
    )
    return list(in_teaching_order(asked, join_at))


def _means(
    actor: Actor, links: list[Link], subject: dict[int, int], missing: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The mean weight between the subjects of each link, by all links in sight between them."""
    touched = {subject[end] for one in links for end in (one.left_id, one.right_id)}
    members = sorted(record for record, of in subject.items() if of in touched)
    rows = list(
        Link.objects.visible_to(actor)
        .filter(left_id__in=members, right_id__in=members)
        .values_list("pk", "left_id", "right_id", "weight_bits")
    )
    place = {record: at for at, record in enumerate(members)}
    labels = np.array([place[subject[record]] for record in members], np.int64)
    left = np.array([place[row[1]] for row in rows], np.int64)
    right = np.array([place[row[2]] for row in rows], np.int64)
    weight = np.array([row[3] for row in rows], np.float64)
    mean = dict(
        zip((row[0] for row in rows),
            mean_between(left, right, weight, labels, missing_weight=missing).tolist(),
            strict=True)
    )  # fmt: skip
    return np.array([mean[link.pk] for link in links], np.float64)


def _kind(link: Link) -> Any:
    """What is compared, and whether it agrees best, less, or is missing on one side."""
    return tuple(sorted((one["field"], min(one["level"], 1)) for one in link.evidence))
