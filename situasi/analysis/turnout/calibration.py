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
from situasi.analysis.stations.reports import Reports, counts
from situasi.analysis.turnout import simulated_days as simulated
from situasi.analysis.turnout.forecast import PLAIN, Outlook, outlook_by, summed
from situasi.analysis.turnout.forecast_pace import MAD
from situasi.analysis.turnout.simulated_days import Area, Assumed, Day
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
_FIRST, _AFTER = timedelta(hours=1, minutes=30), timedelta(hours=2)

_Floats = npt.NDArray[np.float64]
_SAID = ("centre", "sigma", "low", "high", "dpt", *PLAIN)
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Sample:
    """What the outlook said at one time, beside the truth: rows of many days, columns of voters.

    columns: truth, and of analysis.outlook.summed; only what had enough reports.
    """

    columns: Mapping[str, _Floats]

    def __len__(self) -> int:
        return len(self.columns["truth"])


@dataclass(frozen=True)
class Samples:
    """Of one time of day: the kabupaten, and its kecamatan pooled."""

    whole: Sample
    kecamatan: Sample


def reports(day: Day, until: int) -> Reports:
    """What had been told of this day by then (microseconds), as the analyses read it."""
    known = np.flatnonzero(day.told <= until)
    size = len(known)
    nothing, nobody = np.full(size, np.nan), np.full(size, None, dtype=object)
    found = Reports(
        seq=known.astype("int64"),
        id=known.astype(object),
        place=day.place[known],
        at=day.at[known],
        told=day.told[known],
        exact=np.ones(size, dtype=bool),
        fase=day.fase[known],
        heads=day.heads[known],
        on_list=nothing,
        dptb=nothing,
        dpk=nothing,
        contact=nobody,
        escort=nobody,
        made_up=np.ones(size, dtype=bool),
    )
    return found.take(np.lexsort((found.seq, found.told, found.at)))


def seen(day: Day, register: Register, calibrated: ForecastParameters, at: datetime) -> Outlook:
    """The outlook on this day at this moment."""
    standing = counts(reports(day, timestamps.to_us(at)), register)
    return outlook_by(calibrated, standing, register, at)


def samples(
    days: Iterable[Day],
    register: Register,
    calibrated: ForecastParameters,
    times: Sequence[datetime],
    tell: Tell = lambda _day: None,
) -> list[Samples]:
    """What the outlook said on these days, by time."""
    home = pd.factorize(register.tps["kecamatan"])[0]
    each = np.eye(home.max() + 1, dtype=bool)
    every = np.ones((1, len(each)), dtype=bool)
    found: list[list[tuple[dict[str, _Floats], ...]]] = [[] for _ in times]
    for number, day in enumerate(days, start=1):
        truth = np.bincount(home, day.final)
        for at, moment in enumerate(times):
            here = seen(day, register, calibrated, moment)
            found[at].append(tuple(_beside(summed(here, of), of @ truth) for of in (every, each)))
        tell(number)
    return [Samples(*(_joined(rows) for rows in zip(*here, strict=True))) for here in found]


def _beside(said: Mapping[str, _Floats], truth: _Floats) -> dict[str, _Floats]:
    enough = said["enough"]
    return {"truth": truth[enough]} | {name: said[name][enough] for name in _SAID}


def _joined(rows: Sequence[Mapping[str, _Floats]]) -> Sample:
    return Sample({name: np.concatenate([row[name] for row in rows]) for name in rows[0]})


def pace(days: Iterable[Day], of: Area) -> Pace:
    """How these days run against the assumed curve, at the full hours."""
    elapsed = (of.hours - of.opens) / (of.closes - of.opens)
    assumed = np.log(np.interp(elapsed, *of.curve))
    ahead, kecamatan, tps = [], [], []
    for day in days:
        final = day.final.clip(1)
        here = np.log(day.came[:, :-1].sum(axis=0) / final.sum())
        ahead.append(here - assumed)
        home = _log_shares(day.came, of.kecamatan)
        kecamatan.append(home - here)
        tps.append(
            _spread(np.log(day.came[:, :-1].clip(0.5) / final[:, None]) - home[of.kecamatan])
        )
    return Pace(
        offset=np.mean(ahead, axis=0),
        covariance=np.cov(np.array(ahead), rowvar=False),
        kecamatan=np.sqrt(np.mean(np.concatenate(kecamatan) ** 2, axis=0)),
        tps=np.mean(tps, axis=0),
    )


