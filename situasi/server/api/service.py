"""The desk behind the routes: who asks, what they may have, and how it is answered."""

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
from situasi.server.api.caller import Caller, owner_of, who
from situasi.server.api.delivery import Claims, Parcel
from situasi.server.api.limits import Limits, Moments, NewRows, Rates
from situasi.server.api.problem_details import Problem
from situasi.server.api.query import Asked
from situasi.server.api.responses import Body
from situasi.store.interface import StoreError

Clock = Callable[[], datetime]
# Of what does not move with the clock.
_STANDING = None
_A_MINUTE = timedelta(minutes=1)


class Desk:
    """One per board. Every method may be called from any thread."""

    def __init__(self, board: Board, clock: Clock, limits: Limits) -> None:
        self.board, self.limits = board, limits
        self._clock = clock
        self._ring = Keyring(board.store)
        self._rates, self._moments = Rates(limits), Moments(limits)
        self._claims = Claims()
        self._new_rows = NewRows(limits)
        self._found = SingleFlightCache(64)
        self._lock = threading.Lock()
        self._refusals = 0
        self._told_at: datetime | None = None

    def owner(self, headers: Headers) -> str:
        """Whose line a request waits in, before anybody looks whether they may ask."""
        return owner_of(headers, self._ring)

    def caller(self, headers: Headers) -> Caller:
        """Who asks, counted. Raises Problem 401, 403 and 429, and StoreError."""
        try:
            caller = who(headers, self._ring)
        except Problem as problem:
            if problem.status == 401 and "authorization" in headers:
                self._refused()
            raise
        self._rates.spend(caller.name)
        if caller.key is not None:
            local = self._clock().astimezone(self.board.register.election.zone)
            with suppress(StoreError):  # a store that is busy or full is no reason to refuse
                self._ring.used(caller.key, local)
        return caller

    def _refused(self) -> None:
        """Keys that open nothing are in the trail: how many, told once a minute at the most."""
        now = self._clock()
        with self._lock:
            self._refusals += 1
            if self._told_at is not None and now - self._told_at < _A_MINUTE:
                return
            count, self._refusals, self._told_at = self._refusals, 0, now
        self.board.audit_log.append("key-refused", "api", {"count": count})

    def writer(self, caller: Caller, feed: str) -> None:
        """Whether they may bring rows of this feed. Raises Problem 403."""
        try:
            caller.writer(feed)
        except Problem:
            self.board.audit_log.log_refused(
                caller.name, {"feed": feed, "page": "api", "act": "write"}
            )
            raise

    def take(self, caller: Caller, parcel: Parcel) -> dict[str, Any]:
        """The ledger of a delivery. Raises Problem and StoreError."""
        key = caller.writer(parcel.feed)
        return delivery.take(
            self.board, key, parcel, self._clock(), self.limits, self._claims, self._new_rows
        )

    def description(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return openapi.document(self.board.register, self.limits)

    def situation(self, viewer: Viewer, query: QueryParams, known: str | None) -> Response:
        """The key figures. Raises Problem 403 and 422."""
        own = access_scope.scope_of(viewer)
        wanted = api_query.situation(query, self.board.register)
        self._inside(viewer, wanted)
        picture = self.board.snapshot_reader.refresh()
        at = self._moment(viewer, wanted, picture)
        depends = (
            picture.snapshot.audit_position,
            wanted,
            own,
            cache_minute(at),
            bool(picture.trouble),
        )
        personnel = viewer.role.may_see("personel")

        def make() -> Body:
            said = self._situation(picture, wanted, own, at, personnel=personnel)
            return Body(responses.written(said), "application/json", {})

        return responses.answered(responses.tag("situation", depends, personnel), known, make)

    def rows(
        self, viewer: Viewer, feed: str, query: QueryParams, accept: str, known: str | None
    ) -> Response:
        """Rows of a feed. Raises Problem 403, 406 and 422."""
        own = access_scope.scope_of(viewer)
        if feed not in own.feeds:
            self.board.audit_log.log_refused(viewer.name, {"feed": feed, "page": "api"})
            raise Problem(403, f'Anda tidak berhak membaca "{feed}".')
        wanted = api_query.rows(query, feed, self.board.register)
        form = api_query.form(query, accept, api_query.forms(FEEDS[feed]))
        self._inside(viewer, wanted)
        picture = self.board.snapshot_reader.refresh()
        at = self._moment(viewer, wanted, picture)
        moves = wanted.window in {"1j", "3j"} or not at.live
        depends = (
            picture.snapshot.audit_position,
            wanted,
            own,
            cache_minute(at) if moves else _STANDING,
        )

        def make() -> Body:
            body, told = self._rows(picture, feed, wanted, own, at, form)
            self._tell(viewer, feed, form, told, query)
            return body

        return responses.answered(responses.tag(feed, form, depends), known, make)

    def _inside(self, viewer: Viewer, wanted: Asked) -> None:
        """A kecamatan outside the area is refused, not shown as one where nothing happens."""
        outside = sorted(set(wanted.selection.kecamatan) - set(viewer.area))
        if viewer.area and outside:
            self.board.audit_log.log_refused(viewer.name, {"kec": outside[0], "page": "api"})
            raise Problem(403, "Kecamatan ini di luar wilayah Anda.")

    def _tell(self, viewer: Viewer, feed: str, form: str, rows: int, query: QueryParams) -> None:
        """Who took rows along as a file, or read what not everyone may see, is in the trail."""
        deeds = self.board.audit_log
        deeds.log_viewed(viewer, {feed}, "api")
        if form != "json":
            filters = {name: query.getlist(name) for name in query if name != "format"}
            deeds.log_exported(viewer, {"feed": feed, "page": "api"}, form, rows, filters)
        elif feed in GUARDED_FEEDS:
            deeds.append("api-read", viewer.name, {"feed": feed, "form": form})

    def _moment(self, viewer: Viewer, wanted: Asked, picture: SnapshotView) -> ViewTime:
        zone = self.board.register.election.zone
        at = resolve_view_time(wanted.moment, self._clock(), picture.snapshot.exercise_at, zone)
        if not at.live:
            self._moments.ask(viewer.name, at.at)
        return at

    def _situation(
        self,
        picture: SnapshotView,
        wanted: Asked,
        own: AccessScope,
        at: ViewTime,
        *,
        personnel: bool,
    ) -> dict[str, Any]:
        key = (picture.snapshot.audit_position, wanted, own, cache_minute(at), at.live, personnel)
        found = self._found.get(
            key, lambda: self._figures(picture, wanted, own, at, personnel=personnel)
        )
        return {
            "version": picture.snapshot.version,
            **api_situation.moment_told(
                cache_minute(at), at.at.tzinfo or self.board.register.election.zone,
                live=at.live, exercise=at.is_exercise,
            ),
            "latihan": picture.snapshot.rehearsal,
            "trouble": picture.trouble is not None,
            **found,
        }  # fmt: skip

    def _figures(
        self,
        picture: SnapshotView,
        wanted: Asked,
        own: AccessScope,
        at: ViewTime,
        *,
        personnel: bool,
    ) -> dict[str, Any]:
        findings, snapshot = self.board.analysis_cache, picture.snapshot
        register = findings.register(own)
        selection = apply_window(
            wanted.selection, wanted.window, cache_minute(at), register.election
        )
        found = findings.compute_overview(snapshot, at, own, selection)
        today = findings.compute(compute_area_summary, snapshot, at, own)
        return api_situation.figures(found, today, register, personnel=personnel)

    def _rows(
        self,
        picture: SnapshotView,
        name: str,
        wanted: Asked,
        own: AccessScope,
        at: ViewTime,
        form: str,
    ) -> tuple[Body, int]:
        """The answer, and how many rows it holds."""
        election, feed = self.board.register.election, FEEDS[name]
        rows = self.board.analysis_cache.known_rows(picture.snapshot, at, own)[name]
        selection = apply_window(wanted.selection, wanted.window, cache_minute(at), election)
        page = api_rows.page(rows, feed, selection, wanted.after, wanted.limit, election.zone)
        told = {
            "feed": name,
            "version": picture.snapshot.version,
            "as_of": None if at.live else api_rows.iso(at.at, election.zone),
            "latihan": any(row["latihan"] for row in page.rows),
            "next": page.next,
        }
        headers = {
            "x-situasi-version": str(told["version"]),
            "x-situasi-latihan": "true" if told["latihan"] else "false",
        }
        if page.next is not None:
            headers["x-situasi-next"] = str(page.next)
        if form == "csv":
            content = api_rows.as_table(page.rows, feed)
        elif form == "geojson":
            points = {
                "type": "FeatureCollection",
                **told,
                "features": api_rows.as_points(page.rows),
            }
            content = responses.written(points)
        else:
            content = responses.written({**told, "rows": page.rows})
        return Body(content, api_query.FORMS[form], headers), len(page.rows)


class Desks:
    """The desk of the board that stands now; a board opened anew gets a new one."""

    def __init__(self, board: Callable[[], Board], clock: Clock, limits: Limits) -> None:
        self._board, self._clock, self.limits = board, clock, limits
        self._desk: Desk | None = None
        self._lock = threading.Lock()

    def current(self) -> Desk:
        with self._lock:
            board = self._board()
            if self._desk is None or self._desk.board is not board:
                self._desk = Desk(board, self._clock, self.limits)
            return self._desk
