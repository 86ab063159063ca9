"""Metrics of the server for Prometheus: how it runs, nothing about people or reports."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from situasi.board import Board
from situasi.common import background_jobs, metrics
from situasi.common.disk_space import DISK_SPACE
from situasi.common.metrics import JobStatus
from situasi.domain.feed_schemas import FEEDS
from situasi.higher_command import app as higher_command_app
from situasi.higher_command.app import HigherCommandApp

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# A response slower than this is logged.
SLOW_S = 5.0

_log = logging.getLogger(__name__)

# Few names, whatever the path: each is a time series of its own.
_ROUTES = (
    (
        re.compile(rf"/api/v1/({'|'.join(FEEDS)}|situation|pesan|kiriman|rollups|openapi\.json)"),
        r"/api/v1/\1",
    ),
    (re.compile(r"/(healthz|healthz/live|healthz/ready|metrics)"), r"/\1"),
    (re.compile(r"/peta/[^/]+"), "/peta"),
    (re.compile(r"/gaya/[^/]+"), "/gaya"),
    # A response of /layar/gambar may be held back on purpose.
    (re.compile(r"/layar/(gambar|paham|salinan)"), r"/layar/\1"),
    (re.compile(r"/layar(/berkas/.*)?"), "/layar"),
    (re.compile(r"/_stcore/.*"), "/_stcore"),
    (re.compile(r"/(static|media|component)/.*"), r"/\1"),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_name(path: str) -> str:
    """Return the route of a path; there are only a few."""
    for pattern, name in _ROUTES:
        match = pattern.fullmatch(path)
        if match:
            return match.expand(name)
    return "/api" if path.startswith("/api/") else "page"


class MetricsMiddleware:
    """ASGI middleware around everything, so that what AuthMiddleware refuses is counted too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request or the open page, and pass it on."""
        if scope["type"] == "websocket":
            with metrics.OPEN_PAGES.track_inprogress():
                await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def tracked_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        route, started = route_name(scope["path"]), time.perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"
        try:
            with metrics.REQUESTS_IN_FLIGHT.track_inprogress():
                await self._app(scope, receive, tracked_send)
        finally:
            metrics.REQUESTS.labels(route, method, str(status)).inc()
            elapsed_s = time.perf_counter() - started
            metrics.REQUEST_SECONDS.labels(route).observe(elapsed_s)
            if elapsed_s > SLOW_S:
                extra = {"route": route, "method": method, "status": status}
                _log.warning("slow answer", extra={**extra, "seconds": round(elapsed_s, 2)})


class BoardCollector(Collector):
    """Metrics of what the board holds, computed when they are read."""

    def __init__(self, board: Callable[[], Board]) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the board, or of a command above it."""
        yield from _background_job_metrics()
        yield _patch_metric()
        headquarters = higher_command_app.current_higher_command()
        if headquarters is not None:
            yield from _higher_command_metrics(headquarters)
            return
        view = self._board().refresher.current_view()
        snapshot = view.snapshot
        age = (datetime.now(UTC) - view.checked_at).total_seconds()
        waiting = {feed: snapshot.quarantine_counts.get(feed, 0) for feed in FEEDS}
        sizes = {feed: len(frame) for feed, frame in snapshot.frames.items()}
        mismatches = len(self._board().register.mismatches)
        yield _gauge("situasi_store_version", "Version of the store.", snapshot.version)
        yield from _store_metrics(not view.trouble, age, snapshot.rehearsal)
        yield _gauge("situasi_snapshot_refresh_seconds", "Its last reading took.", view.read_s)
        yield _gauges("situasi_rows", "Rows in the store.", "feed", sizes)
        yield _gauges("situasi_quarantine_waiting", "Rows waiting in quarantine.", "feed", waiting)
        yield from _inbox_metrics()
        yield _gauge("situasi_register_mismatches", "Numbers that do not add up.", mismatches)
        yield from _disk_metrics()
        yield from _job_status_metrics("situasi_backup", "the nightly backup", metrics.BACKUP)
        yield from _job_status_metrics("situasi_upstream", "the way up", metrics.UPSTREAM)


def _store_metrics(is_readable: bool, age_s: float, has_rehearsal: bool) -> Iterator[Metric]:
    """Yield what a Polres and a command above tell alike of the store that they show."""
    yield _gauge("situasi_store_readable", "1 while it can be read.", int(is_readable))
    yield _gauge("situasi_snapshot_age_seconds", "Since the store was last read.", max(0.0, age_s))
    yield _gauge("situasi_rehearsal", "1 while made-up rows are shown.", int(has_rehearsal))


