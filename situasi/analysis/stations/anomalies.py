"""Counts of heads that may be wrong, each with its reason: flagged, never repaired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, is_last_of_run
from situasi.domain.register import Register

# In this order they are told: falls, exceeds the list, jumps, the same from many TPS of a
# desa, far from its kecamatan, one digit repeated.
ANOMALY_KINDS = ("turun", "melebihi", "melonjak", "seragam", "menjauh", "kembar")
_MICROSECOND = timedelta(microseconds=1)
_Numbers = npt.NDArray[np.float64]


def find_anomalies(station_counts: TpsReports, register: Register) -> pd.DataFrame:
    """One row for each reason to doubt a count. Sorted by TPS, count and KINDS.

    standing: of station_reports.counts.

    Columns: code, kecamatan, desa, nomor, occurred_at, heads, seq, kind, `against` (what the
    count was held against), estimated (the voters of this TPS are a perkiraan), current (no
    later count of this TPS), latihan. against, by kind: the count before (turun, melonjak), the
    voters on the list (melebihi), how many TPS of the desa said the same (seragam), the
    median of the kecamatan in percent of the list (menjauh), nothing (kembar).
    """
    against = compute_reference_values(station_counts, register)
    row, kind = np.nonzero(~np.isnan(against))
    doubted, place = station_counts.take(row), station_counts.station_index[row]
    of = register.tps[["code", "kecamatan", "desa", "nomor", "estimated"]].take(place)
    return of.reset_index(drop=True).assign(
        occurred_at=timestamps.index_from_us(doubted.occurred_us),
        heads=doubted.voters_present,
        seq=doubted.seq,
        current=is_last_of_run(station_counts.station_index)[row],  # the last count of its TPS
        latihan=doubted.is_exercise,
        kind=np.array(ANOMALY_KINDS, dtype=object)[kind],
        against=against[row, kind],
    )


def compute_reference_values(station_counts: TpsReports, register: Register) -> _Numbers:
    """What each count was held against and found doubtful, a column for each of KINDS; else NaN."""
    held = _build_compared_counts(station_counts, register)
    against = np.column_stack(
        [
            _check_fall(held),
            _check_exceeds_roll(held, register),
            _check_jump(held, register),
            _check_repeated(held, register),
            _check_outlier(held, register),
            np.full(len(station_counts), np.nan),
        ]
    )
    # A repeated digit is no sign by itself: honest counts have it too.
    seldom = np.isin(held.voters_present, [digit * 111 for digit in range(1, 10)])
    against[seldom & ~np.isnan(against).all(axis=1), ANOMALY_KINDS.index("kembar")] = 0
    return against


@dataclass(frozen=True)
class _ComparedCounts:
    """The counts with the list of their TPS, the hour that they are of, the two before each."""

    station_index: npt.NDArray[np.int64]
    kecamatan: npt.NDArray[np.intp]
    desa: npt.NDArray[np.intp]
    voting_hour: npt.NDArray[np.int64]
    occurred_us: _Numbers
    voters_present: _Numbers
    listed_voters: _Numbers
    dpt: _Numbers
    estimated: npt.NDArray[np.bool_]
    earlier_counts: tuple[_Numbers, _Numbers]
    earlier_us: tuple[_Numbers, _Numbers]


def _build_compared_counts(station_counts: TpsReports, register: Register) -> _ComparedCounts:
    place, tps = station_counts.station_index, register.tps
    dpt = tps["dpt"].to_numpy("float64", na_value=np.nan)[place]
    us = station_counts.occurred_us.astype("float64")
    return _ComparedCounts(
        station_index=place,
        kecamatan=pd.factorize(tps["kecamatan"])[0][place],
        desa=pd.factorize(tps["desa"])[0][place],
        voting_hour=_compute_voting_hour(station_counts.occurred_us, register),
        occurred_us=us,
        voters_present=station_counts.voters_present,
        listed_voters=np.where(
            np.isnan(station_counts.present_dpt),
            station_counts.voters_present,
            station_counts.present_dpt,
        ),
        dpt=np.where(dpt > 0, dpt, np.nan),
        estimated=tps["estimated"].to_numpy(bool)[place],
        earlier_counts=(
            _shift_within_station(station_counts.voters_present, place, 1),
            _shift_within_station(station_counts.voters_present, place, 2),
        ),
        earlier_us=(_shift_within_station(us, place, 1), _shift_within_station(us, place, 2)),
    )


def _shift_within_station(
    values: _Numbers, station_index: npt.NDArray[np.int64], steps: int
) -> _Numbers:
    """The value so many counts earlier of the same TPS; NaN where there was none."""
    earlier = np.full(len(values), np.nan)
    earlier[steps:] = np.where(
        station_index[steps:] == station_index[:-steps], values[:-steps], np.nan
    )
    return earlier


def _compute_voting_hour(us: npt.NDArray[np.int64], register: Register) -> npt.NDArray[np.int64]:
    """To which hour of voting a count belongs: the nearest."""
    opens = timestamps.to_us(register.election.local_time(register.election.tps_opens))
    every = register.election.rules.tps.count_interval // _MICROSECOND
    return np.asarray((us - opens + every // 2) // every)


def _check_fall(compared: _ComparedCounts) -> _Numbers:
    return np.where(
        compared.voters_present < compared.earlier_counts[0], compared.earlier_counts[0], np.nan
    )


def _check_exceeds_roll(compared: _ComparedCounts, register: Register) -> _Numbers:
    wide = register.election.rules.tps.estimated_list_factor
    limit = compared.dpt * np.where(compared.estimated, wide, 1.0)
    return np.where(compared.listed_voters > limit, compared.dpt, np.nan)


def _check_jump(compared: _ComparedCounts, register: Register) -> _Numbers:
    """More heads than a share of the list within an hour, since the count before.

    Where that one had fallen, since the one before it: after a mistyped count the right one is no
    jump. The first is held against the opening, when nobody had come.
    """
    rules, election = register.election.rules.tps, register.election
    fell = compared.earlier_counts[0] < compared.earlier_counts[1]
    base = np.nan_to_num(np.where(fell, compared.earlier_counts[1], compared.earlier_counts[0]))
    opens = timestamps.to_us(election.local_time(election.tps_opens))
    since = np.nan_to_num(np.where(fell, compared.earlier_us[1], compared.earlier_us[0]), nan=opens)
    hours = np.maximum((compared.occurred_us - since) / 3.6e9, 1.0)
    return np.where(
        (compared.voters_present - base) / compared.dpt > rules.max_hourly_share * hours,
        base,
        np.nan,
    )


def _check_repeated(compared: _ComparedCounts, register: Register) -> _Numbers:
    """How many TPS of a desa told the same of the same hour, where they are many."""
    least = register.election.rules.tps.min_repeats
    group = _number_groups(compared.desa, compared.voting_hour, compared.voters_present)
    first = ~pd.Index(
        _number_groups(group, compared.station_index)
    ).duplicated()  # a TPS counts once
    same = np.bincount(group[first])[group].astype("float64")
    return np.where((same >= least) & (compared.voters_present > 0), same, np.nan)


def _check_outlier(compared: _ComparedCounts, register: Register) -> _Numbers:
    """Far from the median of the counts that its kecamatan told of the same hour, in percent."""
    rules = register.election.rules.tps
    share = compared.voters_present / compared.dpt
    group = _number_groups(compared.kecamatan, compared.voting_hour)
    told = np.bincount(group, ~np.isnan(share)).astype("int64")
    median = _compute_group_medians(share, group, told)[group]
    enough = told[group] >= rules.outlier_min_tps
    return np.where(enough & (np.abs(share - median) > rules.outlier_share), 100 * median, np.nan)


def _number_groups(*keys: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Rows with the same keys have the same number, from 0."""
    group = np.zeros(len(keys[0]), dtype=np.intp)
    for key in keys:
        code, different = pd.factorize(key)
        group = pd.factorize(group * (len(different) + 1) + code)[0]
    return group


def _compute_group_medians(
    values: _Numbers, group: npt.NDArray[np.intp], value_counts: npt.NDArray[np.int64]
) -> _Numbers:
    """The median of each group of the values that are told; NaN where there is none."""
    ordered = values[np.lexsort((values, group))]  # NaN stand last in their group
    size = np.bincount(group, minlength=len(value_counts))
    start = np.cumsum(size) - size
    low, high = ordered[start + (value_counts - 1).clip(0) // 2], ordered[start + value_counts // 2]
    return np.where(value_counts > 0, (low + high) / 2, np.nan)
