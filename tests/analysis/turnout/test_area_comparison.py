"""One kecamatan beside its neighbours and the past: what is known, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from situasi.analysis.turnout.area_comparison import build_comparison
from situasi.domain.register import Register
from tests.builders import wib

HERE, NEXT, FAR = "16.10.04", "16.10.07", "16.10.14"
NAMES = ["tps", "tps_counted", "doubted", "voters_present", "dptb", "dpk", "apart", "dpt",
         "dpt_counted", "rated", "stale", "common_tps", "stale_left"]  # fmt: skip


def areas(*codes: str, hour: pd.Timestamp = pd.NaT) -> pd.DataFrame:
    """Kecamatan of 1,000 voters, of which half in TPS that counted; each 50 voters more."""
    rows = [
        dict.fromkeys(NAMES, 0)
        | {"tps": 10, "tps_counted": 5, "dpt": 1000, "dpt_counted": 500, "rated": 250 + 50 * at,
           "voters_present": 250 + 50 * at}
        for at in range(len(codes))
    ]  # fmt: skip
    frame = pd.DataFrame(rows, index=list(codes))
    frame = frame.assign(common_voters=frame["rated"], common_dpt=frame["dpt_counted"])
    return frame.assign(
        common_rate=100 * frame["rated"] / frame["dpt_counted"], rate_estimated=False,
        estimated=False, count_hour=hour, common_hour=hour,
    )  # fmt: skip


def test_the_kecamatan_is_first_then_neighbours_that_may_be_seen_then_all(
    register: Register,
) -> None:
    rows = build_comparison(areas(HERE, NEXT), register, wib("13.00"), HERE, [NEXT, FAR])
    assert list(rows.index) == [HERE, NEXT, ""]
    assert rows["rate"].tolist() == [50.0, 60.0, 55.0]
    assert rows["gap"].tolist() == [0.0, 10.0, 5.0]


def test_a_past_figure_that_nobody_knows_is_missing_and_not_that_of_the_kabupaten(
    register: Register,
) -> None:
    rows = build_comparison(areas(HERE, NEXT), register, wib("13.00"), HERE, [NEXT])
    assert rows["past"].isna().tolist() == [True, True, False]
    assert rows.loc["", "past"] == pytest.approx(83.58)
    told = replace(register, election=replace(register.election, past_turnout={HERE: 0.8}))
    rows = build_comparison(areas(HERE, NEXT), told, wib("13.00"), HERE, [NEXT])
    assert rows.loc[HERE, "past"] == pytest.approx(80.0)


def test_of_the_past_only_what_would_have_come_by_now_is_compared(register: Register) -> None:
    table = areas(HERE)
    shares = [
        build_comparison(table, register, wib(clock), HERE, []).loc["", "paced"]
        for clock in ("06.30", "09.00", "13.00", "18.00")
    ]
    assert shares == pytest.approx([0.0, 0.38 * 83.58, 83.58, 83.58])


def test_all_are_compared_at_one_hour_and_an_old_count_is_not_compared(
    register: Register,
) -> None:
    ten = pd.Timestamp(wib("10.00"))
    table = areas(HERE, NEXT, hour=ten)
    table.loc[NEXT, ["common_rate"]] = float("nan")  # its counts are older
    rows = build_comparison(table, register, wib("10.40"), HERE, [NEXT])
    assert rows["rate"].isna().tolist() == [False, True, False]
    assert rows.loc["", "paced"] == pytest.approx(0.59 * 83.58)