def _job_status_metrics(name: str, description: str, status: JobStatus) -> Iterator[Metric]:
    """Yield the metrics of a job; an unknown value has no metric, never a zero."""
    if not status.is_responsible:
        return
    is_failing = int(status.error_text is not None)
    yield _gauge(f"{name}_failing", f"1 while {description} fails.", is_failing)
    age = status.age_s(datetime.now(UTC))
    if age is not None:
        yield _gauge(f"{name}_age_seconds", f"Since {description} last went well.", age)
    if status.pending_rows is not None:
        waiting_text = f"Rows that {description} has still to take."
        yield _gauge(f"{name}_waiting", waiting_text, status.pending_rows)


def _inbox_metrics() -> Iterator[Metric]:
    """Yield what became of the files of the inbox."""
    counts = metrics.INBOX.counts()
    outcomes = {outcome: counts[outcome] for outcome in ("taken", "refused", "faults")}
    yield _counters("situasi_inbox_files", "Files put aside.", "outcome", outcomes)
    yield _gauge("situasi_inbox_waiting", "Files tried again and again.", counts["waiting"])
    yield _gauge("situasi_inbox_ignored", "What lies there and is no file.", counts["ignored"])


def _patch_metric() -> Metric:
    """Return the gauge of the changes of Streamlit: 1 where one is applied, 0 where it is not."""
    is_applied = {name: int(not reason) for name, reason in metrics.STREAMLIT_PATCHES.items()}
    text = "1 where this change of Streamlit is applied."
    return _gauges("situasi_streamlit_patch", text, "patch", is_applied)


def _background_job_metrics() -> Iterator[Metric]:
    """Yield the state of the background jobs; one that died by itself stays listed."""
    jobs = {job.name: job for job in background_jobs.list_jobs()}
    overdue_s = {name: job.overdue_s for name, job in jobs.items()}
    failures = {name: job.failures for name, job in jobs.items()}
    is_alive = {name: int(job.is_alive) for name, job in jobs.items()}
    failed = dict.fromkeys(jobs, 0) | background_jobs.count_failures()
    since_text = "Since the job last went well, or began where it never did."
    yield _gauges("situasi_job_since_success_seconds", since_text, "job", overdue_s)
    yield _gauges("situasi_job_failing", "How often running it failed.", "job", failures)
    yield _gauges("situasi_job_alive", "1 while it takes turns.", "job", is_alive)
    yield _counters("situasi_job_failures", "How often it failed.", "job", failed)


def _disk_metrics() -> Iterator[Metric]:
    state = DISK_SPACE.state
    if state.free_bytes:
        yield _gauges("situasi_disk_free_bytes", "Free on its disk.", "place", state.free_bytes)
    full = int(state.level == "full")
    yield _gauge("situasi_disk_full", "1 while there is no space to write to.", full)


def _higher_command_metrics(headquarters: HigherCommandApp) -> Iterator[Metric]:
    """Yield what a command above holds of its kabupaten."""
    overview = headquarters.rollup_cache.current_overview()
    age_s = (datetime.now(UTC) - overview.checked_at).total_seconds()
    has_rehearsal = any(rollup.rehearsal for rollup in overview.rollups.values())
    silent, boards = len(overview.silent_members()), len(headquarters.board_pool.list_open())
    yield from _store_metrics(not overview.trouble, age_s, has_rehearsal)
    yield _gauge("situasi_members", "Kabupaten of the command.", len(overview.command.members))
    yield _gauge("situasi_members_reporting", "From how many anything came.", len(overview.rollups))
    yield _gauge("situasi_members_silent", "From how many not lately.", silent)
    yield from _disk_metrics()
    yield _gauge("situasi_boards_open", "Boards looked at.", boards)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _gauges(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return one gauge for each value of a label."""
    return _add_values(GaugeMetricFamily(name, meaning, labels=[label]), values)


def _counters(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return one counter for each value of a label."""
    return _add_values(CounterMetricFamily(name, meaning, labels=[label]), values)


def _add_values(
    family: GaugeMetricFamily | CounterMetricFamily, values: Mapping[str, float]
) -> Metric:
    for label_value, value in values.items():
        family.add_metric([label_value], value)
    return family


def format_metrics(board: Callable[[], Board]) -> bytes:
    """Return all metrics in the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(BoardCollector(board))
    return generate_latest(metrics.REGISTRY) + generate_latest(registry)
