"""A map of areas as tiles of one size: each area a place of its own near where it lies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, shortest_path

from lightkeeper.engine.errors import ShapeError

Floats = NDArray[np.float64]
# Beyond so many areas the layout would take minutes.
MOST = 1_500
# Tiles about the map, as a share of its width, so that a crowded part has somewhere to go.
MARGIN = 0.12


class Shape(StrEnum):
    SQUARE = "square"
    HEXAGON = "hexagon"


@dataclass(frozen=True)
class Layout:
    """Where each area's tile is: `column` and `row`, row 0 to the north. Every second row of
    hexagons, the odd ones, stands half a tile to the east. `moved` is the mean way from where an
    area lies, in tiles; `kept` the share of neighbours whose tiles touch, if neighbours were given.
    """

    shape: Shape
    codes: tuple[str, ...]
    column: tuple[int, ...]
    row: tuple[int, ...]
    moved: float
    kept: float | None


def lay_out(
    codes: Sequence[str],
    centres: Floats,
    shape: Shape = Shape.HEXAGON,
    *,
    neighbours: Iterable[tuple[str, str]] = (),
) -> Layout:
    """Give each area the tile that makes the sum of squared ways least; no two the same one.

    The same areas give the same tiles, in whatever order they come. Centres are taken as lying on
    a plane: project longitudes first (`on_a_plane`).

    Shapes: centres (areas, 2), east and north, in any unit.
    Raises: ShapeError if there are none, too many, a code twice, or a centre that is no number.
    """
    _check(codes, centres)
    order = sorted(range(len(codes)), key=lambda at: codes[at])
    names, wanted = tuple(codes[at] for at in order), _scaled(centres[order])
    tiles = _tiles(wanted.max(axis=0), len(names), shape)
    ways = ((wanted[:, None, :] - tiles.places[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(ways)
    moved = float(np.sqrt(ways[np.arange(len(names)), chosen]).mean())
    # Begin at nought both ways, but keep odd rows odd.
    column, row = tiles.column[chosen], tiles.row[chosen]
    column, row = column - column.min(), row - (row.min() - row.min() % 2)
    pairs = sorted({(min(pair), max(pair)) for pair in neighbours})
    kept = _kept(pairs, names, tiles.places[chosen]) if pairs else None
    return Layout(shape, names, tuple(column.tolist()), tuple(row.tolist()), moved, kept)


def on_a_plane(degrees: Floats) -> Floats:
    """Longitudes and latitudes on a plane that is right about their middle latitude."""
    middle = np.radians(degrees[:, 1].mean())
    return np.column_stack([degrees[:, 0] * np.cos(middle), degrees[:, 1]])


def centres_from(codes: Sequence[str], neighbours: Iterable[tuple[str, str]]) -> Floats:
    """Centres for areas of which only the neighbours are known: as far apart as they are steps.

    North is not known, so the picture may lie on its side; it is the same each time.
    Raises: ShapeError if a neighbour is no area, or the areas are not one piece.
    Source: classical scaling (Torgerson 1952) of shortest paths.
    """
    order = sorted(codes)
    place = {code: at for at, code in enumerate(order)}
    pairs = sorted({(min(pair), max(pair)) for pair in neighbours})
    for code in (code for pair in pairs for code in pair):
        if code not in place:
            raise ShapeError(f"{code} is a neighbour and no area of the map.")
    ends = np.array([(place[one], place[two]) for one, two in pairs], np.int64).reshape(-1, 2)
    size = len(order)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    if connected_components(graph, directed=False)[0] != 1:
        raise ShapeError("The areas are not one piece: give islands a neighbour.")
    steps = shortest_path(graph, directed=False, unweighted=True) ** 2
    middled = steps - steps.mean(axis=0) - steps.mean(axis=1)[:, None] + steps.mean()
    values, vectors = np.linalg.eigh(-middled / 2)
    found = vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0))
    # An eigenvector may as well be its negative: the largest entry is put to the north and east.
    found *= np.sign(found[np.abs(found).argmax(axis=0), [0, 1]])
    return np.asarray(found[[place[code] for code in codes]], np.float64)


@dataclass(frozen=True)
class _Tiles:
    """Shapes: column and row (tiles,), places (tiles, 2) of their middles, east and north."""

    column: NDArray[np.int64]
    row: NDArray[np.int64]
    places: Floats


def _tiles(size: Floats, areas: int, shape: Shape) -> _Tiles:
    """Tiles over a map of `size` tiles from west to east and south to north, and about it."""
    margin = max(1, int(np.ceil(MARGIN * np.sqrt(areas))))
    step = np.sqrt(0.75) if shape is Shape.HEXAGON else 1.0
    columns = np.arange(-margin, int(np.ceil(size[0])) + margin + 1)
    rows = np.arange(-margin, int(np.ceil(size[1] / step)) + margin + 1)
    column, row = (grid.ravel() for grid in np.meshgrid(columns, rows))
    east = column + 0.5 * (row % 2) if shape is Shape.HEXAGON else column
    return _Tiles(column, row, np.column_stack([east, size[1] - row * step]).astype(np.float64))


def _scaled(centres: Floats) -> Floats:
    """The centres from nought on, in tiles: the whole is as large as one tile for each area."""
    wide, high = np.ptp(centres, axis=0).tolist()
    longest = max(wide, high)
    if longest <= 0:
        return np.zeros(centres.shape)
    # (w f + 1)(h f + 1) = n, solved for f; and for areas in a line w f + 1 = n.
    wide, high, number = wide / longest, high / longest, len(centres)
    both = wide + high
    factor = 2 * (number - 1) / (both + np.sqrt(both**2 + 4 * wide * high * (number - 1)))
    return np.asarray((centres - centres.min(axis=0)) / longest * factor, np.float64)


def _kept(pairs: Sequence[tuple[str, str]], names: Sequence[str], places: Floats) -> float:
    place = {name: at for at, name in enumerate(names)}
    for code in (code for pair in pairs for code in pair):
        if code not in place:
            raise ShapeError(f"{code} is a neighbour and no area of the map.")
    ends = np.array([(place[one], place[two]) for one, two in pairs], np.int64)
    apart = np.sqrt(((places[ends[:, 0]] - places[ends[:, 1]]) ** 2).sum(axis=1))
    return float((apart < 1.01).mean())


def _check(codes: Sequence[str], centres: Floats) -> None:
    if not 0 < len(codes) <= MOST:
        raise ShapeError(f"{len(codes)} areas cannot be laid out; 1 to {MOST:,} can.")
    if len(set(codes)) != len(codes):
        raise ShapeError("An area stands there twice.")
    if centres.shape != (len(codes), 2) or not np.isfinite(centres).all():
        raise ShapeError(f"expected {len(codes)} centres, east and north: {centres.shape}")
