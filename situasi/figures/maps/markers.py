"""Marks of incidents on the map: shape and colour of their tingkat, each with a thin rim.

A mark whose place is an estimate is hollow, with a dashed line.
"""

import io
import math
from functools import cache
from hashlib import sha256
from typing import Any

import pandas as pd
import pydeck as pdk
import shapely
from PIL import Image, ImageDraw
from shapely.ops import substring

from situasi.figures.maps.base_layers import FONT
from situasi.figures.theme import DARK, LIGHT, SHAPES, TINGKAT, UNRATED, Theme, hex_to_rgba

# More points cannot be told apart, and cost every viewer at every refresh.
MAX_POINTS = 1_500

LAYER_ID = "kejadian"
# What `placed_by` says of a place that is no estimate.
POINT = "titik"
_ICON_PX = 64
# Where the browser fetches the marks, once.
ATLAS_ROUTE = "/peta/tanda-{fingerprint}.png"
# Short names of the marks in the rows that are sent; capital letters for estimated places.
_ICON_KEYS = {level: level[:1] for level in SHAPES}
_DASH_SHARE, _DASHES = 0.58, 8


def format_mark_key(lon: float, lat: float) -> str:
    """Return what names a mark: its place, as it is sent."""
    return f"{round(lon, 4)} {round(lat, 4)}"


def build_marker_layers(points: pd.DataFrame, theme: Theme) -> list[pdk.Layer]:
    """Build the layers of the marks and of their counts; points as for build_situation_map."""
    level = points["tingkat"].astype("object").where(points["tingkat"].notna(), UNRATED)
    # Drawn in this order: the serious ones are on top.
    order = level.map({"tinggi": 2, "sedang": 1}).fillna(0).sort_values(kind="stable").index
    # Short, because a thousand may be sent with every report: 0.0001 degrees are 11 m.
    ordered: list[Any] = list(points.loc[order].itertuples())
    rows = [
        {"x": round(row.lon, 4), "y": round(row.lat, 4), "t": _select_icon(tingkat, row),
         "nama": row.label, "n": f"{row.n}" if row.n > 1 else ""}
        for tingkat, row in zip(level.loc[order], ordered, strict=True)
    ]  # fmt: skip
    icons = pdk.Layer(
        "IconLayer",
        rows,
        id=LAYER_ID,
        pickable=True,
        icon_atlas=f'"{_build_atlas_url(theme)}"',
        icon_mapping=_build_icon_mapping(),
        get_icon="t",
        get_position="[x, y]",
        get_size="t=='t'||t=='T'?29:21",
    )
    counts = pdk.Layer(
        "TextLayer",
        [row for row in rows if row["n"]],
        id="kejadian-banyak",
        get_text="n",
        get_position="[x, y]",
        get_size=12,
        get_pixel_offset=[13, -11],
        get_color=hex_to_rgba(theme.paper),
        background=True,
        get_background_color=hex_to_rgba(theme.ink),
        background_padding=[3, 1, 3, 1],
        font_family=FONT,
        font_weight=650,
        font_settings={"fontSize": 24, "buffer": 4},
    )
    return [icons, counts]


def _select_icon(tingkat: str, row: Any) -> str:
    key = _ICON_KEYS[tingkat]
    return key if row.placed_by == POINT else key.upper()


def _build_icon_mapping() -> dict[str, dict[str, Any]]:
    """Return the position of each mark in the atlas."""
    return {
        key: {"x": column * _ICON_PX, "y": row * _ICON_PX, "width": _ICON_PX, "height": _ICON_PX}
        for column, level in enumerate(SHAPES)
        for row, key in enumerate((_ICON_KEYS[level], _ICON_KEYS[level].upper()))
    }


def build_icon_atlases() -> dict[str, bytes]:
    """Build an image with the marks of each theme, by the fingerprint in ATLAS_ROUTE."""
    return {_compute_fingerprint(theme): _draw_atlas(theme) for theme in (LIGHT, DARK)}


def _build_atlas_url(theme: Theme) -> str:
    return ATLAS_ROUTE.format(fingerprint=_compute_fingerprint(theme))


def _compute_fingerprint(theme: Theme) -> str:
    return sha256(_draw_atlas(theme)).hexdigest()[:12]


@cache
def _draw_atlas(theme: Theme) -> bytes:
    """Draw all marks in one PNG: a row of known places, and one of estimated ones."""
    scale, rim = 4, theme.halo
    size = _ICON_PX * scale
    # Transparent, but with the colour of the rim: mixed edge pixels stay bright.
    image = Image.new("RGBA", (size * len(SHAPES), size * 2), (*hex_to_rgba(rim)[:3], 0))
    draw = ImageDraw.Draw(image)
    for position, (level, shape) in enumerate(SHAPES.items()):
        _draw_icon(draw, shape, position * size, size, TINGKAT[level], rim)
        _draw_hollow_icon(draw, shape, (position * size, size), size, TINGKAT[level], theme.paper)
    small = image.resize((_ICON_PX * len(SHAPES), _ICON_PX * 2), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return buffer.getvalue()


def _list_corners(shape: str, left: int, size: int, edge: int) -> list[tuple[float, float]]:
    """Return the corners of a triangle or diamond that fills its square."""
    middle, right = size // 2, left + size
    if shape == "triangle":
        return [(left + middle, 0), (right, size - edge), (left, size - edge)]
    return [(left + middle, 0), (right, middle), (left + middle, size), (left, middle)]


def _draw_icon(
    draw: ImageDraw.ImageDraw, shape: str, left: int, size: int, colour: str, rim: str
) -> None:
    """Draw a shape that fills its square, the rim inside."""
    edge, rim_width = size // 16, size // 13
    if shape in ("triangle", "diamond"):
        draw.polygon(_list_corners(shape, left, size, edge), colour, rim, rim_width)
    elif shape == "circle":
        draw.ellipse(_circle_bounds(left, size, edge), colour, rim, rim_width)
    else:
        draw.ellipse(_circle_bounds(left, size, edge), None, rim, size // 4)
        draw.ellipse(_circle_bounds(left, size, edge + rim_width), None, colour, size // 9)


def _draw_hollow_icon(
    draw: ImageDraw.ImageDraw,
    shape: str,
    corner: tuple[int, int],
    size: int,
    colour: str,
    fill: str,
) -> None:
    """Draw a shape of the colour of the paper, with a dashed line along its edge."""
    (left, top), middle, inset = corner, size / 2, size // 9
    if shape in ("triangle", "diamond"):
        inner = _list_corners(shape, inset, size - 2 * inset, size // 16)
        points = [(left + x, top + inset + y) for x, y in inner]
    else:
        angles = [2 * math.pi * step / 48 for step in range(48)]
        radius = middle - inset
        points = [
            (left + middle + radius * math.cos(a), top + middle + radius * math.sin(a))
            for a in angles
        ]
    draw.polygon(points, fill)
    outline = shapely.LineString([*points, points[0]])
    dash = outline.length / _DASHES
    for number in range(_DASHES):
        part = substring(outline, number * dash, (number + _DASH_SHARE) * dash)
        draw.line(list(part.coords), colour, size // 9, joint="curve")


def _circle_bounds(left: int, size: int, inset: int) -> tuple[int, int, int, int]:
    return left + inset, inset, left + size - inset, size - inset
