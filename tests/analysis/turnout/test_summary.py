"""Turnout: never without its denominator, never more than was told, bounds that hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.stations.status import build_station_table
from situasi.analysis.turnout.summary import (
    build_reported_totals_table,
    build_turnout_curve,
    build_turnout_table,
    compute_shown_total,
    compute_total,
)
from situasi.domain.register import Register
from tests.analysis.builders_tps import DESA, known, small, standing, told
from tests.analysis.builders_tps import whole as whole_register
from tests.builders import wib
from tests.effort import examples

HOME = "16.10.01"
SECOND = f"{DESA}.002"


def of_six() -> Register:
    """Six TPS of 400 voters each, and no other."""
    places = {HOME: replace(whole_register().kecamatan[HOME], dpt=2400, dpt_estimated=False)}
    return replace(small(), kecamatan=places)


def turnout(*rows: dict[str, Any], at: str = "12.00", register: Register | None = None) -> Any:
    register = register or of_six()
    return build_turnout_table(build_station_table(known(*rows), register, wib(at)), register).loc[
        HOME
    ]


def test_the_rate_is_of_those_that_told_and_the_bounds_are_of_all() -> None:
    one = turnout(told(hadir=200, at="11.00"), told(of=SECOND, hadir=240, at="11.00"))
    assert (one.voters_present, one.tps_counted, one.tps) == (440, 2, 6)
    assert (one.dpt_counted, one.dpt) == (800, 2400)
    assert one.rate == pytest.approx(55)
    assert one.least == pytest.approx(100 * 440 / 2400)
    assert one.most == pytest.approx(100 * (440 + 1600) / 2400)


def test_where_nobody_told_there_is_no_rate_and_not_a_rate_of_zero() -> None:
    one = turnout(told(fase="dibuka", at="07.00"))
    assert one.tps_counted == 0
    assert np.isnan(one.rate)
    assert (one.least, one.most) == (0, 100)


def test_a_count_of_zero_is_a_rate_of_zero() -> None:
    assert turnout(told(hadir=0, at="08.00")).rate == 0


def test_an_old_count_is_not_in_the_rate_that_is_shown_unless_most_are_old() -> None:
    """That of the last hour that enough told; without an old one it is the rate of all."""
    third, fourth = f"{DESA}.003", f"{DESA}.004"
    register = of_six()

    def compute_shown(*rows: dict[str, Any]) -> Any:
        stations = build_station_table(known(*rows), register, wib("11.30"))
        return compute_shown_total(build_turnout_table(stations, register), [HOME], register)

    old = told(hadir=40, at="09.00")
    new = [
        told(of=code, hadir=heads, at="11.00")
        for code, heads in ((SECOND, 240), (third, 200), (fourth, 220))
    ]
    mixed = compute_shown(old, *new)
    assert mixed["rate"] == pytest.approx(100 * 700 / 1600)
    assert mixed["shown_rate"] == pytest.approx(100 * 660 / 1200)
    assert (mixed["is_common"], mixed["common_tps"], mixed["stale"]) == (True, 3, 1)
    assert mixed["common_hour"] == wib("11.00")
    # All 360 others of the old count may have come since, and the 800 of whom nothing is known.
    assert mixed["most"] == pytest.approx(100 * (700 + 360 + 800) / 2400)
    fresh = compute_shown(*new)
    assert not fresh["is_common"]
    assert fresh["shown_rate"] == fresh["rate"] == fresh["common_rate"]
    alone = compute_shown()
    assert not alone["is_common"] and np.isnan(alone["shown_rate"])


def test_a_list_that_nobody_knows_gives_no_rate_but_its_heads_count() -> None:
    register = of_six()
    table = register.tps.assign(dpt=pd.array([None, *[400] * 5], dtype="Int64"))
    one = turnout(
        told(hadir=99, at="11.00"),
        told(of=SECOND, hadir=200, at="11.00"),
        register=replace(register, tps=table),
    )
    assert one.voters_present == 299
    assert one.rate == pytest.approx(50)


def test_an_estimated_list_is_named_as_such() -> None:
    count = told(hadir=200, at="11.00")
    assert not turnout(count).rate_estimated
    guessed = replace(of_six(), tps=small(official=False).tps)
    assert turnout(count, register=guessed).rate_estimated


def test_the_rate_of_a_whole_kabupaten_is_no_estimate_once_every_tps_told_its_count() -> None:
    """The lists of TPS may be guessed: their sum is not, and that is what it is divided by."""
    guessed = whole_register()
    table = guessed.tps.assign(estimated=True)
    guessed = replace(guessed, tps=table)
    codes = list(table["code"])

    def total(counted: list[str]) -> pd.Series:
        frames = known(*(told(of=code, hadir=100, at="11.00") for code in counted))
        areas = build_turnout_table(build_station_table(frames, guessed, wib("12.00")), guessed)
        return compute_shown_total(areas, list(guessed.kecamatan), guessed)

    assert total(codes[1:])["rate_estimated"]
    assert not total(codes)["rate_estimated"]


def test_heads_of_the_other_lists_are_summed_with_how_many_told_them() -> None:
    one = turnout(
        told(hadir=200, hadir_dptb=3, hadir_dpk=5, at="11.00"),
        told(of=SECOND, hadir=100, at="11.00"),
    )
    assert (one.dptb, one.dpk, one.apart, one.tps_counted) == (3, 5, 1, 2)


def test_a_kecamatan_far_below_the_kabupaten_is_low_and_a_silent_one_is_not() -> None:
    register = whole_register()
    codes = register.tps.groupby("kecamatan")["code"].first()
    rows = [told(of=code, hadir=300, at="11.00") for code in codes.iloc[1:15]]
    rows.append(told(of=codes.iloc[0], hadir=200, at="11.00"))
    table = build_turnout_table(build_station_table(known(*rows), register, wib("11.10")), register)
    assert table.index[table["is_low"]].tolist() == [codes.index[0]]


def test_all_kecamatan_together_are_the_register() -> None:
    register = whole_register()
    table = build_turnout_table(build_station_table(known(), register, wib("09.00")), register)
    total = compute_total(table)
    assert (total.tps, total.dpt) == (register.election.tps_total, register.election.dpt_total)


def test_only_kecamatan_whose_list_was_not_found_have_an_estimated_one() -> None:
    register = whole_register()
    table = build_turnout_table(build_station_table(known(), register, wib("09.00")), register)
    expected = {code: place.dpt_estimated for code, place in register.kecamatan.items()}
    assert table["estimated"].to_dict() == expected


def test_the_curve_ends_at_the_moment_shown_and_counts_who_told_by_then() -> None:
    rows = [
        told(hadir=100, at="08.00"),
        told(hadir=200, at="09.00"),
        told(of=SECOND, hadir=40, at="09.05"),
    ]
    found = build_turnout_curve(standing(*rows), small(), wib("09.20"))
    assert np.isnan(found.loc[wib("07.45"), "voters_present"])
    assert found.loc[wib("08.00"), ["voters_present", "tps_counted"]].tolist() == [100, 1]
    assert found.loc[wib("09.00"), ["voters_present", "tps_counted", "rate"]].tolist() == [
        200,
        1,
        50,
    ]
    assert found.loc[wib("09.15"), ["voters_present", "tps_counted", "rate"]].tolist() == [
        240,
        2,
        30,
    ]
    assert found.loc[wib("09.30") :, "rate"].isna().all()


def test_the_expected_curve_ends_at_the_reference_that_scales_it() -> None:
    found = build_turnout_curve(standing(), small(), wib("12.00"))
    assert found.loc[wib("07.00"), "expected"] == 0
    assert found.loc[wib("08.00"), "expected"] == pytest.approx(0.17 * 83.58)
    assert found["expected"].iloc[-1] == pytest.approx(83.58)


def test_only_the_chosen_kecamatan_are_in_the_curve() -> None:
    other = whole_register().tps["code"].iloc[-1]
    rows = [told(hadir=100, at="08.00"), told(of=other, hadir=70, at="08.00")]
    found = build_turnout_curve(
        standing(*rows, register=whole_register()), whole_register(), wib("09.00"), (HOME,)
    )
    assert found.loc[wib("08.00"), "voters_present"] == 100


def test_a_total_of_a_desa_stands_beside_its_tps_and_is_not_added() -> None:
    rows = [
        told(hadir=150, at="11.00"),
        told(lingkup="desa", tps=None, hadir=800, at="11.00"),
        told(lingkup="desa", tps=None, hadir=900, at="12.00"),
    ]
    frames = known(*rows)
    found = build_station_table(frames, small(), wib("12.10"))
    beside = build_reported_totals_table(frames, found)
    assert beside[
        ["voters_present", "tps", "tps_counted", "tps_voters_present"]
    ].values.tolist() == [[900, 5, 1, 150]]
    assert turnout(*rows).voters_present == 150


def test_a_total_of_an_unknown_desa_is_listed_without_tps() -> None:
    row = told(lingkup="desa", desa=None, desa_text="Entah", tps=None, hadir=80)
    beside = build_reported_totals_table(
        known(row), build_station_table(known(row), small(), wib("12.00"))
    )
    assert beside["voters_present"].tolist() == [80]
    assert beside["tps"].isna().all()


count = st.fixed_dictionaries(
    {
        "of": st.sampled_from(small().tps["code"].tolist()),
        "hadir": st.integers(0, 400),
        "at": st.sampled_from(["07.50", "08.00", "08.20", "09.00", "11.00", "13.00"]),
    }
)


def slow_heads(rows: list[dict[str, Any]], until: datetime) -> tuple[int, int]:
    """The obvious way: the last count of each TPS taken by then, one after the other."""
    newest: dict[tuple[str, str], int] = {}
    for row in sorted(rows, key=lambda one: one["occurred_at"]):
        if row["occurred_at"] <= until:
            newest[row["desa"], row["tps"]] = row["hadir"]
    return sum(newest.values()), len(newest)


@given(st.lists(count, max_size=14))
@settings(max_examples=examples(40))
def test_the_curve_equals_adding_up_the_newest_counts(stated: list[dict[str, Any]]) -> None:
    rows = list({(one["of"], one["at"]): told(**one) for one in stated}.values())
    found = build_turnout_curve(standing(*rows), small(), wib("23.00"))
    for moment in (wib("07.00") + timedelta(minutes=15 * n) for n in range(29)):
        heads, tps = slow_heads(rows, moment)
        one = found.loc[moment].fillna(0)
        assert (one["voters_present"], one["tps_counted"]) == (heads, tps)


@given(st.lists(count, max_size=14))
@settings(max_examples=examples(30))
def test_the_truth_lies_between_the_bounds(stated: list[dict[str, Any]]) -> None:
    one = turnout(*(told(**row) for row in stated), at="14.00")
    assert 0 <= one.least <= one.most <= 100 + 1e-9
    open_lists = one.dpt - one.dpt_counted + one.stale_left
    assert one.most - one.least == pytest.approx(100 * open_lists / one.dpt)
    if one.tps_counted:
        assert one.least - 1e-9 <= one.rate <= one.most + 1e-9
