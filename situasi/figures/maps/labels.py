"""Names of the kecamatan on the map, their values, and the lines to those beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pydeck as pdk

from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.label_metrics import NAME_SIZE_PX, VALUE_SIZE_PX, Label
from situasi.figures.maps.label_placement import LabelLayout
from situasi.figures.theme import Theme, hex_to_rgba, is_ink_readable

_FONT = '"Source Sans", "Source Sans 3", sans-serif'
_FAINT_ALPHA = 120


def build_label_layer(
    layout: LabelLayout, areas: Mapping[str, AreaStyle], theme: Theme
) -> pdk.Layer:
    """Build the layer of names and values; it is above the marks."""
    rows = [
        row
        for code, label in layout.labels.items()
        if code in areas
        for row in _generate_label_rows(layout, label, areas[code], theme)
    ]
    return pdk.Layer(
        "TextLayer", rows, id="nama", get_text="text", get_position="[lon, lat]", get_size="size",
        get_color="ink", get_pixel_offset="offset", get_text_anchor="align", line_height=1.0,
        character_set='"auto"', font_family=f"'{_FONT}'", font_weight=650,
        # Twice the drawn size. Without outlines, for which deck.gl would space letters badly.
        font_settings={"fontSize": 24, "buffer": 4},
    )  # fmt: skip


def build_leader_layers(
    layout: LabelLayout, areas: Mapping[str, AreaStyle], theme: Theme
) -> list[pdk.Layer]:
    """Build a thin line from each kecamatan named beside the map, with a dot at its end."""
    degrees = layout.camera.to_degrees
    rows = [
        {
            "from": degrees(label.leader_line[0]),
            "to": degrees(label.leader_line[1]),
            "ink": hex_to_rgba(
                theme.muted, _FAINT_ALPHA if areas[code].fill_mode == "filtered" else 255
            ),
        }
        for code, label in layout.labels.items()
        if code in areas and not label.is_inside
    ]
    line = {"get_source_position": "from", "get_target_position": "to", "width_units": '"pixels"'}
    return [
        # A wider line below keeps it visible on every fill.
        pdk.Layer(
            "LineLayer",
            rows,
            id="garis-tepi",
            get_color=hex_to_rgba(theme.halo, 200),
            get_width=3,
            **line,
        ),
        pdk.Layer("LineLayer", rows, id="garis", get_color="ink", get_width=1, **line),
        pdk.Layer(
            "ScatterplotLayer",
            rows,
            id="titik",
            get_position="from",
            get_fill_color="ink",
            get_line_color=hex_to_rgba(theme.halo),
            stroked=True,
            get_radius=2.5,
            radius_units='"pixels"',
            line_width_units='"pixels"',
            get_line_width=1,
        ),
    ]


def _generate_label_rows(
    layout: LabelLayout, label: Label, area: AreaStyle, theme: Theme
) -> Iterator[dict[str, Any]]:
    """Yield one row for the name, and one for the value if there is one."""
    lon, lat = layout.camera.to_degrees(label.position)
    common = {"lon": lon, "lat": lat, "ink": _select_ink(label, area, theme), "align": label.align}
    name = "\n".join(label.lines)
    if label.is_one_line or not area.value:
        # A name without a value is in the middle of the space for both.
        yield {
            "text": f"{name} {area.value}".strip(),
            "size": NAME_SIZE_PX,
            "offset": [0, 0],
            **common,
        }
        return
    up, down = label.line_offsets
    yield {"text": name, "size": NAME_SIZE_PX, "offset": [0, -up], **common}
    yield {"text": area.value, "size": VALUE_SIZE_PX, "offset": [0, down], **common}


def _select_ink(label: Label, area: AreaStyle, theme: Theme) -> list[int]:
    """Return the letter colour; on a strong fill it is the paper colour."""
    if area.fill_mode == "filtered":
        return hex_to_rgba(theme.muted, _FAINT_ALPHA)
    if label.is_inside and area.fill and not is_ink_readable(area.fill, area.fill_alpha, theme):
        return hex_to_rgba(theme.paper)
    return hex_to_rgba(theme.ink)
