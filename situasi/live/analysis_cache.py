"""A cache of analysis results on the live rows, shared by all viewers with the same scope."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from situasi.analysis import queries
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import Analysis
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import (
    CASE_FEEDS,
    HOUR,
    Overview,
    compute_case_overview,
    compute_feed_states,
)
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.common.lru_dict import LruDict
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.common.work_limits import OWNER, ConcurrencyLimiter
from situasi.domain import feed_schemas, officer_marks
from situasi.domain.register import Register
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from situasi.live.snapshot import Snapshot

ValueT = TypeVar("ValueT")

# Values kept: of some versions, minutes and scopes; and known rows, which need most memory.
# Past times have caches of their own: browsing through a day evicts no live results.
_MAX_RESULTS, _MAX_FRAMES, _MAX_REGISTERS = 256, 24, 64
_MAX_PAST_RESULTS, _MAX_PAST_FRAMES = 256, 12
# Computing a past time takes long: this many threads do so at once.
_MAX_PAST_THREADS = 2
# A request is precomputed for so long after its last use; an open page asks each minute.
_REQUEST_LIFETIME_S: Final = 150.0
_MAX_REQUESTS = 64

_OFFICER_FEEDS = frozenset(
    feed.name for feed in feed_schemas.FEEDS.values() if "petugas" in feed.column_names
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CachedRequest:
    """A request that somebody made.

    query: an analysis with its further arguments, or the selection of an overview. is_on_snapshot:
    it gets the whole snapshot.
    """

    access: AccessScope
    query: Analysis | Selection
    arguments: tuple[Hashable, ...] = ()
    is_on_snapshot: bool = False


class AnalysisCache:
    """The cache of one board. Every method may be called from any thread.

    Results are shared: nobody may change them.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._results = SingleFlightCache(_MAX_RESULTS)
        self._frames = SingleFlightCache(_MAX_FRAMES)
        self._past_results = SingleFlightCache(_MAX_PAST_RESULTS)
        self._past_frames = SingleFlightCache(_MAX_PAST_FRAMES)
        self._past_turns = ConcurrencyLimiter(_MAX_PAST_THREADS, max_per_owner=1)
        self._registers = SingleFlightCache(_MAX_REGISTERS)
        self._requests: LruDict[CachedRequest, float] = LruDict(_MAX_REQUESTS)
        self._lock = threading.Lock()

    def register(self, access: AccessScope) -> Register:
        """Return the register of what this scope sees."""
        return self._registers.get(access, lambda: self._register.restrict_to(access.area))

    def view(self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope) -> AnalysisView:
        """Return what this scope sees of a snapshot at this time."""
        return AnalysisView(self, snapshot, view_time, access)

    def get_or_make(
        self, name: str, snapshot: Snapshot, make: Callable[[], ValueT], *key: Hashable
    ) -> ValueT:
        """Return another value of this version, made once per key. Raises as `make` does."""
        return self._results.get((name, snapshot.origin, snapshot.version, key), make)

    def precompute(self, snapshot: Snapshot, view_time: ViewTime, deadline_s: float) -> None:
        """Compute recent requests before anybody asks for them on these rows or this minute.

        view_time: live. deadline_s: by time.monotonic(); no computation is started after it.
        """
        for request in self._recent_requests():
            if time.monotonic() > deadline_s:
                return
            try:
                self.view(snapshot, view_time, request.access).precompute(request)
            except Exception:  # noqa: BLE001 (the next request is still computed)
                # A viewer sees the error on the page; here only the log shows it.
                _log.exception("not found ahead: %s", request.query)

    def note_request(self, request: CachedRequest) -> None:
        """Remember a live request, to be precomputed while somebody asks for it."""
        if any(map(_moves_with_clock, (request.query, *request.arguments))):
            return
        with self._lock:
            self._requests[request] = time.monotonic()

    def _recent_requests(self) -> list[CachedRequest]:
        """Return recent requests, newest first."""
        oldest_s = time.monotonic() - _REQUEST_LIFETIME_S
        with self._lock:
            return [
                request
                for request, requested_s in reversed(self._requests.items())
                if requested_s >= oldest_s
            ]

    def wait_for_turn(self, *, live: bool) -> AbstractContextManager[None]:
        """Return a slot to wait for before computing a past time; live views never wait."""
        return nullcontext() if live else self._past_turns.slot(OWNER.get())

    def results(self, *, live: bool) -> SingleFlightCache:
        """Return the cache of results of the present, or of past times."""
        return self._results if live else self._past_results

    def known_rows(
        self, snapshot: Snapshot, limit: datetime | None, access: AccessScope
    ) -> AsOfView:
        """Return what is known at a time (None: now); the rows of a feed are filtered on demand."""
        editions = tuple(snapshot.editions.values())

        def make() -> AsOfView:
            return access_scope.filter_known(snapshot.frames, snapshot.cases, access, limit)

        frames = self._frames if limit is None else self._past_frames
        return frames.get((editions, limit, access), make)


