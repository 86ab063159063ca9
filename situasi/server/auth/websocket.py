"""Bind script sessions of Streamlit, and files made for them, to the session of the browser.

Streamlit names each script session and takes the name as leave to go on with it over a new
WebSocket, and to bring files to it; a file to download lies under the hash of its content, for
everybody. The gate reads names and addresses of files when they are first told to a browser, and
lets nobody use them who is not signed in by the session they were told to.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import Message, Scope, Send

# The name of a script and the address of a file that a message to a browser tells, or "".
Tells = Callable[[bytes], tuple[str, str]]

UPLOADS = "/_stcore/upload_file/"
FILES = "/media/"

# What is kept for each session of a browser: its own oldest is forgotten, never another's.
_MOST_SCRIPTS = 100
_MOST_FILES = 100
_MOST_SESSIONS = 5_000  # beyond that, those that have ended are forgotten
_FIRST = 6  # the name is told in one of the first messages of a WebSocket
_PROTOCOL = b"sec-websocket-protocol"


@dataclass
class _Owned:
    scripts: OrderedDict[str, None] = field(default_factory=OrderedDict)
    files: OrderedDict[str, None] = field(default_factory=OrderedDict)


class Bonds:
    """Names of script sessions and addresses of files, by whom they were first told to.

    stands: whether a session of a browser still stands.
    """

    def __init__(self, stands: Callable[[str], bool] = lambda _key: True) -> None:
        self._stands = stands
        self._sessions: dict[str, _Owned] = {}
        self._owners: dict[str, str] = {}  # of each script

    def owns(self, key: str, name: str) -> bool:
        return self._owners.get(name) == key

    def hear(self, key: str, script: str = "", file: str = "") -> None:
        """Bind what is told to this session; a script that is bound stays where it is."""
        if not (script or file):
            return
        own = self._sessions.get(key)
        if own is None:
            self._forget_ended()
            own = self._sessions[key] = _Owned()
        if file:
            _keep(own.files, file, _MOST_FILES)
        if script and self._owners.setdefault(script, key) == key:
            for gone in _keep(own.scripts, script, _MOST_SCRIPTS):
                del self._owners[gone]

    def _forget_ended(self) -> None:
        if len(self._sessions) < _MOST_SESSIONS:
            return
        for key in [key for key in self._sessions if key and not self._stands(key)]:
            for name in self._sessions.pop(key).scripts:
                del self._owners[name]

    def listener(self, key: str, tells: Tells) -> _Listener:
        return _Listener(self, key, tells)

    def is_of_another(self, key: str, path: str) -> bool:
        """Whether a file is brought to a script, or fetched, that is not of this session."""
        if path.startswith(UPLOADS):
            return not self.owns(key, path.removeprefix(UPLOADS).partition("/")[0])
        if path.startswith(FILES):
            own = self._sessions.get(key)
            return own is None or path not in own.files
        return False

    def without_foreign(self, key: str, scope: Scope) -> Scope:
        """The WebSocket asked for, without the name of a script of somebody else.

        Streamlit puts it third among the subprotocols; without it a new script begins.
        """
        spoken = b",".join(value for name, value in scope["headers"] if name == _PROTOCOL)
        entries = [entry.strip() for entry in spoken.split(b",")]
        if len(entries) < 3 or self.owns(key, entries[2].decode("latin-1")):
            return scope
        headers = [pair for pair in scope["headers"] if pair[0] != _PROTOCOL]
        kept = entries[:2]
        return {
            **scope,
            "headers": [*headers, (_PROTOCOL, b", ".join(kept))],
            "subprotocols": [entry.decode("latin-1") for entry in kept],
        }


def _keep(known: OrderedDict[str, None], name: str, most: int) -> list[str]:
    """Remember a name as the newest; those that are forgotten for it."""
    known[name] = None
    known.move_to_end(name)
    return [known.popitem(last=False)[0] for _ in range(len(known) - most)]


class _Listener:
    """Hears what is sent over one WebSocket: the name of its script, addresses of files."""

    def __init__(self, bonds: Bonds, key: str, tells: Tells) -> None:
        self._bonds, self._key, self._tells, self._heard = bonds, key, tells, 0

    def hear(self, message: Message) -> None:
        if message["type"] != "websocket.send":
            return
        said = message.get("bytes") or b""
        self._heard += 1
        if self._heard <= _FIRST or FILES.encode() in said:
            self._bonds.hear(self._key, *self._tells(said))


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
