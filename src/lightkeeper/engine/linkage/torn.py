"""Records that could be either of two people of one circle, of whom ties cannot say which.

A father and a son of one name have one home and the same friends. A record without a birth date is
linked to both; what it shares with one says as much of the other, as reports see only part. So it
gains nothing from either, and what the fields say decides, as without ties.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.columns import MOST_AT_ONCE, once, spread
from lightkeeper.engine.linkage.sharing import Known, shared_by
from lightkeeper.engine.linkage.ties import NONE

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


def is_torn(known: Known, left: Numbers, right: Numbers, can: Mask, asked: Numbers) -> Mask:
    """Which of the asked pairs have a record that is linked as well to somebody else of the other's
    circle, who cannot be one with the other.

    Shapes: left, right, can (p,): pairs of records, ascending, and which of them may be one; asked
        (a,) rows of pairs; returns (a,).
    Two are of one circle where their subjects are tied to each other or to the same thing.
    """
    n = len(known.labels)
    codes = left * n + right
    one, two = np.append(left, right), np.append(right, left)
    order = np.lexsort((two, one))
    two, start = two[order], np.searchsorted(one[order], np.arange(n + 1))
    torn = np.zeros(len(asked), bool)
    subjects = known.of_subjects()
    many = np.diff(start)
    for part in _parts(many[left[asked]] + many[right[asked]]):
        for record, other in ((left, right), (right, left)):
            at = asked[part]
            pair, place = spread(start[record[at]], start[record[at] + 1])
            rival, whom = two[place], other[at][pair]
            low, high = np.minimum(rival, whom), np.maximum(rival, whom)
            found = np.searchsorted(codes, low * n + high)
            linked = np.append(codes, NONE)[found] == low * n + high
            apart = (rival != whom) & ~(linked & np.append(can, False)[found])
            apart &= known.labels[rival] != known.labels[whom]
            rows = np.flatnonzero(apart)
            low, high = known.labels[low[rows]], known.labels[high[rows]]
            torn[part[pair[rows[_of_one_circle(subjects, low, high)]]]] = True
    return torn


def are_two(
    labels: Numbers, left: Numbers, right: Numbers, can: Mask, asked: Numbers, dated: Mask | None
) -> Mask:
    """Which of the asked pairs are of two subjects with records that cannot be one: relatives, or
    records with birth dates that the model did not find worth linking.

    Shapes: as in `is_torn`; labels (n,), dated (n,) which records say when somebody was born.
    """
    n = len(labels)
    codes = left * n + right
    member = np.argsort(labels, kind="stable")
    start = np.searchsorted(labels[member], np.arange(n + 1))
    size = np.diff(start)
    found = np.zeros(len(asked), bool)
    one, two = labels[left[asked]], labels[right[asked]]
    for part in _parts(size[one] * size[two]):
        first, place = spread(start[one[part]], start[one[part] + 1])
        pair, other = spread(start[two[part[first]]], start[two[part[first]] + 1])
        this, that = member[place[pair]], member[other]
        low, high = np.minimum(this, that), np.maximum(this, that)
        at = np.searchsorted(codes, low * n + high)
        linked = np.append(codes, NONE)[at] == low * n + high
        cannot = linked & ~np.append(can, False)[at]
        if dated is not None:
            cannot |= ~linked & dated[low] & dated[high] & (low != high)
        found[part[first[pair[cannot]]]] = True
    return np.asarray(found & (one != two))


def _of_one_circle(subjects: Known, one: Numbers, two: Numbers) -> Mask:
    """Whether two subjects are tied to each other or to the same thing."""
    n = len(subjects.labels)
    pairs = np.minimum(one, two) * n + np.maximum(one, two)
    each = once(pairs.copy())
    low, high = each // n, each % n
    found = subjects.are_tied(low, high)
    found[shared_by(subjects, low, high).pair] = True
    return np.asarray(found[np.searchsorted(each, pairs)])


def _parts(many: Numbers) -> Iterator[Numbers]:
    """Places, so many at a time that what there is to each takes little memory."""
    total = np.cumsum(many)
    if len(total):
        edges = np.searchsorted(total, np.arange(MOST_AT_ONCE, total[-1], MOST_AT_ONCE), "right")
        yield from (p for p in np.split(np.arange(len(many)), np.unique(edges)) if len(p))
