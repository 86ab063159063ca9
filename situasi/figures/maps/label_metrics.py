"""The room that a name and its value need on the map, and whether a kecamatan has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely

from situasi.figures.maps.projection import Spot

NAME, VALUE = 12.0, 13.0  # sizes of the letters
_NAME_LINE, _VALUE_LINE = 11.5, 12.5
HIGH, LOW = _NAME_LINE + _VALUE_LINE, _NAME_LINE
# No label may move when its value grows, so all have the room of a long one.
_LONG_VALUE = "00/≈00"
_CLEAR = (6.0, 3.0, 1.0)  # between a name and the border around it: the first that can be had
_APART = 5.0  # between a line and the name that it leads to
_GRID = 3.0  # how closely the room inside is searched
_LINE = 8.0  # how much nearer to the middle a name must come to be worth another line
# How broad letters are, as shares of their size, in the semibold that the map is drawn in.
_BREADTHS = {
    " ": 0.2,
    "iIlj.,'": 0.28,
    "frt/()-": 0.37,
    "csz": 0.46,
    "aeghkvxyFJLY0123456789≈": 0.53,
    "bdnopquABESTVXZ": 0.6,
    "CDGHKNOPQRU": 0.67,
    "mwMW%": 0.84,
}
_BREADTH = {letter: share for letters, share in _BREADTHS.items() for letter in letters}

Box = tuple[float, float, float, float]
Shape = shapely.Polygon | shapely.MultiPolygon
# Breadth and height of each line of a label, from above.
Sizes = list[tuple[float, float]]
# How much of a line stands before the spot that it is aligned to.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Label:
    """The place of one name and of the value under it, in pixels.

    lines: the name. boxes: left, top, right and bottom of each line, the last for the value
    (but where name and value share a line). place: a point well inside the kecamatan. align:
    as deck.gl says it; "middle" is inside.
    """

    lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    place: Spot
    align: str = "middle"

    @property
    def inside(self) -> bool:
        return self.align == "middle"

    @property
    def box(self) -> Box:
        """All the room of the label."""
        left, top, right, bottom = np.array(self.boxes).T
        return float(left.min()), float(top.min()), float(right.max()), float(bottom.max())

    @property
    def spot(self) -> Spot:
        """The middle of the label, or of the edge that a name beside the map is aligned to."""
        left, top, right, bottom = self.box
        return left + _BEFORE[self.align] * (right - left), (top + bottom) / 2

    @property
    def one_line(self) -> bool:
        return len(self.boxes) == 1

    @property
    def halves(self) -> tuple[float, float]:
        """How far above the spot the middle of the name lies, and how far below it the value's."""
        return _VALUE_LINE / 2, len(self.lines) * _NAME_LINE / 2

    @property
    def leader(self) -> tuple[Spot, Spot]:
        """The line from the kecamatan to a name beside the map."""
        x, y = self.spot
        return self.place, (before(x, self.align), y)

    def moved(self, right: float) -> Label:
        """The same label so many pixels farther right."""
        boxes = tuple((a + right, b, c + right, d) for a, b, c, d in self.boxes)
        return replace(self, boxes=boxes, place=(self.place[0] + right, self.place[1]))


def inside(name: str, kecamatan: Shape, place: Spot) -> Label | None:
    """The label inside its kecamatan, clear of its border; None where there is no room."""
    for clear in _CLEAR:
        free = kecamatan.buffer(-clear)
        fitting = [
            Label(lines, _boxes(top, _sizes(lines), "middle"), place)
            for lines in dict.fromkeys([(name,), tuple(name.split())])
            if (top := _room(free, place, _sizes(lines)))
        ]
        if fitting:
            return min(
                fitting, key=lambda label: math.dist(label.spot, place) + _LINE * len(label.lines)
            )
    return None


def beside(name: str, spot: Spot, place: Spot, align: str, *, one_line: bool) -> Label:
    """The label that starts or ends at a spot beside the map."""
    x, y = spot
    sizes, high = _sizes((name,)), HIGH
    if one_line:
        sizes, high = [(_breadth(f"{name} {_LONG_VALUE}") * NAME, LOW)], LOW
    return Label((name,), _boxes((x, y - high / 2), sizes, align), place, align)


def before(x: float, align: str) -> float:
    """Where the line to a name ends that is aligned to x."""
    return x - _APART if align == "start" else x + _APART


def _sizes(lines: tuple[str, ...]) -> Sizes:
    return [
        *((_breadth(line) * NAME, _NAME_LINE) for line in lines),
        (_breadth(_LONG_VALUE) * VALUE, _VALUE_LINE),
    ]


def _breadth(text: str) -> float:
    return sum(_BREADTH.get(letter, 0.6) for letter in text)


def _boxes(top: Spot, sizes: Sizes, align: str) -> tuple[Box, ...]:
    x, y = top
    boxes = []
    for wide, high in sizes:
        left = x - _BEFORE[align] * wide
        boxes.append((left, y, left + wide, y + high))
        y += high
    return tuple(boxes)


def _room(free: Shape, near: Spot, sizes: Sizes) -> Spot | None:
    """The middle of the upper edge of such lines where all lie in what is free, if anywhere."""
    if free.is_empty:
        return None
    left, top, right, bottom = free.bounds
    columns, rows = np.meshgrid(np.arange(left, right, _GRID), np.arange(top, bottom, _GRID))
    x, y = columns.ravel(), rows.ravel()
    shapely.prepare(free)
    down = 0.0
    for wide, high in sizes:
        lines = shapely.box(x - wide / 2, y + down, x + wide / 2, y + down + high)
        fits = shapely.contains(free, lines)
        x, y, down = x[fits], y[fits], down + high
    if not len(x):
        return None
    best = np.argmin(np.hypot(x - near[0], y + down / 2 - near[1]))
    return float(x[best]), float(y[best])
