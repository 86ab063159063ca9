"""The counts that an outlook rests on: of which hour and list, and how far they are trusted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.anomalies import ANOMALY_KINDS, compute_reference_values
from situasi.analysis.stations.reports import TpsReports, is_last_of_run
from situasi.domain.feed_schemas import FASE
from situasi.domain.forecast_parameters import Pace
from situasi.domain.register import Register

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_CLOSED = FASE.index("ditutup")


@dataclass(frozen=True)
class VoterRolls:
    """The lists of all TPS, in the order of the register.

    dpt: where a TPS has none, an even part of its kecamatan's. most: so many can come at
    most. kecamatan: the place of its code in `codes`.
    """

    dpt: Floats
    max_voters: Floats
    kecamatan_index: npt.NDArray[np.intp]
    kecamatan_codes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.dpt)

    def sum_by_kecamatan(
        self, values: Floats, station_index: npt.NDArray[np.intp] | None = None
    ) -> Floats:
        """The sum by kecamatan. of: the positions of the TPS that the values are of; None: all."""
        home = (
            self.kecamatan_index if station_index is None else self.kecamatan_index[station_index]
        )
        found: Floats = np.bincount(home, values, minlength=len(self.kecamatan_codes)).astype(
            "float64"
        )
        return found


def build_voter_rolls(register: Register) -> VoterRolls:
    """The lists of this register. An official one is full at its number, an estimated one later."""
    table = register.tps
    home, codes = pd.factorize(table["kecamatan"])
    even = np.array([register.kecamatan[code].dpt / register.kecamatan[code].tps for code in codes])
    told = table["dpt"].to_numpy("float64", na_value=np.nan)
    known = told > 0
    dpt = np.where(known, told, even[home])
    sure = known & ~table["estimated"].to_numpy(bool)
    wide = register.election.rules.tps.estimated_list_factor
    return VoterRolls(dpt, dpt * np.where(sure, 1.0, wide), home, tuple(codes))


@dataclass(frozen=True)
class TurnoutCounts:
    """Counts of one length, sorted by TPS, then by time.

    place: of the TPS. slot: the nearest full hour of voting, from 0; the last: its end. share: of
    its voters that were to be expected by then. used: it is not set aside, and late enough to tell
    something. soft: doubted, but taken within bounds.
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
        """These rows alone."""
        return TurnoutCounts(*(getattr(self, column.name)[rows] for column in fields(self)))

    def newest(self) -> TurnoutCounts:
        """The last of each TPS."""
        return self.take(is_last_of_run(self.station_index))


def build_turnout_counts(
    station_counts: TpsReports, register: Register, pace: Pace
) -> TurnoutCounts:
    """The counts, and how far each is trusted.

    standing: of station_reports.counts. Not used is what was counted before half the first hour,
    and what is doubted by a kind of rules.outlook.set_aside.
    """
    election = register.election
    opens, closes = (
        timestamps.to_us(election.local_time(at))
        for at in (election.tps_opens, election.tps_closes)
    )
    hour = (station_counts.occurred_us - opens) / 3.6e9
    last = len(pace.offset)
    over = (station_counts.fase_index >= _CLOSED) | (station_counts.occurred_us > closes)
    slot = np.where(over, last, np.round(hour).astype("int64") - 1).clip(max=last)
    curve = election.rules.turnout.curve
    at = [timestamps.to_us(election.local_time(time)) for time, _ in curve]
    expected = np.interp(station_counts.occurred_us, at, [share for _, share in curve])
    offset = np.interp(hour, np.arange(1, last + 1), pace.offset)
    share = np.where(over, 1.0, expected * np.exp(offset))
    kinds = ~np.isnan(compute_reference_values(station_counts, register))
    out = [ANOMALY_KINDS.index(kind) for kind in election.rules.forecast.excluded_anomalies]
    doubted: Mask = np.any(kinds, axis=1)
    aside: Mask = np.any(kinds[:, out], axis=1)
    return TurnoutCounts(
        station_index=station_counts.station_index,
        slot=slot,
        voters_present=station_counts.voters_present,
        expected_share=share,
        is_used=(slot >= 0) & (share > 0) & ~aside,
        is_suspect=doubted & ~aside,
    )
