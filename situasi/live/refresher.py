"""The lookout: reads what is new and finds what viewers look at, before they ask."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from situasi.analysis import view_time as moments
from situasi.common import telemetry
from situasi.common.background_jobs import Job
from situasi.common.telemetry import HealthHistory, HealthSample
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.snapshot import Snapshot, SnapshotReader, SnapshotView

# For a new version or minute no more is found ahead than in so many seconds.
PRECOMPUTE_BUDGET_S: Final = 1.0
# Seconds without a look after which whoever asks looks for themselves: nothing stale is shown.
STALE_AFTER_S: Final = 2.0
# So long before a minute begins, what it will show is found.
_LEAD_TIME = timedelta(seconds=10)

_log = logging.getLogger(__name__)


class SnapshotRefresher:
    """Shows the newest picture for which everything is ready.

    While `run` looks, nobody who asks waits for the store. Where it does not (a command, a
    test, a thread that ended), `picture` looks itself.
    """

    def __init__(
        self,
        snapshot_reader: SnapshotReader,
        analysis_cache: AnalysisCache,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._snapshot_reader, self._analysis_cache, self._clock, self._zone = (
            snapshot_reader,
            analysis_cache,
            clock,
            zone,
        )
        self._turns, self._lock = itertools.count(1), threading.Lock()
        self._published_turn = 0
        self._published_view: SnapshotView | None = None
        self._refreshed_at_s: float | None = None  # when `run` last had a look
        self._precomputed: tuple[Snapshot, datetime] | None = None
        self._precompute_s = 0.0
        self._lag_s: float | None = None
        self.health_history = HealthHistory()
        self.job = Job(
            "lookout",
            self._run_turn,
            0.0,
            retry_s=0.25,
            max_retry_s=STALE_AFTER_S,
            on_stop=self._on_end,
        )

    def current_view(self) -> SnapshotView:
        """The picture to be shown now."""
        looked, shown = self._refreshed_at_s, self._published_view
        if shown is None or looked is None or time.monotonic() - looked > STALE_AFTER_S:
            return self.refresh()
        return shown

    def refresh(self) -> SnapshotView:
        """The newest picture, read now."""
        turn = next(self._turns)
        return self._publish(turn, self._snapshot_reader.refresh())

    def run(self, stop: threading.Event) -> None:
        """Look, whenever the store may have news, until told to stop."""
        self.job.run(stop)

    def _run_turn(self) -> None:
        turn, seen = next(self._turns), self._snapshot_reader.refresh()
        self._precompute(seen.snapshot)
        before = self._published_view
        self._record_sample(before, self._publish(turn, seen))
        self._refreshed_at_s = time.monotonic()
        self._snapshot_reader.wait()

    def _on_end(self) -> None:
        self._refreshed_at_s = None

    def _publish(self, turn: int, snapshot_view: SnapshotView) -> SnapshotView:
        """Show it, unless what was read later is shown already."""
        with self._lock:
            if self._published_view is None or turn > self._published_turn:
                self._published_turn, self._published_view = turn, snapshot_view
            return self._published_view

    def _precompute(self, snapshot: Snapshot) -> None:
        """Find what viewers look at: of this minute, and shortly before it begins of the next."""
        now = self._clock()
        for one in (now, now + _LEAD_TIME):
            at = moments.resolve_view_time(None, one, snapshot.exercise_at, self._zone)
            minute = moments.cache_minute(at)
            ready = self._precomputed
            if ready is None or ready[0] is not snapshot or ready[1] < minute:
                started = time.monotonic()
                self._analysis_cache.precompute(snapshot, at, started + PRECOMPUTE_BUDGET_S)
                self._precompute_s = time.monotonic() - started
                self._precomputed = (snapshot, minute)
                telemetry.SNAPSHOT_READY_SECONDS.observe(self._precompute_s)

    def _record_sample(self, before: SnapshotView | None, snapshot_view: SnapshotView) -> None:
        """Note how the last look went."""
        if before is not None:
            self._log_trouble(before, snapshot_view)
        if before is not None and before.snapshot is not snapshot_view.snapshot:
            telemetry.SNAPSHOT_READ_SECONDS.observe(snapshot_view.read_s)
            stored = _newest_stored_at(before.snapshot, snapshot_view.snapshot)
            if stored is not None:
                self._lag_s = max(0.0, (self._clock() - stored).total_seconds())
                telemetry.SNAPSHOT_LAG_SECONDS.observe(self._lag_s)
        now = self._clock()
        if not self.health_history.is_due(now):
            return
        self.health_history.add(
            HealthSample(
                at=now,
                store_age_s=max(0.0, (now - snapshot_view.checked_at).total_seconds()),
                read_s=snapshot_view.read_s,
                ready_s=self._precompute_s,
                lag_s=self._lag_s,
                open_pages=telemetry.count_open_pages(),
                quarantined_rows=sum(snapshot_view.snapshot.quarantine_counts.values()),
                memory_bytes=telemetry.measure_memory_bytes(),
                has_trouble=snapshot_view.trouble is not None,
            )
        )

    def _log_trouble(self, before: SnapshotView, snapshot_view: SnapshotView) -> None:
        """A store that breaks, and one that is well again, are worth a line in the log."""
        if snapshot_view.trouble and not before.trouble:
            _log.warning("the store cannot be read", extra={"why": snapshot_view.detail})
        elif before.trouble and not snapshot_view.trouble:
            version = snapshot_view.snapshot.version
            _log.info("the store can be read again", extra={"version": version})


def _newest_stored_at(before: Snapshot, after: Snapshot) -> datetime | None:
    """When the newest of the rows was stored that the one snapshot has and the other had not."""
    ends = [
        frame["recorded_at"].iloc[-1]
        for feed, frame in after.frames.items()
        if len(frame) > len(before.frames[feed])
    ]
    return max(ends).to_pydatetime() if ends else None
