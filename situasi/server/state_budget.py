"""Bound what Streamlit keeps of messages: of one sign-in, and of all together."""

from __future__ import annotations

from collections import Counter

from situasi.server.auth.websocket import ORDINARY_BYTES, Talk

# Bytes of the last messages of all WebSockets of one sign-in.
OF_ONE = 5 * 1024 * 1024
# Of those messages of all that are larger than any page of the board sends.
OF_ALL = 32 * 1024 * 1024


class StateBudget:
    """What is kept now. An ordinary message of somebody with few pages always passes."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()
        self._large = 0

    def takes(self, talk: Talk, size: int) -> bool:
        """Count a message in place of the last one of this WebSocket, if there is room for it."""
        of_one = self._of[talk.key] - talk.kept_bytes + size
        of_all = self._large - _large(talk.kept_bytes) + _large(size)
        if of_one > OF_ONE or (_large(size) and of_all > OF_ALL):
            return False
        self._of[talk.key], self._large, talk.kept_bytes = of_one, of_all, size
        return True

    def leaves(self, talk: Talk) -> None:
        """Give back what was counted of a WebSocket that has ended."""
        self._of[talk.key] -= talk.kept_bytes
        self._large -= _large(talk.kept_bytes)
        if not self._of[talk.key]:
            del self._of[talk.key]


def _large(size: int) -> int:
    return size if size > ORDINARY_BYTES else 0
