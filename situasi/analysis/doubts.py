"""Counts of heads that may be wrong, each with its reason: flagged, never repaired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.station_reports import counts, of_stations
from situasi.regions import Register

# In this order they are told: falls, exceeds the list, jumps, the same from many TPS of a
# desa, far from its kecamatan, one digit repeated.
KINDS = ("turun", "melebihi", "melonjak", "seragam", "menjauh", "kembar")
_US = timedelta(microseconds=1)
_Numbers = npt.NDArray[np.float64]


def doubts(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:  # noqa: ARG001
    """One row for each reason to doubt a count. Sorted by TPS, count and KINDS.

    Columns: code, kecamatan, desa, nomor, occurred_at, heads, seq, kind, `against` (what the
    count was held against), estimated (the voters of this TPS are a perkiraan), current (no
    later count of this TPS), latihan. against, by kind: the count before (turun, melonjak), the
    voters on the list (melebihi), how many TPS of the desa said the same (seragam), the
    median of the kecamatan in percent of the list (menjauh), nothing (kembar).
    """
    return of_counts(counts(of_stations(known["tps"], register), register), register)


def of_counts(standing: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The same, from station_reports.counts."""
    held = _held(standing, register)
    against = np.column_stack(
        [
            _falls(held),
            _exceeds(held, register),
            _jumps(held, register),
            _repeats(held, register),
            _apart(held, register),
            np.full(len(held), np.nan),
        ]
    )
    # A repeated digit is no sign by itself: honest counts have it too.
    seldom = held["heads"].isin([digit * 111 for digit in range(1, 10)]).to_numpy()
    against[seldom & ~np.isnan(against).all(axis=1), KINDS.index("kembar")] = 0
    row, kind = np.nonzero(~np.isnan(against))
    doubted, place = held.take(row), held["place"].to_numpy()[row]
    of = register.tps[["code", "kecamatan", "desa", "nomor", "estimated"]].take(place)
    told = doubted[["occurred_at", "heads", "seq", "current", "latihan"]].reset_index(drop=True)
    told["kind"] = np.array(KINDS, dtype=object)[kind]
    told["against"] = against[row, kind]
    return pd.concat([of.reset_index(drop=True), told], axis=1)


def _held(standing: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The counts as plain numbers, with the list of their TPS and the two counts before each."""
    place, tps = standing["place"].to_numpy(), register.tps
    heads = standing["heads"].to_numpy("float64", na_value=np.nan)
    on_list = standing["hadir_dpt"].to_numpy("float64", na_value=np.nan)
    dpt = tps["dpt"].to_numpy("float64", na_value=np.nan)[place]
    us = standing["occurred_at"].astype("int64").to_numpy("int64")
    before = {back: _before(heads, place, back) for back in (1, 2)}
    since = {back: _before(us.astype("float64"), place, back) for back in (1, 2)}
    return pd.DataFrame(
        {
            "place": place,
            "kecamatan": pd.factorize(tps["kecamatan"])[0][place],
            "desa": pd.factorize(tps["desa"])[0][place],
            "occurred_at": standing["occurred_at"].array,
            "us": us,
            "slot": _slot(us, register),
            "heads": heads,
            "listed": np.where(np.isnan(on_list), heads, on_list),
            "dpt": np.where(dpt > 0, dpt, np.nan),
            "estimated": tps["estimated"].to_numpy()[place],
            "current": ~pd.Series(place).duplicated(keep="last").to_numpy(),
            "seq": standing["seq"].to_numpy(),
            "latihan": standing["latihan"].to_numpy(),
            "before_1": before[1],
            "before_2": before[2],
            "us_1": since[1],
            "us_2": since[2],
        }
    )


def _before(values: _Numbers, place: npt.NDArray[np.int64], back: int) -> _Numbers:
    """The value so many counts earlier of the same TPS; NaN where there was none."""
    earlier = np.full(len(values), np.nan)
    earlier[back:] = np.where(place[back:] == place[:-back], values[:-back], np.nan)
    return earlier


def _slot(us: npt.NDArray[Any], register: Register) -> npt.NDArray[np.int64]:
    """To which hour of voting a count belongs: the nearest."""
    opens = int(register.election.local(register.election.tps_opens).timestamp() * 1e6)
    every = register.election.rules.tps.counts_every // _US
    return np.asarray((us - opens + every // 2) // every)


def _falls(held: pd.DataFrame) -> pd.Series:
    return held["before_1"].where(held["heads"] < held["before_1"])


def _exceeds(held: pd.DataFrame, register: Register) -> pd.Series:
    wide = register.election.rules.tps.above_estimated
    limit = held["dpt"] * np.where(held["estimated"], wide, 1.0)
    return held["dpt"].where(held["listed"] > limit)


def _jumps(held: pd.DataFrame, register: Register) -> pd.Series:
    """More heads than a share of the list within an hour, since the count before.

    Where that one had fallen, since the one before it: after a mistyped count the right one is no
    jump. The first is held against the opening, when nobody had come.
    """
    rules, election = register.election.rules.tps, register.election
    fell = held["before_1"] < held["before_2"]
    base = held["before_1"].where(~fell, held["before_2"]).fillna(0)
    opens = election.local(election.tps_opens).timestamp() * 1e6
    since = held["us_1"].where(~fell, held["us_2"]).fillna(opens)
    hours = ((held["us"] - since) / 3.6e9).clip(lower=1.0)
    return base.where((held["heads"] - base) / held["dpt"] > rules.jump * hours)


def _repeats(held: pd.DataFrame, register: Register) -> pd.Series:
    least = register.election.rules.tps.repeated
    key = ["desa", "slot", "heads"]
    many = held[held.groupby(key)["place"].transform("size").ge(least) & (held["heads"] > 0)]
    same = many.groupby(key)["place"].transform("nunique").astype("float64")
    return same.where(same >= least).reindex(held.index)


def _apart(held: pd.DataFrame, register: Register) -> pd.Series:
    """Far from the median of the counts that its kecamatan told of the same hour, in percent."""
    rules = register.election.rules.tps
    share = held["heads"] / held["dpt"]
    together = share.groupby([held["kecamatan"], held["slot"]])
    median = together.transform("median")
    enough = together.transform("count") >= rules.apart_least
    return (100 * median).where(enough & ((share - median).abs() > rules.apart))
