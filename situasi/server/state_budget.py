"""Limits on what Streamlit keeps of WebSocket messages, per sign-in and in total."""

from collections import Counter

from situasi.server.auth.websocket import ORDINARY_MESSAGE_BYTES, ManagedWebSocket

# Bytes of the last messages of all WebSockets of one sign-in.
MAX_BYTES_PER_SESSION = 5 * 1024 * 1024
# Bytes of all last messages that are larger than any page of the board sends.
MAX_LARGE_BYTES = 32 * 1024 * 1024


class StateBudget:
    """Bytes kept now. An ordinary message of somebody with few pages always passes."""

    def __init__(self) -> None:
        self._bytes_by_session: Counter[str] = Counter()
        self._large_bytes = 0

    def try_reserve(self, websocket: ManagedWebSocket, size_bytes: int) -> bool:
        """Count a message in place of this WebSocket's last one, if there is room for it."""
        own = self._bytes_by_session[websocket.key] - websocket.last_message_bytes + size_bytes
        large_size = _large_size(size_bytes)
        large = self._large_bytes - _large_size(websocket.last_message_bytes) + large_size
        if own > MAX_BYTES_PER_SESSION or (large_size and large > MAX_LARGE_BYTES):
            return False
        self._bytes_by_session[websocket.key], self._large_bytes = own, large
        websocket.last_message_bytes = size_bytes
        return True

    def release(self, websocket: ManagedWebSocket) -> None:
        """Give back what was counted of a WebSocket that has ended."""
        self._bytes_by_session[websocket.key] -= websocket.last_message_bytes
        self._large_bytes -= _large_size(websocket.last_message_bytes)
        if not self._bytes_by_session[websocket.key]:
            del self._bytes_by_session[websocket.key]


def _large_size(size_bytes: int) -> int:
    return size_bytes if size_bytes > ORDINARY_MESSAGE_BYTES else 0
