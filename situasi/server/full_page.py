"""The refusal of further pages while no file descriptors are left for them."""

from starlette.responses import Response
from starlette.types import Scope

from situasi.common import i18n, metrics
from situasi.server import html_pages
from situasi.server.auth import pages

RETRY_AFTER_S = 15


def is_page_request(scope: Scope) -> bool:
    """Return whether this opens a page: its WebSocket, or a GET that accepts HTML."""
    if scope["type"] == "websocket":
        return True
    return scope["method"] == "GET" and html_pages.accepts_html(scope)


def build_refusal() -> Response:
    """Return the page that says that the board is full."""
    metrics.PAGES_REFUSED.inc()
    links = {code: f"?lang={code}" for code in i18n.LANGUAGES}
    headers = {"retry-after": str(RETRY_AFTER_S)}
    return pages.build_page_response("board_full.html", links, 503, headers)
