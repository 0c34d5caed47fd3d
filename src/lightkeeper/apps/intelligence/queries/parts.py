"""What one viewer sees as one subject: never more than the visible part of a cluster.

The records of a cluster that are visible to them, joined by links and judgements that are visible
to them. What is hidden leaves no trace in a name, a count or a reference.
"""

from collections.abc import Collection, Iterable

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intelligence.choices import LinkStanding, Verdict
from lightkeeper.apps.intelligence.models import Judgement, Link, Membership

Pair = tuple[int, int]


def subjects_of(actor: Actor, record_ids: Collection[int]) -> dict[int, int]:
    """For each visible record of the clusters of these, the earliest record of its subject.

    Records that are not linked yet, and things that are no people, are subjects by themselves.
    """
    memberships = Membership.objects.visible_to(actor)
    clusters = set(
        memberships.filter(pk__in=record_ids).values_list("cluster", flat=True).distinct()
    )
    members = dict(memberships.filter(cluster__in=clusters).values_list("record_id", "cluster"))
    found = {record: record for record in record_ids}
    if members:
        found |= earliest_of(members, joined_pairs(actor, members))
    return found


def joined_pairs(actor: Actor, members: dict[int, int]) -> set[Pair]:
    """Pairs of these records that a link or a judgement in sight joins."""
    links = Link.objects.visible_to(actor).filter(
        standing=LinkStanding.LINKED, left_id__in=members, right_id__in=members
    )
    standing = Judgement.objects.visible_to(actor).filter(
        left_id__in=members, right_id__in=members, undoing__isnull=True
    )
    verdicts = list(standing.values_list("left_id", "right_id", "verdict"))
    return edges(links.values_list("left_id", "right_id"), verdicts)


def edges(links: Iterable[Pair], verdicts: Iterable[tuple[int, int, str]]) -> set[Pair]:
    """Links and "same", without what was judged different."""
    said = list(verdicts)
    apart = {(a, b) for a, b, verdict in said if verdict == Verdict.DIFFERENT}
    same = {(a, b) for a, b, verdict in said if verdict == Verdict.SAME}
    return ({*links} | same) - apart


def earliest_of(members: dict[int, int], pairs: Iterable[Pair]) -> dict[int, int]:
    """The earliest record that each can be reached from along the pairs, within its cluster."""
    parent = {record: record for record in members}

    def find(record: int) -> int:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for one, two in pairs:
        if members[one] == members[two]:
            early, late = sorted((find(one), find(two)))
            parent[late] = early
    return {record: find(record) for record in members}
