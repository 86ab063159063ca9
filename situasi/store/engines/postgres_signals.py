"""What processes on one PostgreSQL scope tell one another: who does a job, and that rows came."""

import threading
from typing import Any

import psycopg
import sqlalchemy as sa

from situasi.common.background_jobs import Job
from situasi.store.engines import postgres_schema
from situasi.store.engines.postgres_connection import build_conninfo
from situasi.store.model import Scope

CHANNEL = "situasi"
_POLL_S, _NOTIFIED_POLL_S = 0.25, 1.0  # seconds between two version checks; while listening
_MIN_WAIT_S = 0.1  # seconds between two checks at least
_RETRY_S = 2.0  # seconds after which a lost listener connection is opened again
_MAX_RETRY_S = 10.0


class LeaderLocks:
    """Locks on the jobs that this process does alone in a scope; they end with its connection."""

    def __init__(self, url: sa.URL, scope: Scope) -> None:
        self._url, self._scope_name = url, postgres_schema.schema_name(scope)
        self._held_jobs: set[str] = set()
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()

    def is_leader(self, job: str) -> bool:
        """Return whether this process holds the job's lock; try to take it if it does not."""
        with self._lock:
            connection = self._live_connection()
            if job not in self._held_jobs:
                name = f"{self._scope_name}/{job}"
                query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 1))"
                row = connection.execute(query, (name,)).fetchone()
                if row and row[0]:
                    self._held_jobs.add(job)
            return job in self._held_jobs

    def close(self) -> None:
        """Release all locks."""
        with self._lock:
            self._disconnect()

    def _live_connection(self) -> psycopg.Connection[Any]:
        """Return a working connection; if the old one broke, all its locks were lost."""
        if self._connection is not None:
            try:
                self._connection.execute("SELECT")
                return self._connection
            except psycopg.Error:
                self._disconnect()
        self._connection = psycopg.connect(build_conninfo(self._url), autocommit=True)
        return self._connection

    def _disconnect(self) -> None:
        self._held_jobs.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class ChangeListener:
    """A thread that listens for new versions of one scope; the first `wait` starts it."""

    def __init__(self, url: sa.URL, scope: Scope) -> None:
        self._changed, self._stop, self._is_listening = (threading.Event() for _ in range(3))
        self._scope_name = postgres_schema.schema_name(scope)
        self._url, self._start_lock, self._is_started = url, threading.Lock(), False
        self._job = Job(
            "changes", self._listen, 0.0, retry_s=_RETRY_S, max_retry_s=_MAX_RETRY_S,
            expected_errors=(psycopg.Error, OSError),
        )  # fmt: skip

    def wait(self) -> None:
        """Wait for a notification, or until the next poll is due."""
        with self._start_lock:
            if not self._is_started and not self._stop.is_set():
                self._is_started = True
                self._job.start_thread(self._stop)
        self._stop.wait(_MIN_WAIT_S)
        self._changed.wait(_NOTIFIED_POLL_S if self._is_listening.is_set() else _POLL_S)
        self._changed.clear()

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        self._changed.set()
        self._job.join(_RETRY_S)

    def _listen(self) -> None:
        try:
            with psycopg.connect(build_conninfo(self._url), autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                self._is_listening.set()
                self._changed.set()  # a version may have come before LISTEN
                self._receive(connection)
        finally:
            self._is_listening.clear()
            self._changed.set()  # waiting threads check, and find out what is wrong

    def _receive(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stop.is_set():
            self._job.record_success()
            for notification in connection.notifies(timeout=0.5):
                if notification.payload == self._scope_name:
                    self._changed.set()
