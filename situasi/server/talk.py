"""One open WebSocket, which the gate can end from outside."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Send

ENDED = 4401  # the code of closing: not signed in any more

_PATIENCE = 2.0  # seconds for a browser that does not read


class Talk:
    """What is said over one WebSocket. key: the session by which it was opened."""

    def __init__(self, key: str, send: Send, farewell: bytes) -> None:
        self.key = key
        self.ended = False
        self._send, self._farewell, self._accepted = send, farewell, False

    async def say(self, message: Message) -> None:
        """Send, unless the talk has ended."""
        if not self.ended:
            self._accepted = self._accepted or message["type"] == "websocket.accept"
            await self._send(message)

    def heard(self, message: Message) -> Message:
        """What the application is given to hear: of an ended talk, only that it is over."""
        return {"type": "websocket.disconnect", "code": ENDED} if self.ended else message

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
