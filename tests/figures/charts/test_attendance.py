"""The curve of officers: what is counted is drawn, in local time; an estimate looks like one."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.charts.attendance import build_attendance_chart
from situasi.figures.theme import LIGHT
from tests.builders import wib

DAY = (wib("04.00"), wib("23.00"))
NAMES = {"present": "hadir", "silent": "tanpa kabar", "posted": "diplot", "required": "perlu"}


def curve(*counts: tuple[str, int, int]) -> pd.DataFrame:
    index = pd.DatetimeIndex([wib(clock) for clock, _, _ in counts], tz=DAY[0].tzinfo)
    data = [(present, silent) for _, present, silent in counts]
    return pd.DataFrame(data, index, columns=["present", "silent"], dtype="int64")


def drawn(rows: pd.DataFrame, **levels: int) -> go.Figure:
    return build_attendance_chart(rows, levels, NAMES, [(wib("07.00"), "TPS buka")], DAY, LIGHT)


def test_present_and_silent_are_stacked_at_local_time_without_a_zone_to_misread() -> None:
    figure = drawn(curve(("06.00", 3, 0), ("06.15", 5, 1)))
    present, silent = figure.data
    assert [pd.Timestamp(x) for x in present.x] == [
        pd.Timestamp("2024-11-27 06:00"), pd.Timestamp("2024-11-27 06:15")
    ]  # fmt: skip
    assert list(present.y) == [3, 5]
    assert list(silent.y) == [0, 1]
    assert present.stackgroup == silent.stackgroup


def test_silence_is_told_from_presence_by_more_than_colour() -> None:
    present, silent = drawn(curve(("06.00", 3, 1))).data
    assert silent.fillpattern.shape
    assert not present.fillpattern.shape


def test_what_is_required_is_drawn_as_the_estimate_it_is() -> None:
    figure = drawn(curve(("06.00", 3, 1)), posted=331, required=167)
    lines = {shape.y0: shape.line.dash for shape in figure.layout.shapes if shape.xref == "paper"}
    assert lines == {331: "solid", 167: "dash"}
    assert "<i>perlu</i>" in {note.text for note in figure.layout.annotations}
    assert figure.layout.yaxis.range[1] > 331


def test_without_postings_no_level_is_drawn_at_zero() -> None:
    figure = drawn(curve(("06.00", 3, 1)))
    assert not [shape for shape in figure.layout.shapes if shape.xref == "paper"]


def test_a_day_not_yet_begun_still_has_an_axis() -> None:
    figure = drawn(curve())
    assert figure.layout.yaxis.range[1] >= 4
    assert len(figure.layout.xaxis.range) == 2
