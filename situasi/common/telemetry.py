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
SECONDS = Histogram(
    "situasi_request_seconds", "Seconds to the end of the answer.", ["route"], registry=REGISTRY
)
IN_FLIGHT = Gauge("situasi_requests_in_flight", "Requests being answered.", registry=REGISTRY)
VIEWERS = Gauge("situasi_viewers", "Open pages (WebSockets).", registry=REGISTRY)
PARKED = Gauge(
    "situasi_sessions_parked", "Sessions kept for browsers that were cut off.", registry=REGISTRY
)
PAGES_REFUSED = Counter(
    "situasi_pages_refused", "Pages refused as no descriptor was left for them.", registry=REGISTRY
)
CONNECTIONS_CUT = Counter(
    "situasi_connections_cut", "Connections cut off by us.", ["reason"], registry=REGISTRY
)
READ = Histogram(
    "situasi_snapshot_read_seconds", "Seconds to read a new version.", registry=REGISTRY
)
READY = Histogram(
    "situasi_snapshot_ready_seconds",
    "Seconds to find, of a new version or minute, what viewers look at.",
    registry=REGISTRY,
)
LAG = Histogram(
    "situasi_snapshot_lag_seconds",
    "From when a row was stored to when it is shown.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),
    registry=REGISTRY,
)
_ROWS = Counter(
    "situasi_ingest_rows", "Rows that came in.", ["door", "feed", "outcome"], registry=REGISTRY
)
_REFUSED = Counter("situasi_ingest_refused", "Unreadable sources.", ["door"], registry=REGISTRY)
_TAKEN = Histogram(
    "situasi_ingest_seconds", "Seconds from body to durable.", ["door"], registry=REGISTRY
)
_PROCESS = ProcessCollector(registry=REGISTRY)


OUTCOMES = ("accepted", "duplicate", "quarantined")


def ingested(door: str, feed: str, ledger: Mapping[str, Any], seconds: float | None = None) -> None:
    """Count, and tell the log, what became of the rows of one delivery (ingest.Ledger.as_json)."""
    for outcome in OUTCOMES:
        if ledger[outcome]:
            _ROWS.labels(door, feed, outcome).inc(ledger[outcome])
    told = {"door": door, "feed": feed, **{name: ledger[name] for name in OUTCOMES}}
    if ledger["refused"]:
        _REFUSED.labels(door).inc()
        _log.warning("delivery refused", extra=told)
    else:
        _log.info("delivery", extra=told)
    if seconds is not None:
        _TAKEN.labels(door).observe(seconds)


@dataclass(frozen=True)
class Beat:
    """The state of the server at one moment.

    age: seconds since the store was last read. read, ready: seconds that the last new version
    took to be read, and what viewers look at to be found. lag: seconds from stored to shown of
    the newest row; None while none came since the start. viewers: open pages. waiting: rows in
    quarantine. memory: resident bytes; None where this machine does not tell.
    """

    at: datetime
    age: float
    read: float
    ready: float
    lag: float | None
    viewers: int
    waiting: int
    memory: int | None
    trouble: bool


class Pulse:
    """The last beats, oldest first: one in so many seconds, for twelve hours."""

    EVERY: Final = 15.0

    def __init__(self) -> None:
        self._beats: deque[Beat] = deque(maxlen=int(12 * 3600 / self.EVERY))

    def is_due(self, at: datetime) -> bool:
        """Whether the last beat is old enough for another."""
        last = self._beats[-1] if self._beats else None
        return last is None or abs((at - last.at).total_seconds()) >= self.EVERY

    def beat(self, one: Beat) -> None:
        """Keep it."""
        self._beats.append(one)

    def beats(self) -> list[Beat]:
        """All that are kept."""
        return list(self._beats)


def viewers() -> int:
    """How many pages are open."""
    return int(next(sample.value for one in VIEWERS.collect() for sample in one.samples))


