"""Findings: what analyses found of the live rows, once for all who may see the same."""

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

# Values kept at a time: of some versions, minutes and sights; and known rows, which weigh most.
# Past moments have places of their own: whoever looks through a day pushes nothing of now out.
_MAX_RESULTS, _MAX_FRAMES, _MAX_REGISTERS = 256, 24, 64
_MAX_PAST_RESULTS, _MAX_PAST_FRAMES = 256, 12
# Past moments are found anew for whoever asks first, which takes long: so many threads at a time.
_MAX_PAST_THREADS = 2
# What somebody looked at is found ahead for so long; an open page asks again each minute.
_REQUEST_LIFETIME_S: Final = 150.0
_MAX_REQUESTS = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CachedRequest:
    """What somebody looked at.

    work: an analysis, and what else was asked of it, or the overview of a selection. whole: it
    is given the whole snapshot.
    """

    access: AccessScope
    query: Analysis | Selection
    arguments: tuple[Hashable, ...] = ()
    is_on_snapshot: bool = False


class AnalysisCache:
    """One per board. Every method may be called from any thread.

    What is given is shared: nobody may change it.
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
        """The register of what this sight reaches."""
        return self._registers.get(
            access, lambda: access_scope.filter_register(self._register, access)
        )

    def known_rows(self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope) -> AsOfView:
        """The rows known at this moment, by feed, of those that this sight reaches."""
        return self._known_rows(snapshot, _known_until(view_time), access)

    def compute(
        self,
        query: Analysis,
        snapshot: Snapshot,
        view_time: ViewTime,
        access: AccessScope,
        *arguments: Hashable,
    ) -> Any:
        """What this analysis finds at this moment, found once for all who may see the same.

        work: called with the frames (by feed) of the rows known at the moment, those of feeds
        that it reads (analysis.works) and this sight reaches; the register; the moment; what
        its parts found; and `asked`. While no row comes for these feeds it is not done again.
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
        """What this work finds of deliveries and quarantine too, once for each version.

        work: called with the snapshot, the known rows by feed, the moment and `asked`.
        """
        self._note_request(CachedRequest(access, query, arguments, is_on_snapshot=True), view_time)
        with self._wait_for_turn(view_time):
            return self._compute_on_snapshot(query, snapshot, view_time, access, arguments)

    def get_or_make(
        self, name: str, snapshot: Snapshot, make: Callable[[], ValueT], *key: Hashable
    ) -> ValueT:
        """What else is made of this version, once for all who ask for the same. Raises as make."""
        return self._results.get((name, snapshot.origin, snapshot.version, key), make)

    def compute_overview(
        self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope, selection: Selection
    ) -> Overview:
        """The overview of this selection."""
        self._note_request(CachedRequest(access, selection), view_time)
        with self._wait_for_turn(view_time):
            found = self._compute_overview(snapshot, view_time, access, selection)
            feeds = self.feed_states(snapshot, view_time, access)
        # With what it was joined from, so that no other finding gets that one's place in memory.
        key = ("joined", id(found), feeds)
        kept = self._results_for(view_time)
        return kept.get(key, lambda: (found, replace(found, feed_states=list(feeds))))[1]

    def feed_states(
        self, snapshot: Snapshot, view_time: ViewTime, access: AccessScope
    ) -> tuple[FeedState, ...]:
        """Which feeds of this sight should be speaking at this moment, and when each last did."""
        then = cache_minute(view_time)
        key = ("heard", tuple(snapshot.editions.values()), then, view_time.live, access)
        known = self._known_rows(snapshot, _known_until(view_time), access)
        with self._wait_for_turn(view_time):
            return self._results_for(view_time).get(
                key, lambda: tuple(compute_feed_states(known, self._register.election, then))
            )

    def precompute(self, snapshot: Snapshot, view_time: ViewTime, deadline_s: float) -> None:
        """Find what was lately looked at, before anybody asks it of these rows or this minute.

        at: live. until: by time.monotonic(), no more is begun after it.
        """
        for asked in self._recent_requests():
            if time.monotonic() > deadline_s:
                return
            try:
                if isinstance(asked.query, Selection):
                    self._compute_overview(snapshot, view_time, asked.access, asked.query)
                    self.feed_states(snapshot, view_time, asked.access)
                elif asked.is_on_snapshot:
                    self._compute_on_snapshot(
                        asked.query, snapshot, view_time, asked.access, asked.arguments
                    )
                else:
                    self._compute(asked.query, snapshot, view_time, asked.access, asked.arguments)
            except Exception:  # noqa: BLE001 (of many: the next is found all the same)
                # Whoever looks is told on the page; here nobody would be.
                _log.exception("not found ahead: %s", asked.query)

    def _wait_for_turn(self, view_time: ViewTime) -> AbstractContextManager[None]:
        """Wait for a turn before anything of a past moment is found; the present never waits."""
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
        """What was lately looked at, the newest first."""
        oldest = time.monotonic() - _REQUEST_LIFETIME_S
        with self._lock:
            return [asked for asked, when in reversed(self._requests.items()) if when >= oldest]

    def _compute(
        self,
        query: Analysis,
        snapshot: Snapshot,
        view_time: ViewTime,
        access: AccessScope,
        arguments: tuple[Hashable, ...] = (),
    ) -> Any:
        reading, then = queries.dependencies_of(query), cache_minute(view_time)
        seen = [feed for feed in reading.all_feeds if feed in access.feeds]
        rows = tuple(
            self._rows_key(snapshot, feed, _known_until(view_time), access) for feed in seen
        )

        def make() -> Any:
            known = self._known_rows(snapshot, _known_until(view_time), access)
            parts = [
                self._compute(part, snapshot, view_time, access) for part in reading.depends_on
            ]
            return query(
                reading.restrict_frames(known), self.register(access), then, *parts, *arguments
            )

        name = f"{query.__module__}.{query.__qualname__}"
        return self._results_for(view_time).get(
            (name, rows, then, view_time.live, access, arguments), make
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
        then, own = cache_minute(view_time), self.register(access)
        # It compares with an hour earlier, of which rows taken back since were known.
        limits = (None,) if view_time.live else (then, then - HOUR)
        rows = tuple(
            self._rows_key(snapshot, feed, one, access) for feed in CASE_FEEDS for one in limits
        )

        def make() -> Overview:
            known = self._known_rows(snapshot, _known_until(view_time), access)
            return compute_case_overview(known, own.election, list(own.kecamatan), selection, then)

        return self._results_for(view_time).get(
            ("overview", rows, then, view_time.live, access, selection), make
        )

    def _known_rows(
        self, snapshot: Snapshot, limit: datetime | None, access: AccessScope
    ) -> AsOfView:
        """What is known at a moment (None: by now), the rows of a feed made when asked for."""
        editions = tuple(snapshot.editions.values())

        def make() -> AsOfView:
            return access_scope.filter_known(snapshot.frames, snapshot.cases, access, limit)

        frames = self._frames if limit is None else self._past_frames
        return frames.get((editions, limit, access), make)

    def _rows_key(
        self, snapshot: Snapshot, feed: str, limit: datetime | None, access: AccessScope
    ) -> Hashable:
        """What tells these rows from all others: two snapshots may hold the same of a past moment.

        Rows come with growing `seq` and are taken back, so that their count and sum tell them.
        """
        if limit is None:
            return tuple(snapshot.editions[name] for name in _underlying_feeds(feed, access))
        seq = self._known_rows(snapshot, limit, access).columns(feed, ["seq"])["seq"]
        return snapshot.origin, len(seq), int(seq.sum())


def _moves_with_clock(argument: Hashable) -> bool:
    """Whether this is a window that moves with the clock: next minute nobody asks it again."""
    return isinstance(argument, Selection) and argument.since is not None and argument.until is None


def _underlying_feeds(feed: str, access: AccessScope) -> tuple[str, ...]:
    """The feeds on which the seen rows of this one rest: merges only of cases that are seen."""
    return CASE_FEEDS if feed == feed_schemas.MERGES.name and access.area else (feed,)


def _known_until(view_time: ViewTime) -> datetime | None:
    return None if view_time.live else cache_minute(view_time)
