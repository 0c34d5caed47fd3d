import json

import pytest

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.trends.boundaries import centres_of, neighbours_of, read_boundaries


def square(x, y, size=1):
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def feature(code, coordinates, kind="Polygon"):
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


GOOD = [
    feature("B", [square(1, 50)]),
    feature("A", [square(0, 50)]),
    feature("C", [[square(3, 50)], [square(6, 50)]], "MultiPolygon"),
]


def read(folder, features, known=None, name="code", **more):
    file = folder / "areas.geojson"
    told = {"type": "FeatureCollection", "features": features, **more}
    file.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return read_boundaries(file, name, known)


def test_areas_come_by_code_with_their_middles_and_neighbours(tmp_path):
    areas = read(tmp_path, GOOD)

    assert [area.code for area in areas] == ["A", "B", "C"]
    assert centres_of(areas).ravel() == pytest.approx([0.5, 50.5, 1.5, 50.5, 5.0, 50.5])
    assert neighbours_of(areas) == [("A", "B")]


def test_the_way_round_a_ring_is_no_matter(tmp_path):
    turned = [feature("A", [square(0, 50)[::-1]])]

    assert read(tmp_path, turned)[0].centre == pytest.approx((0.5, 50.5))


def test_a_boundary_of_no_known_area_is_passed_over_and_a_missing_one_is_named(tmp_path):
    assert [area.code for area in read(tmp_path, GOOD, ["A"])] == ["A"]
    with pytest.raises(FormatError, match="no boundary of Z"):
        read(tmp_path, GOOD, ["A", "Z"])


open_ring = [*square(0, 50)[:-1], [0.5, 50]]


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        ([], "holds no boundaries"),
        ([3], "no list of objects"),
        (GOOD[:1] * 2, "Feature 2 of areas.geojson: B has a boundary already"),
        ([feature("", [square(0, 50)])], "no text as property code; it has code"),
        ([feature(7, [square(0, 50)])], "no text as property code"),
        ([feature("A", [0, 50], "Point")], r"\(A\) is Point"),
        ([{"type": "Feature", "properties": {"code": "A"}, "geometry": None}], "is nothing"),
        ([feature("A", [])], "without an outline"),
        ([feature("A", [[]], "MultiPolygon")], "without an outline"),
        ([feature("A", None, "MultiPolygon")], "no coordinates"),
        ([feature("A", [square(0, 50)[:3]])], "fewer than four points"),
        ([feature("A", [open_ring])], "does not end where it began"),
        ([feature("A", [[[0, 50], [1, 51], [2, 52], [0, 50]]])], "encloses nothing"),
        ([feature("A", [square(400_000, 300_000)])], "British National Grid"),
        ([feature("A", [[["0", "50"], *square(0, 50)[1:]]])], "not two numbers"),
        ([feature("A", [[[True, 50], *square(0, 50)[1:]]])], "not two numbers"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, features, sentence):
    with pytest.raises(FormatError, match=sentence):
        read(tmp_path, features)


def test_metres_and_other_files_are_refused(tmp_path):
    with pytest.raises(FormatError, match="not in degrees"):
        read(tmp_path, GOOD, crs={"properties": {"name": "EPSG:27700"}})
    with pytest.raises(FormatError, match="no GeoJSON"):
        read(tmp_path, GOOD, type="Topology")
    with pytest.raises(EngineError, match="There is no file"):
        read_boundaries(tmp_path / "none", "code")
    (tmp_path / "bad").write_text('{"type": NaN}')
    with pytest.raises(FormatError, match="no JSON"):
        read_boundaries(tmp_path / "bad", "code")
    (tmp_path / "latin").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(FormatError, match="not UTF-8"):
        read_boundaries(tmp_path / "latin", "code")
