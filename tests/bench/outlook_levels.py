"""The turnout outlook where it learned nothing of the kind: another country, and other levels.

`SITUASI_REAL_DAYS=folder python -m tests.bench outlook_levels`: Italian provinces from Romanian
days alone, at the two hours that are known of them; half counties, five counties as one, and the
country, from the other days of counties; countries made up, whose voters come earlier or later in
the day than those of any that is known. Past turnout known, no day of the place.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from situasi.analysis import timestamps
from situasi.analysis.turnout import calibration
from situasi.domain.election import Election
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.register import Register
from tests.analysis import builders_tps
from tests.bench import outlook_real, real_days, real_facts, real_scores
from tests.bench.outlook_real import Known
from tests.bench.real_days import MIN_COMMUNES, PARTS, RealDay
from tests.simulated_days.days import SimulatedDay

_ITALY_PAST = (0.752, 0.805)  # share of the list that came in 2013 and 2008
# Just after 12 and 19 of 07 to 23, laid over 07.00 to 13.00.
_ITALY_TIMES = {"1/3": time(9), "3/4": time(11, 35)}
_SILENT_SHARES = (0.1, 0.4)
# Countries made up: what had come at a share e of the hours comes at e to one over this power.
# With 0.8 some 15 % come in the first sixth where 9.5 % did, with 1.2 some 6 %.
_POWERS = (0.8, 0.9, 1.1, 1.2)
_EVERY = 4  # county of these
_LIST = 1000  # of each comune: only shares are known


def run() -> None:
    """Print the scores by country and level; nothing where no folder is named."""
    folder = real_days.get_folder()
    if folder is None:
        print(f"\nOther levels: not run ({real_days.FOLDER_VARIABLE} is not set)")
        return
    known = Known(folder)
    print("\nItalian provinces (one day), from Romanian days alone")
    _print(measure_italy(folder, known))
    counties = sorted({one.county for one in known.days})[::_EVERY]
    made_up = {
        f"made-up country, power {power}": [
            bend(one, power) for one in known.days if one.county in counties
        ]
        for power in _POWERS
    }
    for name, days in (build_levels(known.days) | made_up).items():
        print(f"\n{name}, from the other days of counties")
        _print(_measure_level(known, days))


def _print(rows: pd.DataFrame) -> None:
    names = ["covered", "worst", "half", "score", "error", "miss"]
    print(real_scores.by_day(rows, "level", "time")[names].round(1).to_string())


def build_levels(days: Sequence[RealDay]) -> dict[str, list[RealDay]]:
    """Build places of other sizes than a county, by name of the level."""
    by_day: dict[str, list[RealDay]] = defaultdict(list)
    for one in days:
        by_day[one.day].append(one)
    return {
        "half counties": [half for one in days for half in _halve(one)],
        "five counties": [
            _join(group[at : at + 5])
            for group in by_day.values()
            for at in range(0, len(group) - 4, 5)
        ],
        "the country, its counties as stations": [_sum_counties(one) for one in by_day.values()],
    }


def bend(day: RealDay, power: float) -> RealDay:
    """Bend the hours of this day: a smooth line through its sixths, read at e to this power."""
    at = np.linspace(0, 1, day.voters_present.shape[1])
    present = PchipInterpolator(at, day.voters_present, axis=1)(at**power)
    return replace(day, voters_present=np.round(present))


def _halve(day: RealDay) -> Iterator[RealDay]:
    for name, rows in zip("ab", np.array_split(np.arange(len(day.dpt)), 2), strict=True):
        if len(rows) >= MIN_COMMUNES:
            yield _build(f"{day.county}{name}", day.day, day.dpt[rows], day.voters_present[rows])


def _join(days: Sequence[RealDay]) -> RealDay:
    dpt = np.concatenate([one.dpt for one in days])
    present = np.concatenate([one.voters_present for one in days])
    return _build(days[0].county, days[0].day, dpt, present)


def _sum_counties(days: Sequence[RealDay]) -> RealDay:
    dpt = np.array([one.dpt.sum() for one in days])
    return _build("all", days[0].day, dpt, np.array([one.voters_present.sum(0) for one in days]))


def _build(name: str, day: str, dpt: np.ndarray, voters_present: np.ndarray) -> RealDay:
    size = len(dpt)
    names = tuple(str(number) for number in range(size))
    return RealDay(day, name, names, dpt, np.arange(size) * PARTS // size, voters_present)


def _measure_level(known: Known, days: Sequence[RealDay]) -> pd.DataFrame:
    def calibrate(day: RealDay) -> tuple[ForecastParameters, Register]:
        facts = known.derive([one for one in known.dates if one != day.day])
        past = [one.turnout for one in days if one.county == day.county and one.day != day.day]
        election = outlook_real.set_past(builders_tps.whole().election, past)
        return calibration.calibrate(election, facts), real_days.build_register(day, election)

    return real_scores.add_scores(real_scores.collect(real_scores.Asked(days), calibrate))


def measure_italy(folder: Path, known: Known) -> pd.DataFrame:
    """Forecast each province from the counts of 12 and of 19, some comuni silent."""
    facts = known.derive(known.dates)
    facts = replace(facts, days=tuple(o for o in facts.days if o.country == real_facts.ROMANIA))
    election = outlook_real.set_past(builders_tps.whole().election, _ITALY_PAST)
    parameters = calibration.calibrate(election, facts)
    rows = []
    for number, (province, shares) in enumerate(sorted(read_provinces(folder).items())):
        present = np.zeros((len(shares), 7))
        present[:, -1] = np.round(_LIST * shares[:, 2])
        day = _build(province, "2018-03-04", np.full(len(shares), float(_LIST)), present)
        register = real_days.build_register(day, election)
        for silent in _SILENT_SHARES:
            told = np.random.default_rng(number).random(len(shares)) >= silent
            reports = _build_reports(shares, np.flatnonzero(told), election)
            for name, at in _ITALY_TIMES.items():
                moment = election.local_time(at)
                found = real_scores.forecast(day, reports, parameters, register, moment)
                rows.append(found.assign(day=day.day, time=name))
    return real_scores.add_scores(pd.concat(rows, ignore_index=True))


def read_provinces(folder: Path) -> dict[str, np.ndarray]:
    """Read the shares of the list at 12, 19 and 23 (columns) by province, a row for each comune."""
    with gzip.open(folder / "it_comuni_2018.csv.gz", "rt", encoding="utf-8", newline="") as file:
        lines = [row for row in csv.reader(file) if row[0] != "province"]
    by_province: dict[str, list[list[float]]] = defaultdict(list)
    for province, _, *cells in lines:
        shares = [float(cell.replace(",", ".") or "nan") / 100 for cell in cells]
        if min(shares) > 0 and np.isfinite(shares).all():
            by_province[province].append(shares)
    return {name: np.array(rows) for name, rows in by_province.items() if len(rows) >= MIN_COMMUNES}


def _build_reports(shares: np.ndarray, told: np.ndarray, election: Election) -> SimulatedDay:
    opens = timestamps.to_us(election.local_time(election.tps_opens))
    closes = timestamps.to_us(election.local_time(election.tps_closes))
    elapsed = np.array([5 / 16, 12 / 16])
    counted_us = np.repeat(opens + (elapsed * (closes - opens)).astype("int64"), len(told))
    return SimulatedDay(
        kind="Italia",
        true_counts=np.round(_LIST * shares[:, 2:]).astype("int64"),
        station_index=np.tile(told, 2),
        counted_us=counted_us,
        reported_us=counted_us + 60_000_000,
        reported_counts=np.round(_LIST * shares[told, :2].T).ravel(),
        fase_index=np.full(2 * len(told), -1),
    )
