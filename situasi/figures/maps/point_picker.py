"""Map of one kecamatan with a grid of points, one of which is chosen by a click."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pydeck as pdk

from situasi.domain.boundaries import Boundaries
from situasi.figures.theme import Theme, hex_to_rgba

WIDTH, HEIGHT = 520, 420
MAX_POINTS = 1_500
GRID_LAYER_ID = "kisi"


def build_point_map(
    boundaries: Boundaries, kecamatan: str, points: npt.NDArray[np.float64], theme: Theme
) -> pdk.Deck:
    """Build the map. points: (lon, lat); a click gives one of them as `p`."""
    line = pdk.Layer(
        "GeoJsonLayer",
        boundaries.url,
        id="batas",
        stroked=True,
        filled=False,
        get_line_color=hex_to_rgba(theme.ink, 160),
        get_line_width=1.5,
        line_width_units='"pixels"',
    )
    grid = pdk.Layer(
        "ScatterplotLayer",
        [{"p": [round(lon, 5), round(lat, 5)]} for lon, lat in points.tolist()],
        id=GRID_LAYER_ID,
        get_position="p",
        get_radius=5,
        radius_units='"pixels"',
        get_fill_color=hex_to_rgba(theme.ink, 34),
        pickable=True,
        auto_highlight=True,
        highlight_color=[200, 50, 43, 255],
    )
    return pdk.Deck(
        layers=[line, grid],
        initial_view_state=_build_view_state(boundaries, kecamatan),
        map_provider=None,
        # map_style stays unset: see figures/maps/situation_map.py.
        tooltip=False,
    )


def _build_view_state(boundaries: Boundaries, kecamatan: str) -> Any:
    west, south, east, north = boundaries.bounds_of(kecamatan)
    degrees = max((east - west) / WIDTH, (north - south) / HEIGHT)
    zoom = math.log2(360 / 512 / degrees) - 0.15
    return pdk.ViewState(longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=zoom)
