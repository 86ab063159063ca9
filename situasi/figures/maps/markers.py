"""The marks of incidents on the map: shape and colour of their weight, each with a thin rim."""

from __future__ import annotations

import io
from functools import cache
from hashlib import sha256
from typing import Any

import pandas as pd
import pydeck as pdk
from PIL import Image, ImageDraw

from situasi.figures.theme import DARK, LIGHT, SHAPES, TINGKAT, UNRATED, Theme, rgb

# More points than this are not seen apart and cost every viewer at every refresh.
MOST_POINTS = 1_500

_ICON = 64
# Where the browser fetches the marks, once.
ROUTE = "/peta/tanda-{fingerprint}.png"
# What a mark is called in the rows that are sent.
_SHORT = {level: level[:1] for level in SHAPES}


def marks(points: pd.DataFrame, theme: Theme) -> pdk.Layer:
    """The layer of the marks; points as situation_map wants them."""
    level = points["tingkat"].astype("object").where(points["tingkat"].notna(), UNRATED)
    # Drawn in this order: the heavy ones lie on top.
    order = level.map({"tinggi": 2, "sedang": 1}).fillna(0).sort_values(kind="stable").index
    # Short, for there may be a thousand, sent with every report: 0.0001 degrees are 11 m.
    rows = [
        {"x": round(lon, 4), "y": round(lat, 4), "t": _SHORT[tingkat], "nama": label}
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
        icon_atlas=f'"{_address(theme.halo)}"',
        icon_mapping=_mapping(),
        get_icon="t",
        get_position="[x, y]",
        get_size=f"t=='{_SHORT['tinggi']}'?29:21",
    )


def _mapping() -> dict[str, dict[str, Any]]:
    """Where each mark lies in the atlas."""
    return {
        _SHORT[level]: {"x": at * _ICON, "y": 0, "width": _ICON, "height": _ICON}
        for at, level in enumerate(SHAPES)
    }


def pictures() -> dict[str, bytes]:
    """The marks of each theme in one picture, by what ROUTE calls it."""
    return {_fingerprint(one.halo): _atlas(one.halo) for one in (LIGHT, DARK)}


def _address(rim: str) -> str:
    return ROUTE.format(fingerprint=_fingerprint(rim))


def _fingerprint(rim: str) -> str:
    return sha256(_atlas(rim)).hexdigest()[:12]


@cache
def _atlas(rim: str) -> bytes:
    """All marks in one picture: PNG."""
    scale = 4
    size = _ICON * scale
    # Clear, but of the rim's colour: what is mixed at the edges stays bright.
    image = Image.new("RGBA", (size * len(SHAPES), size), (*rgb(rim)[:3], 0))
    draw = ImageDraw.Draw(image)
    for at, (level, shape) in enumerate(SHAPES.items()):
        _draw(draw, shape, at * size, size, TINGKAT[level], rim)
    small = image.resize((_ICON * len(SHAPES), _ICON), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return buffer.getvalue()


def _draw(
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
        draw.ellipse(_circle(left, size, edge), colour, rim, thin)
    else:
        draw.ellipse(_circle(left, size, edge), None, rim, size // 4)
        draw.ellipse(_circle(left, size, edge + thin), None, colour, size // 9)


def _circle(left: int, size: int, inset: int) -> tuple[int, int, int, int]:
    return left + inset, inset, left + size - inset, size - inset
