"""Doubted counts: each with its reason, none repaired, and honest ones left in peace."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.stations.anomalies import find_anomalies
from situasi.domain.register import Register
from tests.analysis.builders_tps import DESA, small, standing, told, whole
from tests.bench import judgements
from tests.builders import wib
from tests.effort import examples

counts_told = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.integers(1, 5),
            "at": st.sampled_from(["07.40", "08.00", "08.20", "09.00"]),
            "hadir": st.sampled_from([40, 60, 80, 120, 200]),
        }
    ),
    max_size=20,
)


def slow_same(rows: list[dict[str, Any]], one: dict[str, Any]) -> int:
    """How many TPS told the same of the same hour, looking at every row."""
    hour = {"07.40": 8, "08.00": 8, "08.20": 8, "09.00": 9}
    return len(
        {
            row["number"]
            for row in rows
            if (row["hadir"], hour[row["at"]]) == (one["hadir"], hour[one["at"]])
        }
    )


@given(counts_told)
def test_the_same_count_equals_looking_at_every_row(stated: list[dict[str, Any]]) -> None:
    rows = list({(row["number"], row["at"]): row for row in stated}.values())
    table = found(*(told(of=f"{DESA}.{row['number']:03d}", hadir=row["hadir"], at=row["at"])
                    for row in rows))  # fmt: skip
    same = table[table["kind"] == "seragam"]
    seen = {(int(one.nomor), one.occurred_at): one.against for one in same.itertuples()}
    slow = {(row["number"], wib(row["at"])): slow_same(rows, row) for row in rows}
    assert seen == {key: count for key, count in slow.items() if count >= 4}


def found(*rows: dict[str, Any], register: Register | None = None) -> pd.DataFrame:
    return find_anomalies(standing(*rows, register=register), register or small())


def reasons(*rows: dict[str, Any], register: Register | None = None) -> list[tuple[float, str]]:
    table = found(*rows, register=register)
    return list(zip(table["voters_present"], table["kind"], strict=True))


def many(heads: list[int], at: str = "09.00") -> list[dict[str, Any]]:
    return [
        told(of=f"{DESA}.{number:03d}", hadir=count, at=at)
        for number, count in enumerate(heads, start=1)
    ]


def test_an_ordinary_day_has_no_doubts() -> None:
    day = [("08.00", 70), ("09.00", 150), ("10.00", 220), ("11.00", 280), ("12.00", 300)]
    assert reasons(*(told(hadir=heads, at=at) for at, heads in day)) == []


def test_a_count_that_falls_is_held_against_the_one_before() -> None:
    table = found(told(hadir=100, at="08.00"), told(hadir=90, at="09.00"))
    assert table[["voters_present", "kind", "against"]].values.tolist() == [[90, "turun", 100]]


def test_a_count_that_was_corrected_is_no_fall() -> None:
    wrong = told(hadir=110, at="09.00", known="09.05")
    right = told(hadir=101, at="09.00", known="09.20")
    assert reasons(told(hadir=90, at="08.00"), wrong, right) == []


def test_one_more_than_an_official_list_exceeds_it_and_an_estimated_list_is_wider() -> None:
    slowly = [told(hadir=heads, at=f"{hour:02d}.00") for hour, heads in
              enumerate([100, 200, 300, 400, 401], start=8)]  # fmt: skip
    assert reasons(*slowly) == [(401, "melebihi")]
    guessed = small(official=False)
    assert reasons(*slowly, register=guessed) == []
    over = [*slowly, told(hadir=521, at="13.00")]
    assert (521, "melebihi") in reasons(*over, register=guessed)


def test_voters_of_other_lists_do_not_exceed_the_list() -> None:
    slowly = [told(hadir=heads, at=f"{hour:02d}.00") for hour, heads in
              enumerate([100, 200, 300, 390], start=8)]  # fmt: skip
    assert reasons(*slowly, told(hadir=410, hadir_dpt=395, at="12.00")) == []


def test_a_third_of_the_list_within_an_hour_is_a_jump_also_from_the_opening() -> None:
    assert reasons(told(hadir=141, at="08.00")) == [(141, "melonjak")]
    assert reasons(told(hadir=140, at="08.00")) == []
    assert reasons(told(hadir=270, at="09.00")) == []
    assert reasons(told(hadir=100, at="08.00"), told(hadir=241, at="08.30")) == [(241, "melonjak")]


def test_the_right_count_after_a_mistyped_one_is_no_jump() -> None:
    rows = [(180, "09.00"), (18, "10.00"), (270, "11.00")]
    assert reasons(*(told(hadir=heads, at=at) for heads, at in rows)) == [(18, "turun")]


def test_the_same_count_from_four_tps_of_a_desa_is_doubted_from_three_not() -> None:
    assert [kind for _, kind in reasons(*many([120] * 4))] == ["seragam"] * 4
    assert reasons(*many([120] * 3)) == []
    assert reasons(*many([0] * 6)) == []


def test_the_same_count_told_twice_by_one_tps_is_no_repetition() -> None:
    again = [told(hadir=120, at=at) for at in ("08.40", "08.45", "08.50", "08.55", "09.00")]
    assert [kind for _, kind in reasons(*again)] == []


def test_far_from_the_median_of_its_kecamatan_where_enough_told() -> None:
    table = found(*many([200, 205, 210, 215, 60]))
    assert table[["voters_present", "kind"]].values.tolist() == [[60, "menjauh"]]
    assert table["against"].tolist() == pytest.approx([51.25])
    assert reasons(*many([200, 205, 210, 60])) == []


def test_a_repeated_digit_is_a_sign_only_beside_another() -> None:
    assert reasons(told(hadir=111, at="08.00")) == []
    assert reasons(told(hadir=222, at="08.00")) == [(222, "melonjak"), (222, "kembar")]


def test_counts_of_a_tps_without_a_list_are_not_held_against_one() -> None:
    table = small().tps.assign(dpt=pd.array([None] * 6, dtype="Int64"))
    register = Register(**{**vars(small()), "tps": table})
    assert reasons(told(hadir=5000, at="08.00"), register=register) == []


counts = st.lists(
    st.fixed_dictionaries(
        {
            "of": st.sampled_from(small().tps["code"].tolist()),
            "hadir": st.sampled_from([0, 50, 111, 120, 200, 300, 401]),
            "at": st.sampled_from(["08.00", "08.30", "09.00", "10.00", "13.10"]),
        }
    ),
    max_size=14,
)


@given(counts)
@settings(max_examples=examples(40))
def test_falls_equal_looking_at_each_pair_in_turn(stated: list[dict[str, Any]]) -> None:
    rows = list({(one["of"], one["at"]): told(**one) for one in stated}.values())
    table = found(*rows)
    expected = set()
    for code in {(row["desa"], row["tps"]) for row in rows}:
        mine = sorted(
            (r for r in rows if (r["desa"], r["tps"]) == code), key=lambda r: r["occurred_at"]
        )
        for earlier, later in pairwise(mine):
            if later["hadir"] < earlier["hadir"]:
                expected.add((".".join(code), later["occurred_at"]))
    falls = table[table["kind"] == "turun"]
    assert set(zip(falls["code"], falls["occurred_at"], strict=True)) == expected


@given(counts)
@settings(max_examples=examples(40))
def test_doubting_changes_no_count(stated: list[dict[str, Any]]) -> None:
    rows = [told(**one) for one in stated]
    table = found(*rows)
    assert set(table["voters_present"]) <= {row["hadir"] for row in rows}
    assert not table.duplicated(["seq", "kind"]).any()


def test_slips_as_people_make_them_are_doubted_and_few_right_counts_are() -> None:
    score = judgements.score_doubts(whole(), range(2))
    assert min(score.planted.values()) > 20
    assert score.sensitivity("falls") == 1
    assert score.sensitivity("above by half") >= 0.97
    assert score.sensitivity("above the end") >= 0.8
    assert score.sensitivity("a digit lost", "a digit doubled", "two digits swapped") >= 0.85
    assert score.false_share <= 0.015
