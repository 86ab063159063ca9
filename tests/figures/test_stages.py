"""The Gantt chart: every stage with dates is drawn once, in words, with the day marked."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from situasi.analysis.stages import timetable
from situasi.figures.stages import LONGEST, gantt
from situasi.figures.theme import DARK, LIGHT, Theme
from situasi.regions import Stage

DAY = date(2024, 11, 27)
NAMES = {"lewat": "sudah lewat", "berjalan": "berjalan", "akan": "akan datang"}


def stage(code: str, start: date | None, end: date | None, *, sure: bool = True) -> Stage:
    return Stage(code, f"Tahap {code}", start, end, "nasional", sure, "", "")


STAGES = (
    stage("A", date(2024, 9, 25), date(2024, 11, 23)),
    stage("B", DAY, DAY),
    stage("C", date(2024, 11, 28), date(2024, 12, 3)),
    stage("D", date(2024, 9, 2), date(2024, 9, 4), sure=False),
    stage("E", None, None),
)


def drawn(stages: tuple[Stage, ...] = STAGES, day: date = DAY, theme: Theme = LIGHT) -> go.Figure:
    return gantt(timetable(stages, day), NAMES, day, "27 Nov 2024", theme)


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
    assert "Tahap E" not in {note.text for note in figure.layout.annotations}


def test_dates_on_which_sources_differ_are_hatched_and_no_other() -> None:
    hatched = {
        told[0]
        for trace in drawn().data
        if trace.marker.pattern.shape == "/"
        for told in trace.customdata
    }
    assert hatched == {"Tahap D"}


def test_the_name_of_every_bar_stands_beside_it_and_the_day_is_marked_with_its_word() -> None:
    said = [note.text for note in drawn().layout.annotations]
    assert sorted(said) == ["27 Nov 2024", "Tahap A", "Tahap B", "Tahap C", "Tahap D"]


def test_a_day_far_outside_the_stages_is_not_marked() -> None:
    figure = drawn(day=date(2026, 1, 1))
    assert not figure.layout.shapes
    assert "27 Nov 2024" not in {note.text for note in figure.layout.annotations}


def test_a_long_name_is_cut_where_it_stands_and_whole_when_pointed_at() -> None:
    name = "Rekapitulasi " * 8
    figure = drawn((Stage("A", name, DAY, DAY, "nasional", True, "", ""),))
    short = next(note.text for note in figure.layout.annotations if note.text.endswith("…"))
    assert len(short) <= LONGEST
    assert name in bars(figure)


def test_past_running_and_coming_do_not_look_alike() -> None:
    looks = {t.name: (t.marker.color, t.marker.line.color) for t in drawn(STAGES[:3]).data}
    assert len(set(looks.values())) == 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_without_stages_there_is_still_a_figure(theme: Theme) -> None:
    figure = drawn((), theme=theme)
    assert not figure.data
    assert figure.layout.height > 0


def test_the_table_is_not_changed_by_drawing_it() -> None:
    table = timetable(STAGES, DAY)
    before = table.copy()
    gantt(table, NAMES, DAY, "", LIGHT)
    pd.testing.assert_frame_equal(table, before)
