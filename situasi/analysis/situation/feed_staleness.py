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
    last: datetime | None
    silent: bool
    expected: bool


def states(
    last: Mapping[str, datetime | None],
    at: datetime,
    silent_after: Mapping[str, timedelta],
    watch: tuple[datetime, datetime],
) -> list[FeedState]:
    """The state of every feed that has a time limit.

    last: newest known row by feed. watch: from and until when reports are due; before the
    limit has once passed after `watch[0]`, no feed can be silent.
    """
    found = []
    for feed, limit in silent_after.items():
        newest = last.get(feed)
        heard = max(newest, watch[0]) if newest else watch[0]
        expected = watch[0] <= at < watch[1]
        found.append(FeedState(feed, newest, expected and at - heard > limit, expected))
    return found


@dataclass(frozen=True)
class Newest:
    """When the newest row became known. exact: to the minute; otherwise only to the day."""

    at: datetime
    exact: bool


def last_known(rows: pd.DataFrame) -> datetime | None:
    """When the newest of these rows became known; None where there is none."""
    newest = rows["known_at"].max()
    return None if pd.isna(newest) else newest.to_pydatetime()


def newest_of(rows: pd.DataFrame) -> Newest | None:
    """The same, and how exactly its sender knew.

    A row that its sender knew only to the day is reckoned by the end of that day: it does not
    hide the newest of those that are known to the minute, unless its day is later.
    """
    if rows.empty:
        return None
    exact = (rows["known_at"] == rows["recorded_at"]) | (rows["precision"] == "menit")
    last, clear = rows["known_at"].max(), rows.loc[exact, "known_at"].max()
    if pd.isna(clear) or last - clear >= pd.Timedelta(days=1):
        return Newest(last.to_pydatetime(), exact=bool(last == clear))
    return Newest(clear.to_pydatetime(), exact=True)
