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
from situasi.figures.maps.projection import Camera, PointXY

# How wide map and names may be together: a phone shows so much (board.css makes it smaller
# there), and a desk. The map gives way to the names; those of a wide kabupaten, which never
# fit a phone, are cut off there.
PHONE_WIDTH_PX, DESKTOP_WIDTH_PX = 410, 480
FILLED_HEIGHT_SHARE = 0.94  # of the height
_ZOOM_STEPS, _ZOOM_STEP = 8, 0.1  # by how much of zoom the map may give way, and how finely
_SIDE_GAP_PX = 18.0  # between the map and a name beside it
# The height of a row: name above value, or, where there are too many for that, in one line.
_TWO_LINE_ROW_PX, _ONE_LINE_ROW_PX = (
    label_metrics.TWO_LINE_HEIGHT_PX + 6,
    label_metrics.ONE_LINE_HEIGHT_PX + 4,
)

AreaNames = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabelLayout:
    """The camera, and by code a label for every kecamatan that has room for one."""

    camera: Camera
    labels: Mapping[str, Label]


@dataclass(frozen=True)
class _ProjectedMap:
    """What the names stand on, in pixels: shapes and a point well inside each, by code."""

    shapes: Mapping[str, Shape]
    anchors: Mapping[str, PointXY]

    @property
    def extent(self) -> Box:
        left, top, right, bottom = shapely.total_bounds(list(self.shapes.values()))
        return float(left), float(top), float(right), float(bottom)


@lru_cache(maxsize=16)
def place_labels(boundaries: Boundaries, names: AreaNames, height_px: int) -> LabelLayout:
    """Place these names (code, name) on a map of this height, whatever its width.

    It depends on nothing that changes during the day: neither camera nor names ever move.
    """
    west, south, east, north = boundaries.bounds
    middle = (west + east) / 2, (south + north) / 2
    tried = []
    for zoom in _list_zooms(boundaries, height_px):
        tried.append(
            _compute_layout(
                boundaries, names, Camera(*middle, zoom), height_px * FILLED_HEIGHT_SHARE
            )
        )
        if tried[-1][0] <= PHONE_WIDTH_PX:
            break
    fitting = [
        one for most in (PHONE_WIDTH_PX, DESKTOP_WIDTH_PX) for wide, one in tried if wide <= most
    ]
    return fitting[0] if fitting else tried[-1][1]


def _list_zooms(boundaries: Boundaries, height_px: int) -> list[float]:
    """From the zoom at which the map fills the picture down to the least that it may have."""
    west, south, east, north = boundaries.bounds
    corners = Camera(west, north, 0).to_pixels(np.array([(west, north), (east, south)]))
    wide, high = corners[1] - corners[0]
    most = math.log2(min(PHONE_WIDTH_PX / wide, FILLED_HEIGHT_SHARE * height_px / high))
    return [math.floor(100 * most) / 100 - _ZOOM_STEP * step for step in range(_ZOOM_STEPS)]


def _project_map(boundaries: Boundaries, camera: Camera) -> _ProjectedMap:
    shapes = shapely.simplify(shapely.transform(boundaries.polygons, camera.to_pixels), 0.5)
    points = camera.to_pixels(np.array(list(boundaries.label_points.values())))
    places = {code: (float(x), float(y)) for code, (x, y) in zip(boundaries.label_points, points,
              strict=True)}  # fmt: skip
    return _ProjectedMap(dict(zip(boundaries.codes, shapes, strict=True)), places)


def _compute_layout(
    boundaries: Boundaries, names: AreaNames, camera: Camera, height_px: float
) -> tuple[float, LabelLayout]:
    """The names at the zoom of this camera; how wide they are together with the map."""
    ground = _project_map(boundaries, camera)
    wanted = {code: name for code, name in names if code in ground.shapes}
    labels = _place_inside(ground, wanted)
    labels |= _place_beside(ground, {c: n for c, n in wanted.items() if c not in labels}, height_px)
    edges = np.array([ground.extent, *(label.bounding_box for label in labels.values())])
    left, right = float(edges[:, 0].min()), float(edges[:, 2].max())
    middle = (left + right) / 2
    over = Camera(*camera.to_degrees((middle, 0)), camera.zoom)
    return right - left, LabelLayout(
        over, {code: one.shift_right(-middle) for code, one in labels.items()}
    )


