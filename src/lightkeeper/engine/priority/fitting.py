"""Weights that agree with judgements of pairs: Bradley and Terry's model on factors.

The chance that people put A before B is logistic in the difference of their totals. A weight is the
one in force times a multiple of at least 0; multiples are drawn to 1 by the squares of how far they
are from it, so that what no judgement speaks of stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from lightkeeper.engine.errors import ShapeError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitting:
    """`scale`: points of difference at which 73 of 100 put the same one first. `pull`: how strongly
    multiples are drawn to 1.
    """

    scale: float = 10.0
    pull: float = 2.0
    folds: int = 5
    seed: int = 1
    version: int = 1

    def __post_init__(self) -> None:
        if not (self.scale > 0 and self.pull > 0 and self.folds >= 2):
            raise ShapeError("scale and pull are above 0, and there are two folds or more")


def fit(differences: Floats, fitting: Fitting) -> Floats:
    """The multiples that agree best, the only best ones: what is made least is strictly convex.

    Shapes: differences (p, f), points by which the one put first has more of each factor, as
        weights stand. Returns (f,), at least 0.
    Raises: ShapeError if a difference is not finite.
    Source: Bradley and Terry 1952; the pull is a ridge (Hoerl and Kennard 1970).
    """
    if differences.ndim != 2 or not np.isfinite(differences).all():
        raise ShapeError(f"expected (p, f) finite differences, got {differences.shape}")
    given = differences / fitting.scale

    def cost(multiples: Floats) -> tuple[float, Floats]:
        margins = given @ multiples
        away = multiples - 1
        missed = np.exp(-np.logaddexp(0, margins))
        value = np.logaddexp(0, -margins).sum() + fitting.pull / 2 * (away @ away)
        return float(value), fitting.pull * away - given.T @ missed

    start = np.ones(given.shape[1])
    found = minimize(
        cost, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start),
        options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    return np.maximum(np.asarray(found.x, np.float64), 0)


def slope(differences: Floats, multiples: Floats, fitting: Fitting) -> Floats:
    """(f,) how what `fit` makes least rises with each multiple: not at all where one is above 0."""
    given = differences / fitting.scale
    missed = np.exp(-np.logaddexp(0, given @ multiples))
    return np.asarray(fitting.pull * (multiples - 1) - given.T @ missed, np.float64)


def spread(differences: Floats, multiples: Floats, fitting: Fitting) -> Floats:
    """(f,) how far each multiple may be off, as a standard deviation (Laplace)."""
    return np.sqrt(np.diag(np.linalg.inv(_curvature(differences, multiples, fitting))))


def told(differences: Floats, multiples: Floats, fitting: Fitting) -> Floats:
    """(f,) what judgements alone say of each multiple, 0 if nothing: one over its variance, less
    what the pull says.
    """
    precise = 1 / np.diag(np.linalg.inv(_curvature(differences, multiples, fitting)))
    return np.maximum(precise - fitting.pull, 0)


def held_out(differences: Floats, groups: Sequence[int], fitting: Fitting) -> Floats:
    """(p,) the margin of each pair by a fit that did not see it, nor any other of its group.

    Pairs of one group are of the same two, so that none is told by its own repetition.
    """
    names = np.unique(np.asarray(groups, np.int64))
    chosen = np.random.default_rng(fitting.seed).permutation(len(names)) % fitting.folds
    fold = chosen[np.searchsorted(names, groups)]
    margins = np.zeros(len(differences))
    for number in range(fitting.folds):
        out = fold == number
        if out.any():
            margins[out] = differences[out] @ fit(differences[~out], fitting)
    return margins


def _curvature(differences: Floats, multiples: Floats, fitting: Fitting) -> Floats:
    given = differences / fitting.scale
    sure = 1 / (1 + np.exp(-np.clip(given @ multiples, -500, 500)))
    bent = (given * (sure * (1 - sure))[:, None]).T @ given
    return np.asarray(bent + fitting.pull * np.eye(given.shape[1]), np.float64)
