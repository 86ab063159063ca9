"""Counters, timers and states of the running board, without personal data or report content."""

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
    """Count and log what became of the rows of one delivery.

    counts: from IngestResult.as_json.
    """
    for outcome in OUTCOMES:
        if counts[outcome]:
            _INGEST_ROWS.labels(channel, feed, outcome).inc(counts[outcome])
    detail = {"door": channel, "feed": feed, **{name: counts[name] for name in OUTCOMES}}
    if counts["refused"]:
        _REFUSED_DELIVERIES.labels(channel).inc()
        _log.warning("delivery refused", extra=detail)
    else:
        _log.info("delivery", extra=detail)
    if duration_s is not None:
        _INGEST_SECONDS.labels(channel).observe(duration_s)


@dataclass(frozen=True)
class HealthSample:
    """The state of the server at one moment.

    read_s, ready_s: seconds to read the last new version, and to compute what viewers look at.
    lag_s: seconds from stored to shown of the newest row; None while none came since the start.
    quarantined_rows: rows in quarantine. memory_bytes: resident bytes; None where unknown.
    """

    at: datetime
    read_s: float
    ready_s: float
    lag_s: float | None
    open_pages: int
    quarantined_rows: int
    memory_bytes: int | None
    has_trouble: bool


class HealthHistory:
    """The latest health samples, oldest first: one every 15 seconds, for twelve hours."""

    INTERVAL_S: Final = 15.0

    def __init__(self) -> None:
        self._samples: deque[HealthSample] = deque(maxlen=int(12 * 3600 / self.INTERVAL_S))

    def is_due(self, at: datetime) -> bool:
        """Return whether the last sample is old enough for another."""
        last = self._samples[-1] if self._samples else None
        return last is None or abs((at - last.at).total_seconds()) >= self.INTERVAL_S

    def add(self, sample: HealthSample) -> None:
        """Add a sample."""
        self._samples.append(sample)

    def samples(self) -> list[HealthSample]:
        """Return all samples that are kept."""
        return list(self._samples)


def count_open_pages() -> int:
    """Return the number of open pages."""
    return int(REGISTRY.get_sample_value("situasi_viewers") or 0)


def count_refused_pages() -> int:
    """Return how many pages were refused since the start because none could be opened."""
    return int(REGISTRY.get_sample_value("situasi_pages_refused_total") or 0)


def measure_memory_bytes() -> int | None:
    """Return the resident bytes of this process; None where unknown."""
    resident = _process_metrics().get("process_resident_memory_bytes")
    return None if resident is None else int(resident)


def count_descriptors() -> tuple[int, int] | None:
    """Return the number of open file descriptors of this process, and their limit.

    None where this machine does not report them.
    """
    metrics = _process_metrics()
    used, limit = metrics.get("process_open_fds"), metrics.get("process_max_fds")
    return None if used is None or limit is None else (int(used), int(limit))


def _process_metrics() -> dict[str, float]:
    return {sample.name: sample.value for metric in _PROCESS.collect() for sample in metric.samples}


@dataclass(frozen=True)
class JobRun:
    """One success or new failure of a job. note: what was done."""

    at: datetime
    error_text: str | None
    pending_rows: int | None
    note: str


class JobStatus:
    """The state of one of the server's side jobs: its last success and its error. Thread-safe.

    is_enabled: whether this server does the job at all. is_run_elsewhere: whether another server of
    this store does it now. succeeded_at: its last success, None if none is known. pending_rows:
    rows still to be sent, None if unknown.
    """

    def __init__(self) -> None:
        self.is_enabled = False
        self.is_run_elsewhere = False
        self.succeeded_at: datetime | None = None
        self.error_text: str | None = None
        self.pending_rows: int | None = None
        self._runs: deque[JobRun] = deque(maxlen=200)

    def record_success(self, at: datetime, pending_rows: int | None = None, note: str = "") -> None:
        """Record a success; it is listed only with a note, after a failure, or as the first."""
        if note or self.error_text or self.succeeded_at is None:
            self._runs.append(JobRun(at, None, pending_rows, note))
        self.succeeded_at, self.error_text, self.pending_rows = at, None, pending_rows

    def record_failure(
        self, at: datetime, error_text: str, pending_rows: int | None = None
    ) -> None:
        """Record a failure and keep the last success; a repeated error is not listed again."""
        if error_text != self.error_text:
            self._runs.append(JobRun(at, error_text, pending_rows, ""))
        self.error_text, self.pending_rows = error_text, pending_rows

    @property
    def is_responsible(self) -> bool:
        """Return whether this server has to do the job."""
        return self.is_enabled and not self.is_run_elsewhere

    def runs(self) -> list[JobRun]:
        """Return the latest entries, oldest first."""
        return list(self._runs)

    def age_s(self, now: datetime) -> float | None:
        """Return the seconds since the last success; None where there was none."""
        if self.succeeded_at is None:
            return None
        return max(0.0, (now - self.succeeded_at).total_seconds())


# The nightly backup, and the replication to the store of the command above.
BACKUP, UPSTREAM = JobStatus(), JobStatus()
# By patch of situasi/streamlit_patches.py, why it was not applied; "": it was.
STREAMLIT_PATCHES: dict[str, str] = {}


@dataclass(frozen=True)
class UnreadFile:
    """A file of the inbox that was not ingested.

    name: safe to show. reason: in Indonesian. error_id: id of the log entry, or "".
    """

    name: str
    reason: str
    at: datetime
    error_id: str = ""


class InboxState:
    """What became of the files of the inbox since the start. Thread-safe.

    failed_files: the last ones moved to failed/, oldest first, also from before the start.
    refused_count, error_count: files since the start that were unreadable, or failed by an error of
    the program. waiting_files: cannot be read or moved now, tried again. ignored_reasons: what lies
    there and is no file, with the reason.
    """

    def __init__(self) -> None:
        self.failed_files: deque[UnreadFile] = deque(maxlen=100)
        self.ingested_count, self.refused_count, self.error_count = 0, 0, 0
        self.waiting_files: dict[str, UnreadFile] = {}
        self.ignored_reasons: dict[str, str] = {}

    def counts(self) -> dict[str, int]:
        """Return the files ingested, refused and failed since the start; waiting, ignored now."""
        return {
            "taken": self.ingested_count,
            "refused": self.refused_count,
            "faults": self.error_count,
            "waiting": len(self.waiting_files),
            "ignored": len(self.ignored_reasons),
        }

    def record_failure(self, file: UnreadFile) -> None:
        """Record a file that was moved to failed/."""
        self.failed_files.append(file)
        if file.error_id:
            self.error_count += 1
        else:
            self.refused_count += 1


INBOX = InboxState()


_WALL_READS: Final[deque[datetime]] = deque(maxlen=1)


def record_wall_read(at: datetime) -> None:
    """Record that a wall screen asked for the state of the board."""
    _WALL_READS.append(at)


def get_wall_read_at() -> datetime | None:
    """Return when a wall screen last did; None since this process was started."""
    return _WALL_READS[-1] if _WALL_READS else None
