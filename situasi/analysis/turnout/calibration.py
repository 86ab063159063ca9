"""Calibrate the turnout forecast on simulated days and score it on other days.

Three steps: estimate the pace (its offset and covariance) from the days; fit by what factor sigma
is multiplied so that the interval contains the truth on the wanted percentage of days; score the
result on days that had no part in either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, select_current_counts
from situasi.analysis.turnout import simulated_days
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
# Factors are interpolated between these moments; the last one holds for the evening.
STEP = timedelta(minutes=30)
_FIRST_AFTER_OPENING, _LAST_AFTER_CLOSING = timedelta(hours=1, minutes=30), timedelta(hours=2)

_Floats = npt.NDArray[np.float64]
_FORECAST_COLUMNS = ("centre", "sigma", "low", "high", "dpt", *BASELINES)
ProgressCallback = Callable[[int], None]


@dataclass(frozen=True)
class ForecastSample:
    """Forecast and truth at one time of day: one row per day and area, in voters.

    columns: truth, and columns of forecast.sum_areas; only rows that had enough reports.
    """

    columns: Mapping[str, _Floats]

    def __len__(self) -> int:
        return len(self.columns["truth"])


@dataclass(frozen=True)
class SamplesAtTime:
    """The samples of one time of day: the kabupaten, and all its kecamatan pooled."""

    kabupaten: ForecastSample
    kecamatan: ForecastSample


def build_reports(day: SimulatedDay, until_us: int) -> TpsReports:
    """Return what had been reported of this day until then (microseconds), as TpsReports."""
    reported = np.flatnonzero(day.reported_us <= until_us)
    size = len(reported)
    missing, no_contact = np.full(size, np.nan), np.full(size, None, dtype=object)
    reports = TpsReports(
        seq=reported.astype("int64"),
        id=reported.astype(object),
        station_index=day.station_index[reported],
        occurred_us=day.counted_us[reported],
        reported_us=day.reported_us[reported],
        has_exact_minute=np.ones(size, dtype=bool),
        fase_index=day.fase_index[reported],
        voters_present=day.reported_counts[reported],
        present_dpt=missing,
        present_dptb=missing,
        present_dpk=missing,
        contact=no_contact,
        escort=no_contact,
        is_exercise=np.ones(size, dtype=bool),
    )
    return reports.take(np.lexsort((reports.seq, reports.reported_us, reports.occurred_us)))


def compute_day_forecast(
    day: SimulatedDay, register: Register, parameters: ForecastParameters, at: datetime
) -> TurnoutForecast:
    """Compute the forecast of this day at this moment."""
    current_counts = select_current_counts(build_reports(day, timestamps.to_us(at)), register)
    return compute_forecast_with_parameters(parameters, current_counts, register, at)


def collect_samples(
    days: Iterable[SimulatedDay],
    register: Register,
    parameters: ForecastParameters,
    forecast_times: Sequence[datetime],
    on_day_done: ProgressCallback = lambda _day: None,
) -> list[SamplesAtTime]:
    """Collect the forecasts of these days and the truth, by time of day."""
    kecamatan_index = pd.factorize(register.tps["kecamatan"])[0]
    single = np.eye(kecamatan_index.max() + 1, dtype=bool)
    total = np.ones((1, len(single)), dtype=bool)
    samples: list[list[tuple[dict[str, _Floats], ...]]] = [[] for _ in forecast_times]
    for number, day in enumerate(days, start=1):
        truth = np.bincount(kecamatan_index, day.final_counts)
        for position, moment in enumerate(forecast_times):
            forecast = compute_day_forecast(day, register, parameters, moment)
            samples[position].append(
                tuple(
                    _add_truth(sum_areas(forecast, mask), mask @ truth) for mask in (total, single)
                )
            )
        on_day_done(number)
    return [
        SamplesAtTime(*(_concatenate(rows) for rows in zip(*columns_by_day, strict=True)))
        for columns_by_day in samples
    ]


def _add_truth(forecast_columns: Mapping[str, _Floats], truth: _Floats) -> dict[str, _Floats]:
    enough = forecast_columns["enough"]
    return {"truth": truth[enough]} | {
        name: forecast_columns[name][enough] for name in _FORECAST_COLUMNS
    }


def _concatenate(rows: Sequence[Mapping[str, _Floats]]) -> ForecastSample:
    return ForecastSample({name: np.concatenate([row[name] for row in rows]) for name in rows[0]})


def estimate_pace(days: Iterable[SimulatedDay], area: SimulatedArea) -> Pace:
    """Estimate how these days run against the assumed curve, at the full hours."""
    elapsed = (area.full_hours_us - area.opens_us) / (area.closes_us - area.opens_us)
    assumed = np.log(np.interp(elapsed, *area.curve))
    offsets, kecamatan_deviations, tps_deviations = [], [], []
    for day in days:
        final = day.final_counts.clip(1)
        total = np.log(day.true_counts[:, :-1].sum(axis=0) / final.sum())
        offsets.append(total - assumed)
        log_shares = _compute_log_shares(day.true_counts, area.kecamatan)
        kecamatan_deviations.append(log_shares - total)
        tps_log_shares = np.log(day.true_counts[:, :-1].clip(0.5) / final[:, None])
        tps_deviations.append(_robust_sd(tps_log_shares - log_shares[area.kecamatan]))
    return Pace(
        offset=np.mean(offsets, axis=0),
        covariance=np.cov(np.array(offsets), rowvar=False),
        kecamatan=np.sqrt(np.mean(np.concatenate(kecamatan_deviations) ** 2, axis=0)),
        tps=np.mean(tps_deviations, axis=0),
    )


def _compute_log_shares(
    voters_present: npt.NDArray[np.int64], kecamatan_index: npt.NDArray[np.intp]
) -> _Floats:
    summed = np.zeros((kecamatan_index.max() + 1, voters_present.shape[1]))
    np.add.at(summed, kecamatan_index, voters_present)
    shares: _Floats = np.log(summed[:, :-1].clip(0.5) / summed[:, -1:].clip(1))
    return shares


def _robust_sd(values: _Floats) -> _Floats:
    """Return the robust standard deviation of each column."""
    deviations: _Floats = SD_PER_MAD * np.median(np.abs(values - np.median(values, axis=0)), axis=0)
    return deviations


def list_fitting_times(register: Register) -> list[datetime]:
    """Return the moments at which an interval factor is fitted."""
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
    """Calibrate the forecast; on_day_done receives the number of each finished day."""
    area = simulated_days.build_area(register)
    draft = ForecastParameters(
        register.election.rules.forecast.confidence_percent,
        days, seed, test_days, test_seed,
        estimate_pace(simulated_days.simulate_days(area, assumptions, days, seed), area),
        (ConformalFactor(0, 1.0, 1.0),),
        (),
    )  # fmt: skip
    times = list_fitting_times(register)
    samples = collect_samples(
        simulated_days.simulate_days(area, assumptions, days, seed),
        register,
        draft,
        times,
        on_day_done,
    )
    fitted = replace(
        draft, conformal_factors=tuple(fit_conformal_factors(register, draft, times, samples))
    )
    unseen = simulated_days.simulate_days(area, assumptions, test_days, test_seed)
    return replace(fitted, evaluation=tuple(compute_scores(register, fitted, unseen, on_day_done)))


def fit_conformal_factors(
    register: Register,
    parameters: ForecastParameters,
    moments: Sequence[datetime],
    samples_by_time: Sequence[SamplesAtTime],
) -> list[ConformalFactor]:
    """Fit by what sigma is multiplied at each of these moments."""
    opens = register.election.local_time(register.election.tps_opens)
    return [
        ConformalFactor(
            int((moment - opens) / timedelta(minutes=1)),
            _conformal_quantile(samples.kabupaten, parameters.confidence_percent),
            _conformal_quantile(samples.kecamatan, parameters.confidence_percent),
        )
        for moment, samples in zip(moments, samples_by_time, strict=True)
        if len(samples.kabupaten)
    ]


def _conformal_quantile(sample: ForecastSample, confidence: float) -> float:
    """Return the split-conformal quantile of the distance of truth and centre in sigma."""
    columns = sample.columns
    distances = np.sort(np.abs(columns["truth"] - columns["centre"]) / columns["sigma"])
    rank = int(np.ceil((len(distances) + 1) * confidence / 100)) - 1
    return float(distances[min(rank, len(distances) - 1)])


def compute_scores(
    register: Register,
    parameters: ForecastParameters,
    days: Iterable[SimulatedDay],
    on_day_done: ProgressCallback = lambda _day: None,
) -> list[EvaluationScore]:
    """Score the forecast on these days, at the times of rules.forecast.scoring_times."""
    election = register.election
    scoring_times = election.rules.forecast.scoring_times
    samples_by_time = collect_samples(
        days, register, parameters, [election.local_time(at) for at in scoring_times], on_day_done
    )
    return [
        compute_score(at, level, sample)
        for at, samples in zip(scoring_times, samples_by_time, strict=True)
        for level, sample in ((KABUPATEN, samples.kabupaten), (KECAMATAN, samples.kecamatan))
    ]


def compute_score(at: time, level: str, sample: ForecastSample) -> EvaluationScore:
    """Compute coverage in percent, and widths and errors in percentage points of the DPT."""
    columns, points = sample.columns, 100 / sample.columns["dpt"]
    is_covered = (columns["low"] <= columns["truth"]) & (columns["truth"] <= columns["high"])
    column_by_method = {"model": "centre", **{baseline: baseline for baseline in BASELINES}}
    errors = {
        name: float((np.abs(columns[column] - columns["truth"]) * points).mean())
        for name, column in column_by_method.items()
    }
    width = float(((columns["high"] - columns["low"]) / 2 * points).mean())
    return EvaluationScore(at, level, 100 * float(is_covered.mean()), width, **errors)
