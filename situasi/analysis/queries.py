"""Works: analyses that say which feeds they read, so that each is found once while those stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd

from situasi.analysis.as_of import WithCases
from situasi.analysis.incidents import case_index
from situasi.analysis.incidents.case_index import Cases
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import INCIDENTS, Feed
from situasi.domain.register import Register

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

    def given(self, known: Mapping[str, pd.DataFrame]) -> WithCases:
        """The rows of its own feeds, as far as the viewer may see them."""
        return _Own(known, self.feeds)


class _Own(WithCases):
    """Rows of the feeds that a work names.

    Whoever asks for another fails: an empty answer, as for a feed that the viewer may not see,
    would be believed, and stand while rows of that feed come.
    """

    def __init__(self, known: Mapping[str, pd.DataFrame], named: tuple[str, ...]) -> None:
        self._known, self._named = known, named

    def __getitem__(self, feed: str) -> pd.DataFrame:
        return self._known[self._said(feed)]

    def __contains__(self, feed: object) -> bool:
        return self._said(str(feed)) in self._known

    def __iter__(self) -> Iterator[str]:
        return (feed for feed in self._named if feed in self._known)

    def __len__(self) -> int:
        return len(list(iter(self)))

    @property
    def cases(self) -> Cases:
        incidents = self._said(INCIDENTS.name)
        if isinstance(self._known, WithCases):
            return self._known.cases
        return case_index.of_known(self._known[incidents])

    def _said(self, feed: str) -> str:
        assert feed in self._named, f"a work reads {feed}, and does not say so"
        return feed


_EVERYTHING = Reading(tuple(feed_schemas.FEEDS))
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
