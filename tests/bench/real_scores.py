"""Scores of forecasts on real days, clustered by day: coverage, interval score, CRPS, PIT, bias."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np
import pandas as pd
from scipy.stats import norm

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import select_current_counts
from situasi.analysis.turnout.forecast import compute_forecast_with_parameters, sum_areas
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.register import Register
from tests.bench.real_days import PARTS, RealDay
from tests.bench.real_reports import WAYS, build_reports
from tests.simulated_days import scores
from tests.simulated_days.days import SimulatedDay

TIMES = {"1/4": time(8, 30), "1/2": time(10), "3/4": time(11, 30), "closing": time(13, 30)}
_PENALTY = 20.0  # of a point outside the interval: 2 / alpha at 90 % (Gneiting, Raftery 2007)
PLAIN_WAYS = ("paced", "scaled", "so_far")
_Z90 = 1.6449

Calibrate = Callable[[RealDay], tuple[ForecastParameters, Register]]


@dataclass(frozen=True)
class Asked:
    """What is forecast: these days, reported in these ways, at these times."""

    days: Sequence[RealDay]
    ways: Sequence[str] = tuple(WAYS)
    times: Sequence[str] = tuple(TIMES)


def collect(asked: Asked, calibrate: Calibrate) -> pd.DataFrame:
    """Collect a row for each day, county, way, time and area.

    Columns: day, county, way, time, level (whole, part), told (share of the stations), and in
    points of the list: truth, centre, low, high, and the plain ways so_far, scaled and paced (the
    share that came by then on the days of the calibration).
    """
    frames = []
    for number, day in enumerate(asked.days):
        parameters, register = calibrate(day)
        for way in asked.ways:
            reports = build_reports(day, way, register.election, number)
            for name in asked.times:
                at = register.election.local_time(TIMES[name])
                frames.append(
                    forecast(day, reports, parameters, register, at).assign(
                        day=day.day, county=day.county, way=way, time=name
                    )
                )
    return pd.concat(frames, ignore_index=True)


def forecast(
    day: RealDay,
    reports: SimulatedDay,
    parameters: ForecastParameters,
    register: Register,
    at: datetime,
) -> pd.DataFrame:
    """Forecast the end of this day at this moment; columns of collect but day, way and time."""
    known = scores.build_reports(reports, timestamps.to_us(at))
    counts = select_current_counts(known, register)
    found = compute_forecast_with_parameters(parameters, counts, register, at)
    mask = np.vstack([np.ones((1, PARTS), dtype=bool), np.eye(PARTS, dtype=bool)])
    columns = sum_areas(found, mask)
    truth = mask @ np.bincount(day.part, day.voters_present[:, -1], minlength=PARTS)
    points = 100 / columns["dpt"]
    names = ("centre", "low", "high", "so_far", "scaled", "paced")
    frame = pd.DataFrame({name: columns[name] * points for name in names})
    level = np.where(np.arange(PARTS + 1) == 0, "whole", "part")
    return frame.assign(
        truth=truth * points,
        level=level,
        told=columns["used"] / columns["tps"],
    )[columns["enough"].astype(bool)]


def add_scores(rows: pd.DataFrame) -> pd.DataFrame:
    """Add covered, half, score, crps, pit, error and miss (centre less truth), in points."""
    low, high, truth, centre = (rows[name] for name in ("low", "high", "truth", "centre"))
    below, above = (low - truth).clip(lower=0), (truth - high).clip(lower=0)
    sd = ((high - low) / 2 / _Z90).clip(lower=1e-3)
    z = (truth - centre) / sd
    return rows.assign(
        covered=100.0 * ((below <= 1e-9) & (above <= 1e-9)),
        half=(high - low) / 2,
        score=(high - low) + _PENALTY * (below + above),
        crps=_normal_crps(z, sd),
        pit=norm.cdf(z),
        error=(centre - truth).abs(),
        miss=centre - truth,
        **{f"{way}_error": (rows[way] - truth).abs() for way in PLAIN_WAYS},
    )


def _normal_crps(z: pd.Series, sd: pd.Series) -> pd.Series:
    """Return the CRPS of a normal distribution as wide as the interval (Gneiting, Raftery 2007)."""
    return sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))


def by_day(rows: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return the mean of the scores over days (each day one unit), and the worst day's coverage."""
    plain = [f"{way}_error" for way in PLAIN_WAYS]
    names = ["covered", "half", "score", "crps", "error", "miss", *plain]
    each = rows.groupby([*keys, "day"], sort=False)[names].mean()
    mean = each.groupby(list(keys), sort=False).mean()
    return mean.assign(worst=each["covered"].groupby(list(keys), sort=False).min())


def together(rows: pd.DataFrame) -> pd.DataFrame:
    """Return by time how the parts of one place hold at once: each interval is marginal.

    all: percent of looks at which every part was inside; outside: parts outside, mean; many: of
    one look in ten at least so many.
    """
    parts = rows[rows["level"] == "part"]
    outside = 1 - parts["covered"] / 100
    looks = outside.groupby([parts[key] for key in ("time", "day", "county", "way")], sort=False)
    counts = looks.sum().groupby("time", sort=False)
    return pd.DataFrame(
        {
            "all": 100 * counts.apply(lambda count: (count < 0.5).mean()),
            "outside": counts.mean(),
            "many": counts.quantile(0.9),
        }
    )


def add_pooled_conformal(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the whole with the interval of a plain conformal way.

    It is the ratio to other days, plus or minus the 90 % quantile of its errors, pooled over all
    counties and ways of the other days at that time: what takes counties of one day for days.
    """
    whole = rows[rows["level"] == "whole"]
    pieces = []
    for (_, day), group in whole.groupby(["time", "day"], sort=False):
        others = whole[(whole["time"] == group["time"].iloc[0]) & (whole["day"] != day)]
        width = (others["paced"] - others["truth"]).abs().quantile(0.9)
        centre = group["paced"]
        pieces.append(group.assign(centre=centre, low=centre - width, high=centre + width))
    return add_scores(pd.concat(pieces))