@dataclass(frozen=True)
class AnalysisView:
    """What one access scope sees of a snapshot at one time, each result computed once for all."""

    cache: AnalysisCache
    snapshot: Snapshot
    view_time: ViewTime
    access: AccessScope

    @property
    def register(self) -> Register:
        """Return the register of what the scope sees."""
        return self.cache.register(self.access)

    @property
    def minute(self) -> datetime:
        """Return the minute for which results are computed."""
        return cache_minute(self.view_time)

    @property
    def known_rows(self) -> AsOfView:
        """Return the rows known at the view time, by feed."""
        return self.cache.known_rows(self.snapshot, self._limit, self.access)

    def compute(self, query: Analysis, *arguments: Hashable) -> Any:
        """Return the result of this analysis.

        query: called with the frames (by feed) of the known rows of the feeds that it reads
        (analysis.queries) and the scope sees; the register; the time; the results of the analyses
        it depends on; and `arguments`. It is not run again while no row comes for these feeds.
        """
        return self._serve(CachedRequest(self.access, query, arguments))

    def compute_on_snapshot(self, query: Analysis, *arguments: Hashable) -> Any:
        """Return the result of a query on batches and quarantine too, computed once per version.

        query: called with the snapshot, the known rows by feed, the view time and `arguments`.
        """
        return self._serve(CachedRequest(self.access, query, arguments, is_on_snapshot=True))

    def compute_overview(self, selection: Selection) -> Overview:
        """Return the overview of this selection."""
        overview = self._serve(CachedRequest(self.access, selection))
        feeds = self.feed_states()
        # The value keeps `overview` alive, so that no other object gets the same id().
        key = ("joined", id(overview), feeds)
        joined: tuple[Overview, Overview] = self._results.get(
            key, lambda: (overview, replace(overview, feed_states=list(feeds)))
        )
        return joined[1]

    def feed_states(self) -> tuple[FeedState, ...]:
        """Return which feeds of the scope should be reporting now, and when each last did."""
        election = self.register.election
        with self.cache.wait_for_turn(live=self.view_time.live):
            return self._results.get(
                ("heard", tuple(self.snapshot.editions.values()), *self._key),
                lambda: tuple(compute_feed_states(self.known_rows, election, self.minute)),
            )

    def precompute(self, request: CachedRequest) -> None:
        """Compute what somebody asked for at another time or on other rows."""
        self._compute_request(request)
        if isinstance(request.query, Selection):
            self.feed_states()

    def _serve(self, request: CachedRequest) -> Any:
        if self.view_time.live:
            self.cache.note_request(request)
        with self.cache.wait_for_turn(live=self.view_time.live):
            return self._compute_request(request)

    def _compute_request(self, request: CachedRequest) -> Any:
        if isinstance(request.query, Selection):
            return self._compute_overview(request.query)
        if request.is_on_snapshot:
            return self._compute_on_snapshot(request.query, request.arguments)
        return self._compute(request.query, request.arguments)

    @property
    def _results(self) -> SingleFlightCache:
        return self.cache.results(live=self.view_time.live)

    @property
    def _limit(self) -> datetime | None:
        """Return until when rows are known; None: until now."""
        return None if self.view_time.live else self.minute

    @property
    def _key(self) -> tuple[Hashable, ...]:
        return self.minute, self.view_time.live, self.access

    def _compute(self, query: Analysis, arguments: tuple[Hashable, ...] = ()) -> Any:
        dependencies = queries.dependencies_of(query)
        feeds = [feed for feed in dependencies.all_feeds if feed in self.access.feeds]
        rows = tuple(self._rows_key(feed, self._limit) for feed in feeds)

        def make() -> Any:
            frames = dependencies.restrict_frames(self.known_rows)
            parts = [self._compute(part) for part in dependencies.depends_on]
            return query(frames, self.register, self.minute, *parts, *arguments)

        return self._results.get((_name_of(query), rows, *self._key, arguments), make)

    def _compute_on_snapshot(self, query: Analysis, arguments: tuple[Hashable, ...]) -> Any:
        def make() -> Any:
            return query(self.snapshot, self.known_rows, self.view_time, *arguments)

        return self.cache.get_or_make(_name_of(query), self.snapshot, make, *self._key, arguments)

    def _compute_overview(self, selection: Selection) -> Overview:
        # It compares with an hour earlier, when rows withdrawn since were still known.
        limits = (None,) if self.view_time.live else (self.minute, self.minute - HOUR)
        rows = tuple(self._rows_key(feed, limit) for feed in CASE_FEEDS for limit in limits)
        register = self.register

        def make() -> Overview:
            return compute_case_overview(
                self.known_rows, register.election, list(register.kecamatan), selection, self.minute
            )

        return self._results.get(("overview", rows, *self._key, selection), make)

    def _rows_key(self, feed: str, limit: datetime | None) -> Hashable:
        """Return a key of these rows: two snapshots may hold the same rows of a past time."""
        if limit is None:
            feeds = _underlying_feeds(feed, self.access)
            return tuple(self.snapshot.editions[name] for name in feeds)
        known = self.cache.known_rows(self.snapshot, limit, self.access)
        visible = (name for name in _underlying_feeds(feed, self.access) if name in known)
        return self.snapshot.origin, *map(known.identify_rows, visible)


def _name_of(query: Analysis) -> str:
    return f"{query.__module__}.{query.__qualname__}"


def _moves_with_clock(argument: Hashable) -> bool:
    """Return whether this is a window that moves with the clock: nobody asks for it again."""
    return isinstance(argument, Selection) and argument.since is not None and argument.until is None


def _underlying_feeds(feed: str, access: AccessScope) -> tuple[str, ...]:
    """Return the feeds that determine the visible rows of this one.

    Merges depend on incidents; officers, on the feeds that tell whose mark is which number.
    """
    if feed in _OFFICER_FEEDS:
        return tuple(dict.fromkeys((feed, *officer_marks.FEEDS_WITH_MARKS)))
    return CASE_FEEDS if feed == feed_schemas.MERGES.name and access.area else (feed,)
