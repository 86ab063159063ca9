"""The live map: kecamatan coloured by a measure, and incidents as marks."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import pydeck as pdk
from PIL import Image, ImageDraw
from pydeck.bindings.json_tools import default_serialize

from situasi.figures.theme import SHAPES, TINGKAT, UNRATED, Theme, rgb
from situasi.shapes import Boundaries

HEIGHT = 500
# More points than this are not seen apart and cost every viewer at every refresh.
MOST_POINTS = 1_500

_ICON = 64
_FONT = '"Source Sans", "Source Sans 3", sans-serif'


@dataclass(frozen=True)
class Area:
    """How one kecamatan is drawn.

    drawn: "filled"; "silent": no report, so no colour and a dashed outline; "filtered": left
    out by the viewer's own choice, so nothing is said of it. strength: how opaque the fill
    is, 0 to 255; the ordinary is faint, so that trouble stands out.
    """

    name: str
    value: str = ""
    fill: str | None = None
    strength: int = 255
    chosen: bool = False
    drawn: str = "filled"


def situation_map(
    boundaries: Boundaries,
    url: str,
    areas: Mapping[str, Area],
    points: pd.DataFrame | None,
    theme: Theme,
    *,
    layer_id: str,
    height: int = HEIGHT,
) -> pdk.Deck:
    """The map of the kabupaten.

    url: from which the browser fetches the boundaries (once). areas: by kecamatan code.
    points: open cases with lat, lon, tingkat and `label`, at most MOST_POINTS; None: no marks.
    layer_id: a new id lets go of the viewer's last click and keeps the camera. height: in pixels.
    """
    layers = [
        _polygons(url, areas, theme, layer_id),
        *_labels(boundaries, areas, theme),
        *([] if points is None else [_marks(points)]),
    ]
    return _Deck(
        layers=layers,
        initial_view_state=_view(boundaries, height),
        map_provider=None,
        # map_style stays unset: setting it, even to None, makes the page call for tiles.
        tooltip={"text": "{nama}"},
    )


class _Deck(pdk.Deck):  # type: ignore[misc]
    """A deck written without the blanks and line breaks that pydeck puts in.

    With 1,000 points that is half the bytes, and a fifth of the time: Python indents slowly.
    """

    def to_json(self) -> str:
        return json.dumps(self, sort_keys=True, default=default_serialize, separators=(",", ":"))


def _by_code(values: Mapping[str, Any], otherwise: Any) -> str:
    """A deck.gl expression that gives each feature the value of its kode."""
    chain = "".join(f"properties.kode=='{code}'?{value}:" for code, value in values.items())
    return f"{chain}{otherwise}"


def _polygons(url: str, areas: Mapping[str, Area], theme: Theme, layer_id: str) -> pdk.Layer:
    fills = {code: rgb(a.fill, a.strength) if a.fill else [0, 0, 0, 0] for code, a in areas.items()}
    line, ink = rgb(theme.ink, 110), rgb(theme.ink)
    silent = {code: [8, 5] for code, a in areas.items() if a.drawn == "silent"}
    return pdk.Layer(
        "GeoJsonLayer",
        url,
        id=layer_id,
        pickable=True,
        stroked=True,
        filled=True,
        get_fill_color=_by_code(fills, [0, 0, 0, 0]),
        get_line_color=_by_code({c: ink for c, a in areas.items() if a.chosen}, line),
        get_line_width=_by_code({c: 3 for c, a in areas.items() if a.chosen}, 1),
        line_width_units='"pixels"',
        get_dash_array=_by_code(silent, [0, 0]),
        extensions=[{"@@type": "PathStyleExtension", "dash": True, "highPrecisionDash": True}],
    )


def _labels(boundaries: Boundaries, areas: Mapping[str, Area], theme: Theme) -> list[pdk.Layer]:
    rows = [
        {
            "lon": lon,
            "lat": lat,
            "name": areas[code].name.replace(" ", "\n"),
            "value": areas[code].value,
            "ink": rgb(theme.muted, 120) if areas[code].drawn == "filtered" else rgb(theme.ink),
            "below": [0, 15 if " " in areas[code].name else 8],
        }
        for code, (lon, lat) in boundaries.label_points.items()
        if code in areas
    ]
    style: dict[str, Any] = {
        "get_position": "[lon, lat]",
        "get_color": "ink",
        "character_set": '"auto"',
        "font_family": f"'{_FONT}'",
        "font_settings": {"sdf": True, "fontSize": 64, "buffer": 8, "radius": 14},
        "outline_width": 5,
        "outline_color": rgb(theme.halo, 235),
    }
    return [
        pdk.Layer(
            "TextLayer", rows, id="nama", get_text="name", get_size=12.5, font_weight=600,
            line_height=1.0, get_pixel_offset=[0, -6], **style,
        ),
        pdk.Layer(
            "TextLayer", rows, id="nilai", get_text="value", get_size=14, font_weight=700,
            get_pixel_offset="below", **style,
        ),
    ]  # fmt: skip


def _marks(points: pd.DataFrame) -> pdk.Layer:
    level = points["tingkat"].astype("object").where(points["tingkat"].notna(), UNRATED)
    # Drawn in this order: the heavy ones lie on top.
    order = level.map({"tinggi": 2, "sedang": 1}).fillna(0).sort_values(kind="stable").index
    rows = [
        {
            "lon": round(lon, 5),
            "lat": round(lat, 5),
            "icon": tingkat,
            "color": rgb(TINGKAT[tingkat]),
            "size": 26 if tingkat == "tinggi" else 18,
            "nama": label,
        }
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
        icon_atlas=f'"{_atlas()}"',
        icon_mapping=_mapping(),
        get_icon="icon",
        get_position="[lon, lat]",
        get_color="color",
        get_size="size",
    )


def _mapping() -> dict[str, dict[str, Any]]:
    """Where each mark lies in the atlas. A mask takes the colour of its row."""
    return {
        level: {"x": at * _ICON, "y": 0, "width": _ICON, "height": _ICON, "mask": True}
        for at, level in enumerate(SHAPES)
    }


@cache
def _atlas() -> str:
    """All marks in one picture, as a data address: nothing to fetch."""
    scale = 4
    size = _ICON * scale
    image = Image.new("RGBA", (size * len(SHAPES), size))
    draw = ImageDraw.Draw(image)
    for at, shape in enumerate(SHAPES.values()):
        _draw(draw, shape, at * size, size)
    small = image.resize((_ICON * len(SHAPES), _ICON), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _draw(draw: ImageDraw.ImageDraw, shape: str, left: int, size: int) -> None:
    a, b, middle = size // 16, size - size // 16, size // 2
    edge = size // 8
    white = (255, 255, 255, 255)
    if shape == "circle":
        draw.ellipse((left + edge, edge, left + size - edge, size - edge), white)
    elif shape == "triangle":
        draw.polygon([(left + middle, a), (left + b, b - a), (left + a, b - a)], white)
    elif shape == "diamond":
        draw.polygon([(left + middle, 0), (left + size, middle), (left + middle, size),
                      (left, middle)], white)  # fmt: skip
    else:
        draw.ellipse((left + edge, edge, left + size - edge, size - edge), None, white, edge)


def _view(boundaries: Boundaries, height: int) -> pdk.ViewState:
    """A camera that holds the whole kabupaten, on a phone's width too."""
    west, south, east, north = boundaries.bounds
    fits = [_zoom(height * 0.94, north - south), _zoom(360, east - west)]
    return pdk.ViewState(
        longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=round(min(fits), 2)
    )


def _zoom(pixels: float, degrees: float) -> float:
    # deck.gl draws the world 512 pixels wide at zoom 0. Near the equator a degree of
    # latitude is as long as one of longitude.
    return math.log2(pixels * 360 / (512 * max(degrees, 0.01)))
