"""Callbacks run together on an event loop: one wake for all that wait, in order."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import Any

# The loop turns to others after so many messages.
MESSAGES_PER_TURN = 32

_log = logging.getLogger(__name__)


class CallbackBatch:
    """What is to be done on the loop of a session: in order, with one wake for all that waits."""

    def __init__(self, wake: Callable[[Callable[[], None]], None]) -> None:
        self._wake, self._waiting = wake, deque[Callable[[], None]]()
        self._lock, self._is_woken = threading.Lock(), False

    def add(self, callback: Callable[[], None]) -> None:
        """From any thread."""
        self._waiting.append(callback)
        self._wake_once()

    def drain(self) -> None:
        """On the loop: do at once what waits. What fails is logged."""
        while self._waiting:
            try:
                self._run_callbacks(len(self._waiting))
            except Exception:  # noqa: BLE001 (as the loop does; who hurries must go on)
                _log.exception("what was waiting failed")

    def _run(self) -> None:
        """On the loop. What fails is told by the loop, and holds nothing else up."""
        with self._lock:
            self._is_woken, due = False, len(self._waiting)
        try:
            self._run_callbacks(due)
        except BaseException:
            if self._waiting:
                self._wake_once()
            raise

    def _run_callbacks(self, count: int) -> None:
        while count and self._waiting:  # nobody but the loop takes any away
            count -= 1
            self._waiting.popleft()()

    def _wake_once(self) -> None:
        with self._lock:
            woken, self._is_woken = self._is_woken, True
        if not woken:
            self._wake(self._run)


class CoalescingSleep:
    """What the sender takes for `asyncio`: it turns to others now and then, not each time."""

    def __init__(self, asyncio_module: ModuleType) -> None:
        self._asyncio, self._sleep_count = asyncio_module, 0

    async def sleep(self, seconds: float) -> None:
        """See asyncio.sleep."""
        if seconds == 0:
            self._sleep_count += 1
            if self._sleep_count % MESSAGES_PER_TURN:
                return
        await self._asyncio.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asyncio, name)
