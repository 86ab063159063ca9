"""The Gantt chart: every stage with dates is drawn once, in words, with the day marked."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from situasi.analysis.activities.stages import build_timetable
from situasi.domain.register import Stage
from situasi.figures.charts.gantt import MAX_LINE_LENGTH, build_gantt_chart
from situasi.figures.theme import DARK, LIGHT, Theme

DAY = date(2024, 11, 27)
NAMES = {"lewat": "sudah lewat", "berjalan": "berjalan", "akan": "akan datang"}


def stage(code: str, start: date | None, end: date | None, *, basis: str = "tersumber") -> Stage:
    return Stage(code, f"Tahap {code}", start, end, "nasional", basis, "", "")


STAGES = (
    stage("A", date(2024, 9, 25), date(2024, 11, 23)),
    stage("B", DAY, DAY),
    stage("C", date(2024, 11, 28), date(2024, 12, 3)),
    stage("D", date(2024, 9, 2), date(2024, 9, 4), basis="sumber_berbeda"),
    stage("E", None, None),
)


def drawn(stages: tuple[Stage, ...] = STAGES, day: date = DAY, theme: Theme = LIGHT) -> go.Figure:
    return build_gantt_chart(build_timetable(stages, day), NAMES, day, "27 Nov 2024", theme)


def bars(figure: go.Figure) -> dict[str, tuple[str, str, float]]:
    """By name of the stage: state, first day, length in days."""
    return {
        told[0]: (trace.name, start, length / 86_400_000)
        for trace in figure.data
        for told, start, length in zip(trace.customdata, trace.base, trace.x, strict=True)
    }


def test_every_stage_with_dates_is_one_bar_from_its_first_day_through_its_last() -> None:
    assert bars(drawn()) == {
        "Tahap A": ("sudah lewat", "2024-09-25", 60),
        "Tahap B": ("berjalan", "2024-11-27", 1),
        "Tahap C": ("akan datang", "2024-11-28", 6),
        "Tahap D": ("sudah lewat", "2024-09-02", 3),
    }


def test_a_stage_without_dates_is_not_drawn() -> None:
    figure = drawn()
    assert "Tahap E" not in bars(figure)
    assert "Tahap E" not in names(figure)


def test_dates_on_which_sources_differ_are_hatched_and_no_other() -> None:
    hatched = {
        told[0]
        for trace in drawn().data
        if trace.marker.pattern.shape == "/"
        for told in trace.customdata
    }
    assert hatched == {"Tahap D"}


def names(figure: go.Figure) -> dict[str, float]:
    """The names to the left of the bars, with their heights."""
    axis = figure.layout.yaxis
    return dict(zip(axis.ticktext, axis.tickvals, strict=True))


def test_the_name_of_every_bar_stands_at_its_height_and_that_of_today_is_bold() -> None:
    figure = drawn()
    heights = {
        told[0]: height
        for trace in figure.data
        for told, height in zip(trace.customdata, trace.y, strict=True)
    }
    said = {name: heights[name] for name in ("Tahap A", "Tahap C", "Tahap D")}
    assert names(figure) == said | {"<b>Tahap B</b>": heights["Tahap B"]}


def test_the_day_is_marked_with_its_word() -> None:
    figure = drawn()
    assert [note.text for note in figure.layout.annotations] == ["27 Nov 2024"]
    assert len(figure.layout.shapes) == 1


def test_a_day_far_outside_the_stages_is_not_marked() -> None:
    figure = drawn(day=date(2026, 1, 1))
    assert not figure.layout.shapes
    assert "27 Nov 2024" not in {note.text for note in figure.layout.annotations}


def test_a_long_name_is_whole_in_lines_of_about_one_length_and_no_other_name_is_in_its_way() -> (
    None
):
    name = "Penyerahan daftar penduduk potensial pemilih (DP4) kepada KPU Ogan Ilir"
    long = Stage("A", name, DAY, DAY, "nasional", "tersumber", "", "")
    figure = drawn((*STAGES[:1], long, *STAGES[2:3]))
    told = next(one for one in names(figure) if "DP4" in one).removeprefix("<b>")
    lines = told.removesuffix("</b>").split("<br>")
    assert " ".join(lines) == name
    assert max(map(len, lines)) <= MAX_LINE_LENGTH
    assert max(map(len, lines)) - min(map(len, lines)) <= len("potensial ")
    above, own, below = sorted(names(figure).values())
    room = (len(lines) + 1) / 2
    assert own - above >= room
    assert below - own >= room


def test_a_name_is_never_read_as_markup() -> None:
    figure = drawn((Stage("A", "Rapat <i>KPU</i> & Bawaslu", DAY, DAY, "", "tersumber", "", ""),))
    assert list(names(figure)) == ["<b>Rapat &lt;i&gt;KPU&lt;/i&gt; &amp; Bawaslu</b>"]


def test_past_running_and_coming_do_not_look_alike() -> None:
    looks = {t.name: (t.marker.color, t.marker.line.color) for t in drawn(STAGES[:3]).data}
    assert len(set(looks.values())) == 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_without_stages_there_is_still_a_figure(theme: Theme) -> None:
    figure = drawn((), theme=theme)
    assert not figure.data
    assert figure.layout.height > 0


def test_the_table_is_not_changed_by_drawing_it() -> None:
    table = build_timetable(STAGES, DAY)
    before = table.copy()
    build_gantt_chart(table, NAMES, DAY, "", LIGHT)
    pd.testing.assert_frame_equal(table, before)
