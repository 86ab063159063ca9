"""Likeness: probable pairs, each with its reasons; nothing is merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis import incidents, likeness, lives
from situasi.analysis.likeness import Twins
from situasi.rules import Likeness
from tests.analysis import slow
from tests.builders import incident
from tests.builders import incidents as rows_with

RULES = Likeness(
    km=2.0,
    within=timedelta(hours=2),
    words=60,
    score=60,
    points={
        "tps": 40, "near": 35, "desa": 30, "kecamatan": 10,
        "kind": 20, "akin": 10, "time": 15, "words": 25,
    },
    akin=(frozenset({"unjuk_rasa", "kericuhan"}),),
)  # fmt: skip
HERE = {"desa_text": "Sakatiga", "tps": "001", "lat": -3.25, "lon": 104.65}


def pairs(*rows: dict[str, Any], rules: Likeness = RULES) -> list[Twins]:
    frame = rows_with(*(incident(id=f"K-{at}", **row) for at, row in enumerate(rows)))
    return likeness.twins(incidents.cases(frame), lives.first_words(frame), rules)


def test_the_same_place_time_kind_and_words_are_one_with_every_reason() -> None:
    (pair,) = pairs(HERE | {"at": "08.00"}, HERE | {"at": "08.12"})
    assert pair.score > 90
    assert (pair.reasons.place, pair.reasons.kind) == ("tps", "kind")
    assert pair.reasons.apart == timedelta(minutes=12)
    assert (pair.reasons.km, pair.reasons.words) == (0.0, 100.0)
    assert (pair.first[:3], pair.second[:3]) == ("K-0", "K-1")


def test_two_stations_of_a_desa_are_two_places() -> None:
    assert pairs(HERE, HERE | {"tps": "002"}) == []


def test_two_desa_of_a_kecamatan_are_two_places_unless_their_points_are_near() -> None:
    there = HERE | {"desa_text": "Tanjung Gelam", "tps": None}
    assert [pair.reasons.place for pair in pairs(HERE, there)] == ["near"]
    assert pairs(HERE, there | {"lat": None}) == []


def test_who_names_only_the_kecamatan_may_mean_any_desa_of_it() -> None:
    vague = HERE | {"desa_text": None, "tps": None, "lat": None, "lon": None}
    assert [pair.reasons.place for pair in pairs(HERE, vague)] == ["kecamatan"]


def test_near_points_match_over_the_border_of_two_kecamatan() -> None:
    there = HERE | {"kecamatan": "16.10.05", "lat": -3.26, "tps": None, "desa_text": None}
    (pair,) = pairs(HERE, there)
    assert pair.reasons.place == "near"
    assert pairs(HERE, there | {"lat": -3.30}) == []


def test_what_lies_too_far_apart_in_time_is_two() -> None:
    assert pairs(HERE | {"at": "08.00"}, HERE | {"at": "10.01"}) == []
    assert len(pairs(HERE | {"at": "08.00"}, HERE | {"at": "10.00"})) == 1


def test_of_a_day_without_hour_the_time_gives_no_reason() -> None:
    (pair,) = pairs(HERE | {"at": "00.00", "precision": "hari"}, HERE | {"at": "16.00"})
    assert pair.reasons.apart is None


def test_a_month_is_no_time_to_compare() -> None:
    assert pairs(HERE | {"precision": "bulan"}, HERE) == []


def test_an_exercise_is_never_like_what_is_real() -> None:
    assert pairs(HERE, HERE | {"latihan": True}) == []


def test_akin_kinds_count_less_than_the_same() -> None:
    row = HERE | {"jenis": "unjuk_rasa"}
    (same,) = pairs(row, row)
    (akin,) = pairs(row, HERE | {"jenis": "kericuhan"})
    (other,) = pairs(row, HERE | {"jenis": "hoaks"})
    assert same.score > akin.score > other.score
    assert (akin.reasons.kind, other.reasons.kind) == ("akin", "")


def test_a_report_without_words_is_judged_by_the_rest() -> None:
    (pair,) = pairs(HERE | {"uraian": None}, HERE | {"uraian": None})
    assert pair.reasons.words is None


def test_nihil_is_like_nothing() -> None:
    assert pairs(HERE | {"jenis": "nihil", "status": "nihil"}, HERE | {"jenis": "nihil"}) == []


def test_words_are_compared_without_case_and_signs() -> None:
    (pair,) = pairs(
        HERE | {"uraian": "Logistik TERLAMBAT!"}, HERE | {"uraian": "terlambat, logistik"}
    )
    assert pair.reasons.words == 100


one = st.fixed_dictionaries(
    {
        "kecamatan": st.sampled_from(["16.10.04", "16.10.05", None]),
        "desa_text": st.sampled_from(["Sakatiga", "Tanjung Gelam", None]),
        "tps": st.sampled_from(["001", "002", None]),
        "at": st.sampled_from(["00.00", "07.59", "08.00", "09.59", "10.00", "23.00"]),
        "precision": st.sampled_from(["menit", "menit", "hari", "bulan"]),
        "lat": st.sampled_from([-3.25, -3.26, -3.40, None]),
        "lon": st.sampled_from([104.65, 104.66]),
        "jenis": st.sampled_from(["unjuk_rasa", "kericuhan", "nihil"]),
        "uraian": st.sampled_from(["Massa di jalan.", "Massa datang ke jalan.", "Hujan.", None]),
        "latihan": st.booleans(),
    }
)


def slow_pairs(rows: list[dict[str, Any]], rules: Likeness) -> list[Twins]:
    frame = rows_with(*(incident(id=f"K-{at}", **row) for at, row in enumerate(rows)))
    return slow.twins(incidents.cases(frame), lives.first_words(frame), rules)


@given(st.lists(one, max_size=7))
def test_the_quick_way_finds_what_holding_all_against_all_finds(
    rows: list[dict[str, Any]],
) -> None:
    low = replace(RULES, score=20)
    assert pairs(*rows, rules=low) == slow_pairs(rows, low)


@given(one, one)
def test_likeness_is_the_same_both_ways(first: dict[str, Any], second: dict[str, Any]) -> None:
    low = replace(RULES, score=0)
    there = {
        frozenset((p.first[:3], p.second[:3])): p.score for p in pairs(first, second, rules=low)
    }
    back = {
        frozenset((p.first[:3], p.second[:3])): p.score for p in pairs(second, first, rules=low)
    }
    assert there == back


def test_looking_for_pairs_changes_no_argument() -> None:
    frame = rows_with(incident(id="A", **HERE), incident(id="B", **HERE))
    found = incidents.cases(frame)
    before = found.copy(deep=True)
    likeness.twins(found, lives.first_words(frame), RULES)
    pd.testing.assert_frame_equal(found, before)
