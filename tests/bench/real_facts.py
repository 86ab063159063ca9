"""Derive the facts of real days: curves, covariances, spreads (written by outlook_real)."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from situasi.domain.real_days import DaySummary, RealDays, TurnoutSpreads
from tests.bench.real_days import PARTS, Floats, RealDay

ROMANIA, ITALY = "Rumania", "Italia"
SIXTHS = np.arange(1, 6) / 6
# Of a place between its days: the middle between what these days have (0.124, 0.056, 0.039, 0.034,
# 0.019) and what was measured on these and on further days that are not in the files: 0.178, 0.090,
# 0.047, 0.048, 0.034 against its other days (SOURCES.md beside them). That error is larger by
# sqrt(1 + 1/days), here of seven. Four to eight days show no rare one.
_AGAINST_OTHER_DAYS = np.array([0.178, 0.090, 0.047, 0.048, 0.034])
_OF_THESE_DAYS = np.array([0.124, 0.056, 0.039, 0.034, 0.019])
LEAST_DAY_SD = (_OF_THESE_DAYS + _AGAINST_OTHER_DAYS / np.sqrt(1 + 1 / 6)) / 2
_COMMUNES_SOURCE = "Autoritatea Electorală Permanentă lewat Far-Se/alegeri 9105948c (per komune)"
_COUNTIES_SOURCE = (
    "Autoritatea Electorală Permanentă lewat gov2-ro/prezenta-vot c20ec549 (per județ)"
)
_ITALY_SOURCE = "ondata/elezionipolitiche2018 808b8e96 (CC BY 4.0), votantiCIComuni.csv"


def log_shares(day: RealDay) -> Floats:
    """Return the log share of the county's voters who had come, at sixths."""
    sums = day.voters_present.sum(axis=0)
    return np.asarray(np.log(sums[1:6] / sums[-1]))


def summarise(counties: Sequence[RealDay]) -> DaySummary:
    """Summarise the counties of one day."""
    curves = np.array([log_shares(county) for county in counties])
    parts, stations, chance = _measure_spreads(counties)
    return DaySummary(
        day=date.fromisoformat(counties[0].day),
        country=ROMANIA,
        source=_COMMUNES_SOURCE,
        turnout=float(np.mean([county.turnout for county in counties])),
        elapsed=SIXTHS,
        log_share=curves.mean(axis=0),
        places=len(counties),
        between_places=np.cov(curves, rowvar=False),
        parts=parts,
        stations=stations,
        chance=chance,
    )


def _measure_spreads(counties: Sequence[RealDay]) -> tuple[Floats, Floats, Floats]:
    """Measure sd of parts against the county; of communes against their part by size."""
    of_parts, squares, sizes = [], [], []
    for county in counties:
        present = county.voters_present
        sums = np.array([present[county.part == part].sum(axis=0) for part in range(PARTS)])
        part_shares = np.log(sums[:, 1:6].clip(0.5) / sums[:, -1:])
        of_parts.append(part_shares - log_shares(county))
        own = np.log(present[:, 1:6].clip(0.5) / present[:, -1:]) - part_shares[county.part]
        # A commune is a part of its part: what it has in common with itself is missing.
        share = present[:, -1] / sums[county.part, -1]
        keep = share < 0.5
        squares.append((own[keep] / (1 - share[keep, None])) ** 2)
        sizes.append(present[keep, -1])
    wide, size = np.concatenate(squares), np.concatenate(sizes)
    design = np.column_stack([np.ones(len(size)), 1 / size])
    weight = np.sqrt(size)[:, None]  # small communes scatter more
    fitted = np.linalg.lstsq(design * weight, _trim(wide) * weight, rcond=None)[0]
    parts = np.sqrt(np.mean(np.concatenate(of_parts) ** 2, axis=0))
    return parts, np.sqrt(fitted[0].clip(0)), fitted[1].clip(0)


def _trim(squares: Floats) -> Floats:
    """Limit squares to four sd of the middle: a commune that told wrongly is no spread."""
    limit = 16 * 2.2 * np.median(squares, axis=0)
    return np.minimum(squares, limit)


def derive(days: Sequence[RealDay], others: Sequence[DaySummary] = ()) -> RealDays:
    """Derive all facts from these counties and days, and days of which the summary is known."""
    by_day = {name: [one for one in days if one.day == name] for name in {one.day for one in days}}
    summaries = [summarise(by_day[name]) for name in sorted(by_day)]
    return RealDays(
        persistent=_measure_persistent(days),
        least_day_sd=LEAST_DAY_SD,
        turnout=_measure_turnout(days),
        days=(*summaries, *others),
    )


