"""What the API routes do: authenticate the caller, check access, and build the response."""

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from situasi.access.roles import GUARDED_FEEDS, Viewer
from situasi.actions import alert_list, records
from situasi.actions.alert_list import NO_RECORDS, AlertList
from situasi.analysis.situation.area_summary import compute_area_summary
from situasi.analysis.view_time import ViewTime, apply_window, cache_minute, resolve_view_time
from situasi.board import Board
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.common.work_limits import QueryLimiter
from situasi.domain.feed_schemas import FEEDS
from situasi.higher_command import app
from situasi.higher_command.app import HigherCommandApp
from situasi.ingest.message_intake import IntakeResult
from situasi.ingest.sources.saved_profiles import bind_saved_profiles
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from situasi.live.analysis_cache import AnalysisView
from situasi.live.snapshot import SnapshotView
from situasi.server.api import files, openapi, responses
from situasi.server.api import query as api_query
from situasi.server.api import rows as api_rows
from situasi.server.api import situation as api_situation
from situasi.server.api.api_keys import Key, Keyring
from situasi.server.api.caller import Caller, authenticate, queue_owner
from situasi.server.api.delivery import ApiDelivery, DeliveryIngest
from situasi.server.api.file_delivery import FileDelivery, FileDoor
from situasi.server.api.higher_command import HigherCommandService
from situasi.server.api.limits import Limits
from situasi.server.api.messages import MessageDelivery, MessageDoor
from situasi.server.api.problem_details import Problem
from situasi.server.api.query import ApiQuery
from situasi.server.api.responses import ResponseBody
from situasi.server.api.rows import RowsPage
from situasi.store.model import StoreError

