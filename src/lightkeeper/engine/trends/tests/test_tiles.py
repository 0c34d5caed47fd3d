import numpy as np
import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.tiles import Shape, centres_from, lay_out, on_a_plane


def areas(number, seed=1):
    rng = np.random.default_rng(seed)
    return [f"A{at:03}" for at in range(number)], rng.normal(0, 1, (number, 2)) * [1, 2]


def grid(wide, high):
    codes = [f"{x}-{y}" for x in range(wide) for y in range(high)]
    centres = np.array([[x, y] for x in range(wide) for y in range(high)], float)
    beside = [(f"{x}-{y}", f"{x + 1}-{y}") for x in range(wide - 1) for y in range(high)]
    above = [(f"{x}-{y}", f"{x}-{y + 1}") for x in range(wide) for y in range(high - 1)]
    return codes, centres, beside + above


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("number", [1, 2, 7, 150])
def test_every_area_has_a_tile_of_its_own(shape, number):
    laid = lay_out(*areas(number), shape)

    assert len(set(zip(laid.column, laid.row, strict=True))) == number
    assert laid.codes == tuple(sorted(areas(number)[0]))
    assert min(laid.column) == 0
    assert min(laid.row) in (0, 1)


def test_areas_on_a_grid_stay_where_they_are():
    codes, centres, neighbours = grid(6, 4)
    laid = lay_out(codes, centres, Shape.SQUARE, neighbours=neighbours)
    tile = dict(zip(laid.codes, zip(laid.column, laid.row, strict=True), strict=True))

    assert laid.kept > 0.85
    # North is up and east is right.
    assert tile["0-3"][1] < tile["0-0"][1]
    assert tile["5-0"][0] > tile["0-0"][0]


@pytest.mark.parametrize("change", ["order", "unit", "place"])
def test_the_same_areas_have_the_same_tiles(change):
    codes, centres = areas(60)
    one = lay_out(codes, centres)
    order = np.random.default_rng(3).permutation(60) if change == "order" else np.arange(60)
    centres = centres * 1000 if change == "unit" else centres
    centres = centres + 50 if change == "place" else centres
    other = lay_out([codes[at] for at in order], centres[order])

    assert (one.codes, one.column, one.row) == (other.codes, other.column, other.row)


def test_a_layout_moves_areas_less_than_one_by_chance():
    codes, centres = areas(120)
    laid = lay_out(codes, centres)
    by_chance = lay_out(codes, np.random.default_rng(5).permutation(centres))
    east = np.array(laid.column) + 0.5 * (np.array(laid.row) % 2)
    theirs = np.array(by_chance.column)

    assert np.corrcoef(east, centres[:, 0])[0, 1] > 0.9
    assert abs(np.corrcoef(theirs, centres[:, 0])[0, 1]) < 0.4


def test_neighbours_alone_make_a_map():
    codes, _, neighbours = grid(8, 3)
    centres = centres_from(codes, neighbours)
    laid = lay_out(codes, centres, Shape.SQUARE, neighbours=neighbours)

    # By chance some .15 would be; on a grid paths are longer than the ways.
    assert laid.kept > 0.4
    assert centres_from(codes, neighbours[::-1]) == pytest.approx(centres)


def test_degrees_are_as_long_as_they_are_where_they_are():
    flat = on_a_plane(np.array([[0.0, 60.0], [2.0, 60.0]]))

    assert flat[1, 0] - flat[0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("codes", "centres"),
    [
        ([], np.zeros((0, 2))),
        (["a", "a"], np.zeros((2, 2))),
        (["a"], np.zeros((1, 3))),
        (["a"], np.full((1, 2), np.nan)),
        ([str(at) for at in range(1501)], np.zeros((1501, 2))),
    ],
)
def test_what_cannot_be_laid_out_is_said(codes, centres):
    with pytest.raises(ShapeError):
        lay_out(codes, centres)


def test_neighbours_are_areas_and_the_map_is_one_piece():
    with pytest.raises(ShapeError, match="z is a neighbour"):
        centres_from(["a", "b"], [("a", "z")])
    with pytest.raises(ShapeError, match="one piece"):
        centres_from(["a", "b", "c"], [("a", "b")])
    with pytest.raises(ShapeError, match="z is a neighbour"):
        lay_out(["a", "b"], np.eye(2), neighbours=[("a", "z")])
