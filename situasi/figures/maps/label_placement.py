"""Placement of kecamatan names on the map: readable, and without overlap.

A name is placed inside its kecamatan where it fits. The others are in columns beside the map, each
with a line to its kecamatan.
"""

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

# Maximum width of map and names together on a phone (board.css makes it smaller there) and on a
# desktop. The map shrinks to make space for the names; those of a wide kabupaten, which never fit a
# phone, are cut off there.
PHONE_WIDTH_PX, DESKTOP_WIDTH_PX = 426, 480
FILLED_HEIGHT_SHARE = 0.94  # of the height
_ZOOM_STEPS, _ZOOM_STEP = 8, 0.1  # number and size of the zoom steps by which the map may shrink
_SIDE_GAP_PX = 18.0  # between the map and a name beside it
_HULL_GAP_PX = 6.0  # between the hull of the map and a name along it
# Row height: name above value, or both in one line, closer where there are many.
_TWO_LINE_ROW_PX = label_metrics.TWO_LINE_HEIGHT_PX + 6
_ONE_LINE_ROW_PX = label_metrics.ONE_LINE_HEIGHT_PX + 8
_MIN_ROW_PX = label_metrics.ONE_LINE_HEIGHT_PX + 4

AreaNames = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabelLayout:
    """The camera, and by code a label for every kecamatan that has space for one."""

    camera: Camera
    labels: Mapping[str, Label]


@dataclass(frozen=True)
class _ProjectedMap:
    """The map in pixels: shapes and a point well inside each, by code."""

    shapes: Mapping[str, Shape]
    anchors: Mapping[str, PointXY]

    @property
    def extent(self) -> Box:
        """Return left, top, right and bottom of all shapes."""
        left, top, right, bottom = shapely.total_bounds(list(self.shapes.values()))
        return float(left), float(top), float(right), float(bottom)


@dataclass(frozen=True)
class _Slot:
    """Where a name beside the map may stand: the edge that it is aligned to, and its middle."""

    x: float
    y: float
    align: str

    @property
    def leader_end(self) -> PointXY:
        """Return where the line from the kecamatan ends."""
        return label_metrics.compute_leader_end(self.x, self.align), self.y


@lru_cache(maxsize=16)
def place_labels(boundaries: Boundaries, names: AreaNames, height_px: int) -> LabelLayout:
    """Place these names (code, name) on a map of this height, whatever its width.

    It depends on nothing that changes during the day: neither camera nor names ever move. A value
    stands in the line of its name, where no reader takes it for that of the name below, or under
    its name where there is no room for that.
    """
    west, south, east, north = boundaries.bounds
    middle = (west + east) / 2, (south + north) / 2
    filled_px = height_px * FILLED_HEIGHT_SHARE
    plans = []
    for zoom in _list_zooms(boundaries, height_px):
        camera = Camera(*middle, zoom)
        for is_one_line in (True, False):
            plans.append(_compute_layout(boundaries, names, camera, filled_px, is_one_line))
            if plans[-1][0] <= PHONE_WIDTH_PX:
                return plans[-1][1]
    fitting = [plan for wide, plan in plans if wide <= DESKTOP_WIDTH_PX]
    return fitting[0] if fitting else plans[-1][1]


@lru_cache(maxsize=4)
def place_labels_along_hull(
    boundaries: Boundaries, names: AreaNames, height_px: int
) -> LabelLayout:
    """Place all names along the convex hull of a map that fills this height.

    For a map as large as possible in the width that its names leave. No line to a name crosses
    another name: lines stay inside the hull, names outside. Names are in two lines where the
    height allows it for all of them.
    """
    west, south, east, north = boundaries.bounds
    corners = Camera(west, north, 0).to_pixels(np.array([(west, north), (east, south)]))
    zoom = math.log2(height_px / (corners[1] - corners[0])[1])
    camera = Camera((west + east) / 2, (south + north) / 2, zoom)
    projected = _project_map(boundaries, camera)
    known_names = {code: name for code, name in names if code in projected.shapes}
    hull = shapely.union_all(list(projected.shapes.values())).convex_hull
    return LabelLayout(
        camera, _place_beside(projected, known_names, height_px, is_one_line=False, hull=hull)
    )


def _list_zooms(boundaries: Boundaries, height_px: int) -> list[float]:
    """List zooms from the one that fills the image down to the smallest allowed."""
    west, south, east, north = boundaries.bounds
    corners = Camera(west, north, 0).to_pixels(np.array([(west, north), (east, south)]))
    width, height = corners[1] - corners[0]
    max_zoom = math.log2(min(PHONE_WIDTH_PX / width, FILLED_HEIGHT_SHARE * height_px / height))
    return [math.floor(100 * max_zoom) / 100 - _ZOOM_STEP * step for step in range(_ZOOM_STEPS)]


def _project_map(boundaries: Boundaries, camera: Camera) -> _ProjectedMap:
    shapes = shapely.simplify(shapely.transform(boundaries.polygons, camera.to_pixels), 0.5)
    points = camera.to_pixels(np.array(list(boundaries.label_points.values())))
    places = {code: (float(x), float(y)) for code, (x, y) in zip(boundaries.label_points, points,
              strict=True)}  # fmt: skip
    return _ProjectedMap(dict(zip(boundaries.codes, shapes, strict=True)), places)


