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
from situasi.server.auth.middleware import VISIT, Visit
from situasi.server.wall import assets, frozen_copy
from situasi.server.wall import markup as wall_markup
from situasi.server.wall import query as wall_query
from situasi.server.wall import service as wall_service
from situasi.server.wall import shell as wall_shell
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import Asked
from situasi.server.wall.service import Body
from situasi.store.interface import StoreError

WALL = "/layar"
_LONGEST = 20.0  # seconds for which an answer may be held back
_WAIT = re.compile(r"wait=(\d{1,3})")


def _viewer(request: Request) -> Viewer | None:
    """Who looks; None where the page Situasi is not there for them, nor so the wall.

    A command above has no wall: each kabupaten has its own.
    """
    visit: Visit = request.scope[VISIT]
    viewer = visit.viewer if app.current_higher_command() is None else None
    return viewer if viewer is not None and viewer.may_open("situasi") else None


def _asked(request: Request, viewer: Viewer) -> Asked:
    return wall_query.read(request.query_params, viewer, wall_state.register_of(board(), viewer))


def _nothing() -> Response:
    return PlainTextResponse(_("Tidak ada."), 404)


async def shell(request: Request) -> Response:
    """The frame of the wall."""
    viewer = _viewer(request)
    if viewer is None:
        return _nothing()
    text = wall_shell.page(request, viewer, _asked(request, viewer))
    return HTMLResponse(text, headers={"content-security-policy": wall_markup.POLICY})


async def file(request: Request) -> Response:
    """Style and scripts."""
    name = request.path_params["name"]
    text = assets.every().get(name)
    if text is None or request.path_params["fingerprint"] != assets.fingerprint():
        return Response(status_code=404)
    media = assets.MEDIA[name[name.rindex(".") :]]
    kept = "private, max-age=31536000, immutable"
    return Response(text, media_type=media, headers={"cache-control": kept})


async def shown(request: Request) -> Response:
    """The picture; with `Prefer: wait=n` held back until it is another than the reader has."""
    viewer = _viewer(request)
    if viewer is None:
        return _nothing()
    view, known = _asked(request, viewer), request.headers.get("if-none-match", "")
    visit: Visit = request.scope[VISIT]
    if wall_service.current(board()).is_crowded(visit.key):
        return PlainTextResponse(_("Terlalu banyak halaman terbuka."), 429)
    try:
        body = await _held(viewer, view, known, _patience(request) if known else 0.0, visit.key)
    except TooManyQueries as error:
        return _too_many(error)
    if not _still_here(request):
        return PlainTextResponse(_("Masuk lebih dulu."), 401)
    return _answer(request, body, known)


async def _held(viewer: Viewer, view: Asked, known: str, patience: float, session: str) -> Body:
    screen, until = wall_service.current(board()), monotonic() + patience
    async with screen.watching(session):
        while True:
            body = await screen.body(viewer, view)
            left = until - monotonic()
            if body.tag != known or left <= 0:
                return body
            # Ages in words change with the minute.
            await screen.change(min(left, 60.05 - wall_state.now().timestamp() % 60))


def _too_many(error: TooManyQueries) -> Response:
    said = _("Terlalu banyak saringan atau saat yang berbeda. Coba lagi sebentar.")
    return PlainTextResponse(said, 429, {"retry-after": str(error.wait_s)})


def _patience(request: Request) -> float:
    said = _WAIT.search(request.headers.get("prefer", ""))
    return min(float(said[1]), _LONGEST) if said else 0.0


def _still_here(request: Request) -> bool:
    """Whether the session that asked still sees the same, now that the answer was held back."""
    visit: Visit = request.scope[VISIT]
    return not visit.key or sessions.current().viewer(visit.key) == visit.viewer


def _answer(request: Request, body: Body, known: str) -> Response:
    headers = {
        "etag": body.tag,
        "vary": "accept-encoding, cookie",
        # By the clock of the server: when the store was last asked, and what time it is.
        "x-situasi-checked": str(int(body.checked_at.timestamp() * 1000)),
        "x-situasi-now": str(int(wall_state.now().timestamp() * 1000)),
        "x-situasi-files": assets.fingerprint(),
    }
    if body.tag == known:
        return Response(status_code=304, headers=headers)
    content = body.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = body.packed, "gzip"
    return Response(content, media_type="application/json", headers=headers)


