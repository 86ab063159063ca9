"""People who mean ill: WebSockets frame by frame, and connections that say nothing."""

from __future__ import annotations

import base64
import os
import select
import socket
import struct
import zlib
from contextlib import suppress
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.serving import PATIENCE
from tests.server.doors import Knocker

BINARY, CONTINUED, PING = 2, 0, 9


class Line:
    """A WebSocket whose every frame is written by hand.

    deflate: as browsers agree upon. receive_bytes: what fits on this side before it is read.
    """

    def __init__(self, who: Knocker, deflate: bool = True, receive_bytes: int = 0) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_bytes:  # before it connects: TCP does not survive a window that shrinks later
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.connect(("127.0.0.1", who.server.port))
        self._heard = b""
        self._send(_handshake(who, deflate).encode())
        self.answer = self._head()

    def frame(
        self, data: bytes, op: int = BINARY, *, fin: bool = True, deflated: bool = False
    ) -> None:
        """Send a frame, as long as the other side still takes anything."""
        self._send(framed(data, op, fin=fin, deflated=deflated))

    def many(self, frame: bytes, count: int) -> None:
        """Send this frame so many times in one go."""
        self._send(frame * count)

    def close_code(self) -> int | None:
        """Listen until the other side has closed; the code it gave, if any."""
        with suppress(OSError):
            while part := self.socket.recv(65536):
                self._heard += part
        self.close()
        at = self._heard.rfind(b"\x88")
        if not 0 <= at <= len(self._heard) - 4:
            return None
        return int(struct.unpack("!H", self._heard[at + 2 : at + 4])[0])

    def is_over(self) -> bool:
        """Whether the other side has closed by now, or said that it does."""
        self.socket.settimeout(0)
        try:
            while part := self.socket.recv(65536):
                self._heard += part
        except BlockingIOError:
            _, close, rest = self._heard.rpartition(b"\x88")
            return bool(close) and len(rest) == 1 + (rest[0] if rest else 0)
        except OSError:
            pass
        return True

    def is_cut(self) -> bool:
        """Whether the other side has cut it off, without reading what it had sent."""
        asked = select.poll()
        asked.register(self.socket, 0)
        return bool(asked.poll(0))

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def _send(self, data: bytes) -> None:
        with suppress(ConnectionError):
            self.socket.sendall(data)

    def _head(self) -> bytes:
        heard = b""
        with suppress(ConnectionError):
            while b"\r\n\r\n" not in heard and (part := self.socket.recv(4096)):
                heard += part
        return heard


def framed(data: bytes, op: int = BINARY, *, fin: bool = True, deflated: bool = False) -> bytes:
    """A frame of a browser, masked with nothing."""
    first = (0x80 if fin else 0) | (0x40 if deflated else 0) | op
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    return head + bytes(4) + data


def bomb(size: int) -> bytes:
    """A message of Streamlit that is so large once it is inflated."""
    said = BackMsg()
    widget = said.rerun_script.widget_states.widgets.add()
    widget.id, widget.string_value = "x", "a" * size
    packer = zlib.compressobj(9, zlib.DEFLATED, -12)
    return (packer.compress(said.SerializeToString()) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def _handshake(who: Knocker, deflate: bool) -> str:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: 127.0.0.1:{who.server.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: streamlit",
        *(f"{name}: {value}" for name, value in who._cookie().items()),
    ]
    if deflate:
        lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12")
    return "\r\n".join([*lines, "", ""])
