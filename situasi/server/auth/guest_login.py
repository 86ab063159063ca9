"""Sign-in of guests: a shared link opens its page to its holder, without an account."""

import contextlib
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from situasi.access import guest_links
from situasi.access.guest_links import Link
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.server.auth import pages, sessions
from situasi.server.auth.middleware import AUTH_CONTEXT, ENDED_LINK, SIGN_IN_PATH, AuthContext
from situasi.server.frontend import light_view
from situasi.store.model import StoreError


async def open_link(request: Request) -> Response:
    """Start a guest session and redirect to the link's page; signed-in users keep their session."""
    i18n.set_language(request.query_params.get("lang", i18n.LANGUAGES[0]))
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    token = request.path_params["token"]
    link = await _find_link(token, auth)
    if link is None:
        return _link_over_response(200 if token == ENDED_LINK else 404)
    response = RedirectResponse(_page_path(link), 303)
    if auth.viewer is not None and auth.viewer.link in (None, link.scope):
        return response
    if request.method != "GET":  # HEAD: a preview of the link starts no session
        return response
    manager = sessions.current_manager()
    if manager.is_link_full(link):
        reason = _("Terlalu banyak tamu pada tautan ini. Coba lagi sebentar.")
        return _link_over_response(429, reason)
    try:
        session_token = await manager.start_guest_session(link, auth.request_info.address)
    except StoreError:
        return _link_over_response(503, _("Penyimpanan sedang sibuk. Coba lagi sebentar."))
    if auth.session_key:  # the session of another link
        await manager.end_session(auth.session_key)
    auth.set_session_cookie(response, session_token)
    return response


async def _find_link(token: str, auth: AuthContext) -> Link | None:
    """Return the link that this token opens now, if any."""
    number, manager = guest_links.parse_link_id(token), sessions.current_manager()
    if number is None:
        return None
    link = manager.link(number)
    if link is None:  # perhaps created a moment ago
        with contextlib.suppress(StoreError):  # the data read before stays valid
            await manager.refresh()
        link = manager.link(number)
    if link is not None and not guest_links.verify_token(token, link, auth.config.secret):
        manager.report_intrusion("forged link", auth.request_info.address)
        return None
    return link


def _page_path(link: Link) -> str:
    """Return the address that a link opens: the light view, if its page has one."""
    if light_view.has_light_view(link.scope.page, link.scope.query):
        return light_view.build_path(link.scope.page, link.scope.query)
    query = urlencode(link.scope.query)
    return f"/{link.scope.page}" + (f"?{query}" if query else "")


def _link_over_response(status: int, reason: str = "") -> Response:
    """Return the page for a link that opens nothing; does not tell if it ever existed."""
    message = reason or _(
        "Tautan ini tidak berlaku, sudah berakhir, atau dicabut. "
        "Mintalah tautan baru kepada yang membagikannya."
    )
    path = f"{guest_links.PATH_PREFIX}{ENDED_LINK}"
    links = {code: f"{path}?lang={code}" for code in i18n.LANGUAGES}
    return pages.build_page_response(
        "link_over.html", links, status, reason=message, sign_in_path=SIGN_IN_PATH
    )


ROUTES = (Route(f"{guest_links.PATH_PREFIX}{{token:path}}", open_link, methods=["GET"]),)
