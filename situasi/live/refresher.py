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
from situasi.live.analysis_cache import Findings
from situasi.live.snapshot import Live, Picture, Snapshot

# For a new version or minute no more is found ahead than in so many seconds.
BUDGET: Final = 1.0
# Seconds without a look after which whoever asks looks for themselves: nothing stale is shown.
LATE: Final = 2.0
# So long before a minute begins, what it will show is found.
_BEFORE = timedelta(seconds=10)

_log = logging.getLogger(__name__)


class Lookout:
    """Shows the newest picture for which everything is ready.

    While `run` looks, nobody who asks waits for the store. Where it does not (a command, a
    test, a thread that ended), `picture` looks itself.
    """

    def __init__(
        self, live: Live, findings: Findings, clock: Callable[[], datetime], zone: tzinfo
    ) -> None:
        self._live, self._findings, self._clock, self._zone = live, findings, clock, zone
        self._turns, self._lock = itertools.count(1), threading.Lock()
        self._turn = 0
        self._shown: Picture | None = None
        self._looked: float | None = None  # when `run` last had a look
        self._ready: tuple[Snapshot, datetime] | None = None
        self._took = 0.0
        self._lag: float | None = None
        self.pulse = HealthHistory()
        self.job = Job(
            "lookout",
            self._look_ahead,
            0.0,
            retry_s=0.25,
            max_retry_s=LATE,
            on_stop=self._no_longer_looks,
        )

    def picture(self) -> Picture:
        """The picture to be shown now."""
        looked, shown = self._looked, self._shown
        if shown is None or looked is None or time.monotonic() - looked > LATE:
            return self.look()
        return shown

    def look(self) -> Picture:
        """The newest picture, read now."""
        turn = next(self._turns)
        return self._show(turn, self._live.picture())

    def run(self, stop: threading.Event) -> None:
        """Look, whenever the store may have news, until told to stop."""
        self.job.run(stop)

    def _look_ahead(self) -> None:
        turn, seen = next(self._turns), self._live.picture()
        self._prepare(seen.snapshot)
        before = self._shown
        self._measure(before, self._show(turn, seen))
        self._looked = time.monotonic()
        self._live.wait()

    def _no_longer_looks(self) -> None:
        self._looked = None

    def _show(self, turn: int, seen: Picture) -> Picture:
        """Show it, unless what was read later is shown already."""
        with self._lock:
            if self._shown is None or turn > self._turn:
                self._turn, self._shown = turn, seen
            return self._shown

    def _prepare(self, snapshot: Snapshot) -> None:
        """Find what viewers look at: of this minute, and shortly before it begins of the next."""
        now = self._clock()
        for one in (now, now + _BEFORE):
            at = moments.moment(None, one, snapshot.exercise_at, self._zone)
            minute = moments.reckoned(at)
            ready = self._ready
            if ready is None or ready[0] is not snapshot or ready[1] < minute:
                started = time.monotonic()
                self._findings.ahead(snapshot, at, started + BUDGET)
                self._took = time.monotonic() - started
                self._ready = (snapshot, minute)
                telemetry.SNAPSHOT_READY_SECONDS.observe(self._took)

    def _measure(self, before: Picture | None, shown: Picture) -> None:
        """Note how the last look went."""
        if before is not None:
            self._tell(before, shown)
        if before is not None and before.snapshot is not shown.snapshot:
            telemetry.SNAPSHOT_READ_SECONDS.observe(shown.took)
            stored = _stored(before.snapshot, shown.snapshot)
            if stored is not None:
                self._lag = max(0.0, (self._clock() - stored).total_seconds())
                telemetry.SNAPSHOT_LAG_SECONDS.observe(self._lag)
        now = self._clock()
        if not self.pulse.is_due(now):
            return
        self.pulse.add(
            HealthSample(
                at=now,
                store_age_s=max(0.0, (now - shown.checked_at).total_seconds()),
                read_s=shown.took,
                ready_s=self._took,
                lag_s=self._lag,
                open_pages=telemetry.count_open_pages(),
                quarantined_rows=sum(shown.snapshot.waiting.values()),
                memory_bytes=telemetry.measure_memory_bytes(),
                has_trouble=shown.trouble is not None,
            )
        )

    def _tell(self, before: Picture, shown: Picture) -> None:
        """A store that breaks, and one that is well again, are worth a line in the log."""
        if shown.trouble and not before.trouble:
            _log.warning("the store cannot be read", extra={"why": shown.detail})
        elif before.trouble and not shown.trouble:
            version = shown.snapshot.version
            _log.info("the store can be read again", extra={"version": version})


def _stored(before: Snapshot, after: Snapshot) -> datetime | None:
    """When the newest of the rows was stored that the one snapshot has and the other had not."""
    ends = [
        frame["recorded_at"].iloc[-1]
        for feed, frame in after.frames.items()
        if len(frame) > len(before.frames[feed])
    ]
    return max(ends).to_pydatetime() if ends else None
