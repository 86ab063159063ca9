"""Calibrates the turnout outlook on simulated days, and measures it on others.

Three steps: how days run (sd of their pace) is taken from the days; by what a sigma is
multiplied so that the interval holds the truth of so many of a hundred days; and what comes of
it on days that had no part in either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, select_current_counts
from situasi.analysis.turnout import simulated_days as simulated
from situasi.analysis.turnout.forecast import (
    BASELINES,
    TurnoutForecast,
    compute_forecast_with_parameters,
    sum_areas,
)
from situasi.analysis.turnout.forecast_pace import SD_PER_MAD
from situasi.analysis.turnout.simulated_days import DayAssumptions, SimulatedArea, SimulatedDay
from situasi.domain.forecast_parameters import (
    KABUPATEN,
    KECAMATAN,
    ConformalFactor,
    EvaluationScore,
    ForecastParameters,
    Pace,
)
from situasi.domain.register import Register

DAYS, SEED = 2000, 20241127
TEST_DAYS, TEST_SEED = 500, 7
# Between two of these the stretch is interpolated; what stands at the last holds for the evening.
STEP = timedelta(minutes=30)
_FIRST_AFTER_OPENING, _LAST_AFTER_CLOSING = timedelta(hours=1, minutes=30), timedelta(hours=2)

_Floats = npt.NDArray[np.float64]
_FORECAST_COLUMNS = ("centre", "sigma", "low", "high", "dpt", *BASELINES)
ProgressCallback = Callable[[int], None]


@dataclass(frozen=True)
class ForecastSample:
    """What the outlook said at one time, beside the truth: rows of many days, columns of voters.

    columns: truth, and of analysis.outlook.summed; only what had enough reports.
    """

    columns: Mapping[str, _Floats]

    def __len__(self) -> int:
        return len(self.columns["truth"])


@dataclass(frozen=True)
class SamplesAtTime:
    """Of one time of day: the kabupaten, and its kecamatan pooled."""

    kabupaten: ForecastSample
    kecamatan: ForecastSample


def build_reports(day: SimulatedDay, until_us: int) -> TpsReports:
    """What had been told of this day by then (microseconds), as the analyses read it."""
    known = np.flatnonzero(day.reported_us <= until_us)
    size = len(known)
    nothing, nobody = np.full(size, np.nan), np.full(size, None, dtype=object)
    found = TpsReports(
        seq=known.astype("int64"),
        id=known.astype(object),
        station_index=day.station_index[known],
        occurred_us=day.counted_us[known],
        reported_us=day.reported_us[known],
        has_exact_minute=np.ones(size, dtype=bool),
        fase_index=day.fase_index[known],
        voters_present=day.reported_counts[known],
        present_dpt=nothing,
        present_dptb=nothing,
        present_dpk=nothing,
        contact=nobody,
        escort=nobody,
        is_exercise=np.ones(size, dtype=bool),
    )
    return found.take(np.lexsort((found.seq, found.reported_us, found.occurred_us)))


def compute_day_forecast(
    day: SimulatedDay, register: Register, parameters: ForecastParameters, at: datetime
) -> TurnoutForecast:
    """The outlook on this day at this moment."""
    standing = select_current_counts(build_reports(day, timestamps.to_us(at)), register)
    return compute_forecast_with_parameters(parameters, standing, register, at)


def collect_samples(
    days: Iterable[SimulatedDay],
    register: Register,
    parameters: ForecastParameters,
    forecast_times: Sequence[datetime],
    on_day_done: ProgressCallback = lambda _day: None,
) -> list[SamplesAtTime]:
    """What the outlook said on these days, by time."""
    home = pd.factorize(register.tps["kecamatan"])[0]
    each = np.eye(home.max() + 1, dtype=bool)
    every = np.ones((1, len(each)), dtype=bool)
    found: list[list[tuple[dict[str, _Floats], ...]]] = [[] for _ in forecast_times]
    for number, day in enumerate(days, start=1):
        truth = np.bincount(home, day.final_counts)
        for at, moment in enumerate(forecast_times):
            here = compute_day_forecast(day, register, parameters, moment)
            found[at].append(
                tuple(_add_truth(sum_areas(here, of), of @ truth) for of in (every, each))
            )
        on_day_done(number)
    return [
        SamplesAtTime(*(_concatenate(rows) for rows in zip(*here, strict=True))) for here in found
    ]


def _add_truth(forecast_columns: Mapping[str, _Floats], truth: _Floats) -> dict[str, _Floats]:
    enough = forecast_columns["enough"]
    return {"truth": truth[enough]} | {
        name: forecast_columns[name][enough] for name in _FORECAST_COLUMNS
    }


def _concatenate(rows: Sequence[Mapping[str, _Floats]]) -> ForecastSample:
    return ForecastSample({name: np.concatenate([row[name] for row in rows]) for name in rows[0]})


def estimate_pace(days: Iterable[SimulatedDay], area: SimulatedArea) -> Pace:
    """How these days run against the assumed curve, at the full hours."""
    elapsed = (area.full_hours_us - area.opens_us) / (area.closes_us - area.opens_us)
    assumed = np.log(np.interp(elapsed, *area.curve))
    ahead, kecamatan, tps = [], [], []
    for day in days:
        final = day.final_counts.clip(1)
        here = np.log(day.true_counts[:, :-1].sum(axis=0) / final.sum())
        ahead.append(here - assumed)
        home = _compute_log_shares(day.true_counts, area.kecamatan)
        kecamatan.append(home - here)
        tps.append(
            _robust_sd(
                np.log(day.true_counts[:, :-1].clip(0.5) / final[:, None]) - home[area.kecamatan]
            )
        )
    return Pace(
        offset=np.mean(ahead, axis=0),
        covariance=np.cov(np.array(ahead), rowvar=False),
        kecamatan=np.sqrt(np.mean(np.concatenate(kecamatan) ** 2, axis=0)),
        tps=np.mean(tps, axis=0),
    )


def _compute_log_shares(
    voters_present: npt.NDArray[np.int64], kecamatan_index: npt.NDArray[np.intp]
) -> _Floats:
    summed = np.zeros((kecamatan_index.max() + 1, voters_present.shape[1]))
    np.add.at(summed, kecamatan_index, voters_present)
    shares: _Floats = np.log(summed[:, :-1].clip(0.5) / summed[:, -1:].clip(1))
    return shares


def _robust_sd(values: _Floats) -> _Floats:
    """The robust sd of each column."""
    found: _Floats = SD_PER_MAD * np.median(np.abs(values - np.median(values, axis=0)), axis=0)
    return found


def list_fitting_times(register: Register) -> list[datetime]:
    """The moments at which a stretch is fitted."""
    election = register.election
    first = election.local_time(election.tps_opens) + _FIRST_AFTER_OPENING
    last = election.local_time(election.tps_closes) + _LAST_AFTER_CLOSING
    return [first + STEP * step for step in range(int((last - first) / STEP) + 1)]


def calibrate(
    register: Register,
    assumptions: DayAssumptions,
    *,
    days: int = DAYS,
    seed: int = SEED,
    test_days: int = TEST_DAYS,
    test_seed: int = TEST_SEED,
    on_day_done: ProgressCallback = lambda _day: None,
) -> ForecastParameters:
    """A calibration for this register. tell: is told of each day that is done."""
    of = simulated.build_area(register)
    rough = ForecastParameters(
        register.election.rules.forecast.confidence_percent,
        days, seed, test_days, test_seed,
        estimate_pace(simulated.simulate_days(of, assumptions, days, seed), of),
        (ConformalFactor(0, 1.0, 1.0),),
        (),
    )  # fmt: skip
    at = list_fitting_times(register)
    found = collect_samples(
        simulated.simulate_days(of, assumptions, days, seed), register, rough, at, on_day_done
    )
    fitted = replace(
        rough, conformal_factors=tuple(fit_conformal_factors(register, rough, at, found))
    )
    others = simulated.simulate_days(of, assumptions, test_days, test_seed)
    return replace(fitted, evaluation=tuple(compute_scores(register, fitted, others, on_day_done)))


def fit_conformal_factors(
    register: Register,
    parameters: ForecastParameters,
    moments: Sequence[datetime],
    samples_by_time: Sequence[SamplesAtTime],
) -> list[ConformalFactor]:
    """By what sigma is to be multiplied at each of these moments."""
    opens = register.election.local_time(register.election.tps_opens)
    return [
        ConformalFactor(
            int((moment - opens) / timedelta(minutes=1)),
            _conformal_quantile(here.kabupaten, parameters.confidence_percent),
            _conformal_quantile(here.kecamatan, parameters.confidence_percent),
        )
        for moment, here in zip(moments, samples_by_time, strict=True)
        if len(here.kabupaten)
    ]


def _conformal_quantile(sample: ForecastSample, confidence: float) -> float:
    """The split-conformal quantile of how many sigma the truth lies from the centre."""
    told = sample.columns
    away = np.sort(np.abs(told["truth"] - told["centre"]) / told["sigma"])
    rank = int(np.ceil((len(away) + 1) * confidence / 100)) - 1
    return float(away[min(rank, len(away) - 1)])


def compute_scores(
    register: Register,
    parameters: ForecastParameters,
    days: Iterable[SimulatedDay],
    on_day_done: ProgressCallback = lambda _day: None,
) -> list[EvaluationScore]:
    """What the outlook is worth on these days, at the times of rules.outlook.scored."""
    election = register.election
    scored = election.rules.forecast.scoring_times
    found = collect_samples(
        days, register, parameters, [election.local_time(at) for at in scored], on_day_done
    )
    return [
        compute_score(at, level, rows)
        for at, here in zip(scored, found, strict=True)
        for level, rows in ((KABUPATEN, here.kabupaten), (KECAMATAN, here.kecamatan))
    ]


def compute_score(at: time, level: str, sample: ForecastSample) -> EvaluationScore:
    """Coverage in percent, widths and errors in points of the list."""
    told, points = sample.columns, 100 / sample.columns["dpt"]
    held = (told["low"] <= told["truth"]) & (told["truth"] <= told["high"])
    ways = {"model": "centre", **{way: way for way in BASELINES}}
    errors = {
        name: float((np.abs(told[column] - told["truth"]) * points).mean())
        for name, column in ways.items()
    }
    width = float(((told["high"] - told["low"]) / 2 * points).mean())
    return EvaluationScore(at, level, 100 * float(held.mean()), width, **errors)