def _log_shares(came: npt.NDArray[np.int64], home: npt.NDArray[np.intp]) -> _Floats:
    summed = np.zeros((home.max() + 1, came.shape[1]))
    np.add.at(summed, home, came)
    shares: _Floats = np.log(summed[:, :-1].clip(0.5) / summed[:, -1:].clip(1))
    return shares


def _spread(values: _Floats) -> _Floats:
    """The robust sd of each column."""
    found: _Floats = MAD * np.median(np.abs(values - np.median(values, axis=0)), axis=0)
    return found


def times(register: Register) -> list[datetime]:
    """The moments at which a stretch is fitted."""
    election = register.election
    first = election.local_time(election.tps_opens) + _FIRST
    last = election.local_time(election.tps_closes) + _AFTER
    return [first + STEP * step for step in range(int((last - first) / STEP) + 1)]


def calibrate(
    register: Register,
    given: Assumed,
    *,
    days: int = DAYS,
    seed: int = SEED,
    test_days: int = TEST_DAYS,
    test_seed: int = TEST_SEED,
    tell: Tell = lambda _day: None,
) -> ForecastParameters:
    """A calibration for this register. tell: is told of each day that is done."""
    of = simulated.area(register)
    rough = ForecastParameters(
        register.election.rules.forecast.confidence_percent,
        days, seed, test_days, test_seed,
        pace(simulated.days(of, given, days, seed), of),
        (ConformalFactor(0, 1.0, 1.0),),
        (),
    )  # fmt: skip
    at = times(register)
    found = samples(simulated.days(of, given, days, seed), register, rough, at, tell)
    fitted = replace(rough, conformal_factors=tuple(fit(register, rough, at, found)))
    others = simulated.days(of, given, test_days, test_seed)
    return replace(fitted, evaluation=tuple(scores(register, fitted, others, tell)))


def fit(
    register: Register, rough: ForecastParameters, at: Sequence[datetime], found: Sequence[Samples]
) -> list[ConformalFactor]:
    """By what sigma is to be multiplied at each of these moments."""
    opens = register.election.local_time(register.election.tps_opens)
    return [
        ConformalFactor(
            int((moment - opens) / timedelta(minutes=1)),
            _quantile(here.whole, rough.confidence_percent),
            _quantile(here.kecamatan, rough.confidence_percent),
        )
        for moment, here in zip(at, found, strict=True)
        if len(here.whole)
    ]


def _quantile(rows: Sample, confidence: float) -> float:
    """The split-conformal quantile of how many sigma the truth lies from the centre."""
    told = rows.columns
    away = np.sort(np.abs(told["truth"] - told["centre"]) / told["sigma"])
    rank = int(np.ceil((len(away) + 1) * confidence / 100)) - 1
    return float(away[min(rank, len(away) - 1)])


def scores(
    register: Register,
    calibrated: ForecastParameters,
    days: Iterable[Day],
    tell: Tell = lambda _day: None,
) -> list[EvaluationScore]:
    """What the outlook is worth on these days, at the times of rules.outlook.scored."""
    election = register.election
    scored = election.rules.forecast.scoring_times
    found = samples(days, register, calibrated, [election.local_time(at) for at in scored], tell)
    return [
        score(at, level, rows)
        for at, here in zip(scored, found, strict=True)
        for level, rows in ((KABUPATEN, here.whole), (KECAMATAN, here.kecamatan))
    ]


def score(at: time, level: str, rows: Sample) -> EvaluationScore:
    """Coverage in percent, widths and errors in points of the list."""
    told, points = rows.columns, 100 / rows.columns["dpt"]
    held = (told["low"] <= told["truth"]) & (told["truth"] <= told["high"])
    ways = {"model": "centre", **{way: way for way in PLAIN}}
    errors = {
        name: float((np.abs(told[column] - told["truth"]) * points).mean())
        for name, column in ways.items()
    }
    width = float(((told["high"] - told["low"]) / 2 * points).mean())
    return EvaluationScore(at, level, 100 * float(held.mean()), width, **errors)
