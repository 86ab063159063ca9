"""Counts are compared at one hour: an old count is no low turnout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis import timestamps
from situasi.analysis.stations.count_rounds import find_common_round, find_rounds
from situasi.analysis.stations.status import build_station_table
from situasi.analysis.turnout.summary import build_turnout_table
from tests.analysis.builders_tps import known, small, told, whole
from tests.builders import wib


def rounds(*clocks: str) -> list[int]:
    return find_rounds(np.array([timestamps.to_us(wib(one)) for one in clocks]), small()).tolist()


def test_a_count_is_of_the_hour_it_was_taken_at_or_shortly_before() -> None:
    assert rounds("07.10", "07.44", "07.45", "08.00", "08.44", "08.50") == [0, 0, 1, 1, 1, 2]
    assert rounds("13.00", "14.30", "22.00", "06.00") == [6, 6, 6, 0]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_the_common_hour_is_the_last_that_half_have_told(numbers: list[int]) -> None:
    need = math.ceil(len(numbers) / 2)
    slow = max(hour for hour in range(7) if sum(one >= hour for one in numbers) >= need)
    assert find_common_round(np.array(numbers)) == slow


def day(*, old: str = "08.00", new: str = "10.00") -> tuple[pd.DataFrame, str]:
    """All kecamatan told 08.00; all but the first also 10.00, where twice as many had come."""
    register = whole()
    codes = register.tps.groupby("kecamatan")["code"].first()
    rows: list[dict[str, Any]] = [told(of=code, hadir=100, at=old) for code in codes]
    rows += [told(of=code, hadir=200, at=new) for code in codes.iloc[1:]]
    stations = build_station_table(known(*rows), register, wib("10.30"))
    return build_turnout_table(stations, register), str(codes.index[0])


def test_who_last_counted_earlier_is_stale_named_with_its_hour_and_never_low() -> None:
    table, first = day()
    assert table.index[table["is_stale"]].tolist() == [first]
    assert not table["is_low"].any()
    assert np.isnan(table.loc[first, "common_rate"])
    assert table.loc[first, "count_hour"] == wib("08.00")
    assert set(table["common_hour"]) == {wib("10.00")}
    assert table["stale"].sum() == 1


def test_who_counted_later_is_compared_by_its_count_of_the_common_hour() -> None:
    register = whole()
    codes = register.tps.groupby("kecamatan")["code"].first()
    rows = [told(of=code, hadir=200, at="10.00") for code in codes]
    rows.append(told(of=codes.iloc[0], hadir=260, at="11.00"))
    table = build_turnout_table(build_station_table(known(*rows), register, wib("11.05")), register)
    row = table.iloc[0]
    assert row["rate"] == pytest.approx(1.3 * row["common_rate"])
    assert not table["is_stale"].any()
