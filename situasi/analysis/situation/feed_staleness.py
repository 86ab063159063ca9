"""Staleness: which feeds should deliver rows and do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis import timestamps


@dataclass(frozen=True)
class FeedState:
    """One feed at a moment. last_known_at: newest row known, None when there never was one.

    is_expected: whether a row was due at all (inside the watched day).
    """

    feed: str
    last_known_at: datetime | None
    is_silent: bool
    is_expected: bool


def compute_states(
    last_known_times: Mapping[str, datetime | None],
    at: datetime,
    silent_after: Mapping[str, timedelta],
    watch_period: tuple[datetime, datetime],
) -> list[FeedState]:
    """Compute the state of every feed that has a time limit.

    last_known_times: newest known row by feed. watch_period: from and until when reports are due;
    no feed is silent before its limit has passed once after the start.
    """
    states = []
    for feed, limit in silent_after.items():
        newest = last_known_times.get(feed)
        counted_from = max(newest, watch_period[0]) if newest else watch_period[0]
        expected = watch_period[0] <= at < watch_period[1]
        states.append(FeedState(feed, newest, expected and at - counted_from > limit, expected))
    return states


@dataclass(frozen=True)
class NewestTime:
    """When the newest row became known. is_exact: to the minute; otherwise only to the day."""

    at: datetime
    is_exact: bool


def find_last_known_time(rows: pd.DataFrame) -> datetime | None:
    """Return when the newest of these rows became known; None where there is none."""
    newest = rows["known_at"].max()
    return None if pd.isna(newest) else newest.to_pydatetime()


def find_newest_time(rows: pd.DataFrame, at: datetime) -> NewestTime | None:
    """Return when the newest of these rows became known by `at`, and whether that is to the minute.

    A row known only to the day counts from the end of that day: it does not hide the newest of the
    rows known to the minute, unless its day is later.
    """
    # An exercise has rows beyond its clock.
    rows = rows[rows["known_at"] <= timestamps.minute_end(at)]
    if rows.empty:
        return None
    exact = (rows["known_at"] == rows["recorded_at"]) | (rows["precision"] == "menit")
    newest, newest_exact = rows["known_at"].max(), rows.loc[exact, "known_at"].max()
    if pd.isna(newest_exact) or newest - newest_exact >= pd.Timedelta(days=1):
        return NewestTime(newest.to_pydatetime(), is_exact=bool(newest == newest_exact))
    return NewestTime(newest_exact.to_pydatetime(), is_exact=True)
