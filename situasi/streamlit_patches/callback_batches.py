"""Messages of a run go to the browser together; Streamlit wakes its loop for each, twice.

A wake is a call of the system, and the script and the loop then fight for the one interpreter:
a third of the processor of a crowd went there.

And none is lost. Streamlit passes over what a run has said once another took its place: a heartbeat
that came in the few milliseconds between the end of a whole run and the reading of what it said had
the end of the page go unsaid, and with it the order to ask again. Such a page stood still for good.
"""

from __future__ import annotations

import logging
import threading
import weakref
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


def _call_if_alive(
    call: Callable[..., None], session_ref: Callable[[], Any], callback: Callable[[], None]
) -> None:
    if (still := session_ref()) is not None:
        call(still, callback)


def batch_messages(session_class: type, runtime_module: ModuleType) -> None:
    """Have Streamlit do so. session: its class of sessions. runtime: its module that sends."""
    once = session_class._call_soon_on_event_loop  # type: ignore[attr-defined]

    def soon(self: Any, work: Callable[[], None]) -> None:
        pending = vars(self).get("_pending")
        if pending is None:
            # Without a circle, so that a session that is dropped goes at once.
            this = weakref.ref(self)
            pending = vars(self).setdefault(
                "_pending", CallbackBatch(lambda do: _call_if_alive(once, this, do))
            )
        pending.add(work)

    begin = session_class._create_scriptrunner  # type: ignore[attr-defined]

    def begun(self: Any, asked: Any) -> None:
        # The run before has ended, and all that it said waits at the latest now.
        pending = vars(self).get("_pending")
        if pending is not None:
            pending.drain()
        begin(self, asked)

    wake = runtime_module.Runtime._enqueued_some_message

    def some(self: Any) -> None:
        # What was put into a queue before this was asked goes out with what waits already.
        if not self._get_async_objs().need_send_data.is_set():
            wake(self)

    session_class._call_soon_on_event_loop = soon  # type: ignore[attr-defined]
    session_class._create_scriptrunner = begun  # type: ignore[attr-defined]
    runtime_module.Runtime._enqueued_some_message = some
    vars(runtime_module)["asyncio"] = CoalescingSleep(vars(runtime_module)["asyncio"])
