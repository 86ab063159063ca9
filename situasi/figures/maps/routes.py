"""Moves on the map: a line from where officers are to where they are needed, a dot at its end."""

import pandas as pd
import pydeck as pdk

from situasi.figures.theme import Theme, hex_to_rgba

_MAX_WIDTH_PX = 6


def build_route_layers(moves: pd.DataFrame, theme: Theme) -> list[pdk.Layer]:
    """Build the layers of the moves.

    moves: one row for each pair of places: lon, lat, to_lon, to_lat (degrees), officers, label. A
    move within one place is only a dot.
    """
    rows = [
        {
            "x": round(move["lon"], 4),
            "y": round(move["lat"], 4),
            "u": round(move["to_lon"], 4),
            "v": round(move["to_lat"], 4),
            "n": min(_MAX_WIDTH_PX, 1 + move["officers"]),
            "nama": move["label"],
        }
        for move in moves.to_dict("records")
    ]
    ink = hex_to_rgba(theme.accent, 220)
    lines = pdk.Layer(
        "LineLayer",
        rows,
        id="pergeseran",
        pickable=True,
        get_source_position="[x, y]",
        get_target_position="[u, v]",
        get_color=ink,
        get_width="n",
        width_units='"pixels"',
    )
    ends = pdk.Layer(
        "ScatterplotLayer",
        rows,
        id="tujuan",
        pickable=True,
        get_position="[u, v]",
        get_radius="3 + n",
        radius_units='"pixels"',
        get_fill_color=hex_to_rgba(theme.accent, 70),
        get_line_color=ink,
        stroked=True,
        line_width_min_pixels=2,
    )
    return [lines, ends]
