"""Marks of incidents on the map: shape and colour of their tingkat, each with a thin rim."""

import io
from functools import cache
from hashlib import sha256
from typing import Any

import pandas as pd
import pydeck as pdk
from PIL import Image, ImageDraw

from situasi.figures.theme import DARK, LIGHT, SHAPES, TINGKAT, UNRATED, Theme, hex_to_rgba

# More points cannot be told apart, and cost every viewer at every refresh.
MAX_POINTS = 1_500

_ICON_PX = 64
# Where the browser fetches the marks, once.
ATLAS_ROUTE = "/peta/tanda-{fingerprint}.png"
# Short names of the marks in the rows that are sent.
_ICON_KEYS = {level: level[:1] for level in SHAPES}


def build_marker_layer(points: pd.DataFrame, theme: Theme) -> pdk.Layer:
    """Build the layer of the marks; points as for build_situation_map."""
    level = points["tingkat"].astype("object").where(points["tingkat"].notna(), UNRATED)
    # Drawn in this order: the serious ones are on top.
    order = level.map({"tinggi": 2, "sedang": 1}).fillna(0).sort_values(kind="stable").index
    # Short, because a thousand may be sent with every report: 0.0001 degrees are 11 m.
    rows = [
        {"x": round(lon, 4), "y": round(lat, 4), "t": _ICON_KEYS[tingkat], "nama": label}
        for lon, lat, tingkat, label in zip(
            points.loc[order, "lon"],
            points.loc[order, "lat"],
            level.loc[order],
            points.loc[order, "label"],
            strict=True,
        )
    ]
    return pdk.Layer(
        "IconLayer",
        rows,
        id="kejadian",
        pickable=True,
        icon_atlas=f'"{_build_atlas_url(theme.halo)}"',
        icon_mapping=_build_icon_mapping(),
        get_icon="t",
        get_position="[x, y]",
        get_size=f"t=='{_ICON_KEYS['tinggi']}'?29:21",
    )


def _build_icon_mapping() -> dict[str, dict[str, Any]]:
    """Return the position of each mark in the atlas."""
    return {
        _ICON_KEYS[level]: {"x": position * _ICON_PX, "y": 0, "width": _ICON_PX, "height": _ICON_PX}
        for position, level in enumerate(SHAPES)
    }


def build_icon_atlases() -> dict[str, bytes]:
    """Build an image with the marks of each theme, by the fingerprint in ATLAS_ROUTE."""
    return {_compute_fingerprint(theme.halo): _draw_atlas(theme.halo) for theme in (LIGHT, DARK)}


def _build_atlas_url(rim: str) -> str:
    return ATLAS_ROUTE.format(fingerprint=_compute_fingerprint(rim))


def _compute_fingerprint(rim: str) -> str:
    return sha256(_draw_atlas(rim)).hexdigest()[:12]


@cache
def _draw_atlas(rim: str) -> bytes:
    """Draw all marks in one PNG."""
    scale = 4
    size = _ICON_PX * scale
    # Transparent, but with the colour of the rim: mixed edge pixels stay bright.
    image = Image.new("RGBA", (size * len(SHAPES), size), (*hex_to_rgba(rim)[:3], 0))
    draw = ImageDraw.Draw(image)
    for position, (level, shape) in enumerate(SHAPES.items()):
        _draw_icon(draw, shape, position * size, size, TINGKAT[level], rim)
    small = image.resize((_ICON_PX * len(SHAPES), _ICON_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return buffer.getvalue()


def _draw_icon(
    draw: ImageDraw.ImageDraw, shape: str, left: int, size: int, colour: str, rim: str
) -> None:
    """Draw a shape that fills its square, the rim inside."""
    edge, rim_width, middle, right = size // 16, size // 13, size // 2, left + size
    if shape == "triangle":
        corners = [(left + middle, 0), (right, size - edge), (left, size - edge)]
        draw.polygon(corners, colour, rim, rim_width)
    elif shape == "diamond":
        corners = [(left + middle, 0), (right, middle), (left + middle, size), (left, middle)]
        draw.polygon(corners, colour, rim, rim_width)
    elif shape == "circle":
        draw.ellipse(_circle_bounds(left, size, edge), colour, rim, rim_width)
    else:
        draw.ellipse(_circle_bounds(left, size, edge), None, rim, size // 4)
        draw.ellipse(_circle_bounds(left, size, edge + rim_width), None, colour, size // 9)


def _circle_bounds(left: int, size: int, inset: int) -> tuple[int, int, int, int]:
    return left + inset, inset, left + size - inset, size - inset
