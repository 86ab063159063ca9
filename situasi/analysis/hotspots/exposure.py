"""Observed time: which incidents of the day count, and for which hours a kecamatan was observed.

Rates and clusters relate incidents to the same exposure: TPS times the time observed.
"""

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
    """What counts of the watched day at `at`.

    cases: those in which something happened, merged ones as one, with a kecamatan and an hour.
    unfounded, without_hour, without_place: how many more were reported that day and cannot count,
    each under the first of these reasons. observed_until: by kecamatan, until when no report means
    that nothing happened; missing where no report came. tps_counts: number of TPS of each.
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
        """Number of all reports of the day, counted or not."""
        return len(self.cases) + self.unfounded + self.without_hour + self.without_place

    def exposure_hours(self, starts: pd.DatetimeIndex, duration: timedelta) -> Floats:
        """Return the observed hours of each kecamatan (rows) in each time span; 0 where none.

        starts: of spans of this duration.
        """
        until = self.observed_until.fillna(pd.Timestamp(self.start)).to_numpy("datetime64[us]")
        begin = starts.to_numpy("datetime64[us]")
        watched = until[:, None] - begin[None, :]
        length = np.timedelta64(duration, "us")
        hours: Floats = np.clip(watched, np.timedelta64(0, "us"), length) / np.timedelta64(1, "h")
        return hours


def compute_observed_day(
    frames: FeedFrames, register: Register, at: datetime, selection: Selection
) -> ObservedDay:
    """Compute what counts of the election day, from the known rows and their cases.

    selection: only its kinds, tingkat and status apply; the place is selected after the
    computation, and the time is the whole day so far.
    """
    election = register.election
    until = min(max(at, election.day_start), election.day_end)
    chosen = Selection(
        jenis=selection.jenis,
        tingkat=selection.tingkat,
        status=selection.status,
        since=election.midnight,
        until=until,
    )
    cases = merging.build_merged_cases(frames.cases, frames["merges"]).select(chosen)
    unfounded = (cases["status"] == "tidak_terbukti").to_numpy()
    has_hour = (cases["precision"] == "menit").to_numpy()
    is_early = has_hour & (cases["occurred_at"] < election.day_start).to_numpy()
    has_place = cases["kecamatan"].isin(list(register.kecamatan)).to_numpy()
    tps_counts = register.tps["kecamatan"].value_counts()
    return ObservedDay(
        start=election.day_start,
        at=until,
        cases=cases[~unfounded & has_hour & has_place & ~is_early].reset_index(drop=True),
        unfounded=int((unfounded & ~is_early).sum()),
        without_hour=int((~unfounded & ~has_hour).sum()),
        without_place=int((~unfounded & has_hour & ~has_place & ~is_early).sum()),
        observed_until=_find_observed_until(frames["incidents"], register, until),
        tps_counts=tps_counts.reindex(list(register.kecamatan), fill_value=0),
    )


def _find_observed_until(rows: pd.DataFrame, register: Register, until: datetime) -> pd.Series:
    """Return until when each kecamatan counts as observed: its last report of the day, nihil
    included, plus the time for which a hijau is valid."""
    election = register.election
    reports = rows.loc[rows["known_at"] >= election.day_start, ["kecamatan", "known_at"]]
    last = reports.groupby("kecamatan")["known_at"].max().reindex(list(register.kecamatan))
    end = (last + election.thresholds.situasi_valid).dt.as_unit("us")
    return end.where(end.isna() | (end <= until), pd.Timestamp(until).tz_convert("UTC"))
