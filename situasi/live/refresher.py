"""The refresher: reads new rows and precomputes what viewers look at, before they ask."""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from situasi.analysis import view_time as moments
from situasi.common import metrics
from situasi.common.background_jobs import Job
from situasi.common.metrics import HealthHistory, HealthSample
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.snapshot import Snapshot, SnapshotReader, SnapshotView

# Time limit of precomputing for a new version or minute.
PRECOMPUTE_BUDGET_S: Final = 1.0
# Seconds without a refresh after which a viewer's request reads the store itself.
STALE_AFTER_S: Final = 2.0
# The next minute is precomputed so long before it begins.
_LEAD_TIME = timedelta(seconds=10)

_log = logging.getLogger(__name__)


class SnapshotRefresher:
    """Publishes the newest snapshot for which the requested results are ready.

    While its job runs, no viewer waits for the store. Otherwise (a command, a test, a thread
    that ended) `current_view` reads the store itself.
    """

    def __init__(
        self,
        snapshot_reader: SnapshotReader,
        analysis_cache: AnalysisCache,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._snapshot_reader, self._analysis_cache = snapshot_reader, analysis_cache
        self._clock, self._zone = clock, zone
        self._turns, self._lock = itertools.count(1), threading.Lock()
        self._published_turn = 0
        self._published_view: SnapshotView | None = None
        self._refreshed_at_s: float | None = None  # when the job last refreshed
        self._precomputed: tuple[Snapshot, datetime] | None = None
        self._precompute_s = 0.0
        self._lag_s: float | None = None
        self.health_history = HealthHistory()
        self.job = Job(
            "refresher", self._run_turn, 0.0, retry_s=0.25, max_retry_s=STALE_AFTER_S,
            on_stop=self._on_end,
        )  # fmt: skip

    def current_view(self) -> SnapshotView:
        """Return the snapshot view to be shown now."""
        return self.fresh_view() or self.refresh()

    def fresh_view(self) -> SnapshotView | None:
        """Return the published view, or None if the job has not refreshed it of late.

        Never reads the store, so it may be called from the event loop.
        """
        refreshed_at_s = self._refreshed_at_s
        is_fresh = refreshed_at_s is not None and time.monotonic() - refreshed_at_s <= STALE_AFTER_S
        return self._published_view if is_fresh else None

    def refresh(self) -> SnapshotView:
        """Read the store now and return the newest view."""
        turn = next(self._turns)
        return self._publish(turn, self._snapshot_reader.refresh())

    def _run_turn(self) -> None:
        turn, view = next(self._turns), self._snapshot_reader.refresh()
        self._precompute(view.snapshot)
        previous = self._published_view
        self._record_sample(previous, self._publish(turn, view))
        self._refreshed_at_s = time.monotonic()
        self._snapshot_reader.wait()

    def _on_end(self) -> None:
        self._refreshed_at_s = None

    def _publish(self, turn: int, snapshot_view: SnapshotView) -> SnapshotView:
        """Publish the view, unless a later one is published already; return the published one."""
        with self._lock:
            if self._published_view is None or turn > self._published_turn:
                self._published_turn, self._published_view = turn, snapshot_view
            return self._published_view

    def _precompute(self, snapshot: Snapshot) -> None:
        """Precompute the current minute, and the next one shortly before it begins."""
        now = self._clock()
        for clock_time in (now, now + _LEAD_TIME):
            view_time = moments.resolve_view_time(
                None, clock_time, snapshot.exercise_at, self._zone
            )
            minute = moments.cache_minute(view_time)
            last = self._precomputed
            if last is None or last[0] is not snapshot or last[1] < minute:
                started = time.monotonic()
                self._analysis_cache.precompute(snapshot, view_time, started + PRECOMPUTE_BUDGET_S)
                self._precompute_s = time.monotonic() - started
                self._precomputed = (snapshot, minute)
                metrics.SNAPSHOT_READY_SECONDS.observe(self._precompute_s)

    def _record_sample(self, before: SnapshotView | None, snapshot_view: SnapshotView) -> None:
        """Record how the last refresh went."""
        if before is not None:
            self._log_trouble(before, snapshot_view)
        if before is not None and before.snapshot is not snapshot_view.snapshot:
            metrics.SNAPSHOT_READ_SECONDS.observe(snapshot_view.read_s)
            stored_at = _newest_stored_at(before.snapshot, snapshot_view.snapshot)
            if stored_at is not None:
                self._lag_s = max(0.0, (self._clock() - stored_at).total_seconds())
                metrics.SNAPSHOT_LAG_SECONDS.observe(self._lag_s)
        now = self._clock()
        if not self.health_history.is_due(now):
            return
        self.health_history.add(
            HealthSample(
                at=now,
                read_s=snapshot_view.read_s,
                ready_s=self._precompute_s,
                lag_s=self._lag_s,
                open_pages=metrics.count_open_pages(),
                quarantined_rows=sum(snapshot_view.snapshot.quarantine_counts.values()),
                memory_bytes=metrics.measure_memory_bytes(),
                has_trouble=snapshot_view.trouble is not None,
            )
        )

    def _log_trouble(self, before: SnapshotView, snapshot_view: SnapshotView) -> None:
        """Log when the store becomes unreadable, and when it is readable again."""
        if snapshot_view.trouble and not before.trouble:
            _log.warning("the store cannot be read", extra={"why": snapshot_view.detail})
        elif before.trouble and not snapshot_view.trouble:
            version = snapshot_view.snapshot.version
            _log.info("the store can be read again", extra={"version": version})


def _newest_stored_at(before: Snapshot, after: Snapshot) -> datetime | None:
    """Return when the newest row that is only in `after` was stored."""
    last_times = [
        frame["recorded_at"].iloc[-1]
        for feed, frame in after.frames.items()
        if len(frame) > len(before.frames[feed])
    ]
    return max(last_times).to_pydatetime() if last_times else None
