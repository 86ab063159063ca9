"""A place without reports is listed, though its source as a whole delivers."""

from __future__ import annotations

import pandas as pd

from situasi.analysis.situation.silent_places import find_silent_places

HERE, THERE = "16.10.02", "16.10.05"


def phases(late: int, unreachable: int, reported: int, not_due: int = 0) -> pd.DataFrame:
    row = {
        "tps": late + unreachable + reported + not_due, "terlambat": late,
        "tak_terjangkau": unreachable, "belum_waktunya": not_due,
    }  # fmt: skip
    calm = {**row, "terlambat": 0, "tak_terjangkau": 0}
    return pd.DataFrame([row, calm], index=[HERE, THERE])


def gaps(**stated: int) -> pd.DataFrame:
    row = {
        "known": True, "tps": 70, "released": 0, "posted": 29, "kembali": 0, "ditunggu": 0,
        "tanpa_kabar": 0, "belum_tiba": 0, **stated,
    }  # fmt: skip
    return pd.DataFrame([row, {**row, "known": False}], index=[HERE, THERE])


def found(tps: pd.DataFrame, posts: pd.DataFrame, *, told: bool = True) -> list[tuple[object, ...]]:
    table = find_silent_places(tps, posts, has_station_reports=told)
    return list(table[["feed", "kecamatan", "silent", "due"]].itertuples(index=False, name=None))


def test_a_kecamatan_of_which_all_tps_are_late_is_silent_whatever_others_tell() -> None:
    assert found(phases(69, 1, 0), gaps()) == [("tps", HERE, 70, 70)]


def test_officers_are_counted_against_their_postings_not_against_those_who_told() -> None:
    assert found(phases(0, 0, 70), gaps(tanpa_kabar=15, belum_tiba=5)) == [
        ("personnel", HERE, 20, 29)
    ]
    # Two of 29 are no silent place where the others told that they went home; where the boxes are
    # at the PPK nobody is awaited.
    assert found(phases(0, 0, 70), gaps(tanpa_kabar=2, kembali=27)) == []
    assert found(phases(0, 0, 70), gaps(tanpa_kabar=20, released=70)) == []


def test_less_than_half_is_late_and_not_silent_and_what_is_not_due_is_neither() -> None:
    assert found(phases(34, 0, 36), gaps()) == []
    assert found(phases(0, 0, 0, not_due=70), gaps()) == []


def test_where_no_tps_of_the_day_told_anything_the_source_is_missing_not_each_place() -> None:
    assert found(phases(70, 0, 0), gaps(), told=False) == []
