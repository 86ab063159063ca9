"""What the API routes do: authenticate the caller, check access, and build the response."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from situasi.access.roles import GUARDED_FEEDS, Viewer
from situasi.analysis.situation.area_summary import compute_area_summary
from situasi.analysis.view_time import ViewTime, apply_window, cache_minute, resolve_view_time
from situasi.board import Board
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.domain.feed_schemas import FEEDS
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from situasi.live.snapshot import SnapshotView
from situasi.server.api import delivery, openapi, responses
from situasi.server.api import query as api_query
from situasi.server.api import rows as api_rows
from situasi.server.api import situation as api_situation
from situasi.server.api.api_keys import Keyring
from situasi.server.api.caller import Caller, authenticate, queue_owner
from situasi.server.api.delivery import ApiDelivery, IdempotencyLocks
from situasi.server.api.limits import Limits, MomentLimiter, NewRowLimiter, RateLimiter
from situasi.server.api.problem_details import Problem
from situasi.server.api.query import ApiQuery
from situasi.server.api.responses import ResponseBody
from situasi.store.interface import StoreError

Clock = Callable[[], datetime]
# Part of the ETag for responses that do not depend on the clock.
_CLOCK_INDEPENDENT = None
_MINUTE = timedelta(minutes=1)


class ApiService:
    """The API of one board. Every method may be called from any thread."""

    def __init__(self, board: Board, clock: Clock, limits: Limits) -> None:
        self.board, self.limits = board, limits
        self._clock = clock
        self._keyring = Keyring(board.store)
        self._rate_limiter, self._moment_limiter = RateLimiter(limits), MomentLimiter(limits)
        self._idempotency_locks = IdempotencyLocks()
        self._new_row_limiter = NewRowLimiter(limits)
        self._situation_cache = SingleFlightCache(64)
        self._lock = threading.Lock()
        self._refused_key_count = 0
        self._last_audit_at: datetime | None = None

    def queue_owner(self, headers: Headers) -> str:
        """Return whose queue a request waits in, before it is authenticated."""
        return queue_owner(headers, self._keyring)

    def authenticate(self, headers: Headers) -> Caller:
        """Return the caller and count the call. Raises Problem 401, 403, 429 and StoreError."""
        try:
            caller = authenticate(headers, self._keyring)
        except Problem as problem:
            if problem.status == 401 and "authorization" in headers:
                self._count_refused_key()
            raise
        self._rate_limiter.consume(caller.name)
        if caller.key is not None:
            local = self._clock().astimezone(self.board.register.election.zone)
            with suppress(StoreError):  # a busy or full store is no reason to refuse
                self._keyring.record_use(caller.key, local)
        return caller

    def _count_refused_key(self) -> None:
        """Write to the audit log how many keys were refused, at most once a minute."""
        now = self._clock()
        with self._lock:
            self._refused_key_count += 1
            if self._last_audit_at is not None and now - self._last_audit_at < _MINUTE:
                return
            count, self._refused_key_count, self._last_audit_at = self._refused_key_count, 0, now
        self.board.audit_log.append("key-refused", "api", {"count": count})

    def check_may_write(self, caller: Caller, feed: str) -> None:
        """Check that the caller may write this feed. Raises Problem 403."""
        try:
            caller.require_writer(feed)
        except Problem:
            self.board.audit_log.log_refused(
                caller.name, {"feed": feed, "page": "api", "act": "write"}
            )
            raise

    def ingest_delivery(self, caller: Caller, incoming: ApiDelivery) -> dict[str, Any]:
        """Ingest a delivery and return its result. Raises Problem and StoreError."""
        key = caller.require_writer(incoming.feed)
        return delivery.ingest_delivery(
            self.board,
            key,
            incoming,
            self._clock(),
            self.limits,
            self._idempotency_locks,
            self._new_row_limiter,
        )

    def build_openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return openapi.build_document(self.board.register, self.limits)

    def get_situation(self, viewer: Viewer, query: QueryParams, known_etag: str | None) -> Response:
        """Return the key figures. Raises Problem 403 and 422."""
        access = access_scope.scope_of(viewer)
        parsed = api_query.parse_situation_query(query, self.board.register)
        self._check_area(viewer, parsed)
        view = self.board.snapshot_reader.refresh()
        at = self._build_view_time(viewer, parsed, view)
        etag_parts = (
            view.snapshot.audit_position,
            parsed,
            access,
            cache_minute(at),
            bool(view.trouble),
        )
        with_personnel = viewer.role.may_see("personel")

        def make_body() -> ResponseBody:
            figures = self._build_situation(view, parsed, access, at, with_personnel=with_personnel)
            return ResponseBody(responses.encode_json(figures), "application/json", {})

        return responses.build_response(
            responses.build_etag("situation", etag_parts, with_personnel), known_etag, make_body
        )

    def get_rows(
        self, viewer: Viewer, feed: str, query: QueryParams, accept: str, known_etag: str | None
    ) -> Response:
        """Return rows of a feed. Raises Problem 403, 406 and 422."""
        access = access_scope.scope_of(viewer)
        if feed not in access.feeds:
            self.board.audit_log.log_refused(viewer.name, {"feed": feed, "page": "api"})
            raise Problem(403, f'Anda tidak berhak membaca "{feed}".')
        parsed = api_query.parse_rows_query(query, feed, self.board.register)
        format_name = api_query.choose_format(query, accept, api_query.offered_formats(FEEDS[feed]))
        self._check_area(viewer, parsed)
        view = self.board.snapshot_reader.refresh()
        at = self._build_view_time(viewer, parsed, view)
        timed = parsed.window in {"1j", "3j"} or not at.live
        etag_parts = (
            view.snapshot.audit_position,
            parsed,
            access,
            cache_minute(at) if timed else _CLOCK_INDEPENDENT,
        )

        def make_body() -> ResponseBody:
            body, row_count = self._build_rows_body(view, feed, parsed, access, at, format_name)
            self._log_read(viewer, feed, format_name, row_count, query)
            return body

        return responses.build_response(
            responses.build_etag(feed, format_name, etag_parts), known_etag, make_body
        )

    def _check_area(self, viewer: Viewer, parsed_query: ApiQuery) -> None:
        """Refuse a kecamatan outside the viewer's area; an empty result would look calm."""
        outside = sorted(set(parsed_query.selection.kecamatan) - set(viewer.area))
        if viewer.area and outside:
            self.board.audit_log.log_refused(viewer.name, {"kec": outside[0], "page": "api"})
            raise Problem(403, "Kecamatan ini di luar wilayah Anda.")

    def _log_read(
        self, viewer: Viewer, feed: str, format_name: str, rows: int, query: QueryParams
    ) -> None:
        """Write to the audit log who exported rows, or read a guarded feed."""
        log = self.board.audit_log
        log.log_viewed(viewer, {feed}, "api")
        if format_name != "json":
            filters = {name: query.getlist(name) for name in query if name != "format"}
            log.log_exported(viewer, {"feed": feed, "page": "api"}, format_name, rows, filters)
        elif feed in GUARDED_FEEDS:
            log.append("api-read", viewer.name, {"feed": feed, "form": format_name})

    def _build_view_time(
        self, viewer: Viewer, parsed_query: ApiQuery, snapshot_view: SnapshotView
    ) -> ViewTime:
        zone = self.board.register.election.zone
        at = resolve_view_time(
            parsed_query.moment, self._clock(), snapshot_view.snapshot.exercise_at, zone
        )
        if not at.live:
            self._moment_limiter.consume(viewer.name, at.at)
        return at

    def _build_situation(
        self,
        snapshot_view: SnapshotView,
        parsed_query: ApiQuery,
        access: AccessScope,
        view_time: ViewTime,
        *,
        with_personnel: bool,
    ) -> dict[str, Any]:
        key = (
            snapshot_view.snapshot.audit_position,
            parsed_query,
            access,
            cache_minute(view_time),
            view_time.live,
            with_personnel,
        )
        figures = self._situation_cache.get(
            key,
            lambda: self._compute_figures(
                snapshot_view, parsed_query, access, view_time, with_personnel=with_personnel
            ),
        )
        return {
            "version": snapshot_view.snapshot.version,
            **api_situation.build_moment(
                cache_minute(view_time), view_time.at.tzinfo or self.board.register.election.zone,
                live=view_time.live, exercise=view_time.is_exercise,
            ),
            "latihan": snapshot_view.snapshot.rehearsal,
            "trouble": snapshot_view.trouble is not None,
            **figures,
        }  # fmt: skip

    def _compute_figures(
        self,
        snapshot_view: SnapshotView,
        parsed_query: ApiQuery,
        access: AccessScope,
        view_time: ViewTime,
        *,
        with_personnel: bool,
    ) -> dict[str, Any]:
        view = self.board.analysis_cache.view(snapshot_view.snapshot, view_time, access)
        register = view.register
        selection = apply_window(
            parsed_query.selection, parsed_query.window, view.minute, register.election
        )
        overview = view.compute_overview(selection)
        summary = view.compute(compute_area_summary)
        return api_situation.build_figures(
            overview, summary, register, with_personnel=with_personnel
        )

    def _build_rows_body(
        self,
        snapshot_view: SnapshotView,
        name: str,
        parsed_query: ApiQuery,
        access: AccessScope,
        view_time: ViewTime,
        format_name: str,
    ) -> tuple[ResponseBody, int]:
        """Return the response body and its number of rows."""
        election, feed = self.board.register.election, FEEDS[name]
        view = self.board.analysis_cache.view(snapshot_view.snapshot, view_time, access)
        rows = view.known_rows[name]
        selection = apply_window(
            parsed_query.selection, parsed_query.window, cache_minute(view_time), election
        )
        page = api_rows.build_page(
            rows, feed, selection, parsed_query.after, parsed_query.limit, election.zone
        )
        page_json = {
            "feed": name,
            "version": snapshot_view.snapshot.version,
            "as_of": None if view_time.live else api_rows.format_iso(view_time.at, election.zone),
            "latihan": any(row["latihan"] for row in page.rows),
            "next": page.next,
        }
        headers = {
            "x-situasi-version": str(page_json["version"]),
            "x-situasi-latihan": "true" if page_json["latihan"] else "false",
        }
        if page.next is not None:
            headers["x-situasi-next"] = str(page.next)
        if format_name == "csv":
            content = api_rows.build_csv(page.rows, feed)
        elif format_name == "geojson":
            points = {
                "type": "FeatureCollection",
                **page_json,
                "features": api_rows.build_features(page.rows),
            }
            content = responses.encode_json(points)
        else:
            content = responses.encode_json({**page_json, "rows": page.rows})
        return ResponseBody(content, api_query.MEDIA_TYPES[format_name], headers), len(page.rows)


class ApiServices:
    """Holds the service of the current board; a board opened anew gets a new one."""

    def __init__(self, board: Callable[[], Board], clock: Clock, limits: Limits) -> None:
        self._board, self._clock, self.limits = board, clock, limits
        self._service: ApiService | None = None
        self._lock = threading.Lock()

    def current(self) -> ApiService:
        """Return the service of the current board."""
        with self._lock:
            board = self._board()
            if self._service is None or self._service.board is not board:
                self._service = ApiService(board, self._clock, self.limits)
            return self._service
