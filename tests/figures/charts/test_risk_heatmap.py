"""The heat map of places and hours: what was reported, what is clear, what is unsure or unheard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from situasi.figures.charts.risk_heatmap import ABOVE_SIGN, SILENT_TEXT, Wording, build_risk_heatmap
from situasi.figures.theme import LIGHT
from tests.builders import wib

SAID = Wording(str, lambda hour: f"{hour:%H}", "{where} {rate} {low} {high} {n}", "belum", ",")


def cell(kecamatan: str, hour: int, **stated: Any) -> dict[str, Any]:
    told = {"count": 0.0, "rate": 1.0, "low": 0.5, "high": 2.0, "wide": False, "above": False}
    start = pd.Timestamp(wib("07.00") + timedelta(hours=hour))
    return {"kecamatan": kecamatan, "hour": start, **told, **stated}


def silent(kecamatan: str, hour: int) -> dict[str, Any]:
    return cell(kecamatan, hour, **dict.fromkeys(("count", "rate", "low", "high")))


CELLS = pd.DataFrame(
    [
        cell("A", 0, count=1.0),
        cell("A", 1, wide=True),
        cell("B", 0, count=4.0, rate=5.0, above=True),
        silent("B", 1),
        silent("C", 0),
        silent("C", 1),
    ]
)


def test_the_worst_stands_on_top_and_who_was_not_heard_below() -> None:
    assert list(build_risk_heatmap(CELLS, SAID, LIGHT).layout.yaxis.ticktext) == ["B", "A", "C"]


def test_what_is_clearly_above_is_marked_beside_its_number() -> None:
    counts = build_risk_heatmap(CELLS, SAID, LIGHT).data[0]
    assert [list(row) for row in counts.text] == [[f"4{ABOVE_SIGN}", ""], ["1", ""], ["", ""]]


def test_silence_has_a_dash_and_no_colour_of_the_scale() -> None:
    counts, silence = build_risk_heatmap(CELLS, SAID, LIGHT).data[:2]
    assert pd.isna(counts.z).tolist() == [[False, True], [False, False], [True, True]]
    assert [[v == 0 for v in row] for row in silence.z] == [[False, True], [False] * 2, [True] * 2]
    assert (silence.text == SILENT_TEXT).all()
    assert "nan" not in str(counts.text)


def test_what_is_unsure_is_hatched_once() -> None:
    lines = build_risk_heatmap(CELLS, SAID, LIGHT).data[2]
    assert list(lines.x) == [0.6, 1.4, None]
    assert list(lines.y) == [1.4, 0.6, None]


def test_the_interval_and_the_number_are_told_when_pointed_at() -> None:
    counts = build_risk_heatmap(CELLS, SAID, LIGHT).data[0]
    assert list(counts.customdata[0][0]) == [0.5, 2.0, 4.0]
    assert counts.hovertext[0][0] == "B · 07"
    assert all(name in counts.hovertemplate for name in ("z", "[0]", "[1]", "[2]"))
