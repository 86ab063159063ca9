"""The marks of incidents on the map: shape and colour of their weight, each with a thin rim."""

from __future__ import annotations

import io
from functools import cache
from hashlib import sha256
from typing import Any

import pandas as pd
import pydeck as pdk
from PIL import Image, ImageDraw

from situasi.figures.theme import DARK, LIGHT, SHAPES, TINGKAT, UNRATED, Theme, hex_to_rgba

# More points than this are not seen apart and cost every viewer at every refresh.
MAX_POINTS = 1_500

_ICON_PX = 64
# Where the browser fetches the marks, once.
ATLAS_ROUTE = "/peta/tanda-{fingerprint}.png"
# What a mark is called in the rows that are sent.
_ICON_KEYS = {level: level[:1] for level in SHAPES}


def build_marker_layer(points: pd.DataFrame, theme: Theme) -> pdk.Layer:
    """The layer of the marks; points as situation_map wants them."""
    level = points["tingkat"].astype("object").where(points["tingkat"].notna(), UNRATED)
    # Drawn in this order: the heavy ones lie on top.
    order = level.map({"tinggi": 2, "sedang": 1}).fillna(0).sort_values(kind="stable").index
    # Short, for there may be a thousand, sent with every report: 0.0001 degrees are 11 m.
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
    """Where each mark lies in the atlas."""
    return {
        _ICON_KEYS[level]: {"x": at * _ICON_PX, "y": 0, "width": _ICON_PX, "height": _ICON_PX}
        for at, level in enumerate(SHAPES)
    }


def build_icon_atlases() -> dict[str, bytes]:
    """The marks of each theme in one picture, by what ROUTE calls it."""
    return {_compute_fingerprint(one.halo): _draw_atlas(one.halo) for one in (LIGHT, DARK)}


def _build_atlas_url(rim: str) -> str:
    return ATLAS_ROUTE.format(fingerprint=_compute_fingerprint(rim))


def _compute_fingerprint(rim: str) -> str:
    return sha256(_draw_atlas(rim)).hexdigest()[:12]


@cache
def _draw_atlas(rim: str) -> bytes:
    """All marks in one picture: PNG."""
    scale = 4
    size = _ICON_PX * scale
    # Clear, but of the rim's colour: what is mixed at the edges stays bright.
    image = Image.new("RGBA", (size * len(SHAPES), size), (*hex_to_rgba(rim)[:3], 0))
    draw = ImageDraw.Draw(image)
    for at, (level, shape) in enumerate(SHAPES.items()):
        _draw_icon(draw, shape, at * size, size, TINGKAT[level], rim)
    small = image.resize((_ICON_PX * len(SHAPES), _ICON_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return buffer.getvalue()


def _draw_icon(
    draw: ImageDraw.ImageDraw, shape: str, left: int, size: int, colour: str, rim: str
) -> None:
    """A shape that fills its square, the rim within."""
    edge, thin, middle, right = size // 16, size // 13, size // 2, left + size
    if shape == "triangle":
        corners = [(left + middle, 0), (right, size - edge), (left, size - edge)]
        draw.polygon(corners, colour, rim, thin)
    elif shape == "diamond":
        corners = [(left + middle, 0), (right, middle), (left + middle, size), (left, middle)]
        draw.polygon(corners, colour, rim, thin)
    elif shape == "circle":
        draw.ellipse(_circle_bounds(left, size, edge), colour, rim, thin)
    else:
        draw.ellipse(_circle_bounds(left, size, edge), None, rim, size // 4)
        draw.ellipse(_circle_bounds(left, size, edge + thin), None, colour, size // 9)


def _circle_bounds(left: int, size: int, inset: int) -> tuple[int, int, int, int]:
    return left + inset, inset, left + size - inset, size - inset
