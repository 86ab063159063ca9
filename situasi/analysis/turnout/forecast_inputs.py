"""The counts that an outlook rests on: of which hour and list, and how far they are trusted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.anomalies import KINDS, held_against
from situasi.analysis.stations.reports import Reports, ends
from situasi.domain.feed_schemas import FASE
from situasi.domain.forecast_parameters import Pace
from situasi.domain.register import Register

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_CLOSED = FASE.index("ditutup")


@dataclass(frozen=True)
class Lists:
    """The lists of all TPS, in the order of the register.

    dpt: where a TPS has none, an even part of its kecamatan's. most: so many can come at
    most. kecamatan: the place of its code in `codes`.
    """

    dpt: Floats
    most: Floats
    kecamatan: npt.NDArray[np.intp]
    codes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.dpt)

    def summed(self, values: Floats, of: npt.NDArray[np.intp] | None = None) -> Floats:
        """The sum by kecamatan. of: the positions of the TPS that the values are of; None: all."""
        home = self.kecamatan if of is None else self.kecamatan[of]
        found: Floats = np.bincount(home, values, minlength=len(self.codes)).astype("float64")
        return found


def lists(register: Register) -> Lists:
    """The lists of this register. An official one is full at its number, an estimated one later."""
    table = register.tps
    home, codes = pd.factorize(table["kecamatan"])
    even = np.array([register.kecamatan[code].dpt / register.kecamatan[code].tps for code in codes])
    told = table["dpt"].to_numpy("float64", na_value=np.nan)
    known = told > 0
    dpt = np.where(known, told, even[home])
    sure = known & ~table["estimated"].to_numpy(bool)
    wide = register.election.rules.tps.estimated_list_factor
    return Lists(dpt, dpt * np.where(sure, 1.0, wide), home, tuple(codes))


@dataclass(frozen=True)
class Counts:
    """Counts of one length, sorted by TPS, then by time.

    place: of the TPS. slot: the nearest full hour of voting, from 0; the last: its end. share: of
    its voters that were to be expected by then. used: it is not set aside, and late enough to tell
    something. soft: doubted, but taken within bounds.
    """

    place: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    heads: Floats
    share: Floats
    used: Mask
    soft: Mask

    def __len__(self) -> int:
        return len(self.place)

    def take(self, which: npt.NDArray[Any]) -> Counts:
        """These rows alone."""
        return Counts(*(getattr(self, column.name)[which] for column in fields(self)))

    def newest(self) -> Counts:
        """The last of each TPS."""
        return self.take(ends(self.place))


def weighed(standing: Reports, register: Register, pace: Pace) -> Counts:
    """The counts, and how far each is trusted.

    standing: of station_reports.counts. Not used is what was counted before half the first hour,
    and what is doubted by a kind of rules.outlook.set_aside.
    """
    election = register.election
    opens, closes = (
        timestamps.to_us(election.local_time(at))
        for at in (election.tps_opens, election.tps_closes)
    )
    hour = (standing.at - opens) / 3.6e9
    last = len(pace.offset)
    over = (standing.fase >= _CLOSED) | (standing.at > closes)
    slot = np.where(over, last, np.round(hour).astype("int64") - 1).clip(max=last)
    curve = election.rules.turnout.curve
    at = [timestamps.to_us(election.local_time(time)) for time, _ in curve]
    expected = np.interp(standing.at, at, [share for _, share in curve])
    offset = np.interp(hour, np.arange(1, last + 1), pace.offset)
    share = np.where(over, 1.0, expected * np.exp(offset))
    kinds = ~np.isnan(held_against(standing, register))
    out = [KINDS.index(kind) for kind in election.rules.forecast.excluded_anomalies]
    doubted: Mask = np.any(kinds, axis=1)
    aside: Mask = np.any(kinds[:, out], axis=1)
    return Counts(
        place=standing.place,
        slot=slot,
        heads=standing.heads,
        share=share,
        used=(slot >= 0) & (share > 0) & ~aside,
        soft=doubted & ~aside,
    )
