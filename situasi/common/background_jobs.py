"""Background jobs: each runs again and again, survives its failures, and is monitored.

Every thread and asyncio task that runs beside the pages is a `Job`:
tests/common/test_background_jobs.py fails on any other.
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

# A job returns this where it had nothing to do: neither a success nor a failure.
IDLE: Final = object()
# So many failures in a row make a job unhealthy; one alone does not.
FAILING_AFTER: Final = 3

_log = logging.getLogger(__name__)
_running: list[Job] = []
_failed: Counter[str] = Counter()
_lock = threading.Lock()


class Job:
    """Work repeated in a thread (`start_thread`), a task (`start_task`) or the caller (`run`).

    work: one run; in a task it may be a coroutine function. pause_s: seconds between two runs.
    After a failure: `retry_s` seconds, doubled after each further failure, up to `max_retry_s`.
    expected_errors: errors that are no fault of the program; they are logged in one line. on_stop:
    called once after the job was stopped.

    May be read from any thread: failures (in a row), error_text (the last error, in Indonesian;
    None after a success).
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Any],
        pause_s: float | Callable[[], float] = 1.0,
        *,
        retry_s: float = 1.0,
        max_retry_s: float = 60.0,
        expected_errors: tuple[type[BaseException], ...] = (OSError,),
        on_stop: Callable[[], Any] | None = None,
    ) -> None:
        self.name = name
        self.failures, self.restarts = 0, 0
        self.error_text: str | None = None
        self._work, self._pause_s = work, pause_s
        self._retry_s, self._max_retry_s = retry_s, max_retry_s
        self._expected_errors, self._on_stop = expected_errors, on_stop
        self._created_at = time.monotonic()
        self._succeeded_at: float | None = None
        self._failed_at: float | None = None
        self._stop: threading.Event | None = None
        self._should_stop: Callable[[], bool] | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None

    def start_thread(self, stop: threading.Event) -> None:
        """Run the job in its own thread until `stop` is set."""
        self._stop = stop
        self._thread = threading.Thread(target=self._run_thread, name=self.name, daemon=True)
        _register(self)
        self._thread.start()

    def start_task(self, should_stop: Callable[[], bool] | None = None) -> asyncio.Task[None]:
        """Run the job in a task of the running loop, until cancelled or `should_stop` is true."""
        self._should_stop = should_stop
        _register(self)
        self._task = asyncio.create_task(self._run_task(), name=self.name)
        return self._task

    def run(self, stop: threading.Event) -> None:
        """Run the job in the calling thread until `stop` is set."""
        while not stop.wait(self.next_pause_s()):
            self.run_once()
        if self._on_stop is not None:
            self._run_guarded(self._on_stop)

    def run_once(self) -> None:
        """Do the work once. Whatever it raises is logged, counted and kept; nothing is raised."""
        self._run_guarded(self._work)

    def _run_guarded(self, work: Callable[[], Any]) -> None:
        try:
            result = work()
        except BaseException as error:  # the SystemExit of a library too
            is_main = threading.current_thread() is threading.main_thread()
            if is_main and isinstance(error, KeyboardInterrupt):
                raise
            self.record_failure(error)
        else:
            self._record_result(result)

    def cancel(self) -> None:
        """Cancel the task of this job."""
        _unregister(self)
        if self._task is not None:
            self._task.cancel()

    def join(self, timeout_s: float) -> None:
        """Wait at most so long for the thread to end."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def next_pause_s(self) -> float:
        """Return the seconds until the next run."""
        pause = self._retry_s
        with suppress(Exception):
            pause = self._pause_s() if callable(self._pause_s) else self._pause_s
        if not self.failures:
            return pause
        backoff = self._retry_s * float(2 ** min(self.failures - 1, 16))
        return max(min(backoff, self._max_retry_s), min(pause, self._max_retry_s))

    def record_success(self) -> None:
        """Record a success; work that lasts long calls it itself."""
        self._succeeded_at = time.monotonic()
        if self.failures:
            with suppress(Exception):
                _log.info("job goes well again", extra={"job": self.name, "failed": self.failures})
        self.failures, self.error_text = 0, None

    def record_failure(self, error: BaseException) -> None:
        """Record a failure and log it; repeats of the same failure are logged ever less often."""
        try:
            self._failed_at = time.monotonic()
            _failed[self.name] += 1
            self.failures += 1
            kind = type(error).__name__
            if kind in (self.error_text or "") and not _is_logged(self.failures):
                return
            detail: dict[str, Any] = {"job": self.name, "failures": self.failures}
            if isinstance(error, self._expected_errors):
                reason = getattr(error, "detail", str(error))  # a StoreError has more detail
                self.error_text = f"{reason} ({kind})"
                _log.warning("job failed", extra={**detail, "why": reason})
            else:
                error_id = error_log.record(_log, "job failed", error, **detail)
                self.error_text = error_log.describe(error, error_id)
        except Exception:  # noqa: BLE001  (even without memory the job goes on)
            self.error_text = self.error_text or "gagal"

    @property
    def is_alive(self) -> bool:
        """Return whether its thread or task still runs."""
        if self._task is not None:
            return not self._task.done()
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_healthy(self) -> bool:
        """Return whether it is alive and did not fail several times in a row."""
        return self.is_alive and self.failures < FAILING_AFTER

    @property
    def since_success_s(self) -> float | None:
        """Return the seconds since its last success; None where there was none yet."""
        return None if self._succeeded_at is None else time.monotonic() - self._succeeded_at

    @property
    def since_failure_s(self) -> float | None:
        """Return the seconds since its last failure; None where there was none."""
        return None if self._failed_at is None else time.monotonic() - self._failed_at

    @property
    def overdue_s(self) -> float:
        """Return the seconds since its last success, or since its creation where there was none."""
        return time.monotonic() - (
            self._created_at if self._succeeded_at is None else self._succeeded_at
        )

    def restart_if_dead(self) -> bool:
        """Restart the job and return True if its thread or task ended though nobody stopped it."""
        if self.is_alive or self._is_stopped():
            return False
        self.restarts += 1
        _failed[self.name] += 1
        _log.error("job had ended and is started anew", extra={"job": self.name})
        if self._stop is not None:
            self.start_thread(self._stop)
        else:
            self.start_task(self._should_stop)
        return True

    def _is_stopped(self) -> bool:
        if self._stop is not None:
            return self._stop.is_set()
        return self._should_stop is not None and self._should_stop()

    def _run_thread(self) -> None:
        assert self._stop is not None, "set by `start`"
        self.run(self._stop)
        _unregister(self)

    async def _run_task(self) -> None:
        try:
            await self.run_async()
        except asyncio.CancelledError:
            _unregister(self)
            raise
        _unregister(self)

    async def run_async(self) -> None:
        """Run the job in the calling task, until cancelled or `should_stop` returns True."""
        while not self._is_stopped():
            await asyncio.sleep(self.next_pause_s())
            await self.run_once_async()

    async def run_once_async(self) -> None:
        """Do the work once, as `run_once` does."""
        try:
            result = self._work()
            self._record_result(await result if inspect.isawaitable(result) else result)
        except GeneratorExit:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            self.record_failure(error)  # what it awaited was cancelled, not the job itself
        except BaseException as error:  # noqa: BLE001 (it would end the server)
            self.record_failure(error)

    def _record_result(self, result: object) -> None:
        if result is not IDLE:
            self.record_success()


def list_jobs() -> list[Job]:
    """Return all jobs of this process that were started and not stopped, also those that died."""
    with _lock:
        return sorted(_running, key=lambda job: job.name)


def count_failures() -> dict[str, int]:
    """Return how often each job has failed since the process began."""
    return dict(_failed)


def restart_dead_jobs() -> list[str]:
    """Restart the jobs that ended though nobody stopped them; return their names."""
    return [job.name for job in list_jobs() if job.restart_if_dead()]


def run_in_background(name: str, work: Callable[[], object]) -> None:
    """Run a function once in its own thread; an error is logged and counted."""
    threading.Thread(target=Job(name, work).run_once, name=name, daemon=True).start()


def _register(job: Job) -> None:
    with _lock:
        if job not in _running:
            _running.append(job)


def _unregister(job: Job) -> None:
    with _lock:
        if job in _running:
            _running.remove(job)


def _is_logged(failures: int) -> bool:
    """Return whether this repeat of a failure is logged: the 8th, the 64th, and so on."""
    while failures > 1 and failures % 8 == 0:
        failures //= 8
    return failures == 1