async def copied(request: Request) -> Response:
    """The frozen copy of what this viewer sees, which they take along."""
    viewer = _viewer(request)
    if viewer is None:
        return _nothing()
    deeds = board().audit_log
    if viewer.link is not None:
        deeds.log_refused(viewer.name, {"page": "layar", "act": "copy"})
        return PlainTextResponse(_("Tamu tidak membawa salinan."), 403)
    if not deeds.allow_download(viewer):
        return PlainTextResponse(_("Terlalu banyak berkas diambil. Coba lagi sebentar."), 429)
    view, now = _asked(request, viewer), wall_state.now()
    screen = wall_service.current(board())
    sources = await screen.sources(view, now)
    try:
        copy = partial(frozen_copy.copy, sources, viewer, view, now)
        made = await screen.make(viewer, view, sources.at, copy)
    except TooManyQueries as error:
        return _too_many(error)
    filters = {name: [one for n, one in view.query if n == name] for name, _one in view.query}
    deeds.log_exported(viewer, {"table": "salinan", "page": "layar"}, "html", made.rows, filters)
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        # Should a browser show it all the same, it is nobody's page.
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(made.text, media_type="text/html", headers=headers)


async def heed(request: Request) -> Response:
    """Write down that somebody took note of a grave report."""
    viewer = _viewer(request)
    if viewer is None:
        return _nothing()
    if not wall_shell.may_heed(viewer):
        board().audit_log.log_refused(viewer.name, {"page": "layar", "act": "acknowledge"})
        return _told(_("Tamu tidak mencatat apa pun."), 403)
    case, name = await _filled_in(request)
    screen = wall_service.current(board())
    try:
        said = await asyncio.to_thread(_kept, screen, await screen.look(), viewer, case, name)
    except MissingName:
        return _told(_("sebut nama"), 422)
    except StoreError:
        return _told(_("Penyimpanan sedang sibuk. Coba lagi sebentar."), 503)
    if said is None:
        return _told(_("laporan ini sudah ditutup"), 404)
    await screen.look(at_once=True)
    zone = board().register.election.zone
    words = wall_state.heeded_in_words(said, zone, named=viewer.role.may_see("personel"))
    return JSONResponse({"heeded": words, "seconds": said.response_time_s})


async def _filled_in(request: Request) -> tuple[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        given = parse_qs(body, max_num_fields=4)
    except ValueError:
        return "", ""
    return given.get("case", [""])[-1], given.get("name", [""])[-1]


def _kept(
    screen: wall_service.Wall, seen: Any, viewer: Viewer, number: str, name: str
) -> Acknowledgement | None:
    """The first word on this case, of those that the viewer sees; None where there is none."""
    grave = wall_state.compute(find_critical_cases, screen.looked(viewer, seen))
    rows: list[Any] = [
        row for row in grave.itertuples() if wall_state.number_of(row.case) == number
    ]
    # A report of the whole kabupaten, or merged with one of elsewhere, is not one Polsek's.
    if not rows or not all(viewer.covers(place) for place in _places(rows[0].members)):
        return None
    store, row = screen.board.store, rows[0]
    every = acknowledgements.load_all(store)
    earlier = [every[case] for case in row.members if case in every]
    if earlier:
        return min(earlier, key=lambda one: one.at)
    since = row.came_at.to_pydatetime()
    return acknowledgements.acknowledge(store, row.case, name, viewer.name, since, wall_state.now())


def _places(cases: Iterable[str]) -> set[str]:
    return set().union(*map(extract_case_kecamatan, cases))


def _told(why: str, status: int) -> Response:
    return JSONResponse({"why": why}, status)


ROUTES = (
    Route(WALL, shell, methods=["GET"]),
    Route(f"{WALL}/gambar", shown, methods=["GET"]),
    Route(f"{WALL}/salinan", copied, methods=["GET"]),
    Route(f"{WALL}/paham", heed, methods=["POST"]),
    Route(f"{assets.ADDRESS}{{fingerprint}}/{{name}}", file, methods=["GET"]),
)
