"""Milestones of cases: when a step was reached, how long it takes, what is overdue."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents import cases, milestones
from situasi.domain import feed_schemas
from situasi.domain.rules import ServiceLevel
from tests.builders import case_table, incident, wib
from tests.builders import incidents as rows_with

MINUTE = timedelta(minutes=1)
SERVICE = {
    level: ServiceLevel(15 * MINUTE, 30 * MINUTE, 240 * MINUTE)
    for level in (*feed_schemas.TINGKAT, "belum")
}


def life(*told: tuple[str, str]) -> Any:
    """Return the milestones of one case, reported as (clock, status)."""
    rows = rows_with(*(incident(known=clock, status=status) for clock, status in told))
    return milestones.compute_milestones(rows).iloc[0]


def test_each_step_is_reached_when_it_was_told() -> None:
    told = life(("08.00", "dilaporkan"), ("08.10", "diverifikasi"), ("08.40", "ditangani"))
    assert (told["start"], told["diverifikasi"]) == (wib("08.00"), wib("08.10"))
    assert told["ditangani"] == wib("08.40")
    assert pd.isna(told["selesai"])


def test_a_step_that_is_skipped_is_reached_with_the_later_one() -> None:
    told = life(("08.00", "dilaporkan"), ("09.00", "selesai"))
    assert told["diverifikasi"] == told["ditangani"] == told["selesai"] == wib("09.00")


def test_passing_a_case_on_is_handling_it_but_not_closing_it() -> None:
    told = life(("08.00", "dilaporkan"), ("08.30", "diteruskan"))
    assert told["ditangani"] == told["diteruskan"] == wib("08.30")
    assert pd.isna(told["selesai"])


def test_a_case_closed_without_passing_it_on_was_never_passed_on() -> None:
    assert pd.isna(life(("08.00", "dilaporkan"), ("09.00", "selesai"))["diteruskan"])


def test_a_case_that_was_opened_again_is_not_closed() -> None:
    told = life(("08.00", "dilaporkan"), ("09.00", "selesai"), ("10.00", "ditangani"))
    assert pd.isna(told["selesai"])
    assert told["diverifikasi"] == wib("09.00")


def test_a_case_is_closed_since_the_first_of_its_last_closing_words() -> None:
    told = life(
        ("08.00", "selesai"), ("08.30", "ditangani"), ("09.00", "selesai"), ("09.30", "selesai")
    )
    assert told["selesai"] == wib("09.00")


def test_rows_that_come_in_another_order_are_read_as_they_were_told() -> None:
    late = incident(known="11.00", reported_at=wib("08.05"), status="diverifikasi")
    rows = rows_with(incident(known="10.00", reported_at=wib("08.00")), late)
    told = milestones.compute_milestones(rows).iloc[0]
    assert told["diverifikasi"] - told["start"] == 5 * MINUTE


def test_no_rows_have_no_lives() -> None:
    assert milestones.compute_milestones(rows_with()).empty
    nothing = milestones.summarize_duration(
        milestones.compute_milestones(rows_with()), "selesai", wib("09.00")
    )
    assert (nothing.median, nothing.longest, nothing.done_count, nothing.waiting_count) == (
        None,
        None,
        0,
        0,
    )


def many(*told: list[tuple[str, str]]) -> pd.DataFrame:
    rows = [
        incident(id=f"K-{at}", known=clock, status=status)
        for at, one in enumerate(told)
        for clock, status in one
    ]
    return milestones.compute_milestones(rows_with(*rows))


def test_open_cases_are_counted_as_not_yet_not_left_out() -> None:
    quick = [("08.00", "dilaporkan"), ("08.10", "selesai")]
    waits = [("08.00", "dilaporkan")]
    found = milestones.summarize_duration(many(quick, waits, waits), "selesai", wib("12.00"))
    assert found.median is None  # of three only one has closed: half have not
    assert (found.done_count, found.waiting_count) == (1, 2)


def test_the_worst_so_far_may_be_one_that_still_waits() -> None:
    quick = [("08.00", "dilaporkan"), ("08.10", "diverifikasi")]
    waits = [("08.05", "dilaporkan")]
    found = milestones.summarize_duration(many(quick, waits), "diverifikasi", wib("09.00"))
    assert (found.longest, found.longest_is_open) == (55 * MINUTE, True)


def test_a_case_first_told_as_closed_says_nothing_of_how_long_it_took() -> None:
    found = milestones.summarize_duration(
        many([("08.00", "selesai")], [("08.00", "dilaporkan"), ("08.20", "selesai")]),
        "selesai",
        wib("09.00"),
    )
    assert (found.median, found.done_count, found.waiting_count) == (20 * MINUTE, 1, 0)


durations = st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=12)


def slow_median(told: list[tuple[int, bool]]) -> timedelta | None:
    """The obvious way: at every minute multiply the shares of those at risk that did not end."""
    for minute in range(9):
        waiting = Fraction(1)
        for end in sorted({t for t, done in told if done and t <= minute}):
            at_risk = sum(t >= end for t, _ in told)
            ended = sum(t == end and done for t, done in told)
            waiting *= Fraction(at_risk - ended, at_risk)
        if waiting <= Fraction(1, 2):
            return minute * MINUTE
    return None


@given(durations)
def test_the_median_equals_the_slow_product_limit(told: list[tuple[int, bool]]) -> None:
    took = pd.Series([t * MINUTE for t, _ in told], dtype="timedelta64[us]")
    done = pd.Series([d for _, d in told], dtype="bool")
    assert milestones.estimate_median(took, done) == slow_median(told)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=15))
def test_where_all_are_done_it_is_the_plain_lower_median(minutes: list[int]) -> None:
    took = pd.Series([m * MINUTE for m in minutes])
    middle = sorted(minutes)[(len(minutes) - 1) // 2]
    assert milestones.estimate_median(took, pd.Series(True, took.index)) == middle * MINUTE


told_rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["1", "2", "3"]),
            "known": st.sampled_from(["08.00", "08.30", "09.00", "10.00", "11.00"]),
            "status": st.sampled_from([s for s in feed_schemas.STATUS if s != "nihil"]),
        }
    ),
    max_size=12,
)


def slow_life(rows: list[dict[str, str]]) -> dict[str, str | None]:
    """The obvious way: walk one case's rows in the order told."""
    steps: dict[str, str | None] = dict.fromkeys((*milestones.STEPS, "diteruskan"))
    for row in rows:
        status = row["status"]
        if status != "dilaporkan":
            steps["diverifikasi"] = steps["diverifikasi"] or row["known"]
        if status not in {"dilaporkan", "diverifikasi"}:
            steps["ditangani"] = steps["ditangani"] or row["known"]
        if status == "diteruskan":
            steps["diteruskan"] = steps["diteruskan"] or row["known"]
        closed = status in feed_schemas.STATUS_CLOSED
        steps["selesai"] = (steps["selesai"] or row["known"]) if closed else None
    return steps


