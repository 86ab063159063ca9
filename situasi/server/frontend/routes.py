"""HTTP routes of the frontend: the page that loads it, and its files."""

from pathlib import Path

from markupsafe import Markup
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from situasi.access.roles import SCREENS
from situasi.board import current_board
from situasi.common import i18n
from situasi.higher_command import app
from situasi.server import html_pages
from situasi.server.auth.middleware import AUTH_CONTEXT, AuthContext
from situasi.server.frontend import editions, light_view, packing

# Of a command above: the page that names an area (situasi/ui/tenant.py).
_AREA_PAGE = "wilayah"
_STYLE = html_pages.THEME_COLOURS + Path(__file__).with_name("splash.css").read_text("utf-8")


def serve_page(request: Request) -> Response:
    """Return the page of Streamlit, which says what is loading until there is something to see."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    if (redirect := light_view.redirect_first(request, auth.viewer)) is not None:
        return redirect
    page = html_pages.render_template(
        "board.html",
        unit=app.server_unit_name(current_board),
        style=Markup(_STYLE),
        edition=editions.build_edition(i18n.current_language()),
    )
    policy = auth.config.policy.format(host=auth.request_info.host)
    return html_pages.build_html_response(
        page, policy, accept_encoding=request.headers.get("accept-encoding", "")
    )


def serve_file(request: Request) -> Response:
    """Return a file of the frontend; its path changes with its content."""
    content = editions.find_content(request.path_params["edition"], request.path_params["path"])
    if content is None:
        return Response(status_code=404)
    return packing.build_response(request.headers, content)


FILE_ROUTES = (Route(f"{editions.BASE_PATH}{{edition}}/{{path:path}}", serve_file),)
# Empty where this version of Streamlit is not known: then it serves its own page and files.
PAGE_ROUTES: list[Route] = []
# After all other routes: a mistyped address says so in our words too.
UNKNOWN_PAGE_ROUTES: list[Route] = []


class _Word(Convertor[str]):
    """A part of a path without dots and underscores, as pages have and Streamlit's files do not."""

    regex = "[A-Za-z][A-Za-z-]*"

    def convert(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Return it as it is."""
        return value


def pack_first_page() -> None:
    """Pack what the first viewer loads, before they come."""
    if PAGE_ROUTES:
        editions.pack_first_page(i18n.current_language())


def serve_pages() -> None:
    """Serve the pages from here. Raises UnknownFrontend."""
    editions.check()
    PAGE_ROUTES[:] = [Route(f"/{name}", serve_page) for name in ("", _AREA_PAGE, *SCREENS)]
    register_url_convertor("word", _Word())
    UNKNOWN_PAGE_ROUTES[:] = [Route("/{name:word}", serve_page)]
