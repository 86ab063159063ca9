"""Scale bar of the live map: a length on the ground, so it is true at every zoom."""

import math

import pydeck as pdk
import shapely

from situasi.common.formats import format_number
from situasi.domain.boundaries import Boundaries
from situasi.figures.maps.base_layers import FONT
from situasi.figures.maps.label_placement import PHONE_WIDTH_PX, LabelLayout
from situasi.figures.maps.projection import Camera, PointXY
from situasi.figures.theme import Theme, hex_to_rgba

_EQUATOR_KM, _WORLD_PX = 40_075.0, 512
_MAX_LENGTH_PX, _TEXT_PX = 100.0, 11
_MARGIN_PX, _HEIGHT_PX = 8.0, 18.0


def build_scale_layers(
    layout: LabelLayout, boundaries: Boundaries, height_px: float, theme: Theme
) -> list[pdk.Layer]:
    """Build the bar with its length in km, in a corner where nothing else is drawn."""
    km = choose_length_km(layout.camera)
    left, bottom = _choose_corner(layout, boundaries, height_px, _measure_px(km, layout.camera))
    degrees = layout.camera.to_degrees
    start, end = degrees((left, bottom)), degrees((left + _measure_px(km, layout.camera), bottom))
    ink = hex_to_rgba(theme.muted)
    return [
        pdk.Layer(
            "LineLayer", [{"from": start, "to": end}], id="skala", get_source_position="from",
            get_target_position="to", get_color=ink, get_width=2, width_units='"pixels"',
        ),
        pdk.Layer(
            "TextLayer", [{"at": start, "text": f"{format_number(km)} km"}], id="skala-teks",
            get_text="text", get_position="at", get_size=_TEXT_PX, get_color=ink,
            get_text_anchor='"start"', get_alignment_baseline='"bottom"', get_pixel_offset=[0, -3],
            font_family=FONT,
            font_settings={"fontSize": 22, "buffer": 4},
        ),
    ]  # fmt: skip


def choose_length_km(camera: Camera) -> int:
    """Return the longest round length (1, 2 or 5 times a power of ten) that is short enough."""
    longest = max(1.0, _MAX_LENGTH_PX / _measure_px(1, camera))
    power = 10 ** math.floor(math.log10(longest))
    return int(power * max(step for step in (1, 2, 5) if step * power <= longest))


def _measure_px(km: float, camera: Camera) -> float:
    km_per_px = _EQUATOR_KM * math.cos(math.radians(camera.latitude)) / _WORLD_PX / 2**camera.zoom
    return km / km_per_px


def _choose_corner(
    layout: LabelLayout, boundaries: Boundaries, height_px: float, length_px: float
) -> PointXY:
    """Return the left end of the bar: in the first corner that is free, else the first."""
    shapes = shapely.transform(boundaries.polygons, layout.camera.to_pixels)
    drawn = shapely.union_all(
        [*shapes, *(shapely.box(*label.bounding_box) for label in layout.labels.values())]
    )
    side, edge = PHONE_WIDTH_PX / 2 - _MARGIN_PX, height_px / 2 - _MARGIN_PX
    corners = [
        (left, bottom) for bottom in (edge, _HEIGHT_PX - edge) for left in (-side, side - length_px)
    ]
    free = (
        (left, bottom)
        for left, bottom in corners
        if not drawn.intersects(shapely.box(left, bottom - _HEIGHT_PX, left + length_px, bottom))
    )
    return next(free, corners[0])
