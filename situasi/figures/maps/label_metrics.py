"""The room that a name and its value need on the map, and whether a kecamatan has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely

from situasi.figures.maps.projection import PointXY

NAME_SIZE_PX, VALUE_SIZE_PX = 12.0, 13.0  # sizes of the letters
_NAME_LINE_PX, _VALUE_LINE_PX = 11.5, 12.5
TWO_LINE_HEIGHT_PX, ONE_LINE_HEIGHT_PX = _NAME_LINE_PX + _VALUE_LINE_PX, _NAME_LINE_PX
# No label may move when its value grows, so all have the room of a long one.
_WIDEST_VALUE = "00/≈00"
_BORDER_MARGINS_PX = (
    6.0,
    3.0,
    1.0,
)  # between a name and the border around it: the first that can be had
_LEADER_GAP_PX = 5.0  # between a line and the name that it leads to
_SEARCH_STEP_PX = 3.0  # how closely the room inside is searched
_EXTRA_LINE_PENALTY_PX = (
    8.0  # how much nearer to the middle a name must come to be worth another line
)
# How broad letters are, as shares of their size, in the semibold that the map is drawn in.
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
# Breadth and height of each line of a label, from above.
LineSizes = list[tuple[float, float]]
# How much of a line stands before the spot that it is aligned to.
_ALIGN_SHARES = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Label:
    """The place of one name and of the value under it, in pixels.

    lines: the name. boxes: left, top, right and bottom of each line, the last for the value
    (but where name and value share a line). place: a point well inside the kecamatan. align:
    as deck.gl says it; "middle" is inside.
    """

    lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    anchor: PointXY
    align: str = "middle"

    @property
    def is_inside(self) -> bool:
        return self.align == "middle"

    @property
    def bounding_box(self) -> Box:
        """All the room of the label."""
        left, top, right, bottom = np.array(self.boxes).T
        return float(left.min()), float(top.min()), float(right.max()), float(bottom.max())

    @property
    def position(self) -> PointXY:
        """The middle of the label, or of the edge that a name beside the map is aligned to."""
        left, top, right, bottom = self.bounding_box
        return left + _ALIGN_SHARES[self.align] * (right - left), (top + bottom) / 2

    @property
    def is_one_line(self) -> bool:
        return len(self.boxes) == 1

    @property
    def line_offsets(self) -> tuple[float, float]:
        """How far above the spot the middle of the name lies, and how far below it the value's."""
        return _VALUE_LINE_PX / 2, len(self.lines) * _NAME_LINE_PX / 2

    @property
    def leader_line(self) -> tuple[PointXY, PointXY]:
        """The line from the kecamatan to a name beside the map."""
        x, y = self.position
        return self.anchor, (compute_leader_end(x, self.align), y)

    def shift_right(self, dx: float) -> Label:
        """The same label so many pixels farther right."""
        boxes = tuple((a + dx, b, c + dx, d) for a, b, c, d in self.boxes)
        return replace(self, boxes=boxes, anchor=(self.anchor[0] + dx, self.anchor[1]))


def place_inside(name: str, kecamatan: Shape, anchor: PointXY) -> Label | None:
    """The label inside its kecamatan, clear of its border; None where there is no room."""
    for clear in _BORDER_MARGINS_PX:
        free = kecamatan.buffer(-clear)
        fitting = [
            Label(lines, _build_boxes(top, _measure_lines(lines), "middle"), anchor)
            for lines in dict.fromkeys([(name,), tuple(name.split())])
            if (top := _find_room(free, anchor, _measure_lines(lines)))
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
    """The label that starts or ends at a spot beside the map."""
    x, y = position
    sizes, high = _measure_lines((name,)), TWO_LINE_HEIGHT_PX
    if is_one_line:
        sizes, high = (
            [(_measure_width(f"{name} {_WIDEST_VALUE}") * NAME_SIZE_PX, ONE_LINE_HEIGHT_PX)],
            ONE_LINE_HEIGHT_PX,
        )
    return Label((name,), _build_boxes((x, y - high / 2), sizes, align), anchor, align)


def compute_leader_end(label_x: float, align: str) -> float:
    """Where the line to a name ends that is aligned to x."""
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
    for wide, high in sizes:
        left = x - _ALIGN_SHARES[align] * wide
        boxes.append((left, y, left + wide, y + high))
        y += high
    return tuple(boxes)


def _find_room(free_area: Shape, target: PointXY, sizes: LineSizes) -> PointXY | None:
    """The middle of the upper edge of such lines where all lie in what is free, if anywhere."""
    if free_area.is_empty:
        return None
    left, top, right, bottom = free_area.bounds
    columns, rows = np.meshgrid(
        np.arange(left, right, _SEARCH_STEP_PX), np.arange(top, bottom, _SEARCH_STEP_PX)
    )
    x, y = columns.ravel(), rows.ravel()
    shapely.prepare(free_area)
    down = 0.0
    for wide, high in sizes:
        lines = shapely.box(x - wide / 2, y + down, x + wide / 2, y + down + high)
        fits = shapely.contains(free_area, lines)
        x, y, down = x[fits], y[fits], down + high
    if not len(x):
        return None
    best = np.argmin(np.hypot(x - target[0], y + down / 2 - target[1]))
    return float(x[best]), float(y[best])