Clock = Callable[[], datetime]
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class _Read:
    """What one read is answered from: its query, the rights of its viewer, a snapshot, a time."""

    query: ApiQuery
    access: AccessScope
    snapshot_view: SnapshotView
    view_time: ViewTime

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Return what the answer depends on, besides the clock."""
        return self.snapshot_view.snapshot.audit_position, self.query, self.access


class ApiService:
    """The API of one board. Every method may be called from any thread."""

    def __init__(self, board: Board, clock: Clock, limits: Limits) -> None:
        self.board, self.limits = board, limits
        self._clock = clock
        self._keyring = Keyring(board.store)
        self._call_limiter = QueryLimiter(limits.burst_calls, limits.calls_per_minute)
        # Each different past moment is computed anew.
        self._moment_limiter = QueryLimiter(limits.moments_per_minute, limits.moments_per_minute)
        self._delivery_ingest = DeliveryIngest(board, limits)
        self._message_door, self._file_door = MessageDoor(board, limits), FileDoor(board, limits)
        self._situation_cache = SingleFlightCache(64)
        self._lock = threading.Lock()
        self._refused_key_count = 0
        self._last_audit_at: datetime | None = None

    def queue_owner(self, headers: Headers) -> str:
        """Return whose queue a request waits in, before it is authenticated."""
        return queue_owner(headers, self._keyring)

    def authenticate(self, headers: Headers) -> Caller:
        """Return the caller and count the call. Raises Problem, TooManyQueries and StoreError."""
        try:
            caller = authenticate(headers, self._keyring)
        except Problem as problem:
            if problem.status == 401 and "authorization" in headers:
                self._count_refused_key()
            raise
        self._call_limiter.consume(caller.name)
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

    def authorize_sender(self, caller: Caller, feed: str, require: Callable[[], Key]) -> Key:
        """Return the key with which the caller sends this. Raises Problem 403, and logs it.

        require: of the caller, for what it sends.
        """
        try:
            return require()
        except Problem:
            detail = {"feed": feed, "page": "api", "act": "write"}
            self.board.audit_log.log_refused(caller.name, detail)
            raise

    def add_messages(self, key: Key, incoming: MessageDelivery) -> tuple[IntakeResult, Response]:
        """Put messages into the tray. Raises Problem and StoreError."""
        return self._message_door.add_messages(key, incoming, self._clock())

    def store_file(self, key: Key, incoming: FileDelivery) -> dict[str, Any]:
        """Ingest a file and return its result. Raises Problem and StoreError."""
        return self._file_door.store_file(key, incoming, self._clock())

    def ingest_delivery(self, key: Key, incoming: ApiDelivery) -> dict[str, Any]:
        """Ingest a delivery and return its result. Raises Problem and StoreError."""
        return self._delivery_ingest.ingest_delivery(key, incoming, self._clock())

    def describe_file(self, caller: Caller, number: str) -> dict[str, Any]:
        """Return what became of a file that waits for a mapping. Raises Problem and StoreError."""
        return files.describe_file(self.board, caller, number)

    def build_openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        catalog = bind_saved_profiles(self.board.ingest_context, self.board.store).sources
        names = openapi.ProfileNames(tuple(catalog.by_name), self._message_door.profile_names)
        return openapi.build_document(self.board.register, self.limits, names)

    def get_situation(self, viewer: Viewer, query: QueryParams, known_etag: str | None) -> Response:
        """Return the key figures. Raises Problem 403 and 422, and TooManyQueries."""
        parsed = api_query.parse_situation_query(query, self.board.register)
        read, with_personnel = self._begin_read(viewer, parsed), viewer.role.may_see("personel")
        with_alerts = viewer.role.may_see("peringatan") and viewer.link is None
        # What people did about alerts is no row.
        actions_at = read.snapshot_view.access_position if with_alerts else None
        key = (*read.key, cache_minute(read.view_time), with_personnel, actions_at)

        def make_body() -> ResponseBody:
            figures = self._situation_cache.get(
                (*key, read.view_time.live),
                lambda: self._compute_figures(
                    read, with_personnel=with_personnel, with_alerts=with_alerts
                ),
            )
            if _has_neutrality(figures["alerts"]):
                self.board.audit_log.log_viewed(viewer, {"neutrality"}, "api")
            content = responses.encode_json({**self._describe_moment(read), **figures})
            return ResponseBody(content, "application/json", {})

        etag = responses.build_etag("situation", *key, bool(read.snapshot_view.trouble))
        return responses.build_response(etag, known_etag, make_body)

    def get_rows(
        self, viewer: Viewer, feed: str, query: QueryParams, accept: str, known_etag: str | None
    ) -> Response:
        """Return rows of a feed. Raises Problem 403, 406 and 422, and TooManyQueries."""
        if feed not in access_scope.scope_of(viewer).feeds:
            self.board.audit_log.log_refused(viewer.name, {"feed": feed, "page": "api"})
            raise Problem(403, f'Anda tidak berhak membaca "{feed}".')
        parsed = api_query.parse_rows_query(query, feed, self.board.register)
        format_name = api_query.choose_format(query, accept, api_query.offered_formats(FEEDS[feed]))
        read = self._begin_read(viewer, parsed)
        moves_with_clock = parsed.window in {"1j", "3j"} or not read.view_time.live
        minute = cache_minute(read.view_time) if moves_with_clock else None

        def make_body() -> ResponseBody:
            page = self._select_rows(read, feed)
            body = self._build_rows_body(read, feed, page, format_name)
            self._log_read(viewer, feed, format_name, len(page.rows), query)
            return body

        etag = responses.build_etag(feed, format_name, *read.key, minute)
        return responses.build_response(etag, known_etag, make_body)

    def _begin_read(self, viewer: Viewer, query: ApiQuery) -> _Read:
        """Refuse a kecamatan outside the viewer's area; an empty result would look calm."""
        outside = sorted(set(query.selection.kecamatan) - set(viewer.area))
        if viewer.area and outside:
            self.board.audit_log.log_refused(viewer.name, {"kec": outside[0], "page": "api"})
            raise Problem(403, "Kecamatan ini di luar wilayah Anda.")
        snapshot_view = self.board.snapshot_reader.refresh()
        exercise_at, zone = snapshot_view.snapshot.exercise_at, self.board.register.election.zone
        view_time = resolve_view_time(query.moment, self._clock(), exercise_at, zone)
        if not view_time.live:
            self._moment_limiter.consume(viewer.name, view_time.at)
        return _Read(query, access_scope.scope_of(viewer), snapshot_view, view_time)

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

    def _describe_moment(self, read: _Read) -> dict[str, Any]:
        """Return which store and which moment the key figures are of."""
        view_time, snapshot = read.view_time, read.snapshot_view.snapshot
        zone = view_time.at.tzinfo or self.board.register.election.zone
        return {
            "version": snapshot.version,
            "as_of": api_rows.format_iso(cache_minute(view_time), zone),
            "live": view_time.live,
            "exercise": view_time.is_exercise,
            "latihan": snapshot.rehearsal,
            "trouble": read.snapshot_view.trouble is not None,
        }

    def _analysis_view(self, read: _Read) -> AnalysisView:
        return self.board.analysis_cache.view(
            read.snapshot_view.snapshot, read.view_time, read.access
        )

    def _compute_figures(
        self, read: _Read, *, with_personnel: bool, with_alerts: bool
    ) -> dict[str, Any]:
        view, query = self._analysis_view(read), read.query
        selection = apply_window(query.selection, query.window, view.minute, view.register.election)
        return api_situation.build_figures(
            view.compute_overview(selection), view.compute(compute_area_summary), view.register,
            self._build_alert_list(read, view) if with_alerts else None,
            with_personnel=with_personnel,
        )  # fmt: skip

    def _build_alert_list(self, read: _Read, view: AnalysisView) -> AlertList | None:
        if not view.register.election.alerts.rules:
            return None
        stored = records.read_cached(
            self.board, "peringatan", read.snapshot_view, alert_list.load_records, NO_RECORDS
        )
        kecamatan = read.query.selection.kecamatan
        return alert_list.build_alert_list(view, stored).select(kecamatan)

    def _select_rows(self, read: _Read, feed: str) -> RowsPage:
        view, query, election = self._analysis_view(read), read.query, self.board.register.election
        selection = apply_window(query.selection, query.window, view.minute, election)
        return api_rows.build_page(
            view.known_rows[feed], FEEDS[feed], selection, query.after, query.limit, election.zone
        )

    def _build_rows_body(
        self, read: _Read, feed: str, page: RowsPage, format_name: str
    ) -> ResponseBody:
        zone, view_time = self.board.register.election.zone, read.view_time
        page_json = {
            "feed": feed,
            "version": read.snapshot_view.snapshot.version,
            "as_of": None if view_time.live else api_rows.format_iso(view_time.at, zone),
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
            content = api_rows.build_csv(page.rows, FEEDS[feed])
        elif format_name == "geojson":
            features = api_rows.build_features(page.rows)
            collection = {"type": "FeatureCollection", **page_json, "features": features}
            content = responses.encode_json(collection)
        else:
            content = responses.encode_json({**page_json, "rows": page.rows})
        return ResponseBody(content, api_query.MEDIA_TYPES[format_name], headers)


def _has_neutrality(alerts: dict[str, Any] | None) -> bool:
    return any(alert["rule"] == "netralitas" for alert in (alerts or {"list": ()})["list"])


class ApiServices:
    """Holds the service of the current board, or of the command above; one opened anew: a new one.

    clock, limits: of the services.
    """

    def __init__(self, board: Callable[[], Board], clock: Clock, limits: Limits) -> None:
        self._board, self._clock, self._limits = board, clock, limits
        self._source: Board | HigherCommandApp | None = None
        self._service: ApiService | HigherCommandService
        self._lock = threading.Lock()

    def current(self) -> ApiService | HigherCommandService:
        """Return the current service."""
        with self._lock:
            source = app.current_higher_command() or self._board()
            if self._source is not source:
                self._service = (
                    HigherCommandService(source, self._limits)
                    if isinstance(source, HigherCommandApp)
                    else ApiService(source, self._clock, self._limits)
                )
                self._source = source
            return self._service
