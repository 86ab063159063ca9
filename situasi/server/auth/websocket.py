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
ReferenceReader = Callable[[bytes], tuple[str, str]]

UPLOAD_PREFIX = "/_stcore/upload_file/"
MEDIA_PREFIX = "/media/"

# What is kept for each session of a browser: its own oldest is forgotten, never another's.
_MAX_SCRIPTS = 100
_MAX_FILES = 100
_MAX_SESSIONS = 5_000  # beyond that, those that have ended are forgotten
_FIRST_MESSAGES = 6  # the name is told in one of the first messages of a WebSocket
_SUBPROTOCOL_HEADER = b"sec-websocket-protocol"


@dataclass
class _OwnedReferences:
    scripts: OrderedDict[str, None] = field(default_factory=OrderedDict)
    files: OrderedDict[str, None] = field(default_factory=OrderedDict)


class ScriptSessionOwners:
    """Names of script sessions and addresses of files, by whom they were first told to.

    stands: whether a session of a browser still stands.
    """

    def __init__(self, is_active: Callable[[str], bool] = lambda _key: True) -> None:
        self._is_active = is_active
        self._owned_by_session: dict[str, _OwnedReferences] = {}
        self._owner_by_script: dict[str, str] = {}  # of each script

    def owns(self, key: str, name: str) -> bool:
        return self._owner_by_script.get(name) == key

    def bind(self, key: str, script: str = "", file: str = "") -> None:
        """Bind what is told to this session; a script that is bound stays where it is."""
        if not (script or file):
            return
        own = self._owned_by_session.get(key)
        if own is None:
            self._forget_ended()
            own = self._owned_by_session[key] = _OwnedReferences()
        if file:
            _add_newest(own.files, file, _MAX_FILES)
        if script and self._owner_by_script.setdefault(script, key) == key:
            for gone in _add_newest(own.scripts, script, _MAX_SCRIPTS):
                del self._owner_by_script[gone]

    def _forget_ended(self) -> None:
        if len(self._owned_by_session) < _MAX_SESSIONS:
            return
        for key in [key for key in self._owned_by_session if key and not self._is_active(key)]:
            for name in self._owned_by_session.pop(key).scripts:
                del self._owner_by_script[name]

    def create_listener(self, key: str, read_references: ReferenceReader) -> _Listener:
        return _Listener(self, key, read_references)

    def is_foreign(self, key: str, path: str) -> bool:
        """Whether a file is brought to a script, or fetched, that is not of this session."""
        if path.startswith(UPLOAD_PREFIX):
            return not self.owns(key, path.removeprefix(UPLOAD_PREFIX).partition("/")[0])
        if path.startswith(MEDIA_PREFIX):
            own = self._owned_by_session.get(key)
            return own is None or path not in own.files
        return False

    def strip_foreign_session(self, key: str, scope: Scope) -> Scope:
        """The WebSocket asked for, without the name of a script of somebody else.

        Streamlit puts it third among the subprotocols; without it a new script begins.
        """
        spoken = b",".join(value for name, value in scope["headers"] if name == _SUBPROTOCOL_HEADER)
        entries = [entry.strip() for entry in spoken.split(b",")]
        if len(entries) < 3 or self.owns(key, entries[2].decode("latin-1")):
            return scope
        headers = [pair for pair in scope["headers"] if pair[0] != _SUBPROTOCOL_HEADER]
        kept = entries[:2]
        return {
            **scope,
            "headers": [*headers, (_SUBPROTOCOL_HEADER, b", ".join(kept))],
            "subprotocols": [entry.decode("latin-1") for entry in kept],
        }


def _add_newest(names: OrderedDict[str, None], name: str, max_names: int) -> list[str]:
    """Remember a name as the newest; those that are forgotten for it."""
    names[name] = None
    names.move_to_end(name)
    return [names.popitem(last=False)[0] for _ in range(len(names) - max_names)]


class _Listener:
    """Hears what is sent over one WebSocket: the name of its script, addresses of files."""

    def __init__(
        self, owners: ScriptSessionOwners, key: str, read_references: ReferenceReader
    ) -> None:
        self._owners, self._key, self._read_references, self._message_count = (
            owners,
            key,
            read_references,
            0,
        )

    def observe(self, message: Message) -> None:
        if message["type"] != "websocket.send":
            return
        said = message.get("bytes") or b""
        self._message_count += 1
        if self._message_count <= _FIRST_MESSAGES or MEDIA_PREFIX.encode() in said:
            self._owners.bind(self._key, *self._read_references(said))


CLOSE_SESSION_ENDED = 4401  # the code of closing: not signed in any more

# Bytes of a message: no page of the board sends more (106 KB measured).
ORDINARY_MESSAGE_BYTES = 128 * 1024

_CLOSE_TIMEOUT_S = 2.0  # seconds for a browser that does not read


class ManagedWebSocket:
    """What is said over one WebSocket. key: the session by which it was opened."""

    def __init__(self, key: str, send: Send, redirect_message: bytes) -> None:
        self.key = key
        self.ended = False
        self.last_message_bytes = (
            0  # of its last message: Streamlit keeps what that says of the widgets
        )
        self._send, self._redirect_message, self._accepted = send, redirect_message, False

    @property
    def is_ordinary(self) -> bool:
        """Whether no more is kept of it than of a page of the board."""
        return self.last_message_bytes <= ORDINARY_MESSAGE_BYTES

    async def send_message(self, message: Message) -> None:
        """Send, unless the talk has ended."""
        if not self.ended:
            self._accepted = self._accepted or message["type"] == "websocket.accept"
            await self._send(message)

    def filter_received(self, message: Message) -> Message:
        """What the application is given to hear: of an ended talk, only that it is over."""
        return (
            {"type": "websocket.disconnect", "code": CLOSE_SESSION_ENDED} if self.ended else message
        )

    async def close(self, code: int) -> None:
        """Close because of what was said; the page may open another."""
        self.ended = True
        with contextlib.suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": code})

    async def redirect_and_close(self) -> None:
        """Let the page leave the board, and close."""
        self.ended = True
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                if self._accepted:
                    await self._send({"type": "websocket.send", "bytes": self._redirect_message})
                await self._send({"type": "websocket.close", "code": CLOSE_SESSION_ENDED})
        except (TimeoutError, OSError, RuntimeError):
            pass  # the browser was quicker, or does not read: it is told nothing more either way


# The WebSocket whose task this is.
CURRENT_WEBSOCKET: ContextVar[ManagedWebSocket | None] = ContextVar("talk", default=None)
