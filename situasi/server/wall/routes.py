"""The routes of the wall: its frame, its picture, its files, its copy, and who took note."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from situasi.access.roles import Viewer
from situasi.actions import acknowledgements
from situasi.actions.acknowledgements import Acknowledgement, MissingName
from situasi.analysis.situation.critical import find_critical_cases
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.common.work_limits import TooManyQueries
from situasi.higher_command import app
from situasi.ingest.validation.table_check import extract_case_kecamatan
from situasi.server.auth import sessions
from situasi.server.auth.middleware import AUTH_CONTEXT, AuthContext
from situasi.server.wall import assets, frozen_copy
from situasi.server.wall import markup as wall_markup
from situasi.server.wall import query as wall_query
from situasi.server.wall import service as wall_service
from situasi.server.wall import shell as wall_shell
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import WallQuery
from situasi.server.wall.service import EncodedState
from situasi.store.interface import StoreError

WALL_PATH = "/layar"
_MAX_WAIT_S = 20.0  # seconds for which an answer may be held back
_WAIT_PATTERN = re.compile(r"wait=(\d{1,3})")


def _find_viewer(request: Request) -> Viewer | None:
    """Who looks; None where the page Situasi is not there for them, nor so the wall.

    A command above has no wall: each kabupaten has its own.
    """
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    viewer = visit.viewer if app.current_higher_command() is None else None
    return viewer if viewer is not None and viewer.may_open("situasi") else None


def _parse_query(request: Request, viewer: Viewer) -> WallQuery:
    return wall_query.parse_query(
        request.query_params, viewer, wall_state.visible_register(board(), viewer)
    )


def _not_found() -> Response:
    return PlainTextResponse(_("Tidak ada."), 404)


async def serve_shell(request: Request) -> Response:
    """The frame of the wall."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    text = wall_shell.render_shell(request, viewer, _parse_query(request, viewer))
    return HTMLResponse(text, headers={"content-security-policy": wall_markup.POLICY})


async def serve_file(request: Request) -> Response:
    """Style and scripts."""
    name = request.path_params["name"]
    text = assets.load_files().get(name)
    if text is None or request.path_params["fingerprint"] != assets.fingerprint():
        return Response(status_code=404)
    media = assets.MEDIA_TYPES[name[name.rindex(".") :]]
    kept = "private, max-age=31536000, immutable"
    return Response(text, media_type=media, headers={"cache-control": kept})


