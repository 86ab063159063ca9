"""Which session a script of Streamlit belongs to, so that no other one can go on with it.

Streamlit names each script session and takes the name as leave to go on with it over a new
WebSocket, and to bring files to it. The gate reads the name when it is first told to a
browser, and lets nobody use it who is not signed in by the session it was told to.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from starlette.types import Message, Scope

UPLOADS = "/_stcore/upload_file/"

_NAME = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST = 20_000  # names remembered; an older one is forgotten, and then opens nothing
_FIRST = 6  # the name is told in one of the first messages of a WebSocket
_PROTOCOL = b"sec-websocket-protocol"


class Bonds:
    """Names of script sessions, by whom they were first told to."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def owns(self, key: str, name: str) -> bool:
        return self._owners.get(name) == key

    def told(self, key: str, data: bytes) -> None:
        """Bind the names in this message to the session it goes to; a bound one stays."""
        for found in _NAME.findall(data):
            self._owners.setdefault(found.decode(), key)
        while len(self._owners) > _MOST:
            self._owners.popitem(last=False)

    def listener(self, key: str) -> _Listener:
        return _Listener(self, key)

    def brings_to_another(self, key: str, path: str) -> bool:
        """Whether this is the address of a file for a script of somebody else."""
        if not path.startswith(UPLOADS):
            return False
        return not self.owns(key, path.removeprefix(UPLOADS).partition("/")[0])

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


class _Listener:
    """Hears what is sent over one WebSocket, as long as a name may be told."""

    def __init__(self, bonds: Bonds, key: str) -> None:
        self._bonds, self._key, self._heard = bonds, key, 0

    def hear(self, message: Message) -> None:
        if message["type"] == "websocket.send" and self._heard < _FIRST:
            self._heard += 1
            self._bonds.told(self._key, message.get("bytes") or b"")
