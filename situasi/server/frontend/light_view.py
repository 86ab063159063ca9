"""Who is shown the light view of a page first: the wall, which is stacked on a small screen."""

from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from situasi.access.roles import LIGHT_SCREENS, WALL_SCREENS, Viewer
from situasi.higher_command import app
from situasi.presentation.view_text import WALL_FILTERS

WALL_PATH = "/layar"
# Asks for the full board; kept in a cookie, so that shared addresses do not carry it.
FULL_PARAMETER = "lengkap"
_FULL_COOKIE = "situasi-lengkap"
# Parameters that name one TPS, officer or case, which no light view shows.
_DETAIL_PARAMETERS = {"tps", "petugas", "kasus"}


def build_path(page: str, query: Iterable[tuple[str, str]]) -> str:
    """Return the address of the light view of a page with these filters, by day colours.

    page: one of LIGHT_SCREENS.
    """
    kept = [(name, value) for name, value in query if name in (*WALL_FILTERS, "lang")]
    view = [("tampilan", page)] if page != WALL_SCREENS[0] else []
    return f"{WALL_PATH}?{urlencode([*kept, *view, ('tema', 'terang')])}"


def has_light_view(page: str, query: Iterable[tuple[str, str]]) -> bool:
    """Return whether a light view shows what this address of the full board asks for."""
    return page in LIGHT_SCREENS and not any(name in _DETAIL_PARAMETERS for name, _value in query)


def redirect_first(request: Request, viewer: Viewer | None) -> Response | None:
    """Return where a page of the full board leads instead; None where it is shown."""
    query = request.query_params.multi_items()
    if FULL_PARAMETER in request.query_params:
        kept = urlencode([pair for pair in query if pair[0] != FULL_PARAMETER])
        response = RedirectResponse(request.url.path + (f"?{kept}" if kept else ""), 303)
        response.set_cookie(_FULL_COOKIE, "ya", httponly=True, samesite="lax")
        return response
    page = request.url.path.removeprefix("/") or WALL_SCREENS[0]
    is_lighter = (
        has_light_view(page, query)
        and viewer is not None
        and viewer.may_open(page)
        and app.current_higher_command() is None
        and _is_phone(request)
        and _FULL_COOKIE not in request.cookies
    )
    return RedirectResponse(build_path(page, query), 303) if is_lighter else None


def _is_phone(request: Request) -> bool:
    """Return whether the browser says that it runs on a phone."""
    mobile = request.headers.get("sec-ch-ua-mobile")
    return mobile == "?1" if mobile else "Mobi" in request.headers.get("user-agent", "")
