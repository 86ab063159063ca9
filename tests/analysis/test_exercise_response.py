"""Reactions to a drill: from stored row to stored row, open ones running, silence never zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.as_of import AsOfView
from situasi.analysis.exercise_response import (
    Acknowledgement,
    InjectedCase,
    compute_medians,
    compute_response_times,
    find_most_overdue,
)
from situasi.domain.exercise_scenarios import RESPONSE_STEPS
from situasi.domain.feed_schemas import MERGES, STATUS, STATUS_CLOSED
from tests import queries
from tests.analysis.builders_tps import whole
from tests.builders import incident, incidents, report, rows_of, wib
from tests.builders_drills import EXERCISE, Posko, posko

TARGETS = tuple(timedelta(minutes=n) for n in (5, 15, 30, 60))
ASKED = InjectedCase("L-1", "bentrok", "a", "L-1-a", "skenario", TARGETS)
BEGAN = wib("12.00")
MINUTE = timedelta(minutes=1)


def row(minute: float, **stated: Any) -> dict[str, Any]:
    """A row of the case, stored so many minutes after it began; the exercise stands still."""
    stored = BEGAN + minute * MINUTE
    stated = {"id": "L-1-a", "latihan": True, "sumber": None, "ditugaskan": None, **stated}
    return incident(at="09.30", recorded_at=stored, **stated)


def first(**stated: Any) -> dict[str, Any]:
    return row(0, sumber="skenario bentrok · L-1 · 0", **stated)


def found(
    *rows: dict[str, Any],
    minute: float | None = 120,
    heeded: tuple[Acknowledgement, ...] = (),
    merges: tuple[dict[str, Any], ...] = (),
    at: datetime | None = None,
) -> pd.DataFrame:
    """By step."""
    frames = {"incidents": incidents(*rows), "merges": rows_of(MERGES, *merges)}
    now = None if minute is None else BEGAN + minute * MINUTE
    known = AsOfView(frames, at)
    return queries.run(
        compute_response_times, known, whole(), BEGAN, (ASKED,), heeded, now
    ).set_index("step")


def took(table: pd.DataFrame) -> dict[str, float]:
    """Minutes of what was done."""
    done = table[table["at"].notna()]
    return {str(step): took / MINUTE for step, took in done["took"].items()}


def test_each_step_is_reached_with_the_first_row_of_the_staff_that_tells_it() -> None:
    table = found(
        first(),
        row(4, status="dilaporkan", tingkat="tinggi"),
        row(20, status="diverifikasi"),
        row(25, status="ditangani", ditugaskan="Dalmas"),
        row(90, status="selesai"),
    )
    assert took(table) == {
        "diketahui": 4, "diverifikasi": 20, "ditugaskan": 25, "ditutup": 90,
    }  # fmt: skip
    assert table["state"].tolist() == ["tepat", "lambat", "tepat", "lambat"]


def test_a_drill_to_which_nobody_reacted_is_open_and_running_and_never_zero() -> None:
    table = found(first(), minute=20)
    assert table["at"].isna().all()
    assert (table["took"] == 20 * MINUTE).all()
    assert table["state"].tolist() == ["lewat", "lewat", "belum", "belum"]
    assert set(compute_medians(table.reset_index()).values()) == {None}


def test_further_messages_of_the_scenario_are_no_reaction() -> None:
    again = row(8, sumber="skenario bentrok · L-1 · 2", status="dilaporkan")
    assert took(found(first(), again)) == {}


def test_a_case_that_was_not_reported_yet_has_no_times_at_all() -> None:
    table = found()
    assert table[["injected", "at", "took"]].isna().all(axis=None)
    assert table["state"].isna().all()


def test_taking_note_on_the_wall_counts_and_so_does_a_word_on_merging() -> None:
    case = incidents(first())["case"].iloc[0]
    assert took(found(first(), heeded=((case, BEGAN + 2 * MINUTE),))) == {"diketahui": 2}
    other = {"kasus": case, "ke": "K-2", "tindakan": "gabung", "latihan": True}
    merged = report(at="09.30", recorded_at=BEGAN + 3 * MINUTE, **other)
    assert took(found(first(), merges=(merged,))) == {"diketahui": 3}


def test_note_of_the_case_that_stands_for_a_merged_one_counts() -> None:
    known_first = incident(id="K-2", at="09.00", latihan=True)
    case, head = incidents(first(), known_first)["case"]
    bound = {"kasus": case, "ke": head, "tindakan": "gabung", "latihan": True}
    merged = report(at="09.30", recorded_at=BEGAN + 9 * MINUTE, **bound)
    table = found(first(), known_first, merges=(merged,), heeded=((head, BEGAN + MINUTE),))
    assert took(table) == {"diketahui": 1}


def test_a_step_that_is_skipped_is_reached_with_a_later_one() -> None:
    assert took(found(first(), row(10, status="ditangani"))) == {
        "diketahui": 10, "diverifikasi": 10, "ditugaskan": 10,
    }  # fmt: skip
    assert took(found(first(), row(10, status="tidak_terbukti"))) == dict.fromkeys(
        RESPONSE_STEPS, 10
    )


def test_naming_a_unit_assigns() -> None:
    table = found(first(), row(6, status="dilaporkan", ditugaskan="Dalmas"))
    assert took(table) == {"diketahui": 6, "ditugaskan": 6}


def test_a_case_taken_up_again_is_open_again() -> None:
    rows = [first(), row(10, status="selesai"), row(12, status="ditangani")]
    assert "ditutup" not in took(found(*rows))
    assert took(found(*rows, row(30, status="selesai")))["ditutup"] == 30


def test_what_was_not_known_at_a_past_moment_is_open_then() -> None:
    closed = row(10, status="selesai", known="09.40")
    table = found(first(), closed, minute=None, at=wib("09.35"))
    assert table["at"].isna().all()
    assert took(found(first(), closed, minute=None, at=wib("09.40"))) == dict.fromkeys(
        RESPONSE_STEPS, 10
    )


def test_no_drill_no_rows() -> None:
    known = AsOfView({"incidents": incidents(), "merges": rows_of(MERGES)}, None)
    assert queries.run(compute_response_times, known, whole(), BEGAN, (), (), BEGAN).empty


told = st.lists(
    st.tuples(
        st.integers(0, 100),
        st.sampled_from([s for s in STATUS if s != "nihil"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)


@given(told, st.integers(100, 200))
def test_times_are_those_of_reading_row_by_row(
    rows: list[tuple[int, str, bool, bool]], now: int
) -> None:
    """rows: minute, status, of the scenario, names a unit."""
    ordered = sorted(rows)
    source = "skenario bentrok · L-1 · 9"
    table = found(
        first(),
        *(
            row(m, status=s, sumber=source if scripted else None, ditugaskan="X" if unit else None)
            for m, s, scripted, unit in ordered
        ),
        minute=now,
    )
    assert took(table) == pytest.approx(slow(ordered))
    still = table[table["at"].isna()]
    assert (still["took"] == now * MINUTE).all()
    for step, target in zip(RESPONSE_STEPS, TARGETS, strict=True):
        late = table.loc[step, "took"] > target
        done = pd.notna(table.loc[step, "at"])
        assert table.loc[step, "state"] == [["belum", "lewat"], ["tepat", "lambat"]][done][late]


def slow(rows: list[tuple[int, str, bool, bool]]) -> dict[str, float]:
    """The obvious way: walk through the day and note what is new."""
    reached: dict[str, float] = {}
    for minute, status, scripted, unit in rows:
        closed = status in STATUS_CLOSED
        if not closed:
            reached.pop("ditutup", None)
        elif not scripted and "ditutup" not in reached:
            reached["ditutup"] = minute
        if scripted:
            continue
        reached.setdefault("diketahui", minute)
        if status != "dilaporkan":
            reached.setdefault("diverifikasi", minute)
        if status not in ("dilaporkan", "diverifikasi") or unit:
            reached.setdefault("ditugaskan", minute)
    return reached


def test_the_latest_step_of_each_drill_is_the_one_furthest_over_its_target() -> None:
    table = found(first(), row(40, status="diverifikasi"), minute=50).reset_index()
    assert find_most_overdue(table)["step"].tolist() == [
        "diketahui"
    ]  # eight times its five minutes
    prompt = found(first(), row(1, status="selesai"), minute=50).reset_index()
    assert find_most_overdue(prompt).empty


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Posko]:
    opened = posko(tmp_path)
    yield opened
    opened.board.close()


def test_reactions_through_the_forms_are_timed_though_the_exercise_clock_stands(
    here: Posko,
) -> None:
    run = here.begin("bentrok_tps")
    here.later(4)
    here.react(run.case_id("bentrok"), status="diverifikasi", uraian="benar")
    here.later(16)
    here.react(run.case_id("bentrok"), status="ditangani", ditugaskan="Dalmas")
    here.later(100)
    here.react(run.case_id("bentrok"), status="selesai", uraian="bubar")
    scenario = here.scenario("bentrok_tps")
    asked = tuple(
        InjectedCase(
            run.id, run.scenario, case, run.case_id(case), "skenario", scenario.response_targets
        )
        for case in scenario.cases
    )
    frames = {name: here.rows(name) for name in ("incidents", "merges")}
    known = AsOfView(frames, None)
    table = queries.run(compute_response_times, known, whole(), EXERCISE, asked, (), here.clock())
    assert took(table[table["case"] == "bentrok"].set_index("step")) == {
        "diketahui": 4, "diverifikasi": 4, "ditugaskan": 20, "ditutup": 120,
    }  # fmt: skip
    other = table[table["case"] == "saksi"]
    assert other["at"].isna().all() and (other["took"] == 116 * MINUTE).all()
    assert compute_medians(table)["diketahui"] == timedelta(minutes=4)
    assert compute_medians(table)["ditutup"] == timedelta(
        minutes=120
    )  # the other is younger, and open
