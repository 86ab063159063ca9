"""The pulse: what is counted and timed while the board runs; of nobody, and of no report."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

_log = logging.getLogger(__name__)

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "situasi_requests", "Requests answered.", ["route", "method", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "situasi_request_seconds", "Seconds to the end of the answer.", ["route"], registry=REGISTRY
)
REQUESTS_IN_FLIGHT = Gauge(
    "situasi_requests_in_flight", "Requests being answered.", registry=REGISTRY
)
OPEN_PAGES = Gauge("situasi_viewers", "Open pages (WebSockets).", registry=REGISTRY)
PARKED_SESSIONS = Gauge(
    "situasi_sessions_parked", "Sessions kept for browsers that were cut off.", registry=REGISTRY
)
PAGES_REFUSED = Counter(
    "situasi_pages_refused", "Pages refused as no descriptor was left for them.", registry=REGISTRY
)
CONNECTIONS_CUT = Counter(
    "situasi_connections_cut", "Connections cut off by us.", ["reason"], registry=REGISTRY
)
SNAPSHOT_READ_SECONDS = Histogram(
    "situasi_snapshot_read_seconds", "Seconds to read a new version.", registry=REGISTRY
)
SNAPSHOT_READY_SECONDS = Histogram(
    "situasi_snapshot_ready_seconds",
    "Seconds to find, of a new version or minute, what viewers look at.",
    registry=REGISTRY,
)
SNAPSHOT_LAG_SECONDS = Histogram(
    "situasi_snapshot_lag_seconds",
    "From when a row was stored to when it is shown.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),
    registry=REGISTRY,
)
_INGEST_ROWS = Counter(
    "situasi_ingest_rows", "Rows that came in.", ["door", "feed", "outcome"], registry=REGISTRY
)
_REFUSED_DELIVERIES = Counter(
    "situasi_ingest_refused", "Unreadable sources.", ["door"], registry=REGISTRY
)
_INGEST_SECONDS = Histogram(
    "situasi_ingest_seconds", "Seconds from body to durable.", ["door"], registry=REGISTRY
)
_PROCESS = ProcessCollector(registry=REGISTRY)


OUTCOMES = ("accepted", "duplicate", "quarantined")


def record_ingest(
    channel: str, feed: str, counts: Mapping[str, Any], duration_s: float | None = None
) -> None:
    """Count, and tell the log, what became of the rows of one delivery (ingest.Ledger.as_json)."""
    for outcome in OUTCOMES:
        if counts[outcome]:
            _INGEST_ROWS.labels(channel, feed, outcome).inc(counts[outcome])
    told = {"door": channel, "feed": feed, **{name: counts[name] for name in OUTCOMES}}
    if counts["refused"]:
        _REFUSED_DELIVERIES.labels(channel).inc()
        _log.warning("delivery refused", extra=told)
    else:
        _log.info("delivery", extra=told)
    if duration_s is not None:
        _INGEST_SECONDS.labels(channel).observe(duration_s)


@dataclass(frozen=True)
class HealthSample:
    """The state of the server at one moment.

    age: seconds since the store was last read. read, ready: seconds that the last new version
    took to be read, and what viewers look at to be found. lag: seconds from stored to shown of
    the newest row; None while none came since the start. viewers: open pages. waiting: rows in
    quarantine. memory: resident bytes; None where this machine does not tell.
    """

    at: datetime
    store_age_s: float
    read_s: float
    ready_s: float
    lag_s: float | None
    open_pages: int
    quarantined_rows: int
    memory_bytes: int | None
    has_trouble: bool


class HealthHistory:
    """The last beats, oldest first: one in so many seconds, for twelve hours."""

    INTERVAL_S: Final = 15.0

    def __init__(self) -> None:
        self._samples: deque[HealthSample] = deque(maxlen=int(12 * 3600 / self.INTERVAL_S))

    def is_due(self, at: datetime) -> bool:
        """Whether the last beat is old enough for another."""
        last = self._samples[-1] if self._samples else None
        return last is None or abs((at - last.at).total_seconds()) >= self.INTERVAL_S

    def add(self, sample: HealthSample) -> None:
        """Keep it."""
        self._samples.append(sample)

    def samples(self) -> list[HealthSample]:
        """All that are kept."""
        return list(self._samples)


def count_open_pages() -> int:
    """How many pages are open."""
    return int(next(sample.value for one in OPEN_PAGES.collect() for sample in one.samples))


def count_refused_pages() -> int:
    """Count the pages that were refused since the start as none could be opened."""
    told = (sample for one in PAGES_REFUSED.collect() for sample in one.samples)
    return int(next(sample.value for sample in told if sample.name.endswith("_total")))


def measure_memory_bytes() -> int | None:
    """Resident bytes of this process."""
    found = _process_metrics().get("process_resident_memory_bytes")
    return None if found is None else int(found)


def count_descriptors() -> tuple[int, int] | None:
    """Count the open file descriptors of this process, and how many there may be.

    None where this machine does not tell.
    """
    told = _process_metrics()
    used, limit = told.get("process_open_fds"), told.get("process_max_fds")
    return None if used is None or limit is None else (int(used), int(limit))


def _process_metrics() -> dict[str, float]:
    return {sample.name: sample.value for one in _PROCESS.collect() for sample in one.samples}


@dataclass(frozen=True)
class JobRun:
    """One time that an errand was done, or began to fail. note: what was done."""

    at: datetime
    error_text: str | None
    pending_rows: int | None
    note: str


class JobStatus:
    """What the server does besides: when it last went well, and what is wrong with it.

    wanted: whether it does it at all. elsewhere: whether another server of this store does it
    now. done_at: when it last went well, None: never as far as is
    known. waiting: rows still to go, None where nobody knows. Any thread may ask.
    """

    def __init__(self) -> None:
        self.is_enabled = False
        self.is_run_elsewhere = False
        self.succeeded_at: datetime | None = None
        self.error_text: str | None = None
        self.pending_rows: int | None = None
        self._runs: deque[JobRun] = deque(maxlen=200)

    def record_success(self, at: datetime, pending_rows: int | None = None, note: str = "") -> None:
        """It went well. What did nothing, and was well before, is no turn of its own."""
        if note or self.error_text or self.succeeded_at is None:
            self._runs.append(JobRun(at, None, pending_rows, note))
        self.succeeded_at, self.error_text, self.pending_rows = at, None, pending_rows

    def record_failure(
        self, at: datetime, error_text: str, pending_rows: int | None = None
    ) -> None:
        """It did not; when it last did stays. The same trouble again is no turn of its own."""
        if error_text != self.error_text:
            self._runs.append(JobRun(at, error_text, pending_rows, ""))
        self.error_text, self.pending_rows = error_text, pending_rows

    @property
    def is_responsible(self) -> bool:
        """Whether this server has to answer for it."""
        return self.is_enabled and not self.is_run_elsewhere

    def runs(self) -> list[JobRun]:
        """The last ones, oldest first."""
        return list(self._runs)

    def age_s(self, now: datetime) -> float | None:
        """Seconds since it last went well."""
        return (
            None
            if self.succeeded_at is None
            else max(0.0, (now - self.succeeded_at).total_seconds())
        )


# The copy of every night, and the way up to the store above.
BACKUP, UPSTREAM = JobStatus(), JobStatus()


@dataclass(frozen=True)
class UnreadFile:
    """A file of the inbox that was not taken in.

    name: safe to show. why: in Indonesian. fault: number under which the log holds more, or "".
    """

    name: str
    reason: str
    at: datetime
    error_id: str = ""


class InboxState:
    """What became of the files of the inbox since the start. Any thread may ask.

    failed: the last that were put into failed/, oldest first, those of before the start too.
    refused, faults: how many since the start, as they could not be read, or by an error of the
    program. waiting: files that cannot be taken or moved now, tried again. ignored: what lies
    there and is no file, with the reason.
    """

    def __init__(self) -> None:
        self.failed_files: deque[UnreadFile] = deque(maxlen=100)
        self.ingested_count, self.refused_count, self.error_count = 0, 0, 0
        self.waiting_files: dict[str, UnreadFile] = {}
        self.ignored_reasons: dict[str, str] = {}

    def counts(self) -> dict[str, int]:
        """How many files became what, since the start; waiting and ignored: now."""
        return {
            "taken": self.ingested_count,
            "refused": self.refused_count,
            "faults": self.error_count,
            "waiting": len(self.waiting_files),
            "ignored": len(self.ignored_reasons),
        }

    def record_failure(self, file: UnreadFile) -> None:
        """Keep a file that was put into failed/."""
        self.failed_files.append(file)
        if file.error_id:
            self.error_count += 1
        else:
            self.refused_count += 1


INBOX = InboxState()