@given(told_rows)
def test_lives_equal_the_slow_walk_through_the_rows(rows: list[dict[str, str]]) -> None:
    found = milestones.compute_milestones(rows_with(*(incident(**row) for row in rows)))
    ordered = sorted(rows, key=lambda row: row["known"])
    for case, told in found.iterrows():
        mine = [row for row in ordered if row["id"] == str(case).split("|")[0]]
        expected = {k: wib(v) if v else None for k, v in slow_life(mine).items()}
        assert {k: None if pd.isna(told[k]) else told[k] for k in expected} == expected
        assert told["start"] == wib(mine[0]["known"])


@given(told_rows)
def test_every_case_is_done_or_waiting_or_was_told_at_once(rows: list[dict[str, str]]) -> None:
    found = milestones.compute_milestones(rows_with(*(incident(**row) for row in rows)))
    for step in milestones.STEPS:
        one = milestones.summarize_duration(found, step, wib("12.00"))
        at_once = int((found[step] <= found["start"]).sum())
        assert one.done_count + one.waiting_count + at_once == len(found)


def test_a_group_reaches_a_step_with_its_first_and_closes_with_its_last() -> None:
    found = many(
        [("08.00", "dilaporkan"), ("08.30", "selesai")],
        [("08.10", "dilaporkan"), ("08.15", "diverifikasi"), ("09.00", "selesai")],
    )
    head, other = found.index
    one = milestones.collapse(found, {head: head, other: head})
    assert one.index.tolist() == [head]
    assert one["start"].iloc[0] == wib("08.00")
    assert one["diverifikasi"].iloc[0] == wib("08.15")
    assert one["selesai"].iloc[0] == wib("09.00")


def test_a_group_of_which_one_is_open_is_not_closed() -> None:
    found = many([("08.00", "dilaporkan"), ("08.30", "selesai")], [("08.10", "dilaporkan")])
    head, other = found.index
    assert milestones.collapse(found, {head: head, other: head})["selesai"].isna().all()


def late(at: str, *rows: dict[str, Any]) -> pd.DataFrame:
    frame = rows_with(*rows)
    opened = cases.filter_open(case_table(frame))
    return milestones.find_overdue(opened, milestones.compute_milestones(frame), SERVICE, wib(at))


def test_a_report_is_overdue_only_after_the_time_for_its_next_step() -> None:
    assert late("08.15", incident(known="08.00")).empty
    one = late("08.20", incident(known="08.00", ditugaskan="Polsek Indralaya")).iloc[0]
    assert (one["step"], one["late"]) == ("diverifikasi", 5 * MINUTE)
    assert one["ditugaskan"] == "Polsek Indralaya"


def test_the_next_step_is_the_first_not_reached() -> None:
    verified = [incident(known="08.00"), incident(known="08.10", status="diverifikasi")]
    assert late("08.40", *verified)["step"].tolist() == ["ditangani"]
    handled = [*verified, incident(known="08.20", status="ditangani")]
    assert late("08.40", *handled).empty
    assert late("12.01", *handled)["step"].tolist() == ["selesai"]


def test_what_is_closed_is_never_overdue() -> None:
    assert late("18.00", incident(known="08.00"), incident(known="17.00", status="selesai")).empty


def test_the_latest_stands_first() -> None:
    found = late("09.00", incident(id="new", known="08.30"), incident(id="old", known="08.00"))
    assert found["id"].tolist() == ["old", "new"]


def test_who_handles_a_case_is_not_unsaid_by_a_row_that_does_not_name_it() -> None:
    rows = rows_with(
        incident(known="08.00", ditugaskan="Polsek Indralaya", keandalan="B"),
        incident(known="08.10", status="diverifikasi"),
    )
    case = case_table(rows).iloc[0]
    assert (case["ditugaskan"], case["keandalan"]) == ("Polsek Indralaya", "B")


def test_the_first_words_on_a_case_are_kept() -> None:
    rows = rows_with(
        incident(known="08.00", uraian=None),
        incident(known="08.10", uraian="Massa datang."),
        incident(known="09.00", uraian="Aman."),
    )
    assert list(milestones.find_first_texts(rows).values()) == ["Massa datang."]
