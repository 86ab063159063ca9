"""A recorded day as a script that can be played in its own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.simulation.playback import (
    ScriptRow,
    find_start_time,
    load_script,
    select_due_rows,
)

START = datetime(2031, 3, 5, 4, tzinfo=UTC)


def line(minute: int, feed: str = "tps", name: str = "") -> ScriptRow:
    return ScriptRow(START + timedelta(minutes=minute), feed, {"id": name or f"{feed}{minute}"})


def write(folder: Path, feed: str, *told: str) -> None:
    rows = [f"{feed}-{n},{at}" for n, at in enumerate(told)]
    (folder / f"{feed}.csv").write_text("\n".join(["id,waktu_lapor", *rows]) + "\n", "utf-8")


def test_the_simulated_day_is_a_script_with_every_row(folder: Path) -> None:
    script = load_script(folder)
    rows = sum(len(p.read_text("utf-8").splitlines()) - 1 for p in folder.glob("*.csv"))
    assert len(script) == rows
    assert [entry.reported_time for entry in script] == sorted(
        entry.reported_time for entry in script
    )


def test_feeds_are_woven_together_by_the_moment_of_telling(tmp_path: Path) -> None:
    write(tmp_path, "tps", "2031-03-05T08:00:00+07:00", "2031-03-05T10:00:00+07:00")
    write(tmp_path, "incidents", "2031-03-05T11:00:00+09:00")
    assert [entry.row["id"] for entry in load_script(tmp_path)] == [
        "tps-0",
        "incidents-0",
        "tps-1",
    ]


def test_due_takes_what_was_told_after_one_moment_up_to_another() -> None:
    script = [line(0), line(5), line(5, "incidents"), line(9)]
    assert select_due_rows(script, START, START + timedelta(minutes=5)) == {
        "tps": [{"id": "tps5"}],
        "incidents": [{"id": "incidents5"}],
    }


def test_due_from_the_beginning_takes_the_first_row_too() -> None:
    assert select_due_rows([line(0)], None, START) == {"tps": [{"id": "tps0"}]}
    assert select_due_rows([line(0)], START, START) == {}


@given(
    minutes=st.lists(st.integers(0, 60), max_size=30),
    after=st.integers(-5, 65),
    until=st.integers(-5, 65),
)
def test_due_agrees_with_the_slow_way(minutes: list[int], after: int, until: int) -> None:
    script = [line(m, name=str(n)) for n, m in enumerate(sorted(minutes))]
    low, high = START + timedelta(minutes=after), START + timedelta(minutes=until)
    slow = [entry.row for entry in script if low < entry.reported_time <= high]
    assert select_due_rows(script, low, high).get("tps", []) == slow


@given(
    minutes=st.lists(st.integers(-90, 120), max_size=30), step=st.integers(1, 50)
)  # fmt: skip
def test_slices_play_every_row_once_and_in_order(minutes: list[int], step: int) -> None:
    script = [line(m, name=str(n)) for n, m in enumerate(sorted(minutes))]
    moments = [None, *(START + timedelta(minutes=at) for at in range(0, 120 + step, step))]
    played = [
        row["id"]
        for before, until in pairwise(moments)
        for row in select_due_rows(script, before, until or START).get("tps", [])
    ]
    assert played == [entry.row["id"] for entry in script]


def test_a_script_may_begin_long_after_its_first_rows() -> None:
    script = [line(-3000), line(-1), line(4)]
    assert len(select_due_rows(script, None, START)["tps"]) == 2
    assert len(select_due_rows(script, START, START + timedelta(minutes=6))["tps"]) == 1


def test_playing_begins_on_election_day_though_activities_come_days_before(folder: Path) -> None:
    script = load_script(folder)
    assert script[0].reported_time.date() < find_start_time(script).date()
    assert find_start_time(script).isoformat()[:10] == "2024-11-27"
    assert min(
        entry.reported_time for entry in script if f"{entry.reported_time:%m-%d}" == "11-27"
    ) == find_start_time(script)


def test_an_empty_script_has_no_day() -> None:
    with pytest.raises(ValueError, match="kosong"):
        find_start_time([])


def test_an_empty_folder_is_named_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"incidents\.csv"):
        load_script(tmp_path)


@pytest.mark.parametrize("told", ["", "kemarin", "2031-03-05T08:00:00"])
def test_a_row_without_a_usable_moment_is_named(tmp_path: Path, told: str) -> None:
    write(tmp_path, "tps", "2031-03-05T08:00:00+07:00", told)
    with pytest.raises(ValueError, match=r"tps\.csv, baris 3"):
        load_script(tmp_path)
