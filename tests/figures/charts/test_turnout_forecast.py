"""The outlook figure: what is estimated has its interval; what is not known has no dot."""

from __future__ import annotations

import numpy as np
import pandas as pd

from situasi.figures.charts.turnout_forecast import MarkNames, build_forecast_chart
from situasi.figures.theme import LIGHT

WORDS = MarkNames("perkiraan akhir", "selang 90 %", "sudah hadir", "belum cukup laporan")


def rows(*cells: tuple[str, float, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["name", "centre", "low", "high", "counted"])


WHOLE = ("Ogan Ilir", 64.0, 60.0, 68.0, 40.0)
KNOWN = ("Indralaya", 62.0, 55.0, 71.0, 41.0)
SILENT = ("Kandis", np.nan, np.nan, np.nan, 12.0)


def test_the_interval_reaches_from_low_to_high() -> None:
    dots = build_forecast_chart(rows(WHOLE, KNOWN), WORDS, LIGHT).data[1]
    assert list(dots.x) == [64, 62]
    assert list(dots.error_x.array) == [4, 9]
    assert list(dots.error_x.arrayminus) == [4, 7]


def test_the_whole_is_a_diamond_and_stands_on_top() -> None:
    figure = build_forecast_chart(rows(WHOLE, KNOWN), WORDS, LIGHT)
    assert list(figure.data[1].marker.symbol) == ["diamond", "circle"]
    assert figure.data[1].y[0] == "Ogan Ilir"
    assert figure.layout.yaxis.autorange == "reversed"


def test_where_too_few_told_there_is_a_word_and_no_dot() -> None:
    figure = build_forecast_chart(rows(WHOLE, SILENT, KNOWN), WORDS, LIGHT)
    assert "Kandis" not in list(figure.data[1].y)
    assert [(one.y, one.text) for one in figure.layout.annotations] == [
        ("Kandis", "belum cukup laporan")
    ]
    assert list(figure.data[1].marker.symbol) == ["diamond", "circle"]


def test_who_has_come_is_a_tick_of_its_own_in_each_row() -> None:
    ticks = build_forecast_chart(rows(WHOLE, SILENT), WORDS, LIGHT).data[0]
    assert list(ticks.x) == [40, 12]


def test_the_scale_never_moves_so_that_hours_compare() -> None:
    assert tuple(build_forecast_chart(rows(KNOWN), WORDS, LIGHT).layout.xaxis.range) == (0, 104)


def test_each_row_has_room() -> None:
    few, many = (
        build_forecast_chart(rows(*[KNOWN] * n), WORDS, LIGHT).layout.height for n in (1, 17)
    )
    assert many - few == 16 * 19
