"""Attendance: how many officers were at their posts through the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel.presence import AT_POST_CHECKINS, sort_checkins

STEP = timedelta(minutes=15)


def build_attendance_curve(
    checkins: pd.DataFrame,
    petugas: Collection[str],
    day: tuple[datetime, datetime],
    at: datetime,
    checkin_interval: timedelta,
) -> pd.DataFrame:
    """How many of these officers were present, and how many silent, at each step of the day.

    Index: moments (zone of `day`) from its start to `at` or its end, `at` among them; columns
    `present` (last word from the post, not older than word_every) and `silent` (older). By what
    is known now: words that came late stand where they belong.
    """
    until = min(at, day[1])
    moments = pd.date_range(day[0], until, freq=STEP)
    if until > day[0] and until not in moments:
        moments = pd.DatetimeIndex([*moments, until])
    mine = checkins[checkins["petugas"].isin(list(petugas))]
    words = sort_checkins(mine, at, ("petugas", "occurred_at", "checkin"))
    following = words.groupby("petugas")["occurred_at"].shift(-1)
    there = words["checkin"].isin(AT_POST_CHECKINS)
    begin = words.loc[there, "occurred_at"]
    # A word holds until the next one; the last for ever, as nothing takes it back.
    end = following[there].fillna(pd.Timestamp.max.floor("us").tz_localize("UTC"))
    # At exactly word_every a word still holds; a microsecond later it is old.
    stale = begin + checkin_interval + timedelta(microseconds=1)
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
    """How many of the half-open intervals [begin, end) hold each moment."""
    asked = moments.as_unit("us").asi8
    started = np.searchsorted(np.sort(_to_us(begin)), asked, side="right")
    ended = np.searchsorted(np.sort(_to_us(end)), asked, side="right")
    return np.subtract(started, ended, dtype=np.int64)


def _to_us(times: pd.Series) -> npt.NDArray[np.int64]:
    micro: npt.NDArray[np.int64] = pd.DatetimeIndex(times).as_unit("us").asi8
    return micro
