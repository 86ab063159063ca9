"""Base map of a live map: what the browser fetches once, and how quietly it is drawn."""

from collections.abc import Mapping
from typing import Any

import pydeck as pdk

from situasi.domain.basemap import (
    LINES,
    NAME_ZOOMS,
    NAMES,
    OFFICE_KINDS,
    POLICE_KINDS,
    Basemap,
)
from situasi.figures.theme import Theme, hex_to_rgba

# Widths of lines on a screen.
LINE_WIDTHS_PX = {"sungai": 1.4, "tol": 1.8, "jalan_utama": 1.5, "jalan": 0.8, "rel": 1.2}
# Offices of the police are filled, those of the election hollow; the head office is larger.
OFFICE_RADIUS_PX = {"mapolres": 6.0, "polsek": 4.0, "ppk": 4.0, "kpu": 6.0}
_NAME_SIZE_PX = 11
FONT = '\'"Source Sans", "Source Sans 3", sans-serif\''


def get_line_colour(kind: str, theme: Theme) -> str:
    """Return the colour of water, roads and railway."""
    return {"sungai": theme.water, "perairan": theme.water}.get(kind, theme.road)


def get_office_fill(kind: str, theme: Theme) -> str:
    """Return the colour that fills the mark of an office, whose line is the accent."""
    return theme.accent if kind in POLICE_KINDS else theme.paper


def build_base_layers(basemap: Basemap, theme: Theme) -> list[pdk.Layer]:
    """Build the lines, and the names that are drawn from a zoom on; none without a base map."""
    layers = []
    if lines_url := basemap.url(LINES):
        layers.append(_build_lines(lines_url, theme))
    if names_url := basemap.url(NAMES):
        layers += [_build_names(names_url, theme, level) for level in range(len(NAME_ZOOMS))]
    return layers


def _build_lines(url: str, theme: Theme) -> pdk.Layer:
    water, road = (hex_to_rgba(theme.water), hex_to_rgba(theme.road))
    is_water = "properties.jenis=='sungai'||properties.jenis=='perairan'"
    offices = {kind: hex_to_rgba(get_office_fill(kind, theme)) for kind in OFFICE_KINDS}
    is_office = "||".join(f"properties.jenis=='{kind}'" for kind in OFFICE_KINDS)
    return pdk.Layer(
        "GeoJsonLayer",
        url,
        id="dasar",
        get_fill_color=build_expression("jenis", offices, hex_to_rgba(theme.water, 150)),
        get_line_color=f"{is_office}?{hex_to_rgba(theme.accent)}:{is_water}?{water}:{road}",
        get_line_width=build_expression(
            "jenis", {**LINE_WIDTHS_PX, **dict.fromkeys(OFFICE_KINDS, 1.5)}, 0
        ),
        line_width_units='"pixels"',
        line_joint_rounded=True,
        get_point_radius=build_expression("jenis", OFFICE_RADIUS_PX, 4),
        point_radius_units='"pixels"',
        get_dash_array="properties.jenis=='rel'?[4,3]:[0,0]",
        extensions=[{"@@type": "PathStyleExtension", "dash": True}],
    )


def build_expression(name: str, values: Mapping[str, Any], default: Any) -> str:
    """Build a deck.gl expression that gives each feature the value of its property `name`."""
    chain = "".join(f"properties.{name}=='{code}'?{value}:" for code, value in values.items())
    return f"{chain}{default}"


def _build_names(url: str, theme: Theme, level: int) -> pdk.Layer:
    """Build the names of a level as one tile of the whole world: only tiles begin at a zoom."""
    return pdk.Layer(
        "TileLayer",
        url,
        id=f"dasar-nama-{level}",
        min_zoom=0,
        max_zoom=0,
        visible_min_zoom=NAME_ZOOMS[level],
        point_type='"text"',
        get_text=f"properties.z=={level}?properties.nama:''",
        get_text_size=_NAME_SIZE_PX,
        get_text_color=hex_to_rgba(theme.muted),
        text_font_family=FONT,
        text_font_settings={"fontSize": 22, "buffer": 4},
    )