def _measure_persistent(days: Sequence[RealDay]) -> Floats:
    """Measure the covariance of what counties keep from day to day."""
    names, counties = sorted({one.day for one in days}), sorted({one.county for one in days})
    known = {(one.county, one.day): log_shares(one) for one in days}
    if len(names) == 1:
        curves = np.array(list(known.values()))
        return np.asarray(np.cov(curves, rowvar=False)) * 0.8
    rows = [c for c in counties if all((c, day) in known for day in names)]
    curves = np.array([[known[county, day] for day in names] for county in rows])
    own = curves - curves.mean(axis=0)
    usual = own.mean(axis=1)
    rest = (own - usual[:, None]).reshape(-1, curves.shape[2])
    noise = rest.T @ rest / ((len(rows) - 1) * (len(names) - 1))
    covariance = np.cov(usual, rowvar=False) - noise / len(names)
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * values.clip(0)) @ vectors.T)


def _measure_turnout(days: Sequence[RealDay]) -> TurnoutSpreads:
    names = sorted({one.day for one in days})
    counties = sorted({one.county for one in days})
    turnout = {(one.county, one.day): one.turnout for one in days}
    rows = np.array([[turnout.get((c, day), np.nan) for day in names] for c in counties])
    between = np.sqrt(np.nanmean(np.nanvar(rows, axis=1, ddof=1))) if len(names) > 1 else 0.09
    of_parts, of_stations = [], []
    for one in days:
        final, dpt = one.voters_present[:, -1], one.dpt
        part = np.bincount(one.part, final, PARTS) / np.bincount(one.part, dpt, PARTS)
        of_parts.append(np.std(np.log(part)))
        of_stations.append(np.std(np.log(final / dpt) - np.log(part)[one.part]))
    return TurnoutSpreads(
        len(names),
        float(between),
        float(np.mean(of_parts)),
        float(np.mean(of_stations)),
        _measure_past(days),
    )


def _measure_past(days: Sequence[RealDay]) -> float:
    """Measure the sd of a commune's log turnout against its own past and its county's change."""
    found = []
    for county in {one.county for one in days}:
        own = sorted((one for one in days if one.county == county), key=lambda one: one.day)
        for before, after in pairwise(own):
            past = dict(zip(before.names, before.voters_present[:, -1] / before.dpt, strict=True))
            now = dict(zip(after.names, after.voters_present[:, -1] / after.dpt, strict=True))
            change = [np.log(now[name] / past[name]) for name in now if name in past]
            found.append(np.std(change))
    return float(np.mean(found)) if found else 0.15


def read_counties(folder: Path) -> list[DaySummary]:
    """Read the days by county, a summary for each, of which communes and the end are not known.

    The end is taken as 1 / 0.9757 of what had come an hour before it: the mean of four other days
    (0.968, 0.977, 0.978, 0.980).
    """
    end = 0.9757
    path = folder / "ro_county_per_jam_2016_2019.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row[0] != "day" and float(row[-1]) > 0]
    at = np.linspace(0, 14, 7)[1:6]
    summaries = []
    for name, county, *cells in sorted(rows):
        hourly = np.array([float(cell) for cell in cells])
        summaries.append(
            DaySummary(
                day=date.fromisoformat(name), country=ROMANIA, source=_COUNTIES_SOURCE,
                turnout=float("nan"), elapsed=SIXTHS, place=county,
                log_share=np.log(np.interp(at, np.arange(14), hourly) * end / hourly[-1]),
            )
        )  # fmt: skip
    return summaries


def average_counties(counties: Sequence[DaySummary]) -> list[DaySummary]:
    """Average the counties of each day."""
    summaries = []
    for _, grouped in groupby(counties, key=lambda one: one.day):
        of_day = list(grouped)
        curves = np.array([one.log_share for one in of_day])
        summaries.append(
            replace(
                of_day[0], place="", log_share=curves.mean(axis=0),
                places=len(curves), between_places=np.cov(curves, rowvar=False),
            )
        )  # fmt: skip
    return summaries


def read_italy(folder: Path) -> DaySummary:
    """Read the Italian day: at 12 and 19 of 07 to 23; the curve between them is interpolated."""
    with gzip.open(folder / "it_comuni_2018.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row[2:] for row in csv.reader(file) if row[0] != "province"]
    percents = np.array([[float(cell.replace(",", ".") or "nan") for cell in row] for row in rows])
    percents = percents[np.isfinite(percents).all(axis=1) & (percents > 0).all(axis=1)]
    curve = np.log(percents[:, :2] / percents[:, 2:]).mean(axis=0)
    return DaySummary(
        day=date(2018, 3, 4), country=ITALY, source=_ITALY_SOURCE,
        turnout=float(percents[:, 2].mean() / 100),
        elapsed=np.array([5 / 16, 12 / 16]), log_share=curve, places=1,
    )  # fmt: skip
