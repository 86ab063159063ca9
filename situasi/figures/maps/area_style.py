"""Style of one kecamatan on the map."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AreaStyle:
    """How one kecamatan is drawn.

    fill_mode: "filled"; "silent": no report, so no colour and a dashed outline; "filtered":
    excluded by the viewer's own choice, so nothing is shown for it. fill_alpha: 0 to 255; normal
    states are faint, so that problems stand out. hatch: the share of it that is not known or old,
    0 to 1, drawn as lines. situasi: the stated one that lines tell without colour: kuning, merah.
    """

    name: str
    value: str = ""
    fill: str | None = None
    fill_alpha: int = 255
    is_selected: bool = False
    fill_mode: str = "filled"
    hatch: float = 0.0
    situasi: str = ""
