"""Where the names of the kecamatan stand on the map: each can be read, none lies over another.

A name stands inside its kecamatan where it fits there. The others stand in columns beside
the map, each with a line to its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import shapely

from situasi.domain.boundaries import Boundaries
from situasi.figures.maps import label_metrics
from situasi.figures.maps.label_metrics import Box, Label, Shape
from situasi.figures.maps.projection import Camera, Spot

# How wide map and names may be together: a phone shows so much (board.css makes it smaller
# there), and a desk. The map gives way to the names; those of a wide kabupaten, which never
# fit a phone, are cut off there.
PHONE, DESK = 410, 480
FILLED = 0.94  # of the height
_STEPS, _STEP = 8, 0.1  # by how much of zoom the map may give way, and how finely
_BESIDE = 18.0  # between the map and a name beside it
# The height of a row: name above value, or, where there are too many for that, in one line.
_HIGH, _LOW = label_metrics.HIGH + 6, label_metrics.LOW + 4

Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Placing:
    """The camera, and by code a label for every kecamatan that has room for one."""

    camera: Camera
    labels: Mapping[str, Label]


@dataclass(frozen=True)
class _Ground:
    """What the names stand on, in pixels: shapes and a point well inside each, by code."""

    shapes: Mapping[str, Shape]
    places: Mapping[str, Spot]

    @property
    def extent(self) -> Box:
        left, top, right, bottom = shapely.total_bounds(list(self.shapes.values()))
        return float(left), float(top), float(right), float(bottom)


@lru_cache(maxsize=16)
def placed(boundaries: Boundaries, names: Names, height: int) -> Placing:
    """Place these names (code, name) on a map of this height, whatever its width.

    It depends on nothing that changes during the day: neither camera nor names ever move.
    """
    west, south, east, north = boundaries.bounds
    middle = (west + east) / 2, (south + north) / 2
    tried = []
    for zoom in _zooms(boundaries, height):
        tried.append(_picture(boundaries, names, Camera(*middle, zoom), height * FILLED))
        if tried[-1][0] <= PHONE:
            break
    fitting = [one for most in (PHONE, DESK) for wide, one in tried if wide <= most]
    return fitting[0] if fitting else tried[-1][1]


def _zooms(boundaries: Boundaries, height: int) -> list[float]:
    """From the zoom at which the map fills the picture down to the least that it may have."""
    west, south, east, north = boundaries.bounds
    corners = Camera(west, north, 0).pixels(np.array([(west, north), (east, south)]))
    wide, high = corners[1] - corners[0]
    most = math.log2(min(PHONE / wide, FILLED * height / high))
    return [math.floor(100 * most) / 100 - _STEP * step for step in range(_STEPS)]


def _ground(boundaries: Boundaries, camera: Camera) -> _Ground:
    shapes = shapely.simplify(shapely.transform(boundaries.polygons, camera.pixels), 0.5)
    points = camera.pixels(np.array(list(boundaries.label_points.values())))
    places = {code: (float(x), float(y)) for code, (x, y) in zip(boundaries.label_points, points,
              strict=True)}  # fmt: skip
    return _Ground(dict(zip(boundaries.codes, shapes, strict=True)), places)


def _picture(
    boundaries: Boundaries, names: Names, camera: Camera, high: float
) -> tuple[float, Placing]:
    """The names at the zoom of this camera; how wide they are together with the map."""
    ground = _ground(boundaries, camera)
    wanted = {code: name for code, name in names if code in ground.shapes}
    labels = _inside(ground, wanted)
    labels |= _beside(ground, {c: n for c, n in wanted.items() if c not in labels}, high)
    edges = np.array([ground.extent, *(label.box for label in labels.values())])
    left, right = float(edges[:, 0].min()), float(edges[:, 2].max())
    middle = (left + right) / 2
    over = Camera(*camera.degrees((middle, 0)), camera.zoom)
    return right - left, Placing(over, {code: one.moved(-middle) for code, one in labels.items()})


def _inside(ground: _Ground, names: Mapping[str, str]) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for code, name in names.items():
        label = label_metrics.inside(name, ground.shapes[code], ground.places[code])
        # Boundaries as they came may lie over one another.
        if label and not any(_touch(label.box, other.box) for other in found.values()):
            found[code] = label
    return found


def _touch(one: Box, other: Box) -> bool:
    return bool(shapely.box(*one).intersects(shapely.box(*other)))


def _beside(ground: _Ground, names: Mapping[str, str], high: float) -> dict[str, Label]:
    """The columns left and right of the map."""
    left, _, right, _ = ground.extent
    places = {code: ground.places[code] for code in names}
    one_line = len(names) > 2 * int(high // _HIGH)
    row = _LOW if one_line else _HIGH
    western, eastern = _sides(places, (left + right) / 2, int(high // row))
    labels = {}
    for codes, x, align in ((western, left - _BESIDE, "end"), (eastern, right + _BESIDE, "start")):
        rows = _rows([places[code][1] for code in codes], row, high)
        end = label_metrics.before(x, align)
        for code, y in zip(_uncrossed(codes, places, end, rows), rows, strict=True):
            labels[code] = label_metrics.beside(
                names[code], (x, y), places[code], align, one_line=one_line
            )
    return labels


def _sides(places: Mapping[str, Spot], middle: float, most: int) -> tuple[list[str], list[str]]:
    """Who stands left and right, from north to south: on the nearer side while it has room."""
    sides: tuple[list[str], list[str]] = ([], [])
    for code in sorted(places, key=lambda code: -abs(places[code][0] - middle)):
        near = int(places[code][0] >= middle)
        open_sides = [side for side in (sides[near], sides[1 - near]) if len(side) < most]
        for side in open_sides[:1]:
            side.append(code)
    for side in sides:
        side.sort(key=lambda code: places[code][1])
    return sides


def _rows(wanted: Sequence[float], row: float, high: float) -> list[float]:
    """Heights as near as can be to those wanted (in order), a row apart, none outside.

    Least squares: names that would lie over one another part around their common middle.
    """
    groups: list[tuple[float, int]] = []
    for at, height in enumerate(wanted):
        mean, count = height - at * row, 1
        while groups and groups[-1][0] > mean:
            before, many = groups.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        groups.append((mean, count))
    first = [mean for mean, count in groups for _ in range(count)]
    edge = (high - row) / 2
    last = edge - (len(first) - 1) * row
    return [min(max(mean, -edge), last) + at * row for at, mean in enumerate(first)]


def _uncrossed(
    codes: Sequence[str], places: Mapping[str, Spot], x: float, rows: Sequence[float]
) -> list[str]:
    """The order from north to south; but two whose lines (to x) would cross change their rows."""
    order = list(codes)
    crossed = True
    while crossed:
        crossed = False
        for one, other in combinations(range(len(order)), 2):
            lines = [shapely.LineString([places[order[at]], (x, rows[at])]) for at in (one, other)]
            if lines[0].crosses(lines[1]):
                order[one], order[other] = order[other], order[one]
                crossed = True
    return order
