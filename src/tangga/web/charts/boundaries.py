"""Boundaries that the user has given: a GeoJSON file whose features bear a code of an area.

    shapes_of(file, codes)      # the areas of these codes, simplified, in one picture

The property that holds the code is found: the one that most often holds a code of the pack, with
or without dots. Longitude and latitude are drawn as they are, narrowed by the cosine of the middle
latitude: true enough for the areas of one country.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tangga.errors import UserError
from tangga.registry.areas import plain
from tangga.web.pack import areas

WIDTH = 640.0
HIGHEST = 640.0
FINE = 0.7
"""A point that changes a line by less than so many units is left out."""

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class Shapes:
    """paths: code -> the `d` of its path, in a picture of this width and height."""

    width: float
    height: float
    paths: Mapping[str, str]


def shapes_of(file: Path | None, codes: Iterable[str]) -> Shapes | None:
    """None without a file, and where it holds none of these areas."""
    if file is None:
        return None
    return _shapes(file, tuple(sorted(codes)))


def check_boundaries(file: Path) -> int:
    """How many areas of the pack the file holds. UserError where it holds none, or is no map."""
    found = len(_rings(file))
    if not found:
        raise UserError("no feature bears a code of an area of the pack", file=file)
    return found


@lru_cache(maxsize=256)
def _shapes(file: Path, codes: tuple[str, ...]) -> Shapes | None:
    known = _rings(file)
    found = {code: known[code] for code in codes if code in known}
    points = [point for rings in found.values() for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min(WIDTH / wide, HIGHEST / high)

    def place(point: Point) -> Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    paths = {code: _path(rings, place) for code, rings in found.items()}
    return Shapes(round(wide * scale, 1), round(high * scale, 1), paths)


@lru_cache(maxsize=2)
def _rings(file: Path) -> dict[str, list[Ring]]:
    """Code of an area -> the rings of its polygons. UserError for a file that is no GeoJSON."""
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        bearer = _bearer(features)
        found: dict[str, list[Ring]] = {}
        for feature in features:
            code = plain(str((feature.get("properties") or {}).get(bearer, "")))
            if code in areas().by_code:
                found.setdefault(code, []).extend(_polygons(feature.get("geometry") or {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UserError("is no GeoJSON with features", file=file) from None
    return found


def _bearer(features: Sequence[Mapping[str, Any]]) -> str:
    """The property that holds codes of areas: the one that does so most often."""
    known = areas().by_code
    counted: Counter[str] = Counter()
    for feature in features:
        for name, value in (feature.get("properties") or {}).items():
            if isinstance(value, str | int) and plain(str(value)) in known:
                # Of a feature that bears the codes of all areas around it, the narrowest counts.
                counted[name] += len(plain(str(value)))
    return counted.most_common(1)[0][0] if counted else ""


def _polygons(geometry: Mapping[str, Any]) -> list[Ring]:
    given = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        given = [given]
    elif geometry.get("type") != "MultiPolygon":
        return []
    return [[(float(p[0]), float(p[1])) for p in ring] for one in given for ring in one]


def _path(rings: Sequence[Ring], place: Any) -> str:
    """Moves and lines relative to the point before, in tenths: short, and exact enough."""
    parts = []
    for ring in rings:
        points = simplified([place(point) for point in ring], FINE)
        if len(points) < 4:
            continue
        at = (round(points[0][0], 1), round(points[0][1], 1))
        steps = []
        for point in points[1:-1]:
            to = (round(point[0], 1), round(point[1], 1))
            steps.append(f"{_short(to[0] - at[0])} {_short(to[1] - at[1])}")
            at = to
        parts.append(f"M{_short(round(points[0][0], 1))} {_short(round(points[0][1], 1))}")
        parts.append(f"l{' '.join(steps)}z")
    return "".join(parts)


def _short(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".").replace("-0.", "-.") if number else "0"


def simplified(points: Sequence[Point], fine: float) -> list[Point]:
    """A line with fewer points that leaves the given one nowhere by more than `fine`
    (Douglas and Peucker)."""
    kept = {0, len(points) - 1}
    open_parts = [(0, len(points) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        furthest, off = 0, fine
        for at in range(first + 1, last):
            away = _distance(points[at], points[first], points[last])
            if away > off:
                furthest, off = at, away
        if furthest:
            kept.add(furthest)
            open_parts += [(first, furthest), (furthest, last)]
    return [points[at] for at in sorted(kept)]


def _distance(point: Point, first: Point, last: Point) -> float:
    across, down = last[0] - first[0], last[1] - first[1]
    length = math.hypot(across, down)
    if length < 1e-9:
        return math.hypot(point[0] - first[0], point[1] - first[1])
    return abs(across * (first[1] - point[1]) - down * (first[0] - point[0])) / length
