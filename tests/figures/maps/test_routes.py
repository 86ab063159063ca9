"""Moves on the map: from where to where, thicker for more officers, and never without bounds."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from situasi.figures.maps import routes
from situasi.figures.theme import DARK, LIGHT, Theme


def rows(theme: Theme, *officers: int) -> list[dict[str, Any]]:
    """The layers of moves of so many officers, as the browser is told."""
    moves = pd.DataFrame(
        {"lon": 104.5, "lat": -3.2, "to_lon": 104.6, "to_lat": -3.3, "officers": officers,
         "label": "2 petugas: A → B"}
    )  # fmt: skip
    found: list[dict[str, Any]] = [json.loads(one.to_json()) for one in
                                   routes.build_route_layers(moves, theme)]  # fmt: skip
    return found


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_move_is_a_line_and_a_ring_that_say_who_goes_where(theme: Theme) -> None:
    line, ring = rows(theme, 2)
    (move,) = line["data"]
    assert ((move["x"], move["y"]), (move["u"], move["v"])) == ((104.5, -3.2), (104.6, -3.3))
    assert move["nama"] == "2 petugas: A → B"
    assert ring["data"] == line["data"]
    assert ring["getFillColor"][3] < 128  # the name beneath can be read


def test_more_officers_are_a_thicker_line_up_to_a_limit() -> None:
    line, _ = rows(LIGHT, 1, 3, 400)
    widths = [move["n"] for move in line["data"]]
    assert widths[0] < widths[1] < widths[2] < 10
