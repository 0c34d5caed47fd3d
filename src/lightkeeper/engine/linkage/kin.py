"""Pairs that may be relatives: twins, parent and child of one name, people of one household.

Relatives share surnames, homes, phones and even birth dates, so the weights alone join them.
Where joining two children would do harm, such pairs are held for a person instead.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import Kind

if TYPE_CHECKING:  # Who asks of one pair needs nothing of what trains.
    from lightkeeper.engine.linkage.batch import Links


def kin(links: "Links") -> NDArray[np.bool_]:
    """Whether each pair may be two relatives. Shapes: returns (p,) bool, a value a pair."""
    return may_be_kin(links.model, links.levels)


def may_be_kin(model: LinkModel, levels: NDArray[np.int8]) -> NDArray[np.bool_]:
    """The same from levels alone.

    Shapes: levels (p, c), -1 for missing; returns (p,) bool. True where surnames agree and given
        names differ with no further name shared, or birth years differ by more than ten.
    """
    no_pair = np.zeros(len(levels), bool)
    differs, agrees = _judged(model, levels)
    given, family = Kind.GIVEN_NAME, Kind.FAMILY_NAME
    siblings = differs.get(given, no_pair) & agrees.get(family, no_pair)
    siblings &= ~agrees.get(Kind.MIDDLE_NAME, no_pair)
    return siblings | differs.get(Kind.BIRTH_DATE, no_pair)


def held(links: "Links", harmful: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which pairs a person is to look at: those that may well be of one home, and those that may be
    relatives where joining them would do harm.

    Shapes: harmful (n,) bool, a value a row of the table that was linked; returns (p,) bool.
    Not every pair of possible relatives is held: people whose given names were written down
    badly look like siblings of themselves, and on historical records F1 falls from .95 to .76.
    """
    return links.one_home | (kin(links) & (harmful[links.left] | harmful[links.right]))


_ByKind = dict[Kind, NDArray[np.bool_]]


def _judged(model: LinkModel, levels: NDArray[np.int8]) -> tuple[_ByKind, _ByKind]:
    """Where each kind of field differs (its last level) and where it agrees in any way."""
    kinds = {field.name: field.kind for field in model.fields}
    differs, agrees = {}, {}
    for c, comparison in enumerate(model.comparisons):
        level, last = levels[:, c], len(comparison.levels) - 1
        differs[kinds[comparison.column]] = level == last
        agrees[kinds[comparison.column]] = (level >= 0) & (level < last)
    return differs, agrees
