"""Counts that a forecast rests on: their hour, their voter roll, and how far they are trusted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.runs import is_last_of_run
from situasi.analysis.stations.anomalies import compute_reference_values
from situasi.analysis.stations.reports import TpsReports
from situasi.domain.feed_schemas import FASE
from situasi.domain.forecast_parameters import Pace
from situasi.domain.register import Register
from situasi.domain.rules import ANOMALY_KINDS

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_CLOSED = FASE.index("ditutup")


@dataclass(frozen=True)
class VoterRolls:
    """The voter rolls of all TPS, in the order of the register.

    dpt: where a TPS has none, an equal part of its kecamatan's. max_voters: how many can come at
    most. past_rate: turnout of past elections, share of the list; NaN: not known. kecamatan_index:
    position in kecamatan_codes.
    """

    dpt: Floats
    max_voters: Floats
    past_rate: Floats
    kecamatan_index: npt.NDArray[np.intp]
    kecamatan_codes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.dpt)

    def sum_by_kecamatan(
        self, values: Floats, station_index: npt.NDArray[np.intp] | None = None
    ) -> Floats:
        """Sum by kecamatan. station_index: the TPS of each value; None: all TPS."""
        kecamatan_index = (
            self.kecamatan_index if station_index is None else self.kecamatan_index[station_index]
        )
        sums: Floats = np.bincount(
            kecamatan_index, values, minlength=len(self.kecamatan_codes)
        ).astype("float64")
        return sums


def build_voter_rolls(register: Register) -> VoterRolls:
    """Build the rolls of this register; an estimated roll may be exceeded by a factor."""
    table = register.tps
    kecamatan_index, codes = pd.factorize(table["kecamatan"])
    mean = np.array([register.kecamatan[code].dpt / register.kecamatan[code].tps for code in codes])
    stated_dpt = table["dpt"].to_numpy("float64", na_value=np.nan)
    has_dpt = stated_dpt > 0
    dpt = np.where(has_dpt, stated_dpt, mean[kecamatan_index])
    is_official = has_dpt & ~table["estimated"].to_numpy(bool)
    factor = register.election.rules.tps.estimated_list_factor
    return VoterRolls(
        dpt,
        dpt * np.where(is_official, 1.0, factor),
        _find_past_rates(register),
        kecamatan_index,
        tuple(codes),
    )


def _find_past_rates(register: Register) -> Floats:
    """Find the past turnout of each TPS: its own, else of its desa, else of its kecamatan."""
    past = register.election.past_turnout
    if not past:
        return np.full(len(register.tps), np.nan)
    codes = (register.tps[level].map(past) for level in ("code", "desa", "kecamatan"))
    own, of_desa, of_kecamatan = (found.astype("float64") for found in codes)
    return np.asarray(own.fillna(of_desa).fillna(of_kecamatan), dtype="float64")


@dataclass(frozen=True)
class TurnoutCounts:
    """Counts as columns of one length, sorted by TPS, then by time.

    slot: the nearest full hour of voting, from 0; the last: the end. expected_share: share of its
    voters that were expected by then. is_used: not set aside, and late enough to be useful.
    is_suspect: doubted, but used within bounds.
    """

    station_index: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    voters_present: Floats
    expected_share: Floats
    is_used: Mask
    is_suspect: Mask

    def __len__(self) -> int:
        return len(self.station_index)

    def take(self, rows: npt.NDArray[Any]) -> TurnoutCounts:
        """Return only these rows."""
        return TurnoutCounts(*(getattr(self, column.name)[rows] for column in fields(self)))

    def newest(self) -> TurnoutCounts:
        """Return the last count of each TPS."""
        return self.take(is_last_of_run(self.station_index))


def build_turnout_counts(
    station_counts: TpsReports, register: Register, pace: Pace
) -> TurnoutCounts:
    """Build the counts with how far each is trusted.

    station_counts: of reports.select_current_counts. Not used: counts before half of the first
    hour, and those with an anomaly of rules.forecast.excluded_anomalies.
    """
    election = register.election
    opens, closes = (
        timestamps.to_us(election.local_time(closing_time))
        for closing_time in (election.tps_opens, election.tps_closes)
    )
    hour = (station_counts.occurred_us - opens) / 3.6e9
    end_slot = len(pace.offset)
    last_round = closes - election.rules.tps.count_interval // timestamps.MICROSECOND
    is_final = station_counts.fase_index >= _CLOSED
    is_final |= _is_since(is_final & (station_counts.occurred_us >= last_round), station_counts)
    is_final |= station_counts.occurred_us > closes
    slot = np.where(is_final, end_slot, np.round(hour).astype("int64") - 1).clip(max=end_slot)
    curve = election.rules.turnout.curve
    curve_us = [timestamps.to_us(election.local_time(curve_time)) for curve_time, _ in curve]
    expected = np.interp(station_counts.occurred_us, curve_us, [share for _, share in curve])
    offset = np.interp(hour, np.arange(1, end_slot + 1), pace.offset)
    share = np.where(is_final, 1.0, expected * np.exp(offset))
    has_anomaly = ~np.isnan(compute_reference_values(station_counts, register))
    excluded = np.isin(ANOMALY_KINDS, election.rules.forecast.excluded_anomalies)
    _blame_count_before_fall(has_anomaly, excluded, station_counts, share)
    is_doubted: Mask = np.any(has_anomaly, axis=1)
    is_set_aside: Mask = np.any(has_anomaly[:, excluded], axis=1)
    return TurnoutCounts(
        station_index=station_counts.station_index,
        slot=slot,
        voters_present=station_counts.voters_present,
        expected_share=share,
        is_used=(slot >= 0) & (share > 0) & ~is_set_aside,
        is_suspect=is_doubted & ~is_set_aside,
    )


def _is_since(mark: Mask, station_counts: TpsReports) -> Mask:
    """Return which counts are marked, or follow a marked one of their TPS.

    An hourly count that comes after the end is an end. Not after one in the middle of the day: that
    is a slip.
    """
    index = station_counts.station_index
    last_marked = np.maximum.accumulate(np.where(mark, np.arange(len(index)), -1))
    since: Mask = last_marked >= np.searchsorted(index, index)
    return since


def _blame_count_before_fall(
    has_anomaly: Mask, excluded: Mask, station_counts: TpsReports, expected_share: Floats
) -> None:
    """Move the doubt of a fall to the count before where that is the one that fits less.

    A count too high makes the right one after it fall. Judged by the count before both: by what it
    lets expect, and that the right one is not below it. Changes has_anomaly.
    """
    voters, index = station_counts.voters_present, station_counts.station_index
    fall = ANOMALY_KINDS.index("turun")
    same = index[2:] == index[:-2]
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.log(voters / expected_share)
        nearer = np.abs(level[2:] - level[:-2]) < np.abs(level[1:-1] - level[:-2])
    others = excluded.copy()
    others[fall] = False
    is_wrong = has_anomaly[1:-1][:, others].any(axis=1) | nearer
    rows = 2 + np.flatnonzero(
        same & has_anomaly[2:, fall] & ~has_anomaly[1:-1, fall] & (voters[2:] >= voters[:-2])
        & is_wrong
    )  # fmt: skip
    has_anomaly[rows, fall] = False
    has_anomaly[rows - 1, fall] = True
