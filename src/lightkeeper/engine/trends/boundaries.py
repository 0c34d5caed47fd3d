"""Reading a file of boundaries that a deployment supplies: GeoJSON, checked before it is used."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.formats.strict_json import BadJson, read_json

MOST_BYTES = 64 * 1024 * 1024
Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True)
class Area:
    """One area: polygons of rings, the first ring of each its outline and the others its holes.

    Units: degrees east and north (WGS 84, RFC 7946).
    """

    code: str
    polygons: tuple[tuple[Ring, ...], ...]

    @property
    def centre(self) -> Point:
        """The middle of what its outlines enclose, weighed by how much that is."""
        whole = east = north = 0.0
        for outline, *_ in self.polygons:
            size, x, y = _middle(outline)
            whole, east, north = whole + size, east + size * x, north + size * y
        return east / whole, north / whole


def read_boundaries(
    path: Path | str, code_property: str, known: Iterable[str] | None = None
) -> list[Area]:
    """The areas of a file, by code.

    Args:
        code_property: which property of a feature is its code.
        known: the codes that there are; every one must have a boundary. A boundary of another
            code is passed over.

    Raises: EngineError if there is no file; FormatError that names the feature and says what
        was expected.
    """
    path = Path(path)
    if not path.is_file():
        raise EngineError(f"There is no file {path}.")
    if path.stat().st_size > MOST_BYTES:
        raise FormatError(f"{path.name} is larger than 64 MiB. Simplify the boundaries.")
    wanted = None if known is None else set(known)
    areas: dict[str, Area] = {}
    for number, feature in enumerate(_features(path), 1):
        where = f"Feature {number} of {path.name}"
        code = _code(feature, code_property, where)
        if code in areas:
            raise FormatError(f"{where}: {code} has a boundary already. Join its polygons to one.")
        if wanted is None or code in wanted:
            areas[code] = Area(code, _polygons(feature.get("geometry"), f"{where} ({code})"))
    if missing := sorted((wanted or set()) - set(areas)):
        raise FormatError(
            f"{path.name} has no boundary of {', '.join(missing[:5])}"
            f"{f' and {len(missing) - 5} more' if len(missing) > 5 else ''}."
        )
    if not areas:
        raise FormatError(f"{path.name} holds no boundaries.")
    return [areas[code] for code in sorted(areas)]


def neighbours_of(areas: Iterable[Area]) -> list[tuple[str, str]]:
    """Pairs of areas whose outlines have a side in common, point for point."""
    beside: dict[tuple[Point, Point], set[str]] = defaultdict(set)
    for area in areas:
        for ring in (ring for polygon in area.polygons for ring in polygon):
            for one, two in pairwise(ring):
                beside[min(one, two), max(one, two)].add(area.code)
    return sorted({
        pair for codes in beside.values() for pair in combinations(sorted(codes), 2)
    })  # fmt: skip


def centres_of(areas: Iterable[Area]) -> NDArray[np.float64]:
    """Shapes: (areas, 2), degrees east and north."""
    return np.array([area.centre for area in areas], np.float64).reshape(-1, 2)


def _features(path: Path) -> list[Any]:
    try:
        told = read_json(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise FormatError(f"{path.name} is not UTF-8.") from None
    except BadJson as error:
        raise FormatError(f"{path.name} is no JSON: {error.sentence}.") from None
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection":
        raise FormatError(f"{path.name} is no GeoJSON FeatureCollection.")
    if told.get("crs") and "CRS84" not in str(told["crs"]) and "4326" not in str(told["crs"]):
        raise FormatError(f"{path.name} is not in degrees (WGS 84). Convert it: {told['crs']}.")
    features = told.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise FormatError(f"{path.name}: its features are no list of objects.")
    return features


def _code(feature: dict[str, Any], code_property: str, where: str) -> str:
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code = properties.get(code_property)
    if not isinstance(code, str) or not code.strip():
        there = ", ".join(sorted(map(str, properties))[:10]) or "none"
        raise FormatError(
            f"{where} has no text as property {code_property}; it has {there}. "
            "Name the one that is the code."
        )
    return code.strip()


def _polygons(geometry: Any, where: str) -> tuple[tuple[Ring, ...], ...]:
    geometry = geometry if isinstance(geometry, dict) else {}
    kind, told = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        told = [told]
    elif kind != "MultiPolygon":
        raise FormatError(f"{where} is {kind or 'nothing'}; expected Polygon or MultiPolygon.")
    if not isinstance(told, list) or not told:
        raise FormatError(f"{where} has no coordinates.")
    found = []
    for polygon in told:
        if not isinstance(polygon, list) or not polygon:
            raise FormatError(f"{where} has a polygon without an outline.")
        found.append(tuple(_ring(ring, where) for ring in polygon))
    return tuple(found)


def _ring(told: Any, where: str) -> Ring:
    if not isinstance(told, list) or len(told) < 4:
        raise FormatError(f"{where} has a ring of fewer than four points.")
    ring = tuple(_point(one, where) for one in told)
    if ring[0] != ring[-1]:
        raise FormatError(f"{where} has a ring that does not end where it began.")
    if _middle(ring)[0] <= 0:
        raise FormatError(f"{where} has a ring that encloses nothing.")
    return ring


def _point(told: Any, where: str) -> Point:
    numbers = told[:2] if isinstance(told, list) else []
    if len(numbers) < 2 or not all(
        isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one)
        for one in numbers
    ):
        raise FormatError(f"{where} has a point that is not two numbers.")
    east, north = float(numbers[0]), float(numbers[1])
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        raise FormatError(
            f"{where} has a point at {numbers[0]}, {numbers[1]}, which are no degrees. "
            "Is it in metres (British National Grid)? Convert it to WGS 84."
        )
    return east, north


def _middle(ring: Ring) -> tuple[float, float, float]:
    """How much a ring encloses, in square degrees, and its middle."""
    x0, y0 = ring[0]
    twice = east = north = 0.0
    for (one_x, one_y), (two_x, two_y) in pairwise((x - x0, y - y0) for x, y in ring):
        cross = one_x * two_y - two_x * one_y
        twice += cross
        east += (one_x + two_x) * cross
        north += (one_y + two_y) * cross
    if not twice:
        return 0.0, x0, y0
    return abs(twice) / 2, x0 + east / (3 * twice), y0 + north / (3 * twice)