def pages_refused() -> int:
    """Count the pages that were refused since the start as none could be opened."""
    told = (sample for one in PAGES_REFUSED.collect() for sample in one.samples)
    return int(next(sample.value for sample in told if sample.name.endswith("_total")))


def memory() -> int | None:
    """Resident bytes of this process."""
    found = _process().get("process_resident_memory_bytes")
    return None if found is None else int(found)


def descriptors() -> tuple[int, int] | None:
    """Count the open file descriptors of this process, and how many there may be.

    None where this machine does not tell.
    """
    told = _process()
    used, limit = told.get("process_open_fds"), told.get("process_max_fds")
    return None if used is None or limit is None else (int(used), int(limit))


def _process() -> dict[str, float]:
    return {sample.name: sample.value for one in _PROCESS.collect() for sample in one.samples}


@dataclass(frozen=True)
class Turn:
    """One time that an errand was done, or began to fail. note: what was done."""

    at: datetime
    trouble: str | None
    waiting: int | None
    note: str


class Errand:
    """What the server does besides: when it last went well, and what is wrong with it.

    wanted: whether it does it at all. elsewhere: whether another server of this store does it
    now. done_at: when it last went well, None: never as far as is
    known. waiting: rows still to go, None where nobody knows. Any thread may ask.
    """

    def __init__(self) -> None:
        self.wanted = False
        self.elsewhere = False
        self.done_at: datetime | None = None
        self.trouble: str | None = None
        self.waiting: int | None = None
        self._turns: deque[Turn] = deque(maxlen=200)

    def well(self, at: datetime, waiting: int | None = None, note: str = "") -> None:
        """It went well. What did nothing, and was well before, is no turn of its own."""
        if note or self.trouble or self.done_at is None:
            self._turns.append(Turn(at, None, waiting, note))
        self.done_at, self.trouble, self.waiting = at, None, waiting

    def failed(self, at: datetime, trouble: str, waiting: int | None = None) -> None:
        """It did not; when it last did stays. The same trouble again is no turn of its own."""
        if trouble != self.trouble:
            self._turns.append(Turn(at, trouble, waiting, ""))
        self.trouble, self.waiting = trouble, waiting

    @property
    def ours(self) -> bool:
        """Whether this server has to answer for it."""
        return self.wanted and not self.elsewhere

    def turns(self) -> list[Turn]:
        """The last ones, oldest first."""
        return list(self._turns)

    def age(self, now: datetime) -> float | None:
        """Seconds since it last went well."""
        return None if self.done_at is None else max(0.0, (now - self.done_at).total_seconds())


# The copy of every night, and the way up to the store above.
BACKUP, UPSTREAM = Errand(), Errand()


@dataclass(frozen=True)
class Unread:
    """A file of the inbox that was not taken in.

    name: safe to show. why: in Indonesian. fault: number under which the log holds more, or "".
    """

    name: str
    why: str
    at: datetime
    fault: str = ""


class InboxState:
    """What became of the files of the inbox since the start. Any thread may ask.

    failed: the last that were put into failed/, oldest first, those of before the start too.
    refused, faults: how many since the start, as they could not be read, or by an error of the
    program. waiting: files that cannot be taken or moved now, tried again. ignored: what lies
    there and is no file, with the reason.
    """

    def __init__(self) -> None:
        self.failed: deque[Unread] = deque(maxlen=100)
        self.taken, self.refused, self.faults = 0, 0, 0
        self.waiting: dict[str, Unread] = {}
        self.ignored: dict[str, str] = {}

    def counts(self) -> dict[str, int]:
        """How many files became what, since the start; waiting and ignored: now."""
        return {
            "taken": self.taken,
            "refused": self.refused,
            "faults": self.faults,
            "waiting": len(self.waiting),
            "ignored": len(self.ignored),
        }

    def fail(self, one: Unread) -> None:
        """Keep a file that was put into failed/."""
        self.failed.append(one)
        if one.fault:
            self.faults += 1
        else:
            self.refused += 1


INBOX = InboxState()
