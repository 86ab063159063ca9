"""Counts of heads that may be wrong, each with its reason: flagged, never repaired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import Reports, ends
from situasi.domain.register import Register

# In this order they are told: falls, exceeds the list, jumps, the same from many TPS of a
# desa, far from its kecamatan, one digit repeated.
KINDS = ("turun", "melebihi", "melonjak", "seragam", "menjauh", "kembar")
_US = timedelta(microseconds=1)
_Numbers = npt.NDArray[np.float64]


def doubts(standing: Reports, register: Register) -> pd.DataFrame:
    """One row for each reason to doubt a count. Sorted by TPS, count and KINDS.

    standing: of station_reports.counts.

    Columns: code, kecamatan, desa, nomor, occurred_at, heads, seq, kind, `against` (what the
    count was held against), estimated (the voters of this TPS are a perkiraan), current (no
    later count of this TPS), latihan. against, by kind: the count before (turun, melonjak), the
    voters on the list (melebihi), how many TPS of the desa said the same (seragam), the
    median of the kecamatan in percent of the list (menjauh), nothing (kembar).
    """
    against = held_against(standing, register)
    row, kind = np.nonzero(~np.isnan(against))
    doubted, place = standing.take(row), standing.place[row]
    of = register.tps[["code", "kecamatan", "desa", "nomor", "estimated"]].take(place)
    return of.reset_index(drop=True).assign(
        occurred_at=timestamps.index_from_us(doubted.at),
        heads=doubted.heads,
        seq=doubted.seq,
        current=ends(standing.place)[row],  # the last count of its TPS
        latihan=doubted.made_up,
        kind=np.array(KINDS, dtype=object)[kind],
        against=against[row, kind],
    )


def held_against(standing: Reports, register: Register) -> _Numbers:
    """What each count was held against and found doubtful, a column for each of KINDS; else NaN."""
    held = _held(standing, register)
    against = np.column_stack(
        [
            _falls(held),
            _exceeds(held, register),
            _jumps(held, register),
            _repeats(held, register),
            _apart(held, register),
            np.full(len(standing), np.nan),
        ]
    )
    # A repeated digit is no sign by itself: honest counts have it too.
    seldom = np.isin(held.heads, [digit * 111 for digit in range(1, 10)])
    against[seldom & ~np.isnan(against).all(axis=1), KINDS.index("kembar")] = 0
    return against


@dataclass(frozen=True)
class _Held:
    """The counts with the list of their TPS, the hour that they are of, the two before each."""

    place: npt.NDArray[np.int64]
    kecamatan: npt.NDArray[np.intp]
    desa: npt.NDArray[np.intp]
    slot: npt.NDArray[np.int64]
    us: _Numbers
    heads: _Numbers
    listed: _Numbers
    dpt: _Numbers
    estimated: npt.NDArray[np.bool_]
    before: tuple[_Numbers, _Numbers]
    us_before: tuple[_Numbers, _Numbers]


def _held(standing: Reports, register: Register) -> _Held:
    place, tps = standing.place, register.tps
    dpt = tps["dpt"].to_numpy("float64", na_value=np.nan)[place]
    us = standing.at.astype("float64")
    return _Held(
        place=place,
        kecamatan=pd.factorize(tps["kecamatan"])[0][place],
        desa=pd.factorize(tps["desa"])[0][place],
        slot=_slot(standing.at, register),
        us=us,
        heads=standing.heads,
        listed=np.where(np.isnan(standing.on_list), standing.heads, standing.on_list),
        dpt=np.where(dpt > 0, dpt, np.nan),
        estimated=tps["estimated"].to_numpy(bool)[place],
        before=(_before(standing.heads, place, 1), _before(standing.heads, place, 2)),
        us_before=(_before(us, place, 1), _before(us, place, 2)),
    )


def _before(values: _Numbers, place: npt.NDArray[np.int64], back: int) -> _Numbers:
    """The value so many counts earlier of the same TPS; NaN where there was none."""
    earlier = np.full(len(values), np.nan)
    earlier[back:] = np.where(place[back:] == place[:-back], values[:-back], np.nan)
    return earlier


def _slot(us: npt.NDArray[np.int64], register: Register) -> npt.NDArray[np.int64]:
    """To which hour of voting a count belongs: the nearest."""
    opens = timestamps.to_us(register.election.local_time(register.election.tps_opens))
    every = register.election.rules.tps.count_interval // _US
    return np.asarray((us - opens + every // 2) // every)


def _falls(held: _Held) -> _Numbers:
    return np.where(held.heads < held.before[0], held.before[0], np.nan)


def _exceeds(held: _Held, register: Register) -> _Numbers:
    wide = register.election.rules.tps.estimated_list_factor
    limit = held.dpt * np.where(held.estimated, wide, 1.0)
    return np.where(held.listed > limit, held.dpt, np.nan)


def _jumps(held: _Held, register: Register) -> _Numbers:
    """More heads than a share of the list within an hour, since the count before.

    Where that one had fallen, since the one before it: after a mistyped count the right one is no
    jump. The first is held against the opening, when nobody had come.
    """
    rules, election = register.election.rules.tps, register.election
    fell = held.before[0] < held.before[1]
    base = np.nan_to_num(np.where(fell, held.before[1], held.before[0]))
    opens = timestamps.to_us(election.local_time(election.tps_opens))
    since = np.nan_to_num(np.where(fell, held.us_before[1], held.us_before[0]), nan=opens)
    hours = np.maximum((held.us - since) / 3.6e9, 1.0)
    return np.where((held.heads - base) / held.dpt > rules.max_hourly_share * hours, base, np.nan)


def _repeats(held: _Held, register: Register) -> _Numbers:
    """How many TPS of a desa told the same of the same hour, where they are many."""
    least = register.election.rules.tps.min_repeats
    group = _grouped(held.desa, held.slot, held.heads)
    first = ~pd.Index(_grouped(group, held.place)).duplicated()  # a TPS counts once
    same = np.bincount(group[first])[group].astype("float64")
    return np.where((same >= least) & (held.heads > 0), same, np.nan)


def _apart(held: _Held, register: Register) -> _Numbers:
    """Far from the median of the counts that its kecamatan told of the same hour, in percent."""
    rules = register.election.rules.tps
    share = held.heads / held.dpt
    group = _grouped(held.kecamatan, held.slot)
    told = np.bincount(group, ~np.isnan(share)).astype("int64")
    median = _medians(share, group, told)[group]
    enough = told[group] >= rules.outlier_min_tps
    return np.where(enough & (np.abs(share - median) > rules.outlier_share), 100 * median, np.nan)


def _grouped(*keys: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Rows with the same keys have the same number, from 0."""
    group = np.zeros(len(keys[0]), dtype=np.intp)
    for key in keys:
        code, different = pd.factorize(key)
        group = pd.factorize(group * (len(different) + 1) + code)[0]
    return group


def _medians(
    values: _Numbers, group: npt.NDArray[np.intp], told: npt.NDArray[np.int64]
) -> _Numbers:
    """The median of each group of the values that are told; NaN where there is none."""
    ordered = values[np.lexsort((values, group))]  # NaN stand last in their group
    size = np.bincount(group, minlength=len(told))
    start = np.cumsum(size) - size
    low, high = ordered[start + (told - 1).clip(0) // 2], ordered[start + told // 2]
    return np.where(told > 0, (low + high) / 2, np.nan)
