"""One open WebSocket, which the gate can end from outside."""

from __future__ import annotations

import asyncio
import contextlib
from contextvars import ContextVar

from starlette.types import Message, Send

ENDED = 4401  # the code of closing: not signed in any more

# Bytes of a message: no page of the board sends more (106 KB measured).
ORDINARY_BYTES = 128 * 1024

_PATIENCE = 2.0  # seconds for a browser that does not read


class Talk:
    """What is said over one WebSocket. key: the session by which it was opened."""

    def __init__(self, key: str, send: Send, farewell: bytes) -> None:
        self.key = key
        self.ended = False
        self.kept_bytes = 0  # of its last message: Streamlit keeps what that says of the widgets
        self._send, self._farewell, self._accepted = send, farewell, False

    @property
    def is_ordinary(self) -> bool:
        """Whether no more is kept of it than of a page of the board."""
        return self.kept_bytes <= ORDINARY_BYTES

    async def say(self, message: Message) -> None:
        """Send, unless the talk has ended."""
        if not self.ended:
            self._accepted = self._accepted or message["type"] == "websocket.accept"
            await self._send(message)

    def heard(self, message: Message) -> Message:
        """What the application is given to hear: of an ended talk, only that it is over."""
        return {"type": "websocket.disconnect", "code": ENDED} if self.ended else message

    async def refuse(self, code: int) -> None:
        """Close because of what was said; the page may open another."""
        self.ended = True
        with contextlib.suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": code})

    async def end(self) -> None:
        """Let the page leave the board, and close."""
        self.ended = True
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._accepted:
                    await self._send({"type": "websocket.send", "bytes": self._farewell})
                await self._send({"type": "websocket.close", "code": ENDED})
        except (TimeoutError, OSError, RuntimeError):
            pass  # the browser was quicker, or does not read: it is told nothing more either way


# The WebSocket whose task this is.
CURRENT: ContextVar[Talk | None] = ContextVar("talk", default=None)
