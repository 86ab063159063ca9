"""Silence: which feeds should be speaking and are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd


@dataclass(frozen=True)
class FeedState:
    """One feed at a moment. `last`: newest row known, None when there was never one.

    expected: whether a word was due at all (inside the watched day).
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
    """The state of every feed that has a time limit.

    last: newest known row by feed. watch: from and until when reports are due; before the
    limit has once passed after `watch[0]`, no feed can be silent.
    """
    found = []
    for feed, limit in silent_after.items():
        newest = last_known_times.get(feed)
        heard = max(newest, watch_period[0]) if newest else watch_period[0]
        expected = watch_period[0] <= at < watch_period[1]
        found.append(FeedState(feed, newest, expected and at - heard > limit, expected))
    return found


@dataclass(frozen=True)
class NewestTime:
    """When the newest row became known. exact: to the minute; otherwise only to the day."""

    at: datetime
    is_exact: bool


def find_last_known_time(rows: pd.DataFrame) -> datetime | None:
    """When the newest of these rows became known; None where there is none."""
    newest = rows["known_at"].max()
    return None if pd.isna(newest) else newest.to_pydatetime()


def find_newest_time(rows: pd.DataFrame) -> NewestTime | None:
    """The same, and how exactly its sender knew.

    A row that its sender knew only to the day is reckoned by the end of that day: it does not
    hide the newest of those that are known to the minute, unless its day is later.
    """
    if rows.empty:
        return None
    exact = (rows["known_at"] == rows["recorded_at"]) | (rows["precision"] == "menit")
    last, clear = rows["known_at"].max(), rows.loc[exact, "known_at"].max()
    if pd.isna(clear) or last - clear >= pd.Timedelta(days=1):
        return NewestTime(last.to_pydatetime(), is_exact=bool(last == clear))
    return NewestTime(clear.to_pydatetime(), is_exact=True)
