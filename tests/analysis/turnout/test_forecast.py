"""The turnout outlook: near the truth, honest about its ground, never below what was counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from situasi.analysis.stations.reports import build_tps_reports
from situasi.analysis.turnout import forecast as analysis
from situasi.analysis.turnout import forecast_inputs
from situasi.analysis.turnout.forecast import build_kecamatan_table, compute_forecast, compute_total
from situasi.analysis.turnout.forecast_pace import compute_pace_posterior
from situasi.domain.forecast_parameters import TurnoutPrior
from situasi.domain.register import Register
from tests.analysis import builders_tps
from tests.analysis.builders_outlook import (
    CALIBRATED,
    PACE,
    SHARE,
    at_rate,
    by_area,
    codes,
    found,
    of_all,
    register,
)
from tests.analysis.builders_tps import known, standing, told
from tests.builders import wib
from tests.effort import examples

HOME, OTHER = "16.10.01", "16.10.04"
DPT = 314_226
SHIFT = register().election.rules.forecast.unreported_shift  # of TPS that tell nothing


def test_a_day_that_runs_as_assumed_ends_where_it_heads() -> None:
    one = of_all(*at_rate(0.64, codes(), "11.00"))
    assert one.centre / DPT == pytest.approx(0.64, abs=0.005)
    assert one.low < one.centre < one.high
    assert (one.used, one.tps, one.enough) == (667, 667, True)


def test_the_whole_is_the_sum_of_its_kecamatan() -> None:
    rows = at_rate(0.64, codes()[::3], "10.00") + at_rate(0.7, codes(OTHER), "11.00")
    here = found(*rows)
    assert compute_total(here).centre == pytest.approx(build_kecamatan_table(here)["centre"].sum())
    some = (HOME, OTHER)
    assert compute_total(here, some).centre == pytest.approx(
        build_kecamatan_table(here).loc[list(some), "centre"].sum()
    )


def test_one_kecamatan_is_as_its_row_says() -> None:
    here = found(*at_rate(0.64, codes()[::2], "11.00"))
    row, one = build_kecamatan_table(here).loc[HOME], compute_total(here, (HOME,))
    assert {name: one[name] for name in row.index} == pytest.approx(row.to_dict())


def test_errors_that_kecamatan_share_do_not_cancel_in_the_whole() -> None:
    here = found(*at_rate(0.64, codes(), "09.00"), at="09.15")
    apart = float(np.sqrt((build_kecamatan_table(here)["sigma"] ** 2).sum()))
    assert apart < compute_total(here).sigma < build_kecamatan_table(here)["sigma"].sum()


def test_the_interval_narrows_through_the_day() -> None:
    rows: list[dict[str, Any]] = []
    widths = []
    for hour in SHARE:
        rows += at_rate(0.64, codes(), hour)
        one = of_all(*rows, at=hour)
        widths.append(one.high - one.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 10


def test_fewer_reports_widen_it() -> None:
    many = of_all(*at_rate(0.64, codes(), "11.00"))
    few = of_all(*at_rate(0.64, codes()[::8], "11.00"))
    assert few.high - few.low > many.high - many.low


def test_growth_of_the_same_tps_tells_a_late_day_from_a_low_turnout() -> None:
    late = at_rate(0.32, codes(), "09.00")
    at_nine = of_all(*late, at="09.15").centre
    late += at_rate(0.48, codes(), "10.00")
    grown = of_all(*late, at="10.15").centre
    plain = 0.48 * DPT
    assert at_nine / DPT == pytest.approx(0.32, abs=0.01)
    assert grown > plain * 1.02


def test_silent_tps_come_as_their_kecamatan_does() -> None:
    rows = at_rate(0.5, codes(HOME)[:20], "11.00")
    rows += at_rate(0.7, [code for code in codes() if not code.startswith(HOME)], "11.00")
    row = by_area(*rows).loc[HOME]
    told = 20 / len(codes(HOME))
    expected = 0.5 * (told + (1 - told) * np.exp(SHIFT * 4 / 6))
    assert row.centre / row.dpt == pytest.approx(expected, abs=0.02)


def test_an_hourly_count_after_the_closing_of_its_tps_is_an_end_too() -> None:
    rows = at_rate(0.64, codes(), "12.00", fase="ditutup")
    rows += at_rate(0.64, codes(HOME)[:5], "13.00")
    one = of_all(*rows, at="13.30")
    assert (one.ended, one.tps) == (667, 667)
    assert one.low == one.centre == one.high


def test_a_closing_in_the_middle_of_the_day_makes_no_end_of_what_follows() -> None:
    rows = at_rate(0.64, codes(HOME), "09.00", fase="ditutup") + at_rate(0.64, codes(), "11.00")
    assert by_area(*rows).loc[HOME, "ended"] == 0


def test_whoever_is_silent_is_late_in_the_morning_and_has_a_lower_turnout_in_the_evening() -> None:
    parameters = register().election.turnout_parameters
    election = replace(register().election, turnout_parameters=replace(parameters, prior=None))
    alike = replace(election.rules.forecast, unreported_shift=0.0)
    same = replace(election, rules=replace(election.rules, forecast=alike))
    silent = codes(HOME)[:20]
    told = [code for code in codes() if code not in silent]
    share = len(silent) / len(codes(HOME))
    for clock, fase, missed in (("09.00", None, 2 / 6), ("13.00", "ditutup", 1.0)):
        rows = at_rate(0.64, told, clock, fase=fase)
        one, other = (
            by_area(*rows, at="13.30", of=replace(register(), election=rules)).loc[HOME].centre
            for rules in (election, same)
        )
        assert one / other == pytest.approx(1 - share * (1 - np.exp(SHIFT * missed)), abs=0.003)


def test_a_silent_kecamatan_is_part_of_the_sum_and_has_no_estimate_of_its_own() -> None:
    rows = at_rate(0.64, [code for code in codes() if not code.startswith(HOME)], "11.00")
    table = by_area(*rows)
    assert not table.loc[HOME, "enough"]
    assert table.drop(HOME)["enough"].all()
    # A little lower: who tells nothing of four rounds had a lower turnout.
    expected = 0.64 * np.exp(SHIFT * 4 / 6)
    assert table.loc[HOME, "centre"] / table.loc[HOME, "dpt"] == pytest.approx(expected, abs=0.01)
    assert of_all(*rows).enough


def test_a_few_tps_are_not_enough() -> None:
    assert not of_all(*at_rate(0.64, codes()[:40], "11.00")).enough
    assert not of_all(*at_rate(0.64, codes(HOME) + codes("16.10.02"), "11.00")).enough


def test_nobody_told_and_nothing_is_estimated() -> None:
    one = of_all(told(fase="dibuka", at="07.00"))
    assert (one.used, one.enough) == (0, False)
    assert np.isnan([one.centre, one.low, one.high, one.scaled, one.so_far]).all()


def test_counts_of_the_first_minutes_say_nothing_of_the_end() -> None:
    rows = [told(of=code, hadir=9, at="07.10") for code in codes()]
    assert not of_all(*rows, at="07.20").enough


def test_without_a_calibration_there_is_no_outlook() -> None:
    bare = builders_tps.small()
    bare = replace(bare, election=replace(bare.election, turnout_parameters=None))
    counted = standing(told(hadir=100), register=bare)
    assert compute_forecast(counted, bare, wib("09.00")) is None


def test_when_all_told_their_end_it_is_what_they_told() -> None:
    rows = at_rate(0.64, codes(), "13.00", fase="ditutup")
    one = of_all(*rows, at="13.30")
    heads = sum(row["hadir"] for row in rows)
    assert (one.low, one.centre, one.high, one.counted) == (heads,) * 4


def test_when_one_is_missing_the_end_is_not_sure() -> None:
    one = of_all(*at_rate(0.64, codes()[1:], "13.00", fase="ditutup"), at="13.30")
    assert one.low < one.high
    assert one.high - one.low < 0.01 * DPT


def test_a_mistyped_count_moves_the_outlook_little_and_is_named() -> None:
    right = at_rate(0.64, codes(), "10.00") + at_rate(0.64, codes(), "11.00")
    wrong = [{**right[-1], "hadir": right[-1]["hadir"] * 10}]
    one, other = of_all(*right), of_all(*right[:-1], *wrong)
    assert other.set_aside == 1
    assert other.centre == pytest.approx(one.centre, rel=1e-3)
    assert other.scaled > one.scaled * 1.005


def test_many_mistyped_counts_do_not_carry_it_away() -> None:
    right = at_rate(0.64, codes(), "10.00") + at_rate(0.64, codes(), "11.00")
    wrong = [{**row, "hadir": row["hadir"] * 10} for row in right[-60:]]
    one, other = of_all(*right), of_all(*right[:-60], *wrong)
    assert other.centre == pytest.approx(one.centre, rel=0.01)


def test_nobody_expects_more_than_an_official_list_holds() -> None:
    rows = at_rate(0.99, codes(), "11.00")
    assert of_all(*rows).high <= DPT
    guessed = register(official=False)  # lists of TPS are guessed, their sum is not
    assert of_all(*rows, of=guessed).high <= DPT
    assert (by_area(*rows, of=guessed).eval("high / dpt") > 1).any()


def test_the_plain_ways_are_what_they_are_called() -> None:
    rows = at_rate(0.6, codes()[:300], "11.00")
    one = of_all(*rows)
    heads = sum(row["hadir"] for row in rows)
    listed = float(register().tps["dpt"].head(300).sum())
    assert one.so_far == heads
    assert one.scaled == pytest.approx(heads / listed * DPT)
    assert one.paced == pytest.approx(heads / listed * DPT / SHARE["11.00"])


def test_the_interval_is_that_of_t_with_the_degrees_of_the_days() -> None:
    rows = at_rate(0.64, codes(), "10.00")
    one = of_all(*rows, at="10.15")
    width = np.log(one.high / one.centre) * one.centre / one.sigma
    assert 1.645 < width <= stats.t(7).ppf(0.95) + 1e-9
    few = replace(register().election, turnout_parameters=replace(CALIBRATED, degrees=2))
    fewer = of_all(*rows, at="10.15", of=replace(register(), election=few))
    assert fewer.high - fewer.low > one.high - one.low


def with_prior(mean: float) -> Register:
    prior = TurnoutPrior(mean, sd=0.1, degrees=3, elections=2)
    parameters = replace(CALIBRATED, prior=prior)
    election = replace(register().election, turnout_parameters=parameters)
    return replace(register(), election=election)


def test_past_turnout_narrows_what_is_near_it() -> None:
    rows = at_rate(0.8, codes(), "08.00")
    alone = of_all(*rows, at="08.30")
    helped = of_all(*rows, at="08.30", of=with_prior(0.8))
    assert helped.high - helped.low < 0.8 * (alone.high - alone.low)
    assert helped.centre == pytest.approx(alone.centre, rel=0.1)


def test_past_turnout_that_is_far_off_gives_way_to_the_counts() -> None:
    rows = at_rate(0.32, codes(), "11.00")
    alone = of_all(*rows, at="11.15")
    pulled = of_all(*rows, at="11.15", of=with_prior(0.85))
    assert alone.centre / DPT == pytest.approx(0.32, abs=0.01)
    assert pulled.low < 0.32 * DPT < pulled.high
    assert pulled.centre < 1.15 * alone.centre


def test_with_past_turnout_the_whole_is_still_the_sum_of_its_kecamatan() -> None:
    rows = at_rate(0.64, codes()[::3], "09.00") + at_rate(0.7, codes(OTHER), "10.00")
    here = found(*rows, of=with_prior(0.8))
    total = compute_total(here).centre
    assert total == pytest.approx(build_kecamatan_table(here)["centre"].sum(), rel=1e-6)


def test_at_closing_time_the_interval_is_as_wide_as_the_silence_asks() -> None:
    told_end = codes()[: len(codes()) * 4 // 5]
    one = of_all(*at_rate(0.64, told_end, "13.00", fase="ditutup"), at="13.30")
    silent = one.centre - one.counted
    assert (
        one.high - one.low
    ) / 2 > 1.6 * register().election.rules.forecast.unreported_sd * silent


def test_silence_leaves_as_much_open_as_the_past_of_silent_tps_does_not_tell() -> None:
    told_end = codes()[: len(codes()) * 4 // 5]
    rows = at_rate(0.64, told_end, "13.00", fase="ditutup")
    election = replace(register().election, past_turnout=dict.fromkeys(codes(), 0.8))
    with_past = replace(register(), election=election)
    one, plain = of_all(*rows, at="13.30", of=with_past), of_all(*rows, at="13.30")
    parameters = election.turnout_parameters
    assert parameters is not None and parameters.past_share > 0.5
    silent_sd = parameters.past_share * election.rules.forecast.unreported_sd
    assert (one.high - one.low) / 2 > 1.6 * silent_sd * (one.centre - one.counted)
    assert one.high - one.low < plain.high - plain.low


def test_a_silent_tps_with_a_past_comes_as_it_did() -> None:
    here, silent = codes(HOME), codes(HOME)[-10:]
    past = dict.fromkeys(here, 0.8) | dict.fromkeys(silent, 0.4)
    election = replace(register().election, past_turnout=past)
    rows = at_rate(0.6, [code for code in codes() if code not in silent], "13.00", fase="ditutup")
    ended = {"at": "13.30", "of": replace(register(), election=election)}
    dpt = register().tps.set_index("code")["dpt"][silent].sum()
    row = by_area(*rows, **ended).loc[HOME]
    lower = np.exp(election.turnout_parameters.past_share * SHIFT)
    assert (row.centre - row.counted) / dpt == pytest.approx(0.3 * lower, abs=0.01)
    plain = by_area(*rows, at="13.30").loc[HOME]
    assert (plain.centre - plain.counted) / dpt == pytest.approx(0.6 * np.exp(SHIFT), abs=0.02)


def test_what_was_told_by_nine_is_judged_without_what_came_later() -> None:
    early = at_rate(0.64, codes(), "09.00")
    late = at_rate(0.75, codes(), "11.00")
    reports = build_tps_reports(known(*early, *late)["tps"], register())
    then = analysis.compute_forecast_as_of(reports, register(), wib("09.00"))
    assert then is not None
    assert compute_total(then).centre == of_all(*early, at="09.00").centre


def slow_centre(rows: list[dict[str, Any]]) -> float:
    """The obvious way for a day that runs as assumed and counts that nobody doubts, one by one.

    No limit on what is believed of a TPS: the rates of these tests lie near one another.
    """
    table = register().tps
    newest: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda one: one["occurred_at"]):
        newest[f"{row['desa']}.{row['tps']}"] = row
    ahead = slow_pace(rows)
    total, rates = 0.0, {}
    for code, row in newest.items():
        hour = f"{row['occurred_at']:%H.%M}"
        final = row["hadir"] / SHARE[hour] / np.exp(ahead[list(SHARE).index(hour)])
        dpt = float(table.set_index("code").loc[code, "dpt"])
        rates[code] = final / dpt
        total += min(max(final, row["hadir"]), dpt)
    return total


def slow_pace(rows: list[dict[str, Any]]) -> list[float]:
    """running() for pairs that all grow alike: conditioning of a normal, step by step in order."""
    size = len(PACE.offset) + 1
    mean, cov = np.zeros(size), np.zeros((size, size))
    cov[:-1, :-1] = PACE.covariance
    hours = list(SHARE)
    kecamatan = [*PACE.kecamatan, 0.0]
    for at in range(1, len(hours)):
        pairs = []
        for code in codes():
            of = [r for r in rows if f"{r['desa']}.{r['tps']}" == code]
            heads = {f"{r['occurred_at']:%H.%M}": r["hadir"] for r in of}
            if hours[at] in heads and hours[at - 1] in heads:
                pairs.append((code[:8], heads[hours[at - 1]], heads[hours[at]]))
        if len(pairs) < 5:
            continue
        before, now = SHARE[hours[at - 1]], SHARE[hours[at]]
        more = np.log(sum(b for _, _, b in pairs) / sum(a * now / before for _, a, _ in pairs))
        grown = [np.log(b / now) - np.log(a / before) for _, a, b in pairs]
        homes = len({home for home, _, _ in pairs})
        noise = np.var(grown) / len(pairs) + (kecamatan[at] - kecamatan[at - 1]) ** 2 / homes
        way = np.zeros(size)
        way[at], way[at - 1] = 1, -1
        gain = cov @ way / (way @ cov @ way + noise)
        mean, cov = mean + gain * (more - way @ mean), cov - np.outer(gain, way @ cov)
    return mean.tolist()


def test_the_centre_is_what_adding_up_one_by_one_gives() -> None:
    rows = at_rate(0.6, codes(), "09.00") + at_rate(0.66, codes()[:400], "10.00")
    rows += at_rate(0.68, codes()[:90], "11.00")
    assert of_all(*rows).centre == pytest.approx(slow_centre(rows), rel=0.004)


def test_the_pace_learned_at_once_is_that_learned_hour_by_hour() -> None:
    rows = at_rate(0.6, codes()[:200], "09.00") + at_rate(0.66, codes()[:200], "10.00")
    rows += at_rate(0.65, codes()[:200], "11.00")
    here = register()
    counted = standing(*rows, register=here)
    used = forecast_inputs.build_turnout_counts(counted, here, PACE)
    lists = forecast_inputs.build_voter_rolls(here)
    learned = compute_pace_posterior(used, lists, PACE, here.election.rules.forecast)
    assert learned.mean == pytest.approx(slow_pace(rows), abs=1e-6)


def test_what_is_learned_makes_nothing_less_sure() -> None:
    rows = at_rate(0.6, codes(), "09.00") + at_rate(0.66, codes(), "10.00")
    here = register()
    counted = standing(*rows, register=here)
    used = forecast_inputs.build_turnout_counts(counted, here, PACE)
    learned = compute_pace_posterior(
        used, forecast_inputs.build_voter_rolls(here), PACE, here.election.rules.forecast
    )
    assert (np.diag(learned.covariance)[:-1] <= np.diag(PACE.covariance) + 1e-12).all()
    assert np.linalg.eigvalsh(learned.covariance).min() > -1e-12


TPS = codes(HOME)[:9] + codes(OTHER)[:9]
count = st.fixed_dictionaries(
    {
        "of": st.sampled_from(TPS),
        "hadir": st.integers(0, 480),
        "at": st.sampled_from(["07.50", "08.00", "09.00", "10.20", "11.00", "13.00"]),
        "fase": st.sampled_from([None, None, None, "ditutup"]),
    }
)


def stated_rows(stated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(one["of"], one["at"]): told(**one) for one in stated}.values())


@given(st.lists(count, max_size=40))
@settings(max_examples=examples(40))
def test_it_never_falls_below_what_was_counted_and_its_bounds_hold(
    stated: list[dict[str, Any]],
) -> None:
    here = found(*stated_rows(stated), at="14.00")
    table, one = build_kecamatan_table(here), compute_total(here)
    for row in (*table.itertuples(), one):
        if row.used:
            assert row.counted <= row.low + 1e-6
            assert row.low <= row.centre + 1e-6 <= row.high + 2e-6
    assert np.isnan(one.centre) or one.centre == pytest.approx(table["centre"].sum())


@given(st.lists(count, min_size=1, max_size=30), st.randoms())
@settings(max_examples=examples(25))
def test_the_order_of_the_rows_does_not_matter(stated: list[dict[str, Any]], rng: Any) -> None:
    rows = stated_rows(stated)
    mixed = rng.sample(rows, len(rows))
    pd.testing.assert_frame_equal(by_area(*rows), by_area(*mixed))


@given(st.lists(st.sampled_from(codes()[::7]), min_size=1, max_size=40, unique=True))
@settings(max_examples=examples(15))
def test_another_report_does_not_lower_what_was_counted(late: list[str]) -> None:
    early = at_rate(0.6, codes()[::7], "10.00")
    before = of_all(*early)
    after = of_all(*early, *at_rate(0.6, late, "11.00"))
    assert after.counted >= before.counted
    assert after.low >= before.counted


def test_the_calibration_by_hand_is_used_by_these_tests() -> None:
    assert register().election.turnout_parameters is CALIBRATED
