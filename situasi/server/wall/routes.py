"""HTTP routes of the wall: page, state, files, frozen copy and acknowledgement."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import partial
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from situasi.access.roles import Viewer
from situasi.actions import acknowledgements
from situasi.actions.acknowledgements import MissingName
from situasi.analysis.situation.critical import find_critical_cases
from situasi.board import current_board
from situasi.common import metrics
from situasi.common.i18n import _
from situasi.common.work_limits import TooManyQueries
from situasi.higher_command import app
from situasi.ingest.validation.area_check import extract_case_kecamatan
from situasi.server import html_pages
from situasi.server.auth import login, sessions
from situasi.server.auth.middleware import AUTH_CONTEXT, AuthContext
from situasi.server.frontend import packing
from situasi.server.frontend.light_view import WALL_PATH
from situasi.server.wall import alarms, assets, frozen_copy
from situasi.server.wall import query as wall_query
from situasi.server.wall import service as wall_service
from situasi.server.wall import shell as wall_shell
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import WallQuery
from situasi.server.wall.service import EncodedState
from situasi.store.model import StoreError

_MAX_WAIT_S = 20.0  # longest time for which a response is held back
_WAIT_PATTERN = re.compile(r"wait=(\d{1,3})")


def _find_viewer(request: Request) -> Viewer | None:
    """Return the viewer, or None if they may open no view of the wall.

    A command above has no wall: each kabupaten has its own.
    """
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    viewer = auth.viewer if app.current_higher_command() is None else None
    return viewer if viewer is not None and viewer.may_open_wall() else None


def _parse_query(request: Request, viewer: Viewer) -> WallQuery:
    return wall_query.parse_query(
        request.query_params, viewer, wall_state.visible_register(current_board(), viewer)
    )


def _not_found() -> Response:
    return PlainTextResponse(_("Tidak ada."), 404)


async def serve_shell(request: Request) -> Response:
    """Return the page of the wall, without any figures."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    page = wall_shell.render_shell(request, viewer, _parse_query(request, viewer))
    return html_pages.build_html_response(
        page, wall_shell.POLICY, accept_encoding=request.headers.get("accept-encoding", "")
    )


def serve_file(request: Request) -> Response:
    """Return a stylesheet or script."""
    name = request.path_params["name"]
    text = assets.load_files().get(name)
    if text is None or request.path_params["fingerprint"] != assets.fingerprint():
        return Response(status_code=404)
    media_type = assets.MEDIA_TYPES[name[name.rindex(".") :]]
    content = packing.keep_content(text.encode(), media_type)
    return packing.build_response(request.headers, content)


async def serve_state(request: Request) -> Response:
    """Return the state; with `Prefer: wait=n` held back until it differs from the reader's."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    metrics.record_wall_read(wall_state.now())
    query, known_etag = _parse_query(request, viewer), request.headers.get("if-none-match", "")
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    if wall_service.current_service(current_board()).has_too_many_waiting(auth.session_key):
        return PlainTextResponse(_("Terlalu banyak halaman terbuka."), 429)
    try:
        max_wait_s = _requested_wait_s(request) if known_etag else 0.0
        state = await _wait_for_state(viewer, query, known_etag, max_wait_s, auth.session_key)
    except TooManyQueries as error:
        return _too_many_requests(error)
    if not _is_still_authorized(request):
        return PlainTextResponse(_("Masuk lebih dulu."), 401)
    return _build_state_response(request, state, known_etag)


async def _wait_for_state(
    viewer: Viewer, query: WallQuery, known_etag: str, max_wait_s: float, session: str
) -> EncodedState:
    service, deadline = wall_service.current_service(current_board()), monotonic() + max_wait_s
    async with service.watch(session):
        while True:
            state = await service.get_state(viewer, query)
            left_s = deadline - monotonic()
            if state.etag != known_etag or left_s <= 0:
                return state
            # Ages are in words, and change with the minute.
            await service.wait_for_change(min(left_s, 60.05 - wall_state.now().timestamp() % 60))


def _too_many_requests(error: TooManyQueries) -> Response:
    message = _("Terlalu banyak saringan atau saat yang berbeda. Coba lagi sebentar.")
    return PlainTextResponse(message, 429, {"retry-after": str(error.wait_s)})


def _requested_wait_s(request: Request) -> float:
    match = _WAIT_PATTERN.search(request.headers.get("prefer", ""))
    return min(float(match[1]), _MAX_WAIT_S) if match else 0.0


def _is_still_authorized(request: Request) -> bool:
    """Return whether the session has the same rights now, after the response was held back."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    return (
        not auth.session_key
        or sessions.current_manager().authenticate(auth.session_key) == auth.viewer
    )


def _build_state_response(request: Request, state: EncodedState, known_etag: str) -> Response:
    headers = {
        "etag": state.etag,
        "vary": "accept-encoding, cookie",
        # By the server's clock: when the store was last read, and the time now.
        "x-situasi-checked": str(int(state.checked_at.timestamp() * 1000)),
        "x-situasi-now": str(int(wall_state.now().timestamp() * 1000)),
        "x-situasi-files": assets.fingerprint(),
    }
    if state.etag == known_etag:
        return Response(status_code=304, headers=headers)
    content = state.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = state.gzip_content, "gzip"
    return Response(content, media_type="application/json", headers=headers)