async def serve_state(request: Request) -> Response:
    """The picture; with `Prefer: wait=n` held back until it is another than the reader has."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    view, known = _parse_query(request, viewer), request.headers.get("if-none-match", "")
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    if wall_service.current_service(board()).has_too_many_waiting(visit.session_key):
        return PlainTextResponse(_("Terlalu banyak halaman terbuka."), 429)
    try:
        body = await _wait_for_state(
            viewer, view, known, _requested_wait_s(request) if known else 0.0, visit.session_key
        )
    except TooManyQueries as error:
        return _too_many_requests(error)
    if not _is_still_authorized(request):
        return PlainTextResponse(_("Masuk lebih dulu."), 401)
    return _build_state_response(request, body, known)


async def _wait_for_state(
    viewer: Viewer, query: WallQuery, known_etag: str, max_wait_s: float, session: str
) -> EncodedState:
    screen, until = wall_service.current_service(board()), monotonic() + max_wait_s
    async with screen.watch(session):
        while True:
            body = await screen.get_state(viewer, query)
            left = until - monotonic()
            if body.etag != known_etag or left <= 0:
                return body
            # Ages in words change with the minute.
            await screen.wait_for_change(min(left, 60.05 - wall_state.now().timestamp() % 60))


def _too_many_requests(error: TooManyQueries) -> Response:
    said = _("Terlalu banyak saringan atau saat yang berbeda. Coba lagi sebentar.")
    return PlainTextResponse(said, 429, {"retry-after": str(error.wait_s)})


def _requested_wait_s(request: Request) -> float:
    said = _WAIT_PATTERN.search(request.headers.get("prefer", ""))
    return min(float(said[1]), _MAX_WAIT_S) if said else 0.0


def _is_still_authorized(request: Request) -> bool:
    """Whether the session that asked still sees the same, now that the answer was held back."""
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    return (
        not visit.session_key
        or sessions.current_manager().authenticate(visit.session_key) == visit.viewer
    )


def _build_state_response(request: Request, state: EncodedState, known_etag: str) -> Response:
    headers = {
        "etag": state.etag,
        "vary": "accept-encoding, cookie",
        # By the clock of the server: when the store was last asked, and what time it is.
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
    """The frozen copy of what this viewer sees, which they take along."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    deeds = board().audit_log
    if viewer.link is not None:
        deeds.log_refused(viewer.name, {"page": "layar", "act": "copy"})
        return PlainTextResponse(_("Tamu tidak membawa salinan."), 403)
    if not deeds.allow_download(viewer):
        return PlainTextResponse(_("Terlalu banyak berkas diambil. Coba lagi sebentar."), 429)
    view, now = _parse_query(request, viewer), wall_state.now()
    screen = wall_service.current_service(board())
    sources = await screen.get_sources(view, now)
    try:
        copy = partial(frozen_copy.build_copy, sources, viewer, view, now)
        made = await screen.make(viewer, view, sources.view_time, copy)
    except TooManyQueries as error:
        return _too_many_requests(error)
    filters = {name: [one for n, one in view.filters if n == name] for name, _one in view.filters}
    deeds.log_exported(
        viewer, {"table": "salinan", "page": "layar"}, "html", made.row_count, filters
    )
    headers = {
        "content-disposition": f'attachment; filename="{made.file_name}"',
        # Should a browser show it all the same, it is nobody's page.
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(made.html, media_type="text/html", headers=headers)


async def acknowledge(request: Request) -> Response:
    """Write down that somebody took note of a grave report."""
    viewer = _find_viewer(request)
    if viewer is None:
        return _not_found()
    if not wall_shell.may_acknowledge(viewer):
        board().audit_log.log_refused(viewer.name, {"page": "layar", "act": "acknowledge"})
        return _error_response(_("Tamu tidak mencatat apa pun."), 403)
    case, name = await _read_form(request)
    screen = wall_service.current_service(board())
    try:
        said = await asyncio.to_thread(
            _record_acknowledgement, screen, await screen.refresh(), viewer, case, name
        )
    except MissingName:
        return _error_response(_("sebut nama"), 422)
    except StoreError:
        return _error_response(_("Penyimpanan sedang sibuk. Coba lagi sebentar."), 503)
    if said is None:
        return _error_response(_("laporan ini sudah ditutup"), 404)
    await screen.refresh(force=True)
    zone = board().register.election.zone
    words = wall_state.format_acknowledgement(said, zone, with_name=viewer.role.may_see("personel"))
    return JSONResponse({"heeded": words, "seconds": said.response_time_s})


async def _read_form(request: Request) -> tuple[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        given = parse_qs(body, max_num_fields=4)
    except ValueError:
        return "", ""
    return given.get("case", [""])[-1], given.get("name", [""])[-1]


def _record_acknowledgement(
    service: wall_service.WallService, snapshot_view: Any, viewer: Viewer, case_id: str, name: str
) -> Acknowledgement | None:
    """The first word on this case, of those that the viewer sees; None where there is none."""
    grave = wall_state.compute(
        find_critical_cases, service.build_analysis_view(viewer, snapshot_view)
    )
    rows: list[Any] = [
        row for row in grave.itertuples() if wall_state.hash_case_id(row.case) == case_id
    ]
    # A report of the whole kabupaten, or merged with one of elsewhere, is not one Polsek's.
    if not rows or not all(viewer.covers(place) for place in _case_kecamatan(rows[0].members)):
        return None
    store, row = service.board.store, rows[0]
    every = acknowledgements.load_all(store)
    earlier = [every[case] for case in row.members if case in every]
    if earlier:
        return min(earlier, key=lambda one: one.at)
    since = row.came_at.to_pydatetime()
    return acknowledgements.acknowledge(store, row.case, name, viewer.name, since, wall_state.now())


def _case_kecamatan(cases: Iterable[str]) -> set[str]:
    return set().union(*map(extract_case_kecamatan, cases))


def _error_response(reason: str, status: int) -> Response:
    return JSONResponse({"why": reason}, status)


ROUTES = (
    Route(WALL_PATH, serve_shell, methods=["GET"]),
    Route(f"{WALL_PATH}/gambar", serve_state, methods=["GET"]),
    Route(f"{WALL_PATH}/salinan", serve_frozen_copy, methods=["GET"]),
    Route(f"{WALL_PATH}/paham", acknowledge, methods=["POST"]),
    Route(f"{assets.BASE_PATH}{{fingerprint}}/{{name}}", serve_file, methods=["GET"]),
)
