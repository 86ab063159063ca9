"""Makes uvicorn use the protocols that have limits, before the server listens."""

import asyncio
import logging

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from situasi.server import connection_limits
from situasi.server.connection_limits import HttpProtocol
from situasi.server.websocket_protocol import MAX_MESSAGE_BYTES, WebSocketProtocol, is_supported

_SWEEP_EVERY_S = 1.0
_log = logging.getLogger(__name__)


class ConnectionLimitMiddleware:
    """ASGI middleware that installs these protocols before the server listens."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Install the protocols at startup; pass everything on."""
        if scope["type"] == "lifespan":
            install(getattr(getattr(receive, "__self__", None), "config", None))
        await self._app(scope, receive, send)


def install(config: object) -> bool:
    """Make the server of this configuration use HttpProtocol and WebSocketProtocol.

    uvicorn takes the classes from its configuration (`http=`, `ws=`), which Streamlit writes, and
    looks there for each connection. If that is not so, all stays as uvicorn has it, and the log
    says so. Returns whether it fits.
    """
    if not isinstance(config, uvicorn.Config) or not is_supported(config):
        _log.warning("connections are not bounded: this server is not known")
        return False
    config.http_protocol_class = HttpProtocol
    config.ws_protocol_class = WebSocketProtocol
    config.ws_max_size = min(config.ws_max_size, MAX_MESSAGE_BYTES)
    _schedule_sweep(asyncio.get_running_loop())
    return True


def _schedule_sweep(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_later(_SWEEP_EVERY_S, _schedule_sweep, loop)  # first: a failing sweep must not end it
    connection_limits.TABLE.sweep(loop.time())
