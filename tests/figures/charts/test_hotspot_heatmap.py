"""The heat map of places and hours: what was reported, what is more than usual, what is unheard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from situasi.figures.charts.hotspot_heatmap import (
    ABOVE_SIGN,
    SILENT_TEXT,
    Wording,
    build_hotspot_heatmap,
)
from situasi.figures.theme import LIGHT
from tests.builders import wib

WORDS = Wording(str, lambda hour: f"{hour:%H}", lambda cell: f"{cell.kecamatan}{cell.count:g}")


def cell(kecamatan: str, hour: int, count: float | None, grade: int = 0) -> dict[str, Any]:
    start = pd.Timestamp(wib("07.00") + timedelta(hours=hour))
    return {"kecamatan": kecamatan, "hour": start, "count": count, "grade": grade}


CELLS = pd.DataFrame(
    [
        cell("A", 0, 5.0),
        cell("A", 1, 0.0),
        cell("B", 0, 4.0, grade=2),
        cell("B", 1, None),
        cell("C", 0, None),
        cell("C", 1, None),
    ]
)


def test_what_is_rarest_stands_on_top_and_who_was_not_heard_below() -> None:
    axis = build_hotspot_heatmap(CELLS, WORDS, LIGHT).layout.yaxis
    assert list(axis.ticktext) == ["B", "A", "C"]


def test_what_is_more_than_usual_is_marked_beside_its_number_and_only_that_has_a_colour() -> None:
    counts = build_hotspot_heatmap(CELLS, WORDS, LIGHT).data[0]
    assert [list(row) for row in counts.text] == [[f"4{ABOVE_SIGN * 2}", ""], ["5", ""], ["", ""]]
    assert counts.z[0][0] == 2 and counts.z[1][0] == 0


def test_silence_has_a_dash_and_no_colour_of_the_scale() -> None:
    counts, silence = build_hotspot_heatmap(CELLS, WORDS, LIGHT).data[:2]
    assert pd.isna(counts.z).tolist() == [[False, True], [False, False], [True, True]]
    assert [[v == 0 for v in row] for row in silence.z] == [[False, True], [False] * 2, [True] * 2]
    assert (silence.text == SILENT_TEXT).all()


def test_a_cell_tells_its_words_when_pointed_at() -> None:
    counts = build_hotspot_heatmap(CELLS, WORDS, LIGHT).data[0]
    assert counts.customdata[0][0] == "B4"
