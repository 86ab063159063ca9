"""Hatching of areas: lines for what is not known of it, the closer the more, and of its situasi.

As on the wall and in print: lines the other way for kuning, crossed ones for merah.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pydeck as pdk
import shapely

from situasi.domain.boundaries import Boundaries
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import SITUASI_INK, Theme, hex_to_rgba

# Lines of the whole kabupaten where all is unknown; half as many where half is. Few are sent.
_LINES = 60
_LEVELS = 4
# Shares below this are not drawn: one silent TPS of many is no hatched kecamatan.
MIN_SHARE = 0.125

# How close the lines of a situasi are, and in which directions: rising is the other way.
_SITUASI_LEVEL = 3
_RISING = {"kuning": (True,), "merah": (True, False)}

Line = tuple[tuple[float, float], tuple[float, float]]


def build_hatch_layers(
    boundaries: Boundaries, areas: Mapping[str, AreaStyle], theme: Theme
) -> list[pdk.Layer]:
    """Build the layers of hatching; none where nothing is hatched.

    Lines of a stated kuning or merah are not mixed with those of what is not known.
    """
    drawn = {code: area for code, area in areas.items() if code in boundaries.codes}
    unknown = [
        line
        for code, area in drawn.items()
        if area.hatch >= MIN_SHARE and area.situasi not in _RISING
        for line in find_hatch_lines(boundaries, code, find_level(area.hatch))
    ]
    layers = [_build_line_layer("arsir", unknown, hex_to_rgba(theme.ink, 170), 1)]
    for situasi, directions in _RISING.items():
        lines = [
            line
            for code, area in drawn.items()
            if area.situasi == situasi
            for is_rising in directions
            for line in find_hatch_lines(boundaries, code, _SITUASI_LEVEL, is_rising=is_rising)
        ]
        ink = hex_to_rgba(SITUASI_INK[situasi], 200)
        layers.append(_build_line_layer(f"arsir_{situasi}", lines, ink, 1.5))
    return [layer for layer in layers if layer.data]


def _build_line_layer(
    layer_id: str, lines: Sequence[Line], colour: list[int], width_px: float
) -> pdk.Layer:
    return pdk.Layer(
        "LineLayer",
        [{"from": start, "to": end} for start, end in lines],
        id=layer_id,
        get_source_position="from",
        get_target_position="to",
        get_color=colour,
        get_width=width_px,
        width_units='"pixels"',
    )


def find_level(share: float) -> int:
    """Return the step of a share, 1 to _LEVELS."""
    return min(_LEVELS, max(1, math.ceil(share * _LEVELS - 1e-9)))


@lru_cache(maxsize=256)
def find_hatch_lines(
    boundaries: Boundaries, code: str, level: int, *, is_rising: bool = False
) -> tuple[Line, ...]:
    """Find the diagonal lines inside a kecamatan, in degrees; they fall to the east, or rise."""
    west, south, east, north = boundaries.bounds
    size = (east - west) + (north - south)
    count = _LINES * level // _LEVELS
    starts = west + size * (np.arange(count) + 0.5) / count
    height = north - south
    foot, top = (north, south) if is_rising else (south, north)
    diagonals = shapely.linestrings([[(start, foot), (start - height, top)] for start in starts])
    polygon = boundaries.polygons[boundaries.codes.index(code)]
    parts = shapely.get_parts(shapely.intersection(diagonals, polygon))
    return tuple(
        _round(part) for part in parts if part.geom_type == "LineString" and not part.is_empty
    )


def _round(line: shapely.Geometry) -> Line:
    (x1, y1), *_between, (x2, y2) = np.round(shapely.get_coordinates(line), 4).tolist()
    return (x1, y1), (x2, y2)
