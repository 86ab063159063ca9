"""Attendance: how many officers were at their posts through the day."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS, get_feed_frame
from situasi.analysis.personnel.presence import AT_POST_CHECKINS, sort_checkins
from situasi.analysis.queries import reads
from situasi.analysis.timestamps import MICROSECOND, column_to_us
from situasi.domain.feed_schemas import PERSONNEL
from situasi.domain.register import Register

STEP = timedelta(minutes=15)


@reads(PERSONNEL, depends_on=(coverage.compute_coverage,))
def compute_police_attendance(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    full_coverage: Coverage,
    kecamatan: tuple[str, ...],
) -> pd.DataFrame:
    """Compute build_attendance_curve of the police of these kecamatan (none: all).

    Of those posted to TPS, or of all who checked in if nobody is posted.
    """
    selected = coverage.filter_by_kecamatan(full_coverage, kecamatan)
    is_tracked = selected.officers["group"].isin(POLICE_GROUPS)
    if selected.has_postings:
        is_tracked &= selected.officers.index.isin(selected.postings["petugas"])
    election = register.election
    return build_attendance_curve(
        get_feed_frame(frames, PERSONNEL),
        list(selected.officers.index[is_tracked]),
        (election.day_start, election.day_end),
        at,
        election.rules.personnel.report_interval,
    )


def build_attendance_curve(
    checkins: pd.DataFrame,
    petugas: Collection[str],
    day: tuple[datetime, datetime],
    at: datetime,
    checkin_interval: timedelta,
) -> pd.DataFrame:
    """Count how many of these officers were present and silent at each step of the day.

    Index: moments (zone of `day`) from its start to `at` or its end, including `at`. Columns:
    present (last check-in from the post, not older than checkin_interval) and silent (older). Uses
    what is known now: late check-ins count at the time when they happened, and those of which
    only the day is known not at all.
    """
    until = min(at, day[1])
    moments = pd.date_range(day[0], until, freq=STEP)
    if until > day[0] and until not in moments:
        moments = pd.DatetimeIndex([*moments, until])
    has_hour = checkins["precision"] == "menit"
    selected = checkins[has_hour & checkins["petugas"].isin(list(petugas))]
    ordered = sort_checkins(selected, at, ("petugas", "occurred_at", "checkin"))
    following = ordered.groupby("petugas")["occurred_at"].shift(-1)
    at_post = ordered["checkin"].isin(AT_POST_CHECKINS)
    begin = ordered.loc[at_post, "occurred_at"]
    # A check-in holds until the next one; the last holds without end.
    end = following[at_post].fillna(pd.Timestamp.max.floor("us").tz_localize("UTC"))
    # At exactly checkin_interval a check-in still holds; a microsecond later it is old.
    stale = begin + checkin_interval + MICROSECOND
    return pd.DataFrame(
        {
            "present": _count_open_intervals(begin, stale.where(stale < end, end), moments),
            "silent": _count_open_intervals(stale.where(stale < end, end), end, moments),
        },
        index=moments,
    )


def _count_open_intervals(
    begin: pd.Series, end: pd.Series, moments: pd.DatetimeIndex
) -> npt.NDArray[np.int64]:
    """Count the half-open intervals [begin, end) that contain each moment."""
    moments_us = moments.as_unit("us").asi8
    started = np.searchsorted(np.sort(column_to_us(begin)), moments_us, side="right")
    ended = np.searchsorted(np.sort(column_to_us(end)), moments_us, side="right")
    return np.subtract(started, ended, dtype=np.int64)
