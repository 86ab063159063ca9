"""Guests: a shared link opens its page to whoever holds it, without an account."""

from __future__ import annotations

import contextlib
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from situasi.access import guest_links
from situasi.access.guest_links import Link
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.higher_command import app
from situasi.server.auth import markup as auth_markup
from situasi.server.auth import sessions
from situasi.server.auth.login import set_cookie
from situasi.server.auth.middleware import (
    AUTH_CONTEXT,
    ENDED_LINK,
    SESSION_COOKIE,
    SIGN_IN_PATH,
    AuthContext,
)
from situasi.store.interface import StoreError


async def open_link(request: Request) -> Response:
    """Let a guest in by the link, and lead to its page; a colleague goes there as themselves."""
    i18n.set_language(request.query_params.get("lang", i18n.LANGUAGES[0]))
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    token = request.path_params["token"]
    link = await _find_link(token, visit)
    if link is None:
        return _link_over_response(200 if token == ENDED_LINK else 404)
    page = RedirectResponse(_page_path(link), 303)
    if visit.viewer is not None and visit.viewer.link in (None, link.scope):
        return page
    if request.method != "GET":  # a look ahead is no visit
        return page
    if sessions.current_manager().is_link_full(link):
        return _link_over_response(
            429, _("Terlalu banyak tamu pada tautan ini. Coba lagi sebentar.")
        )
    try:
        held = await sessions.current_manager().start_guest_session(
            link, visit.request_info.address
        )
    except StoreError:
        return _link_over_response(503, _("Penyimpanan sedang sibuk. Coba lagi sebentar."))
    if visit.session_key:  # of another link
        await sessions.current_manager().end_session(visit.session_key)
    set_cookie(page, visit, SESSION_COOKIE, visit.config.session_signer.sign(held).decode())
    return page


async def _find_link(token: str, auth: AuthContext) -> Link | None:
    """The link that this token opens now."""
    number = guest_links.parse_link_id(token)
    if number is None:
        return None
    link = sessions.current_manager().link(number)
    if link is None:  # perhaps made a moment ago
        with contextlib.suppress(StoreError):  # what was known stands
            await sessions.current_manager().refresh()
        link = sessions.current_manager().link(number)
    if link is None:
        return None
    if not guest_links.verify_token(token, link, auth.config.secret):
        sessions.current_manager().report_intrusion("forged link", auth.request_info.address)
        return None
    return link


def _page_path(link: Link) -> str:
    query = urlencode(link.scope.query)
    return f"/{link.scope.page}" + (f"?{query}" if query else "")


def _link_over_response(status: int, reason: str = "") -> Response:
    """What is told where a link opens nothing: the same for one that ended and one never made."""
    said = reason or _(
        "Tautan ini tidak berlaku, sudah berakhir, atau dicabut. "
        "Mintalah tautan baru kepada yang membagikannya."
    )
    here = f"{guest_links.PATH_PREFIX}{ENDED_LINK}"
    page = auth_markup.render_link_over(
        app.server_unit_name(board),
        i18n.current_language(),
        {code: f"{here}?lang={code}" for code in i18n.LANGUAGES},
        said,
        SIGN_IN_PATH,
    )
    return HTMLResponse(page, status, headers={"content-security-policy": auth_markup.POLICY})


ROUTES = (Route(f"{guest_links.PATH_PREFIX}{{token:path}}", open_link, methods=["GET"]),)
