"""Cases: what a report's rows add up to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents.cases import (
    Selection,
    count_by_tingkat,
    drop_nihil,
    filter_known,
    filter_newly_known,
    filter_open,
    list_newest,
    select,
    sort_gravest_first,
)
from situasi.domain import feed_schemas
from tests.builders import case_table, incident, incidents, wib


def test_the_newest_row_of_a_report_is_its_state() -> None:
    rows = incidents(
        incident(id="A", known="08.00", status="dilaporkan"),
        incident(id="A", known="09.00", status="selesai"),
    )
    assert case_table(rows)["status"].tolist() == ["selesai"]


def test_the_state_at_nine_is_what_was_known_at_nine() -> None:
    rows = incidents(
        incident(id="A", known="08.00", status="dilaporkan"),
        incident(id="A", known="09.30", status="selesai"),
    )
    assert case_table(filter_known(rows, wib("09.00")))["status"].tolist() == ["dilaporkan"]


def test_a_report_that_came_late_is_not_known_before() -> None:
    rows = incidents(incident(at="08.00", known="11.00"))
    assert filter_known(rows, wib("10.59")).empty
    assert len(filter_known(rows, wib("11.00"))) == 1


def test_a_row_taken_back_was_known_until_then() -> None:
    rows = incidents(incident(known="08.00", withdrawn_at=wib("10.00")))
    assert len(filter_known(rows, wib("09.59"))) == 1
    assert filter_known(rows, wib("10.00")).empty
    assert filter_known(rows, None).empty


def test_two_posts_that_both_number_from_one_are_two_cases() -> None:
    rows = incidents(incident(id="1", kecamatan="16.10.04"), incident(id="1", kecamatan="16.10.05"))
    assert len(case_table(rows)) == 2


def test_a_number_used_again_on_another_day_is_another_case() -> None:
    rows = incidents(
        incident(id="1", at=wib("08.00")), incident(id="1", at=wib("08.00") + timedelta(days=1))
    )
    assert len(case_table(rows)) == 2


def test_a_status_change_without_weight_keeps_the_weight_stated_before() -> None:
    rows = incidents(
        incident(known="08.00", tingkat="tinggi", situasi="kuning"),
        incident(known="09.00", tingkat=None, status="ditangani"),
    )
    case = case_table(rows).iloc[0]
    assert (case["tingkat"], case["situasi"], case["status"]) == ("tinggi", "kuning", "ditangani")


def test_a_report_nobody_weighed_is_not_counted_as_low() -> None:
    found = case_table(
        incidents(incident(id="A", tingkat=None), incident(id="B", tingkat="rendah"))
    )
    assert count_by_tingkat(found) == {None: 1, "rendah": 1}


def test_nihil_is_a_report_but_no_incident() -> None:
    found = case_table(incidents(incident(id="A", jenis="nihil", status="nihil"), incident(id="B")))
    assert len(found) == 2
    assert drop_nihil(found)["id"].tolist() == ["B"]
    assert filter_open(found)["id"].tolist() == ["B"]


def test_closed_and_unfounded_reports_are_no_longer_open() -> None:
    rows = [incident(id=status, status=status) for status in feed_schemas.STATUS]
    assert set(filter_open(case_table(incidents(*rows)))["id"]) == {
        "dilaporkan",
        "diverifikasi",
        "ditangani",
        "diteruskan",
    }


def test_first_heard_is_kept_through_later_rows() -> None:
    found = case_table(
        incidents(incident(known="08.00"), incident(known="11.55", status="ditangani"))
    )
    assert filter_newly_known(found, wib("12.00"), timedelta(hours=1)).empty


def test_what_lies_beyond_the_clock_is_not_newly_known_but_the_present_minute_is() -> None:
    rows = [incident(id=known, known=known) for known in ("10.59", "11.30", "12.01", "23.59")]
    newly = filter_newly_known(case_table(incidents(*rows)), wib("12.00"), timedelta(hours=1))
    assert list(newly["id"]) == ["11.30", "12.01"]


def test_in_the_same_minute_the_heavier_report_stands_first() -> None:
    found = case_table(
        incidents(
            incident(id="ringan", known="09.00"),
            incident(id="berat", known="09.00", tingkat="tinggi"),
            incident(id="ringan2", known="09.00"),
        )
    )  # fmt: skip
    assert list_newest(found, 3)["id"].tolist()[0] == "berat"


def test_a_report_without_an_hour_is_no_news_of_the_hour_at_which_it_was_heard_of() -> None:
    found = case_table(
        incidents(
            incident(id="tanpa jam", at="00.00", known="12.00", precision="hari"),
            incident(id="pagi", known="08.00"),
            incident(id="siang", known="11.00"),
        )
    )
    assert list_newest(found, 3)["id"].tolist() == ["siang", "pagi", "tanpa jam"]
    assert list_newest(found, 2)["id"].tolist() == ["siang", "pagi"]


def test_an_empty_store_has_no_cases() -> None:
    assert case_table(incidents()).empty


row = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3"]),
        "kecamatan": st.sampled_from(["16.10.01", "16.10.02", None]),
        "at": st.sampled_from(["07.00", "08.30"]),
        "known": st.sampled_from(["08.00", "09.00", "10.00", "11.00"]),
        "tingkat": st.sampled_from([*feed_schemas.TINGKAT, None]),
        "status": st.sampled_from(feed_schemas.STATUS),
    }
)


def slow_cases(rows: list[dict[str, Any]], limit: str) -> dict[tuple[str, str], tuple[str, str]]:
    """The obvious way: walk the rows in the order they became known."""
    state: dict[tuple[str, str], tuple[str, str]] = {}
    for one in sorted(rows, key=lambda r: r["known"]):
        if one["known"] > limit:
            continue
        key = (one["id"], str(one["kecamatan"]))
        before = state.get(key, ("", str(None)))
        state[key] = (one["status"], str(one["tingkat"]) if one["tingkat"] else before[1])
    return state


@given(st.lists(row, max_size=12), st.sampled_from(["08.00", "09.30", "11.00"]))
def test_cases_equal_the_slow_walk_through_the_rows(rows: list[dict[str, Any]], at: str) -> None:
    found = case_table(filter_known(incidents(*(incident(**one) for one in rows)), wib(at)))
    fast = {
        (r.id, str(r.kecamatan if isinstance(r.kecamatan, str) else None)): (
            r.status, str(r.tingkat if isinstance(r.tingkat, str) else None),
        )
        for r in found.itertuples()
    }  # fmt: skip
    assert fast == slow_cases(rows, at)


@given(st.lists(row, max_size=12), st.sets(st.sampled_from(["16.10.01", "16.10.02"])))
def test_selecting_equals_looking_at_every_case(
    rows: list[dict[str, Any]], kecamatan: set[str]
) -> None:
    found = case_table(incidents(*(incident(**one) for one in rows)))
    wanted = Selection(kecamatan=tuple(kecamatan), tingkat=("tinggi",), since=wib("08.00"))
    expected = [
        case.case
        for case in found.itertuples()
        if (not kecamatan or case.kecamatan in kecamatan)
        and case.tingkat == "tinggi"
        and case.occurred_at >= wib("08.00")
    ]
    assert select(found, wanted)["case"].tolist() == expected


def test_analysis_never_changes_its_argument() -> None:
    rows = incidents(incident(id="A"), incident(id="B", tingkat=None))
    before = rows.copy(deep=True)
    case_table(rows)
    select(case_table(rows), Selection(tingkat=("tinggi",)))
    pd.testing.assert_frame_equal(rows, before)


def test_a_nihil_of_another_post_with_the_same_number_hides_no_riot() -> None:
    rows = incidents(
        incident(id="1", desa_text="Sakatiga", jenis="kericuhan", tingkat="tinggi", known="08.00"),
        incident(id="1", desa_text="Tanjung Gelam", jenis="nihil", status="nihil", known="09.00"),
    )
    assert filter_open(case_table(rows))["jenis"].tolist() == ["kericuhan"]


def test_an_exercise_never_closes_a_real_case() -> None:
    rows = incidents(
        incident(known="08.00"), incident(known="09.00", status="selesai", latihan=True)
    )
    assert len(filter_open(case_table(rows))) == 1


def test_an_older_state_that_comes_later_reopens_nothing() -> None:
    rows = incidents(
        incident(known="10.30", reported_at=wib("10.00"), status="selesai"),
        incident(known="10.31", reported_at=wib("08.05"), status="dilaporkan"),
    )
    assert case_table(rows)["status"].tolist() == ["selesai"]


def test_a_closing_that_is_filed_as_history_still_closes() -> None:
    rows = incidents(
        incident(known="09.10", status="dilaporkan"),
        incident(known="09.00", reported_at=None, recorded_at=wib("12.00"), status="selesai"),
    )
    assert case_table(rows)["status"].tolist() == ["selesai"]


def test_the_gravest_stands_first_and_of_one_weight_what_has_waited_longest() -> None:
    weights = {"A": "rendah", "B": "tinggi", "C": None, "D": "sedang", "E": "tinggi"}
    rows = incidents(
        *(
            incident(id=name, tingkat=weight, known=f"0{9 - at}.00")
            for at, (name, weight) in enumerate(weights.items())
        )
    )
    assert sort_gravest_first(case_table(rows))["id"].tolist() == ["E", "B", "D", "C", "A"]
