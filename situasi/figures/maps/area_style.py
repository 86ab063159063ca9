"""What the map says of one kecamatan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AreaStyle:
    """How one kecamatan is drawn.

    drawn: "filled"; "silent": no report, so no colour and a dashed outline; "filtered": left
    out by the viewer's own choice, so nothing is said of it. strength: how opaque the fill
    is, 0 to 255; the ordinary is faint, so that trouble stands out.
    """

    name: str
    value: str = ""
    fill: str | None = None
    fill_alpha: int = 255
    is_selected: bool = False
    fill_mode: str = "filled"
