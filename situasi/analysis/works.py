"""Works: analyses that say which feeds they read, so that each is found once while those stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd

from situasi import records
from situasi.records import Feed
from situasi.regions import Register

# (known frames by feed, register, moment, what its parts found, what else was asked) -> anything
Work = Callable[..., Any]
Said = TypeVar("Said", bound=Work)


@dataclass(frozen=True)
class Reading:
    """What a work reads: frames of these feeds, and what other works found of the same rows."""

    feeds: tuple[str, ...]
    parts: tuple[Work, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """The feeds that the work and its parts rest on."""
        return tuple(dict.fromkeys([*self.feeds, *(f for p in self.parts for f in of(p).every)]))

    def given(self, known: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        """The frames of its own feeds: what a work does not name, it cannot read."""
        return {feed: known[feed] for feed in self.feeds if feed in known}


_EVERYTHING = Reading(tuple(records.FEEDS))
_said: dict[Work, Reading] = {}


def reads(*feeds: Feed, parts: tuple[Work, ...] = ()) -> Callable[[Said], Said]:
    """Say of a work which feeds it reads, and whose findings it is given after the moment."""

    def say(work: Said) -> Said:
        _said[work] = Reading(tuple(feed.name for feed in feeds), parts)
        return work

    return say


def of(work: Work) -> Reading:
    """What this work reads; every feed where it did not say."""
    return _said.get(work, _EVERYTHING)


def run(
    work: Work,
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    *asked: Any,
) -> Any:
    """Do the work and its parts, nothing of which is kept."""
    reading = of(work)
    found = [run(part, known, register, at) for part in reading.parts]
    return work(reading.given(known), register, at, *found, *asked)
