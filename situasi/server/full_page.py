"""The refusal of further pages while no file descriptors are left for them."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from situasi.board import current_board as board
from situasi.common import i18n, telemetry
from situasi.common.i18n import _
from situasi.higher_command import app
from situasi.server.auth import markup as auth_markup

RETRY_AFTER_S = 15


def is_page_request(scope: Scope) -> bool:
    """Return whether this opens a page: its WebSocket, or a GET that accepts HTML."""
    if scope["type"] == "websocket":
        return True
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


def build_refusal() -> Response:
    """Return the page that says that the board is full."""
    telemetry.PAGES_REFUSED.inc()
    reason = _(
        "Papan sedang penuh: terlalu banyak halaman terbuka di server ini. Tutup tab yang tidak "
        "dipakai, lalu coba lagi sebentar."
    )
    page = auth_markup.render_board_full(
        app.server_unit_name(board),
        i18n.current_language(),
        {code: f"?lang={code}" for code in i18n.LANGUAGES},
        reason,
    )
    headers = {"content-security-policy": auth_markup.POLICY, "retry-after": str(RETRY_AFTER_S)}
    return HTMLResponse(page, 503, headers)
