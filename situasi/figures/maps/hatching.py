"""Hatching over areas of which part is not known: the closer the lines, the larger that part."""

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pydeck as pdk
import shapely

from situasi.domain.boundaries import Boundaries
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import Theme, hex_to_rgba

# Lines of the whole kabupaten where all is unknown; half as many where half is. Few are sent.
_LINES = 60
_LEVELS = 4
# Shares below this are not drawn: one silent TPS of many is no hatched kecamatan.
MIN_SHARE = 0.125

Line = tuple[tuple[float, float], tuple[float, float]]


def build_hatch_layers(
    boundaries: Boundaries, areas: Mapping[str, AreaStyle], theme: Theme
) -> list[pdk.Layer]:
    """Build the layer of hatching; none where nothing is hatched."""
    rows = [
        {"from": start, "to": end}
        for code, area in areas.items()
        if code in boundaries.codes and area.hatch >= MIN_SHARE
        for start, end in find_hatch_lines(boundaries, code, find_level(area.hatch))
    ]
    if not rows:
        return []
    return [
        pdk.Layer(
            "LineLayer",
            rows,
            id="arsir",
            get_source_position="from",
            get_target_position="to",
            get_color=hex_to_rgba(theme.ink, 170),
            get_width=1,
            width_units='"pixels"',
        )
    ]


def find_level(share: float) -> int:
    """Return the step of a share, 1 to _LEVELS."""
    return min(_LEVELS, max(1, math.ceil(share * _LEVELS - 1e-9)))


@lru_cache(maxsize=256)
def find_hatch_lines(boundaries: Boundaries, code: str, level: int) -> tuple[Line, ...]:
    """Find the diagonal lines inside a kecamatan, in degrees."""
    west, south, east, north = boundaries.bounds
    size = (east - west) + (north - south)
    count = _LINES * level // _LEVELS
    starts = west + size * (np.arange(count) + 0.5) / count
    height = north - south
    diagonals = shapely.linestrings([[(start, south), (start - height, north)] for start in starts])
    polygon = boundaries.polygons[boundaries.codes.index(code)]
    parts = shapely.get_parts(shapely.intersection(diagonals, polygon))
    return tuple(
        _round(part) for part in parts if part.geom_type == "LineString" and not part.is_empty
    )


def _round(line: shapely.Geometry) -> Line:
    (x1, y1), *_between, (x2, y2) = np.round(shapely.get_coordinates(line), 4).tolist()
    return (x1, y1), (x2, y2)
