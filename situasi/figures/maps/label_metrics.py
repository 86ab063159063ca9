"""Space that a name and its value need on the map, and whether a kecamatan has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely

from situasi.figures.maps.projection import PointXY

NAME_SIZE_PX, VALUE_SIZE_PX = 12.0, 13.0  # font sizes
_NAME_LINE_PX, _VALUE_LINE_PX = 11.5, 12.5
TWO_LINE_HEIGHT_PX, ONE_LINE_HEIGHT_PX = _NAME_LINE_PX + _VALUE_LINE_PX, _NAME_LINE_PX
# No label may move when its value grows, so all reserve the width of a long value.
_WIDEST_VALUE = "00/≈00"
_WIDEST_RATE = "≈ 00,0 %"
_BORDER_MARGINS_PX = (
    6.0,
    3.0,
    1.0,
)  # between a name and the border around it: the first that is possible
_LEADER_GAP_PX = 5.0  # between a line and the name that it leads to
_SEARCH_STEP_PX = 3.0  # step of the search for space inside
_EXTRA_LINE_PENALTY_PX = 8.0  # how much nearer to the middle a name must be to justify another line
# Widths of letters as shares of their size, in the semibold font of the map.
_WIDTHS_BY_LETTERS = {
    " ": 0.2,
    "iIlj.,'": 0.28,
    "frt/()-": 0.37,
    "csz": 0.46,
    "aeghkvxyFJLY0123456789≈": 0.53,
    "bdnopquABESTVXZ": 0.6,
    "CDGHKNOPQRU": 0.67,
    "mwMW%": 0.84,
}
_WIDTH_BY_LETTER = {
    letter: share for letters, share in _WIDTHS_BY_LETTERS.items() for letter in letters
}

Box = tuple[float, float, float, float]
Shape = shapely.Polygon | shapely.MultiPolygon
# Width and height of each line of a label, from above.
LineSizes = list[tuple[float, float]]
# Share of a line that is left of the point that it is aligned to.
_ALIGN_SHARES = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Label:
    """The position of one name and of the value under it, in pixels.

    lines: the name. boxes: left, top, right and bottom of each line, the last for the value (unless
    name and value share a line). anchor: a point well inside the kecamatan. align: as in deck.gl;
    "middle" is inside.
    """

    lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    anchor: PointXY
    align: str = "middle"

    @property
    def is_inside(self) -> bool:
        """Return whether the label is inside its kecamatan."""
        return self.align == "middle"

    @property
    def bounding_box(self) -> Box:
        """Return the box around the whole label."""
        left, top, right, bottom = np.array(self.boxes).T
        return float(left.min()), float(top.min()), float(right.max()), float(bottom.max())

    @property
    def position(self) -> PointXY:
        """Return the middle of the label, or of the edge that an outside name is aligned to."""
        left, top, right, bottom = self.bounding_box
        return left + _ALIGN_SHARES[self.align] * (right - left), (top + bottom) / 2

    @property
    def is_one_line(self) -> bool:
        """Return whether name and value share one line."""
        return len(self.boxes) == 1

    @property
    def line_offsets(self) -> tuple[float, float]:
        """Return how far above the position the name's middle is, and how far below the value's."""
        return _VALUE_LINE_PX / 2, len(self.lines) * _NAME_LINE_PX / 2

    @property
    def leader_line(self) -> tuple[PointXY, PointXY]:
        """Return the line from the kecamatan to a name beside the map."""
        x, y = self.position
        return self.anchor, (compute_leader_end(x, self.align), y)

    def shift_right(self, dx: float) -> Label:
        """Return the same label so many pixels farther right."""
        boxes = tuple((a + dx, b, c + dx, d) for a, b, c, d in self.boxes)
        return replace(self, boxes=boxes, anchor=(self.anchor[0] + dx, self.anchor[1]))


def place_inside(name: str, kecamatan: Shape, anchor: PointXY) -> Label | None:
    """Place the label inside its kecamatan, clear of its border; None where there is no space."""
    for margin in _BORDER_MARGINS_PX:
        free_area = kecamatan.buffer(-margin)
        fitting = [
            Label(lines, _build_boxes(top, _measure_lines(lines), "middle"), anchor)
            for lines in dict.fromkeys([(name,), tuple(name.split())])
            if (top := _find_room(free_area, anchor, _measure_lines(lines)))
        ]
        if fitting:
            return min(
                fitting,
                key=lambda label: (
                    math.dist(label.position, anchor) + _EXTRA_LINE_PENALTY_PX * len(label.lines)
                ),
            )
    return None


def place_beside(
    name: str, position: PointXY, anchor: PointXY, align: str, *, is_one_line: bool
) -> Label:
    """Place the label so that it starts or ends at a point beside the map."""
    x, y = position
    sizes, height = _measure_lines((name,)), TWO_LINE_HEIGHT_PX
    if is_one_line:
        sizes, height = (
            [(_measure_width(f"{name} {_WIDEST_VALUE}") * NAME_SIZE_PX, ONE_LINE_HEIGHT_PX)],
            ONE_LINE_HEIGHT_PX,
        )
    return Label((name,), _build_boxes((x, y - height / 2), sizes, align), anchor, align)


def place_along(
    name: str, position: PointXY, anchor: PointXY, align: str, *, is_one_line: bool
) -> Label:
    """Place the label along the map in one line or two, with space for its value.

    In two, the last word of a name shares its line with the value, so that a long name is narrow.
    """
    first, _space, last = name.rpartition(" ")
    lines: tuple[str, ...] = (name,) if is_one_line else (first, last) if first else (name, "")
    value = _WIDEST_VALUE if is_one_line else _WIDEST_RATE
    texts = (*lines[:-1], f"{lines[-1]} {value}".strip())
    height = ONE_LINE_HEIGHT_PX if is_one_line else TWO_LINE_HEIGHT_PX
    x, y = position
    sizes = [(_measure_width(text) * NAME_SIZE_PX, height / len(texts)) for text in texts]
    return Label(lines, _build_boxes((x, y - height / 2), sizes, align), anchor, align)


def compute_leader_end(label_x: float, align: str) -> float:
    """Return where the line to a name ends that is aligned to x."""
    return label_x - _LEADER_GAP_PX if align == "start" else label_x + _LEADER_GAP_PX


def _measure_lines(lines: tuple[str, ...]) -> LineSizes:
    return [
        *((_measure_width(line) * NAME_SIZE_PX, _NAME_LINE_PX) for line in lines),
        (_measure_width(_WIDEST_VALUE) * VALUE_SIZE_PX, _VALUE_LINE_PX),
    ]


def _measure_width(text: str) -> float:
    return sum(_WIDTH_BY_LETTER.get(letter, 0.6) for letter in text)


def _build_boxes(top_point: PointXY, sizes: LineSizes, align: str) -> tuple[Box, ...]:
    x, y = top_point
    boxes = []
    for width, height in sizes:
        left = x - _ALIGN_SHARES[align] * width
        boxes.append((left, y, left + width, y + height))
        y += height
    return tuple(boxes)


def _find_room(free_area: Shape, target: PointXY, sizes: LineSizes) -> PointXY | None:
    """Find the middle of the upper edge where all lines fit in the free area, else None."""
    if free_area.is_empty:
        return None
    left, top, right, bottom = free_area.bounds
    columns, rows = np.meshgrid(
        np.arange(left, right, _SEARCH_STEP_PX), np.arange(top, bottom, _SEARCH_STEP_PX)
    )
    x, y = columns.ravel(), rows.ravel()
    shapely.prepare(free_area)
    offset = 0.0
    for width, height in sizes:
        lines = shapely.box(x - width / 2, y + offset, x + width / 2, y + offset + height)
        fits = shapely.contains(free_area, lines)
        x, y, offset = x[fits], y[fits], offset + height
    if not len(x):
        return None
    best = np.argmin(np.hypot(x - target[0], y + offset / 2 - target[1]))
    return float(x[best]), float(y[best])