async def serve_frozen_copy(request: Request) -> Response:
    """Return the frozen copy of what this viewer sees, as a download."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    audit_log = current_board().audit_log
    if viewer.link is not None:
        audit_log.log_refused(viewer.name, {"page": "layar", "act": "copy"})
        return PlainTextResponse(_("Tamu tidak membawa salinan."), 403)
    if not audit_log.allow_download(viewer):
        return PlainTextResponse(_("Terlalu banyak berkas diambil. Coba lagi sebentar."), 429)
    query, now = _parse_query(request, viewer), wall_state.now()
    service = wall_service.current_service(current_board())
    sources = await service.get_sources(query, now)
    try:
        build_copy = partial(frozen_copy.build_copy, sources, viewer, query, now)
        copy = await service.make(viewer, query, sources.view_time, build_copy)
    except TooManyQueries as error:
        return _too_many_requests(error)
    filters = {
        name: [value for key, value in query.filters if key == name]
        for name, _value in query.filters
    }
    audit_log.log_exported(
        viewer, {"table": "salinan", "page": "layar"}, "html", copy.row_count, filters
    )
    headers = {"content-disposition": f'attachment; filename="{copy.file_name}"'}
    # If a browser shows it after all, it may run and load nothing.
    return html_pages.build_html_response(copy.html, "default-src 'none'; sandbox", headers=headers)


async def acknowledge(request: Request) -> Response:
    """Record that somebody acknowledged a critical case, or (`undo`) that this was a slip."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    if not wall_shell.may_acknowledge(viewer):
        current_board().audit_log.log_refused(viewer.name, {"page": "layar", "act": "acknowledge"})
        return _error_response(_("Tamu tidak mencatat apa pun."), 403)
    form = await login.read_form(request)
    service = wall_service.current_service(current_board())
    act = _withdraw_acknowledgement if form.get("undo") else _record_acknowledgement
    try:
        snapshot_view = await service.refresh()
        result = await asyncio.to_thread(act, service, snapshot_view, viewer, form)
    except MissingName:
        return _error_response(_("sebut nama"), 422)
    except StoreError:
        return _error_response(_("Penyimpanan sedang sibuk. Coba lagi sebentar."), 503)
    if result is None:
        return _error_response(_("laporan ini sudah ditutup"), 404)
    await service.refresh(force=True)
    return JSONResponse(result)


def _find_critical_case(
    service: wall_service.WallService, snapshot_view: Any, viewer: Viewer, case_id: str
) -> Any | None:
    """Return the row of a critical case that the viewer may acknowledge, or None."""
    analysis_view = service.build_analysis_view(viewer, snapshot_view)
    critical_cases = analysis_view.compute(find_critical_cases)
    rows: Iterable[Any] = critical_cases.itertuples()
    row = next((row for row in rows if wall_state.hash_case_id(row.case) == case_id), None)
    # A case of the whole kabupaten, or merged with one of elsewhere, is not one Polsek's.
    is_own = row is not None and all(
        viewer.covers(code) for case in row.members for code in extract_case_kecamatan(case)
    )
    return row if is_own else None


def _record_acknowledgement(
    service: wall_service.WallService, snapshot_view: Any, viewer: Viewer, form: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the first acknowledgement of a case in words, or None for no case of the viewer's.

    is_new: it is the one that was given just now, which may be taken back.
    """
    row = _find_critical_case(service, snapshot_view, viewer, form.get("case", ""))
    if row is None:
        return None
    store = service.board.store
    stored = acknowledgements.load_all(store)
    existing = [stored[case] for case in row.members if case in stored]
    now = wall_state.now()
    if existing:
        given = min(existing, key=lambda acknowledgement: acknowledgement.at)
    else:
        since = row.came_at.to_pydatetime()
        name = form.get("name", "")
        given = acknowledgements.acknowledge(store, row.case, name, viewer.name, since, now)
    text = alarms.format_acknowledgement(
        given,
        service.board.register.election.zone,
        with_name=viewer.role.may_see("personel"),
        is_exercise=snapshot_view.snapshot.exercise_at is not None,
    )
    is_new = not existing and (given.account, given.at) == (viewer.name, now)
    return {"acknowledged": text, "seconds": given.response_time_s, "is_new": is_new}


def _withdraw_acknowledgement(
    service: wall_service.WallService, snapshot_view: Any, viewer: Viewer, form: Mapping[str, str]
) -> dict[str, Any] | None:
    """Take back what this viewer acknowledged just now; None for no case of the viewer's."""
    row = _find_critical_case(service, snapshot_view, viewer, form.get("case", ""))
    if row is None:
        return None
    store, now = service.board.store, wall_state.now()
    undone = (acknowledgements.withdraw(store, case, viewer.name, now) for case in row.members)
    return {"undone": any(undone)}


def _error_response(reason: str, status: int) -> Response:
    return JSONResponse({"why": reason}, status)


ROUTES = (
    Route(WALL_PATH, serve_shell, methods=["GET"]),
    Route(f"{WALL_PATH}/gambar", serve_state, methods=["GET"]),
    Route(f"{WALL_PATH}/salinan", serve_frozen_copy, methods=["GET"]),
    Route(f"{WALL_PATH}/paham", acknowledge, methods=["POST"]),
    Route(f"{assets.BASE_PATH}{{fingerprint}}/{{name}}", serve_file, methods=["GET"]),
)
