"""Background jobs: each takes turns, a turn that fails never ends it, and all are watched.

Every thread and asyncio task that goes on beside the pages is a `Job`:
tests/common/test_background_jobs.py fails on one that is not.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from situasi.common import error_log

# A turn returns this where it had nothing to do: it is neither a success nor a failure.
IDLE: Final = object()
# A job that failed so many times running is in trouble: one bad turn is none.
FAILING: Final = 3

_log = logging.getLogger(__name__)
_running: list[Job] = []
_failed: Counter[str] = Counter()
_lock = threading.Lock()


class Job:
    """Work that is done again and again: in a thread (`start`), a task (`begin`), or here.

    turn: one piece of it; for a task it may be a coroutine function. pause: seconds between two
    turns. After a failure: `retry` seconds, twice as long after each one that follows, up to
    `longest`. expected: errors that are no fault of the program; they are logged in one line.
    at_end: done once when it was stopped.

    Read from any thread: failures (running), trouble (what went wrong last, in Indonesian; None
    after a success).
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], Any],
        pause: float | Callable[[], float] = 1.0,
        *,
        retry: float = 1.0,
        longest: float = 60.0,
        expected: tuple[type[BaseException], ...] = (OSError,),
        at_end: Callable[[], Any] | None = None,
    ) -> None:
        self.name = name
        self.failures, self.restarts = 0, 0
        self.trouble: str | None = None
        self._turn, self._pause, self._retry, self._longest = turn, pause, retry, longest
        self._expected, self._at_end = expected, at_end
        self._begun = time.monotonic()
        self._done_at: float | None = None
        self._failed_at: float | None = None
        self._stop: threading.Event | None = None
        self._ends: Callable[[], bool] | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, stop: threading.Event) -> None:
        """Take turns in a thread of its own until told to stop."""
        self._stop = stop
        self._thread = threading.Thread(target=self._held, name=self.name, daemon=True)
        _enter(self)
        self._thread.start()

    def begin(self, ends: Callable[[], bool] | None = None) -> asyncio.Task[None]:
        """Take turns in a task of the running loop, until cancelled or `ends` says so."""
        self._ends = ends
        _enter(self)
        self._task = asyncio.create_task(self._held_task(), name=self.name)
        return self._task

    def run(self, stop: threading.Event) -> None:
        """Take turns in the calling thread until told to stop."""
        while not stop.wait(self.pause()):
            self.take()
        if self._at_end is not None:
            self._guarded(self._at_end)

    def take(self) -> None:
        """Take one turn. Whatever it raises is logged, counted and kept; nothing is raised."""
        self._guarded(self._turn)

    def _guarded(self, work: Callable[[], Any]) -> None:
        try:
            made = work()
        except BaseException as error:  # the SystemExit of a library too
            if isinstance(error, KeyboardInterrupt) and _is_main():
                raise
            self.failed(error)
        else:
            self._note(made)

    def cancel(self) -> None:
        """End its task."""
        _leave(self)
        if self._task is not None:
            self._task.cancel()

    def join(self, seconds: float) -> None:
        """Wait so long for the thread to end."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def pause(self) -> float:
        """Seconds until the next turn."""
        usual = self._retry
        with suppress(Exception):
            usual = self._pause() if callable(self._pause) else self._pause
        if not self.failures:
            return usual
        grown = self._retry * float(2 ** min(self.failures - 1, 16))
        return max(min(grown, self._longest), min(usual, self._longest))

    def succeeded(self) -> None:
        """Note a success; a turn that lasts long says so itself."""
        self._done_at = time.monotonic()
        if self.failures:
            with suppress(Exception):
                _log.info("job goes well again", extra={"job": self.name, "failed": self.failures})
        self.failures, self.trouble = 0, None

    def failed(self, error: BaseException) -> None:
        """Note a failure, and log it: each new one, and of the same again ever fewer."""
        try:
            self._failed_at = time.monotonic()
            _failed[self.name] += 1
            self.failures += 1
            kind = type(error).__name__
            if kind in (self.trouble or "") and not _is_told(self.failures):
                return
            told: dict[str, Any] = {"job": self.name, "failures": self.failures}
            if isinstance(error, self._expected):
                why = getattr(error, "detail", str(error))  # of a StoreError, with its place
                self.trouble = f"{why} ({kind})"
                _log.warning("job failed", extra={**told, "why": why})
            else:
                number = error_log.record(_log, "job failed", error, **told)
                self.trouble = error_log.describe(error, number)
        except Exception:  # noqa: BLE001 (no memory left even for that: the next turn is taken)
            self.trouble = self.trouble or "gagal"

    @property
    def is_alive(self) -> bool:
        """Whether its thread or task still takes turns."""
        if self._task is not None:
            return not self._task.done()
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_well(self) -> bool:
        """Whether it is alive and did not fail several times running."""
        return self.is_alive and self.failures < FAILING

    @property
    def since_success_s(self) -> float | None:
        """Seconds since its last success; None where there was none yet."""
        return None if self._done_at is None else time.monotonic() - self._done_at

    @property
    def since_failure_s(self) -> float | None:
        """Seconds since its last failure; None where there was none."""
        return None if self._failed_at is None else time.monotonic() - self._failed_at

    @property
    def overdue_s(self) -> float:
        """Seconds since its last success, or since it was made where there was none yet."""
        return time.monotonic() - (self._begun if self._done_at is None else self._done_at)

    def revive(self) -> bool:
        """Start it anew where its thread or task has ended though nobody stopped it."""
        if self.is_alive or self._is_over():
            return False
        self.restarts += 1
        _failed[self.name] += 1
        _log.error("job had ended and is started anew", extra={"job": self.name})
        if self._stop is not None:
            self.start(self._stop)
        else:
            self.begin(self._ends)
        return True

    def _is_over(self) -> bool:
        if self._stop is not None:
            return self._stop.is_set()
        return self._ends is not None and self._ends()

    def _held(self) -> None:
        assert self._stop is not None, "set by `start`"
        self.run(self._stop)
        _leave(self)

    async def _held_task(self) -> None:
        try:
            await self.watch()
        except asyncio.CancelledError:
            _leave(self)
            raise
        _leave(self)

    async def watch(self) -> None:
        """Take turns in the calling task, until cancelled or `ends` of `begin` says so."""
        while not self._is_over():
            await asyncio.sleep(self.pause())
            await self.take_async()

    async def take_async(self) -> None:
        """Take one turn, as `take` does."""
        try:
            made = self._turn()
            self._note(await made if inspect.isawaitable(made) else made)
        except GeneratorExit:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            self.failed(error)  # something that it waited for was cancelled, not it
        except BaseException as error:  # noqa: BLE001 (it would end the server)
            self.failed(error)

    def _note(self, made: object) -> None:
        if made is not IDLE:
            self.succeeded()


def running() -> list[Job]:
    """All jobs of this process that were started and not stopped, those that died too."""
    with _lock:
        return sorted(_running, key=lambda job: job.name)


def failures() -> dict[str, int]:
    """How often each job has failed since the process began."""
    return dict(_failed)


def revive() -> list[str]:
    """Start the jobs anew that have ended though nobody stopped them; their names."""
    return [job.name for job in running() if job.revive()]


def once(name: str, work: Callable[[], object]) -> None:
    """Do something once in a thread of its own; what goes wrong is logged and counted."""
    threading.Thread(target=Job(name, work).take, name=name, daemon=True).start()


def _enter(job: Job) -> None:
    with _lock:
        if job not in _running:
            _running.append(job)


def _leave(job: Job) -> None:
    with _lock:
        if job in _running:
            _running.remove(job)


def _is_told(failures: int) -> bool:
    """Whether the log hears of the same failure again: of the 8th, the 64th, and so on."""
    while failures > 1 and failures % 8 == 0:
        failures //= 8
    return failures == 1


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
