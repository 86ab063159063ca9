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
from situasi.server.auth.login import give
from situasi.server.auth.middleware import COOKIE, ENDED, SIGN_IN, VISIT, Visit
from situasi.store.interface import StoreError


async def enter(request: Request) -> Response:
    """Let a guest in by the link, and lead to its page; a colleague goes there as themselves."""
    i18n.set_language(request.query_params.get("lang", i18n.LANGUAGES[0]))
    visit: Visit = request.scope[VISIT]
    token = request.path_params["token"]
    link = await _link(token, visit)
    if link is None:
        return _over(200 if token == ENDED else 404)
    page = RedirectResponse(_page(link), 303)
    if visit.viewer is not None and visit.viewer.link in (None, link.scope):
        return page
    if request.method != "GET":  # a look ahead is no visit
        return page
    if sessions.current().is_crowded(link):
        return _over(429, _("Terlalu banyak tamu pada tautan ini. Coba lagi sebentar."))
    try:
        held = await sessions.current().begin_guest(link, visit.asking.address)
    except StoreError:
        return _over(503, _("Penyimpanan sedang sibuk. Coba lagi sebentar."))
    if visit.key:  # of another link
        await sessions.current().end(visit.key)
    give(page, visit, COOKIE, visit.doorway.session_signer.sign(held).decode())
    return page


async def _link(token: str, visit: Visit) -> Link | None:
    """The link that this token opens now."""
    number = guest_links.parse_link_id(token)
    if number is None:
        return None
    link = sessions.current().link(number)
    if link is None:  # perhaps made a moment ago
        with contextlib.suppress(StoreError):  # what was known stands
            await sessions.current().look()
        link = sessions.current().link(number)
    if link is None:
        return None
    if not guest_links.verify_token(token, link, visit.doorway.secret):
        sessions.current().suspect("forged link", visit.asking.address)
        return None
    return link


def _page(link: Link) -> str:
    query = urlencode(link.scope.query)
    return f"/{link.scope.page}" + (f"?{query}" if query else "")


def _over(status: int, why: str = "") -> Response:
    """What is told where a link opens nothing: the same for one that ended and one never made."""
    said = why or _(
        "Tautan ini tidak berlaku, sudah berakhir, atau dicabut. "
        "Mintalah tautan baru kepada yang membagikannya."
    )
    here = f"{guest_links.PATH_PREFIX}{ENDED}"
    page = auth_markup.link_over(
        app.server_unit_name(board),
        i18n.current_language(),
        {code: f"{here}?lang={code}" for code in i18n.LANGUAGES},
        said,
        SIGN_IN,
    )
    return HTMLResponse(page, status, headers={"content-security-policy": auth_markup.POLICY})


ROUTES = (Route(f"{guest_links.PATH_PREFIX}{{token:path}}", enter, methods=["GET"]),)
