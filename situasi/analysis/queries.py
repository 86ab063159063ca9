"""Analyses declare the feeds that they read, so that results can be cached while those stay."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import case_index
from situasi.analysis.incidents.case_index import CaseIndex
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import INCIDENTS, Feed

# (known frames by feed, register, moment, results of depends_on, other arguments) -> any result
Analysis = Callable[..., Any]
AnalysisT = TypeVar("AnalysisT", bound=Analysis)


@dataclass(frozen=True)
class Dependencies:
    """What an analysis reads: frames of these feeds, and results of other analyses of them."""

    feeds: tuple[str, ...]
    depends_on: tuple[Analysis, ...] = ()

    @property
    def all_feeds(self) -> tuple[str, ...]:
        """The feeds that the analysis and its dependencies read."""
        return tuple(
            dict.fromkeys(
                [*self.feeds, *(f for p in self.depends_on for f in dependencies_of(p).all_feeds)]
            )
        )

    def restrict_frames(self, frames: Mapping[str, pd.DataFrame]) -> FeedFrames:
        """Return the rows of its own feeds, as far as the viewer may see them."""
        return _DeclaredFrames(frames, self.feeds)


class _DeclaredFrames(FeedFrames):
    """Rows of the feeds that an analysis declares.

    Access to another feed fails: an empty result, as for a feed that the viewer may not see, would
    be trusted, and would stay cached while rows of that feed arrive.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], feeds: tuple[str, ...]) -> None:
        self._frames, self._feeds = frames, feeds

    def __getitem__(self, feed: str) -> pd.DataFrame:
        return self._frames[self._check_declared(feed)]

    def __contains__(self, feed: object) -> bool:
        return self._check_declared(str(feed)) in self._frames

    def __iter__(self) -> Iterator[str]:
        return (feed for feed in self._feeds if feed in self._frames)

    def __len__(self) -> int:
        return len(list(iter(self)))

    @property
    def cases(self) -> CaseIndex:
        """The known cases, if the analysis declares the incidents feed."""
        incidents = self._check_declared(INCIDENTS.name)
        if isinstance(self._frames, FeedFrames):
            return self._frames.cases
        return case_index.build_from_known(self._frames[incidents])

    def _check_declared(self, feed: str) -> str:
        assert feed in self._feeds, f"a work reads {feed}, and does not say so"
        return feed


_ALL_FEEDS = Dependencies(tuple(feed_schemas.FEEDS))
_declared_dependencies: dict[Analysis, Dependencies] = {}


def reads(*feeds: Feed, depends_on: tuple[Analysis, ...] = ()) -> Callable[[AnalysisT], AnalysisT]:
    """Declare which feeds an analysis reads, and whose results it gets after the moment."""

    def register_analysis(func: AnalysisT) -> AnalysisT:
        _declared_dependencies[func] = Dependencies(tuple(feed.name for feed in feeds), depends_on)
        return func

    return register_analysis


def dependencies_of(analysis: Analysis) -> Dependencies:
    """Return what this analysis reads; every feed if it declares nothing."""
    return _declared_dependencies.get(analysis, _ALL_FEEDS)