def _place_inside(projected_map: _ProjectedMap, names: Mapping[str, str]) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for code, name in names.items():
        label = label_metrics.place_inside(
            name, projected_map.shapes[code], projected_map.anchors[code]
        )
        # Boundaries as they came may lie over one another.
        if label and not any(
            _overlaps(label.bounding_box, other.bounding_box) for other in found.values()
        ):
            found[code] = label
    return found


def _overlaps(one: Box, other: Box) -> bool:
    return bool(shapely.box(*one).intersects(shapely.box(*other)))


def _place_beside(
    projected_map: _ProjectedMap, names: Mapping[str, str], height_px: float
) -> dict[str, Label]:
    """The columns left and right of the map."""
    left, _, right, _ = projected_map.extent
    places = {code: projected_map.anchors[code] for code in names}
    one_line = len(names) > 2 * int(height_px // _TWO_LINE_ROW_PX)
    row = _ONE_LINE_ROW_PX if one_line else _TWO_LINE_ROW_PX
    western, eastern = _assign_sides(places, (left + right) / 2, int(height_px // row))
    labels = {}
    for codes, x, align in (
        (western, left - _SIDE_GAP_PX, "end"),
        (eastern, right + _SIDE_GAP_PX, "start"),
    ):
        rows = _fit_rows([places[code][1] for code in codes], row, height_px)
        end = label_metrics.compute_leader_end(x, align)
        for code, y in zip(_uncross_leaders(codes, places, end, rows), rows, strict=True):
            labels[code] = label_metrics.place_beside(
                names[code], (x, y), places[code], align, is_one_line=one_line
            )
    return labels


def _assign_sides(
    anchors: Mapping[str, PointXY], middle: float, max_rows: int
) -> tuple[list[str], list[str]]:
    """Who stands left and right, from north to south: on the nearer side while it has room."""
    sides: tuple[list[str], list[str]] = ([], [])
    for code in sorted(anchors, key=lambda code: -abs(anchors[code][0] - middle)):
        near = int(anchors[code][0] >= middle)
        open_sides = [side for side in (sides[near], sides[1 - near]) if len(side) < max_rows]
        for side in open_sides[:1]:
            side.append(code)
    for side in sides:
        side.sort(key=lambda code: anchors[code][1])
    return sides


def _fit_rows(wanted_heights: Sequence[float], row_px: float, height_px: float) -> list[float]:
    """Heights as near as can be to those wanted (in order), a row apart, none outside.

    Least squares: names that would lie over one another part around their common middle.
    """
    groups: list[tuple[float, int]] = []
    for at, height in enumerate(wanted_heights):
        mean, count = height - at * row_px, 1
        while groups and groups[-1][0] > mean:
            before, many = groups.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        groups.append((mean, count))
    first = [mean for mean, count in groups for _ in range(count)]
    edge = (height_px - row_px) / 2
    last = edge - (len(first) - 1) * row_px
    return [min(max(mean, -edge), last) + at * row_px for at, mean in enumerate(first)]


def _uncross_leaders(
    codes: Sequence[str], anchors: Mapping[str, PointXY], x: float, rows: Sequence[float]
) -> list[str]:
    """The order from north to south; but two whose lines (to x) would cross change their rows."""
    order = list(codes)
    crossed = True
    while crossed:
        crossed = False
        for one, other in combinations(range(len(order)), 2):
            lines = [shapely.LineString([anchors[order[at]], (x, rows[at])]) for at in (one, other)]
            if lines[0].crosses(lines[1]):
                order[one], order[other] = order[other], order[one]
                crossed = True
    return order
