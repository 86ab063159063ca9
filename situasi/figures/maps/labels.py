"""The names of the kecamatan on the map, their values, and the lines to those beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pydeck as pdk

from situasi.figures.maps.area_style import Area
from situasi.figures.maps.label_metrics import NAME, VALUE, Label
from situasi.figures.maps.label_placement import Placing
from situasi.figures.theme import Theme, ink_reads, rgb

_FONT = '"Source Sans", "Source Sans 3", sans-serif'
_FAINT = 120


def names(placing: Placing, areas: Mapping[str, Area], theme: Theme) -> pdk.Layer:
    """The layer of names and values; it lies over the marks."""
    rows = [
        row
        for code, label in placing.labels.items()
        if code in areas
        for row in _rows(placing, label, areas[code], theme)
    ]
    return pdk.Layer(
        "TextLayer", rows, id="nama", get_text="text", get_position="[lon, lat]", get_size="size",
        get_color="ink", get_pixel_offset="by", get_text_anchor="align", line_height=1.0,
        character_set='"auto"', font_family=f"'{_FONT}'", font_weight=650,
        # Twice the size that is drawn. Without outlines, for which deck.gl would space letters ill.
        font_settings={"fontSize": 24, "buffer": 4},
    )  # fmt: skip


def leaders(placing: Placing, areas: Mapping[str, Area], theme: Theme) -> list[pdk.Layer]:
    """A thin line from each kecamatan that is named beside the map, with a dot at its end."""
    degrees = placing.camera.degrees
    rows = [
        {
            "from": degrees(label.leader[0]),
            "to": degrees(label.leader[1]),
            "ink": rgb(theme.muted, _FAINT if areas[code].drawn == "filtered" else 255),
        }
        for code, label in placing.labels.items()
        if code in areas and not label.inside
    ]
    line = {"get_source_position": "from", "get_target_position": "to", "width_units": '"pixels"'}
    return [
        # Its rim keeps a line visible on every fill.
        pdk.Layer(
            "LineLayer", rows, id="garis-tepi", get_color=rgb(theme.halo, 200), get_width=3, **line
        ),
        pdk.Layer("LineLayer", rows, id="garis", get_color="ink", get_width=1, **line),
        pdk.Layer(
            "ScatterplotLayer", rows, id="titik", get_position="from", get_fill_color="ink",
            get_line_color=rgb(theme.halo), stroked=True, get_radius=2.5, radius_units='"pixels"',
            line_width_units='"pixels"', get_line_width=1,
        ),
    ]  # fmt: skip


def _rows(placing: Placing, label: Label, area: Area, theme: Theme) -> Iterator[dict[str, Any]]:
    """One row for the name, one for the value if there is one."""
    lon, lat = placing.camera.degrees(label.spot)
    common = {"lon": lon, "lat": lat, "ink": _ink(label, area, theme), "align": label.align}
    name = "\n".join(label.lines)
    if label.one_line or not area.value:
        # A name without a value stands in the middle of the room for both.
        yield {"text": f"{name} {area.value}".strip(), "size": NAME, "by": [0, 0], **common}
        return
    up, down = label.halves
    yield {"text": name, "size": NAME, "by": [0, -up], **common}
    yield {"text": area.value, "size": VALUE, "by": [0, down], **common}


def _ink(label: Label, area: Area, theme: Theme) -> list[int]:
    """On a strong fill the letters have the colour of the paper."""
    if area.drawn == "filtered":
        return rgb(theme.muted, _FAINT)
    if label.inside and area.fill and not ink_reads(area.fill, area.strength, theme):
        return rgb(theme.paper)
    return rgb(theme.ink)
