"""Figures about the server for Prometheus: how it runs, never who nor what was reported."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from situasi.board import Board
from situasi.records import FEEDS

MEDIA = CONTENT_TYPE_PLAIN_0_0_4

REGISTRY = CollectorRegistry()
_REQUESTS = Counter(
    "situasi_requests", "Requests answered.", ["route", "method", "status"], registry=REGISTRY
)
_SECONDS = Histogram(
    "situasi_request_seconds", "Seconds to the end of the answer.", ["route"], registry=REGISTRY
)
_IN_FLIGHT = Gauge("situasi_requests_in_flight", "Requests being answered.", registry=REGISTRY)
_VIEWERS = Gauge("situasi_viewers", "Open pages (WebSockets).", registry=REGISTRY)
_ROWS = Counter(
    "situasi_ingest_rows", "Rows that came in.", ["door", "feed", "outcome"], registry=REGISTRY
)
_REFUSED = Counter("situasi_ingest_refused", "Unreadable sources.", ["door"], registry=REGISTRY)
_TAKEN = Histogram(
    "situasi_ingest_seconds", "Seconds from body to durable.", ["door"], registry=REGISTRY
)

# Few names, whatever is asked for: each would be a series of its own for ever.
_ROUTES = (
    (re.compile(rf"/api/v1/({'|'.join(FEEDS)}|situation|openapi\.json)"), r"/api/v1/\1"),
    (re.compile(r"/(healthz|healthz/live|healthz/ready|metrics)"), r"/\1"),
    (re.compile(r"/peta/[^/]+"), "/peta"),
    (re.compile(r"/_stcore/.*"), "/_stcore"),
    (re.compile(r"/(static|media|component)/.*"), r"/\1"),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(path: str) -> str:
    """The route of a path, of which there are few."""
    for pattern, name in _ROUTES:
        found = pattern.fullmatch(path)
        if found:
            return found.expand(name)
    return "/api" if path.startswith("/api/") else "page"


def ingested(door: str, feed: str, ledger: Mapping[str, Any], seconds: float | None = None) -> None:
    """Count what became of the rows of one delivery."""
    for outcome in ("accepted", "duplicate", "quarantined"):
        if ledger[outcome]:
            _ROWS.labels(door, feed, outcome).inc(ledger[outcome])
    if ledger["refused"]:
        _REFUSED.labels(door).inc()
    if seconds is not None:
        _TAKEN.labels(door).observe(seconds)


class Counted:
    """ASGI middleware around everything, the gate included, so that what it refuses counts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with _VIEWERS.track_inprogress():
                await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._counted(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        route, started = route_of(scope["path"]), time.perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"
        try:
            with _IN_FLIGHT.track_inprogress():
                await self._app(scope, receive, watched)
        finally:
            _REQUESTS.labels(route, method, str(status)).inc()
            _SECONDS.labels(route).observe(time.perf_counter() - started)


class BoardCollector(Collector):
    """What the board holds, asked when somebody looks."""

    def __init__(self, board: Callable[[], Board]) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        picture = self._board().live.picture()
        snapshot = picture.snapshot
        age = (datetime.now(UTC) - picture.checked_at).total_seconds()
        yield _one("situasi_store_version", "Version of the store.", snapshot.version)
        yield _one("situasi_store_readable", "1 while it can be read.", int(not picture.trouble))
        yield _one("situasi_snapshot_age_seconds", "Since the store was last read.", max(0.0, age))
        yield _one("situasi_snapshot_refresh_seconds", "Its last reading took.", picture.took)
        yield _one("situasi_rehearsal", "1 while made-up rows are shown.", int(snapshot.rehearsal))
        sizes = {feed: len(frame) for feed, frame in snapshot.frames.items()}
        yield _by_feed("situasi_rows", "Rows in the store.", sizes)
        waiting = {feed: snapshot.waiting.get(feed, 0) for feed in FEEDS}
        yield _by_feed("situasi_quarantine_waiting", "Rows waiting in quarantine.", waiting)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by_feed(name: str, meaning: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=["feed"])
    for feed, value in values.items():
        family.add_metric([feed], value)
    return family


def exposed(board: Callable[[], Board]) -> bytes:
    """Everything, as Prometheus reads it."""
    held = CollectorRegistry()
    held.register(BoardCollector(board))
    return generate_latest(REGISTRY) + generate_latest(held)
