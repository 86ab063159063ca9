"""The live map: kecamatan coloured by a measure, their names, and incidents as marks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize

from situasi.figures.maps import labels, markers, routes
from situasi.figures.maps.area_style import Area
from situasi.figures.maps.label_placement import Placing
from situasi.figures.theme import Theme, rgb

HEIGHT = 430


def situation_map(
    placing: Placing,
    url: str,
    areas: Mapping[str, Area],
    points: pd.DataFrame | None,
    theme: Theme,
    *,
    layer_id: str,
    moves: pd.DataFrame | None = None,
) -> pdk.Deck:
    """The map of the kabupaten.

    placing: where the names stand, and the camera. url: from which the browser fetches the
    boundaries (once). areas: by kecamatan code. points: open cases with lat, lon, tingkat and
    `label`, at most MOST_POINTS; None: no marks. layer_id: a new id lets go of the viewer's
    last click and keeps the camera. moves: lines from one place to another (map_moves.layers).
    """
    camera = placing.camera
    return _Deck(
        layers=[
            _polygons(url, areas, theme, layer_id),
            *labels.leaders(placing, areas, theme),
            *([] if moves is None else routes.layers(moves, theme)),
            *([] if points is None else [markers.marks(points, theme)]),
            labels.names(placing, areas, theme),
        ],
        initial_view_state=pdk.ViewState(
            longitude=camera.longitude, latitude=camera.latitude, zoom=camera.zoom
        ),
        map_provider=None,
        # map_style stays unset: setting it, even to None, makes the page call for tiles.
        tooltip={"text": "{nama}"},
    )


class _Deck(pdk.Deck):  # type: ignore[misc]
    """A deck written without the blanks and line breaks that pydeck puts in.

    With 1,000 points that is half the bytes, and a fifth of the time: Python indents slowly.
    """

    _written: str | None = None

    def to_json(self) -> str:
        # One map is drawn for everybody who sees the same.
        if self._written is None:
            self._written = self._tightly()
        return self._written

    def _tightly(self) -> str:
        return json.dumps(
            self,
            sort_keys=True,
            default=default_serialize,
            separators=(",", ":"),
            ensure_ascii=False,
        )


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
