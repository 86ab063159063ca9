"""A cache of analysis results on the live rows, shared by all viewers with the same scope."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
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
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.common.work_limits import OWNER, ConcurrencyLimiter
from situasi.domain import feed_schemas
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
        self._results, self._frames = (
            SingleFlightCache(_MAX_RESULTS),
            SingleFlightCache(_MAX_FRAMES),
        )
        self._past_results, self._past_frames = (
            SingleFlightCache(_MAX_PAST_RESULTS),
            SingleFlightCache(_MAX_PAST_FRAMES),
        )
        self._past_turns = ConcurrencyLimiter(_MAX_PAST_THREADS, max_per_owner=1)
        self._registers = SingleFlightCache(_MAX_REGISTERS)
        self._requests: OrderedDict[CachedRequest, float] = OrderedDict()
        self._lock = threading.Lock()

    def register(self, access: AccessScope) -> Register:
        """Return the register of what this scope sees."""
        return self._registers.get(
            access, lambda: access_scope.filter_register(self._register, access)
        )

    def known_rows(self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope) -> AsOfView:
        """Return the rows known at this view time, by feed, in this scope."""
        return self._known_rows(snapshot, _known_until(view_time), access)

    def compute(
        self,
        query: Analysis,
        snapshot: Snapshot,
        view_time: ViewTime,
        access: AccessScope,
        *arguments: Hashable,
    ) -> Any:
        """Return the result of this analysis at this time, computed once per access scope.

        query: called with the frames (by feed) of the known rows of the feeds that it reads
        (analysis.queries) and this scope sees; the register; the time; the results of the analyses
        it depends on; and `arguments`. It is not run again while no row comes for these feeds.
        """
        self._note_request(CachedRequest(access, query, arguments), view_time)
        with self._wait_for_turn(view_time):
            return self._compute(query, snapshot, view_time, access, arguments)

    def compute_on_snapshot(
        self,
        query: Analysis,
        snapshot: Snapshot,
        view_time: ViewTime,
        access: AccessScope,
        *arguments: Hashable,
    ) -> Any:
        """Return the result of a query on batches and quarantine too, computed once per version.

        query: called with the snapshot, the known rows by feed, the view time and `arguments`.
        """
        self._note_request(CachedRequest(access, query, arguments, is_on_snapshot=True), view_time)
        with self._wait_for_turn(view_time):
            return self._compute_on_snapshot(query, snapshot, view_time, access, arguments)

    def get_or_make(
        self, name: str, snapshot: Snapshot, make: Callable[[], ValueT], *key: Hashable
    ) -> ValueT:
        """Return another value of this version, made once per key. Raises as `make` does."""
        return self._results.get((name, snapshot.origin, snapshot.version, key), make)

    def compute_overview(
        self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope, selection: Selection
    ) -> Overview:
        """Return the overview of this selection."""
        self._note_request(CachedRequest(access, selection), view_time)
        with self._wait_for_turn(view_time):
            overview = self._compute_overview(snapshot, view_time, access, selection)
            feeds = self.feed_states(snapshot, view_time, access)
        # The value keeps `overview` alive, so that no other object gets the same id().
        key = ("joined", id(overview), feeds)
        results = self._results_for(view_time)
        return results.get(key, lambda: (overview, replace(overview, feed_states=list(feeds))))[1]

    def feed_states(
        self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope
    ) -> tuple[FeedState, ...]:
        """Return which feeds of this scope should be reporting now, and when each last did."""
        minute = cache_minute(view_time)
        key = ("heard", tuple(snapshot.editions.values()), minute, view_time.live, access)
        known_rows = self._known_rows(snapshot, _known_until(view_time), access)
        with self._wait_for_turn(view_time):
            return self._results_for(view_time).get(
                key, lambda: tuple(compute_feed_states(known_rows, self._register.election, minute))
            )

    def precompute(self, snapshot: Snapshot, view_time: ViewTime, deadline_s: float) -> None:
        """Compute recent requests before anybody asks for them on these rows or this minute.

        view_time: live. deadline_s: by time.monotonic(); no computation is started after it.
        """
        for request in self._recent_requests():
            if time.monotonic() > deadline_s:
                return
            try:
                if isinstance(request.query, Selection):
                    self._compute_overview(snapshot, view_time, request.access, request.query)
                    self.feed_states(snapshot, view_time, request.access)
                elif request.is_on_snapshot:
                    self._compute_on_snapshot(
                        request.query, snapshot, view_time, request.access, request.arguments
                    )
                else:
                    self._compute(
                        request.query, snapshot, view_time, request.access, request.arguments
                    )
            except Exception:  # noqa: BLE001 (the next request is still computed)
                # A viewer sees the error on the page; here only the log shows it.
                _log.exception("not found ahead: %s", request.query)

    def _wait_for_turn(self, view_time: ViewTime) -> AbstractContextManager[None]:
        """Return a slot to wait for before computing a past time; live views never wait."""
        return nullcontext() if view_time.live else self._past_turns.slot(OWNER.get())

    def _results_for(self, view_time: ViewTime) -> SingleFlightCache:
        return self._results if view_time.live else self._past_results

    def _note_request(self, request: CachedRequest, view_time: ViewTime) -> None:
        if not view_time.live or any(map(_moves_with_clock, (request.query, *request.arguments))):
            return
        with self._lock:
            self._requests[request] = time.monotonic()
            self._requests.move_to_end(request)
            while len(self._requests) > _MAX_REQUESTS:
                self._requests.popitem(last=False)

    def _recent_requests(self) -> list[CachedRequest]:
        """Return recent requests, newest first."""
        oldest_s = time.monotonic() - _REQUEST_LIFETIME_S
        with self._lock:
            return [
                request
                for request, requested_s in reversed(self._requests.items())
                if requested_s >= oldest_s
            ]

    def _compute(
        self,
        query: Analysis,
        snapshot: Snapshot,
        view_time: ViewTime,
        access: AccessScope,
        arguments: tuple[Hashable, ...] = (),
    ) -> Any:
        dependencies, minute = queries.dependencies_of(query), cache_minute(view_time)
        feeds = [feed for feed in dependencies.all_feeds if feed in access.feeds]
        rows = tuple(
            self._rows_key(snapshot, feed, _known_until(view_time), access) for feed in feeds
        )

        def make() -> Any:
            known_rows = self._known_rows(snapshot, _known_until(view_time), access)
            parts = [
                self._compute(part, snapshot, view_time, access) for part in dependencies.depends_on
            ]
            return query(
                dependencies.restrict_frames(known_rows),
                self.register(access),
                minute,
                *parts,
                *arguments,
            )

        name = f"{query.__module__}.{query.__qualname__}"
        return self._results_for(view_time).get(
            (name, rows, minute, view_time.live, access, arguments), make
        )

    def _compute_on_snapshot(
        self,
        query: Analysis,
        snapshot: Snapshot,
        view_time: ViewTime,
        access: AccessScope,
        arguments: tuple[Hashable, ...],
    ) -> Any:
        def make() -> Any:
            return query(
                snapshot, self.known_rows(snapshot, view_time, access), view_time, *arguments
            )

        name = f"{query.__module__}.{query.__qualname__}"
        return self.get_or_make(
            name, snapshot, make, cache_minute(view_time), view_time.live, access, arguments
        )

    def _compute_overview(
        self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope, selection: Selection
    ) -> Overview:
        minute, register = cache_minute(view_time), self.register(access)
        # It compares with an hour earlier, when rows withdrawn since were still known.
        limits = (None,) if view_time.live else (minute, minute - HOUR)
        rows = tuple(
            self._rows_key(snapshot, feed, limit, access) for feed in CASE_FEEDS for limit in limits
        )

        def make() -> Overview:
            known_rows = self._known_rows(snapshot, _known_until(view_time), access)
            return compute_case_overview(
                known_rows, register.election, list(register.kecamatan), selection, minute
            )

        return self._results_for(view_time).get(
            ("overview", rows, minute, view_time.live, access, selection), make
        )

    def _known_rows(
        self, snapshot: Snapshot, limit: datetime | None, access: AccessScope
    ) -> AsOfView:
        """Return what is known at a time (None: now); the rows of a feed are filtered on demand."""
        editions = tuple(snapshot.editions.values())

        def make() -> AsOfView:
            return access_scope.filter_known(snapshot.frames, snapshot.cases, access, limit)

        frames = self._frames if limit is None else self._past_frames
        return frames.get((editions, limit, access), make)

    def _rows_key(
        self, snapshot: Snapshot, feed: str, limit: datetime | None, access: AccessScope
    ) -> Hashable:
        """Return a key of these rows: two snapshots may hold the same rows of a past time.

        Rows only get growing `seq` and are withdrawn, so their count and sum identify them.
        """
        if limit is None:
            return tuple(snapshot.editions[name] for name in _underlying_feeds(feed, access))
        seq = self._known_rows(snapshot, limit, access).columns(feed, ["seq"])["seq"]
        return snapshot.origin, len(seq), int(seq.sum())


def _moves_with_clock(argument: Hashable) -> bool:
    """Return whether this is a window that moves with the clock: nobody asks for it again."""
    return isinstance(argument, Selection) and argument.since is not None and argument.until is None


def _underlying_feeds(feed: str, access: AccessScope) -> tuple[str, ...]:
    """Return the feeds that determine the visible rows of this one: merges depend on incidents."""
    return CASE_FEEDS if feed == feed_schemas.MERGES.name and access.area else (feed,)


def _known_until(view_time: ViewTime) -> datetime | None:
    return None if view_time.live else cache_minute(view_time)