def _compute_layout(
    boundaries: Boundaries, names: AreaNames, camera: Camera, height_px: float, is_one_line: bool
) -> tuple[float, LabelLayout]:
    """Lay out the names at the zoom of this camera; return the total width as well."""
    projected = _project_map(boundaries, camera)
    known_names = {code: name for code, name in names if code in projected.shapes}
    labels = _place_inside(projected, known_names)
    labels |= _place_beside(
        projected,
        {code: name for code, name in known_names.items() if code not in labels},
        height_px,
        is_one_line=is_one_line,
    )
    edges = np.array([projected.extent, *(label.bounding_box for label in labels.values())])
    left, right = float(edges[:, 0].min()), float(edges[:, 2].max())
    middle = (left + right) / 2
    centred = Camera(*camera.to_degrees((middle, 0)), camera.zoom)
    return right - left, LabelLayout(
        centred, {code: label.shift_right(-middle) for code, label in labels.items()}
    )


def _place_inside(projected_map: _ProjectedMap, names: Mapping[str, str]) -> dict[str, Label]:
    labels: dict[str, Label] = {}
    for code, name in names.items():
        label = label_metrics.place_inside(
            name, projected_map.shapes[code], projected_map.anchors[code]
        )
        # Boundaries as delivered may overlap.
        if label and not any(
            _overlaps(label.bounding_box, other.bounding_box) for other in labels.values()
        ):
            labels[code] = label
    return labels


def _overlaps(first: Box, second: Box) -> bool:
    return bool(shapely.box(*first).intersects(shapely.box(*second)))


def _place_beside(
    projected_map: _ProjectedMap,
    names: Mapping[str, str],
    height_px: float,
    *,
    is_one_line: bool,
    hull: shapely.Geometry | None = None,
) -> dict[str, Label]:
    """Place names left and right of the map: in columns, or along a hull around it."""
    left, _, right, _ = projected_map.extent
    places = {code: projected_map.anchors[code] for code in names}
    is_one_line = is_one_line or len(names) > 2 * int(height_px // _TWO_LINE_ROW_PX)
    row = _TWO_LINE_ROW_PX
    if is_one_line:
        is_dense = len(names) > 2 * int(height_px // _ONE_LINE_ROW_PX)
        row = _MIN_ROW_PX if is_dense else _ONE_LINE_ROW_PX
    western, eastern = _assign_sides(places, (left + right) / 2, int(height_px // row))
    sides = ((western, left - _SIDE_GAP_PX, "end"), (eastern, right + _SIDE_GAP_PX, "start"))
    slots = [
        _Slot(x if hull is None else _find_hull_x(hull, y, row, align), y, align)
        for codes, x, align in sides
        for y in _fit_rows([places[code][1] for code in codes], row, height_px)
    ]
    place = label_metrics.place_beside if hull is None else label_metrics.place_along
    order = _uncross_leaders([*western, *eastern], places, slots)
    return {
        code: place(
            names[code], (slot.x, slot.y), places[code], slot.align, is_one_line=is_one_line
        )
        for code, slot in zip(order, slots, strict=True)
    }


def compute_one_line_height(name_count: int) -> float:
    """Return the height in which so many names along a map have a line each, and no more space."""
    return math.ceil(name_count / 2) * _MIN_ROW_PX


def _find_hull_x(hull: shapely.Geometry, y: float, row_px: float, align: str) -> float:
    """Return where a name at this height begins or ends so that it is clear of the hull."""
    left, _top, right, _bottom = shapely.bounds(hull).tolist()
    row = shapely.box(left, y - row_px / 2, right, y + row_px / 2)
    strip = shapely.intersection(hull, row)
    if shapely.is_empty(strip):
        return float(left + right) / 2
    start, _top, end, _bottom = shapely.bounds(strip).tolist()
    return float(start - _HULL_GAP_PX) if align == "end" else float(end + _HULL_GAP_PX)


def _assign_sides(
    anchors: Mapping[str, PointXY], middle: float, max_rows: int
) -> tuple[list[str], list[str]]:
    """Assign names to left and right, north to south: the nearer side while it has space."""
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
    """Return heights as close as possible to those wanted (in order), a row apart, inside.

    Least squares: names that would overlap are spread around their common middle.
    """
    groups: list[tuple[float, int]] = []
    for row, height in enumerate(wanted_heights):
        mean, count = height - row * row_px, 1
        while groups and groups[-1][0] > mean:
            before, size = groups.pop()
            mean, count = (before * size + mean * count) / (size + count), size + count
        groups.append((mean, count))
    first = [mean for mean, count in groups for _ in range(count)]
    edge = (height_px - row_px) / 2
    last = edge - (len(first) - 1) * row_px
    return [min(max(mean, -edge), last) + row * row_px for row, mean in enumerate(first)]


def _uncross_leaders(
    codes: Sequence[str], anchors: Mapping[str, PointXY], slots: Sequence[_Slot]
) -> list[str]:
    """Order names by slot; two whose lines would cross swap theirs, also across the map.

    Each swap makes the lines shorter together, so that it comes to an end.
    """
    order = list(codes)
    has_crossing = True
    while has_crossing:
        has_crossing = False
        for first, other in combinations(range(len(order)), 2):
            lines = [
                shapely.LineString([anchors[order[i]], slots[i].leader_end]) for i in (first, other)
            ]
            if lines[0].crosses(lines[1]):
                order[first], order[other] = order[other], order[first]
                has_crossing = True
    return order
