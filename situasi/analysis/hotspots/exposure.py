"""Watched time: which incidents of the day count, and over which hours a kecamatan was heard.

Risk and clusters hold incidents against the same thing: TPS, for as long as word came from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import merging
from situasi.analysis.incidents.cases import Selection
from situasi.domain.register import Register

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ObservedDay:
    """What of the watched day counts at `at`.

    counted: cases in which something happened, merged ones as one, with a kecamatan and an hour.
    unfounded, hourless, placeless: how many more were reported that day and cannot count, each
    under the first of these reasons. heard: by kecamatan, until when its silence means that
    nothing happened; missing where no word came. tps: how many each has.
    """

    start: datetime
    at: datetime
    cases: pd.DataFrame
    unfounded: int
    without_hour: int
    without_place: int
    observed_until: pd.Series
    tps_counts: pd.Series

    @property
    def reported_count(self) -> int:
        return len(self.cases) + self.unfounded + self.without_hour + self.without_place

    def exposure_hours(self, starts: pd.DatetimeIndex, duration: timedelta) -> Floats:
        """Watched hours of each kecamatan (rows) in each span of time; 0 where none.

        starts: of spans of this length.
        """
        until = self.observed_until.fillna(pd.Timestamp(self.start)).to_numpy("datetime64[us]")
        begun = starts.to_numpy("datetime64[us]")
        watched = until[:, None] - begun[None, :]
        whole = np.timedelta64(duration, "us")
        hours: Floats = np.clip(watched, np.timedelta64(0, "us"), whole) / np.timedelta64(1, "h")
        return hours


def compute_observed_day(
    frames: FeedFrames, register: Register, at: datetime, selection: Selection
) -> ObservedDay:
    """What counts of the election day. known: rows known at the moment, and their cases.

    wanted: kinds, weights and states alone; the place is chosen after the reckoning, the time
    is the whole day so far.
    """
    election = register.election
    until = min(max(at, election.day_start), election.day_end)
    chosen = Selection(
        jenis=selection.jenis,
        tingkat=selection.tingkat,
        status=selection.status,
        since=election.local_time(datetime.min.time()),
        until=until,
    )
    found = merging.build_merged_cases(frames.cases, frames["merges"]).select(chosen)
    unfounded = (found["status"] == "tidak_terbukti").to_numpy()
    exact = (found["precision"] == "menit").to_numpy()
    early = exact & (found["occurred_at"] < election.day_start).to_numpy()
    placed = found["kecamatan"].isin(list(register.kecamatan)).to_numpy()
    sizes = register.tps["kecamatan"].value_counts()
    return ObservedDay(
        start=election.day_start,
        at=until,
        cases=found[~unfounded & exact & placed & ~early].reset_index(drop=True),
        unfounded=int((unfounded & ~early).sum()),
        without_hour=int((~unfounded & ~exact).sum()),
        without_place=int((~unfounded & exact & ~placed & ~early).sum()),
        observed_until=_find_observed_until(frames["incidents"], register, until),
        tps_counts=sizes.reindex(list(register.kecamatan), fill_value=0),
    )


def _find_observed_until(rows: pd.DataFrame, register: Register, until: datetime) -> pd.Series:
    """Until when each kecamatan counts as heard: its last word of the day, nihil too, and as
    long after it as a hijau is valid."""
    election = register.election
    told = rows.loc[rows["known_at"] >= election.day_start, ["kecamatan", "known_at"]]
    last = told.groupby("kecamatan")["known_at"].max().reindex(list(register.kecamatan))
    far = (last + election.thresholds.situasi_valid).dt.as_unit("us")
    return far.where(far.isna() | (far <= until), pd.Timestamp(until).tz_convert("UTC"))
