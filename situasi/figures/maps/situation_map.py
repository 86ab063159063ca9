"""Live map: kecamatan coloured by a measure, their names, and incidents as marks."""

import json
from collections.abc import Mapping

import pandas as pd
import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize

from situasi.domain.boundaries import Boundaries
from situasi.figures.maps import base_layers, hatching, labels, markers, routes, scale_bar
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.base_layers import build_expression
from situasi.figures.maps.label_placement import LabelLayout
from situasi.figures.maps.station_cells import CellStyle, build_cell_layer
from situasi.figures.theme import Theme, hex_to_rgba

HEIGHT = 430
# Zooms farther out than the whole map, and the nearest: the base map is no more exact.
_ZOOM_OUT, _MAX_ZOOM = 0.2, 15.0


def build_situation_map(
    layout: LabelLayout,
    boundaries: Boundaries,
    areas: Mapping[str, AreaStyle],
    points: pd.DataFrame | None,
    theme: Theme,
    *,
    layer_id: str,
    view_id: str = "peta",
    moves: pd.DataFrame | None = None,
    cells: tuple[str, CellStyle] | None = None,
) -> pdk.Deck:
    """Build the map of the kabupaten.

    layout: positions of the names, and the camera. boundaries: the browser fetches them and their
    base map by address, once. areas: by kecamatan code. points: marks with lat, lon, placed_by,
    tingkat, n (number of cases) and label, at most markers.MAX_POINTS; None: no marks.
    layer_id: a new id clears the viewer's last click and keeps the camera. view_id: a new id
    brings the camera back. moves: lines between places (routes.build_route_layers). cells: the
    address and the colours of the TPS, drawn from a zoom on.
    """
    camera = layout.camera
    return _CompactDeck(
        layers=[
            _build_polygon_layer(boundaries.url, areas, theme, layer_id),
            *hatching.build_hatch_layers(boundaries, areas, theme),
            *([] if cells is None else [build_cell_layer(*cells, theme)]),
            *base_layers.build_base_layers(boundaries.basemap, theme),
            _build_border_layer(boundaries.url, areas, theme),
            *scale_bar.build_scale_layers(layout, boundaries, HEIGHT, theme),
            *labels.build_leader_layers(layout, areas, theme),
            *([] if moves is None else routes.build_route_layers(moves, theme)),
            *([] if points is None else markers.build_marker_layers(points, theme)),
            labels.build_label_layer(layout, areas, theme),
        ],
        initial_view_state=pdk.ViewState(
            longitude=camera.longitude,
            latitude=camera.latitude,
            zoom=camera.zoom,
            min_zoom=round(camera.zoom - _ZOOM_OUT, 2),
            max_zoom=_MAX_ZOOM,
        ),
        # A map that is turned no longer fits its names, and no reader expects it.
        views=[pdk.View(type="MapView", id=view_id, controller={"dragRotate": False})],
        map_provider=None,
        # map_style stays unset: setting it, even to None, makes the page request tiles.
        tooltip={"text": "{nama}"},
    )


class _CompactDeck(pdk.Deck):  # type: ignore[misc]
    """Deck serialised without the spaces and line breaks of pydeck.

    With 1,000 points that is half the bytes, and a fifth of the time: Python indents slowly.
    """

    _json_text: str | None = None

    def to_json(self) -> str:
        # One deck is shared by all viewers who see the same.
        """Return the compact JSON, serialised once."""
        if self._json_text is None:
            self._json_text = self._to_compact_json()
        return self._json_text

    def _to_compact_json(self) -> str:
        return json.dumps(
            self,
            sort_keys=True,
            default=default_serialize,
            separators=(",", ":"),
            ensure_ascii=False,
        )


def _build_polygon_layer(
    url: str, areas: Mapping[str, AreaStyle], theme: Theme, layer_id: str
) -> pdk.Layer:
    fills = {
        code: hex_to_rgba(a.fill, a.fill_alpha) if a.fill else [0, 0, 0, 0]
        for code, a in areas.items()
    }
    # Under the border lies a wider line of paper, so that it is seen on every fill.
    return pdk.Layer(
        "GeoJsonLayer",
        url,
        id=layer_id,
        pickable=True,
        stroked=True,
        filled=True,
        get_fill_color=build_expression("kode", fills, [0, 0, 0, 0]),
        get_line_color=hex_to_rgba(theme.halo, 230),
        get_line_width=3,
        line_width_units='"pixels"',
    )


def _build_border_layer(url: str, areas: Mapping[str, AreaStyle], theme: Theme) -> pdk.Layer:
    line, ink = hex_to_rgba(theme.ink, 190), hex_to_rgba(theme.ink)
    silent = {code: [8, 5] for code, a in areas.items() if a.fill_mode == "silent"}
    return pdk.Layer(
        "GeoJsonLayer",
        url,
        id="batas",
        stroked=True,
        filled=False,
        get_line_color=build_expression(
            "kode", {c: ink for c, a in areas.items() if a.is_selected}, line
        ),
        get_line_width=build_expression(
            "kode", {c: 3 for c, a in areas.items() if a.is_selected}, 1
        ),
        line_width_units='"pixels"',
        get_dash_array=build_expression("kode", silent, [0, 0]),
        extensions=[{"@@type": "PathStyleExtension", "dash": True, "highPrecisionDash": True}],
    )
