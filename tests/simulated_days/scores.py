"""Score the turnout forecast on simulated days.

They show how it bears late, missing and wrong reports, of which real days by the hour tell nothing:
what is measured on them is never the calibration.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, select_current_counts
from situasi.analysis.turnout.forecast import (
    TurnoutForecast,
    compute_forecast_with_parameters,
    sum_areas,
)
from situasi.domain.forecast_parameters import KABUPATEN, KECAMATAN, ForecastParameters
from situasi.domain.register import Register
from tests.simulated_days.days import SimulatedDay

BASELINES = ("paced", "scaled", "so_far")
_Floats = npt.NDArray[np.float64]
_FORECAST_COLUMNS = ("centre", "sigma", "low", "high", "dpt", *BASELINES)


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


@dataclass(frozen=True)
class SimulatedScore:
    """Results at one time of simulated days, for the KABUPATEN or (pooled) the KECAMATAN level.

    covered: percent of the intervals that hold the true value; width: their mean half width; model
    and BASELINES of forecast.sum_areas (paced, scaled, so_far): mean absolute errors. All
    but covered in points.
    """

    at: time
    level: str
    covered: float
    width: float
    model: float
    paced: float
    scaled: float
    so_far: float


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
) -> list[SamplesAtTime]:
    """Collect the forecasts of these days and the truth, by time of day."""
    kecamatan_index = pd.factorize(register.tps["kecamatan"])[0]
    single = np.eye(kecamatan_index.max() + 1, dtype=bool)
    total = np.ones((1, len(single)), dtype=bool)
    samples: list[list[tuple[dict[str, _Floats], ...]]] = [[] for _ in forecast_times]
    for day in days:
        truth = np.bincount(kecamatan_index, day.final_counts)
        for position, moment in enumerate(forecast_times):
            forecast = compute_day_forecast(day, register, parameters, moment)
            samples[position].append(
                tuple(
                    _add_truth(sum_areas(forecast, mask), mask @ truth) for mask in (total, single)
                )
            )
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


def compute_scores(
    register: Register,
    parameters: ForecastParameters,
    days: Iterable[SimulatedDay],
) -> list[SimulatedScore]:
    """Score the forecast on these days, at the times of rules.forecast.scoring_times."""
    election = register.election
    scoring_times = election.rules.forecast.scoring_times
    samples_by_time = collect_samples(
        days, register, parameters, [election.local_time(at) for at in scoring_times]
    )
    return [
        compute_score(at, level, sample)
        for at, samples in zip(scoring_times, samples_by_time, strict=True)
        for level, sample in ((KABUPATEN, samples.kabupaten), (KECAMATAN, samples.kecamatan))
    ]


def compute_score(at: time, level: str, sample: ForecastSample) -> SimulatedScore:
    """Compute coverage in percent, and widths and errors in percentage points of the DPT."""
    columns, points = sample.columns, 100 / sample.columns["dpt"]
    is_covered = (columns["low"] <= columns["truth"]) & (columns["truth"] <= columns["high"])
    column_by_method = {"model": "centre", **{baseline: baseline for baseline in BASELINES}}
    errors = {
        name: float((np.abs(columns[column] - columns["truth"]) * points).mean())
        for name, column in column_by_method.items()
    }
    width = float(((columns["high"] - columns["low"]) / 2 * points).mean())
    return SimulatedScore(at, level, 100 * float(is_covered.mean()), width, **errors)
