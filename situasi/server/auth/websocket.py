"""Bind Streamlit's script sessions, and their files, to the session of the browser.

Streamlit lets anybody who knows the id of a script session continue it over a new WebSocket and
upload files to it; a file to download lies under the hash of its content, for everybody. The
middleware reads such ids and paths when they are first sent to a browser, and refuses them to every
other session.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import Message, Scope, Send

# Reads from a message to a browser: id of the script session and path of a file, or "".
ReferenceReader = Callable[[bytes], tuple[str, str]]

UPLOAD_PREFIX = "/_stcore/upload_file/"
MEDIA_PREFIX = "/media/"

# Limits per browser session: its own oldest entry is dropped, never that of another session.
_MAX_SCRIPTS = 100
_MAX_FILES = 100
_MAX_SESSIONS = 5_000  # beyond that, ended sessions are dropped
_FIRST_MESSAGES = 6  # the id is in one of the first messages of a WebSocket
_SUBPROTOCOL_HEADER = b"sec-websocket-protocol"


@dataclass
class _OwnedReferences:
    scripts: OrderedDict[str, None] = field(default_factory=OrderedDict)
    files: OrderedDict[str, None] = field(default_factory=OrderedDict)


class ScriptSessionOwners:
    """Owners of script sessions and of file paths: the session they were first sent to.

    is_active: whether a session of a browser is still valid.
    """

    def __init__(self, is_active: Callable[[str], bool] = lambda _key: True) -> None:
        self._is_active = is_active
        self._owned_by_session: dict[str, _OwnedReferences] = {}
        self._owner_by_script: dict[str, str] = {}  # by script session

    def owns(self, key: str, name: str) -> bool:
        """Return whether this script session belongs to this session."""
        return self._owner_by_script.get(name) == key

    def bind(self, key: str, script: str = "", file: str = "") -> None:
        """Bind a script and a file to this session; a bound script keeps its owner."""
        if not (script or file):
            return
        owned = self._owned_by_session.get(key)
        if owned is None:
            self._forget_ended()
            owned = self._owned_by_session[key] = _OwnedReferences()
        if file:
            _add_newest(owned.files, file, _MAX_FILES)
        if script and self._owner_by_script.setdefault(script, key) == key:
            for dropped in _add_newest(owned.scripts, script, _MAX_SCRIPTS):
                del self._owner_by_script[dropped]

    def _forget_ended(self) -> None:
        if len(self._owned_by_session) < _MAX_SESSIONS:
            return
        for key in [key for key in self._owned_by_session if key and not self._is_active(key)]:
            for name in self._owned_by_session.pop(key).scripts:
                del self._owner_by_script[name]

    def create_listener(self, key: str, read_references: ReferenceReader) -> _Listener:
        """Return a listener for one WebSocket of this session."""
        return _Listener(self, key, read_references)

    def is_foreign(self, key: str, path: str) -> bool:
        """Return whether a file is uploaded to, or downloaded from, another session's script."""
        if path.startswith(UPLOAD_PREFIX):
            return not self.owns(key, path.removeprefix(UPLOAD_PREFIX).partition("/")[0])
        if path.startswith(MEDIA_PREFIX):
            owned = self._owned_by_session.get(key)
            return owned is None or path not in owned.files
        return False

    def strip_foreign_session(self, key: str, scope: Scope) -> Scope:
        """Return the scope without a script session of somebody else.

        Streamlit puts its id third among the subprotocols; without it a new script begins.
        """
        headers = scope["headers"]
        protocols = b",".join(value for name, value in headers if name == _SUBPROTOCOL_HEADER)
        entries = [entry.strip() for entry in protocols.split(b",")]
        if len(entries) < 3 or self.owns(key, entries[2].decode("latin-1")):
            return scope
        standard = entries[:2]
        others = [pair for pair in headers if pair[0] != _SUBPROTOCOL_HEADER]
        return {
            **scope,
            "headers": [*others, (_SUBPROTOCOL_HEADER, b", ".join(standard))],
            "subprotocols": [entry.decode("latin-1") for entry in standard],
        }


def _add_newest(names: OrderedDict[str, None], name: str, max_names: int) -> list[str]:
    """Add a name as the newest; return the names dropped for it."""
    names[name] = None
    names.move_to_end(name)
    return [names.popitem(last=False)[0] for _ in range(len(names) - max_names)]


class _Listener:
    """Reads script session ids and file paths from the messages of one WebSocket.

    script: the id of its script session, empty before the first message that names it.
    """

    def __init__(
        self, owners: ScriptSessionOwners, key: str, read_references: ReferenceReader
    ) -> None:
        self._owners, self._key, self._read_references = owners, key, read_references
        self._message_count, self.script = 0, ""

    def observe(self, message: Message) -> None:
        """Bind what a message to the browser names."""
        if message["type"] != "websocket.send":
            return
        content = message.get("bytes") or b""
        self._message_count += 1
        if self._message_count <= _FIRST_MESSAGES or MEDIA_PREFIX.encode() in content:
            script, file = self._read_references(content)
            self.script = script or self.script
            self._owners.bind(self._key, script, file)


CLOSE_SESSION_ENDED = 4401  # close code: not signed in any more

# Bytes of a message; no page of the board sends more (106 KB measured).
ORDINARY_MESSAGE_BYTES = 128 * 1024

_CLOSE_TIMEOUT_S = 2.0  # seconds for a browser that does not read


class ManagedWebSocket:
    """A WebSocket that can be closed from here. key: the session that opened it."""

    def __init__(self, key: str, send: Send, redirect_message: bytes) -> None:
        self.key = key
        self.ended = False
        self.last_message_bytes = 0  # Streamlit keeps its widget state in memory
        self._send, self._redirect_message, self._accepted = send, redirect_message, False

    @property
    def is_ordinary(self) -> bool:
        """Return whether Streamlit keeps no more of it than of a page of the board."""
        return self.last_message_bytes <= ORDINARY_MESSAGE_BYTES

    async def send_message(self, message: Message) -> None:
        """Send a message unless the WebSocket was closed here."""
        if not self.ended:
            self._accepted = self._accepted or message["type"] == "websocket.accept"
            await self._send(message)

    def filter_received(self, message: Message) -> Message:
        """Return the message for the application; after closing, only the disconnect."""
        disconnect = {"type": "websocket.disconnect", "code": CLOSE_SESSION_ENDED}
        return disconnect if self.ended else message

    async def close(self, code: int) -> None:
        """Close because of what the browser sent; the page may open another."""
        self.ended = True
        with contextlib.suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": code})

    async def redirect_and_close(self) -> None:
        """Make the page leave the board, and close."""
        self.ended = True
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                if self._accepted:
                    await self._send({"type": "websocket.send", "bytes": self._redirect_message})
                await self._send({"type": "websocket.close", "code": CLOSE_SESSION_ENDED})
        except (TimeoutError, OSError, RuntimeError):
            pass  # the browser was quicker, or does not read


# The WebSocket that the current task serves.
CURRENT_WEBSOCKET: ContextVar[ManagedWebSocket | None] = ContextVar("websocket", default=None)
