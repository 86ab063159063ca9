"""The turnout figure: what was told is what is drawn; nothing is drawn where nobody told."""

from __future__ import annotations

import pandas as pd
import pytest

from situasi.analysis.turnout.summary import build_turnout_curve
from situasi.figures.charts.turnout import ForecastFan, build_turnout_chart
from situasi.figures.theme import LIGHT
from tests.analysis.builders_tps import small, standing, told
from tests.builders import wib

REFERENCES = [("85 %", 85.81), ("83 %", 83.58)]


def drawn(*rows: dict[str, object], at: str = "09.20") -> object:
    found = build_turnout_curve(standing(*rows), small(), wib(at))
    return build_turnout_chart(found, REFERENCES, ("melapor", "perkiraan"), "TPS", LIGHT)


def test_only_quarters_with_a_report_are_drawn_at_local_time() -> None:
    line = drawn(told(hadir=100, at="08.00")).data[1]
    assert pd.Timestamp(line.x[0]) == pd.Timestamp("2024-11-27 08:00")
    assert pd.Timestamp(line.x[-1]) == pd.Timestamp("2024-11-27 09:15")
    assert set(line.y) == {25.0}
    assert line.customdata[0].tolist() == [100, 1]


def test_a_day_without_a_count_still_has_what_was_expected() -> None:
    figure = drawn()
    assert len(figure.data[1].x) == 0
    assert figure.data[0].y[-1] == pytest.approx(83.58)


def test_the_scale_never_moves_so_that_hours_compare() -> None:
    assert tuple(drawn(told(hadir=5, at="08.00")).layout.yaxis.range) == (0, 100)


def test_each_reference_has_its_line_and_word() -> None:
    layout = drawn().layout
    assert [shape.y0 for shape in layout.shapes] == [83.58, 85.81]
    assert [one.text for one in layout.annotations] == ["83 %", "85 %"]


def test_no_label_of_the_scale_stands_on_the_line_of_a_reference() -> None:
    assert tuple(drawn().layout.yaxis.tickvals) == (0, 20, 40, 60, 100)


def test_the_forecast_opens_from_the_last_count_to_the_closing() -> None:
    found = build_turnout_curve(standing(told(hadir=100, at="08.00")), small(), wib("09.20"))
    fan = ForecastFan("akhir", 55.0, 62.5, 70.0)
    figure = build_turnout_chart(found, REFERENCES, ("melapor", "laju"), "TPS", LIGHT, fan)
    area, centre = figure.data[2:]
    assert list(area.y) == [25.0, 70.0, 55.0]
    assert list(centre.y) == [25.0, 62.5]
    assert pd.Timestamp(centre.x[-1]) == pd.Timestamp("2024-11-27 13:00")
    assert len(drawn().data) == 2  # nothing is drawn where nobody told
