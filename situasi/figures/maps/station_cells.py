"""Layer of the cells of TPS: fetched once by address, coloured by what is known of each."""

import json
from dataclasses import dataclass
from hashlib import sha256

import pydeck as pdk

from situasi.figures.theme import Theme, hex_to_rgba

# From this zoom on, cells are drawn; before, they would lie on one another.
CELLS_ZOOM = 11.0
_FILL_ALPHA, _LINE_ALPHA = 235, 200


@dataclass(frozen=True)
class CellStyle:
    """How the cells are coloured: of each TPS, in the register's order, its position in `colours`.

    colours: None: not drawn.
    """

    positions: tuple[int, ...]
    colours: tuple[str | None, ...]


def build_cell_layer(url: str, style: CellStyle, theme: Theme) -> pdk.Layer:
    """Build the layer as one tile of the whole world: only tiles begin at a zoom."""
    fills = [hex_to_rgba(colour or theme.paper, _FILL_ALPHA if colour else 0)
             for colour in style.colours]  # fmt: skip
    lines = [hex_to_rgba(theme.ink, _LINE_ALPHA if colour else 0) for colour in style.colours]
    # In brackets: what reads these expressions takes an index of nothing else.
    position = f"([{','.join(map(str, style.positions))}])[properties.i]"
    return pdk.Layer(
        "TileLayer",
        url,
        # A tile is not coloured anew, whatever changes: other colours are another layer.
        id=f"tps-{sha256(f'{fills}{style.positions}'.encode()).hexdigest()[:8]}",
        min_zoom=0,
        max_zoom=0,
        visible_min_zoom=CELLS_ZOOM,
        pickable=True,
        stroked=True,
        filled=True,
        get_fill_color=f"({json.dumps(fills, separators=(',', ':'))})[{position}]",
        get_line_color=f"({json.dumps(lines, separators=(',', ':'))})[{position}]",
        get_line_width=1,
        line_width_units='"pixels"',
        get_dash_array="properties.e?[3,2]:[0,0]",
        extensions=[{"@@type": "PathStyleExtension", "dash": True, "highPrecisionDash": True}],
    )
