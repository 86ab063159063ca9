"""A backup of the whole store every night; a missed one is made up."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from situasi.board import Board
from situasi.common import error_log
from situasi.common.background_jobs import IDLE, Job
from situasi.common.disk_space import DISK_SPACE
from situasi.common.metrics import JobStatus
from situasi.store.model import StoreError

MAX_BACKUPS = 14
ACTOR = "papan"
_NAME = re.compile(r"situasi-(\d{8}-\d{4})\.zip", re.ASCII)
_NAME_TIME_FORMAT = "%Y%m%d-%H%M"
_DAY = timedelta(days=1)
_STARTUP_DELAY = timedelta(minutes=1)  # after the start, before a missed backup is made up
_RETRY_AFTER = timedelta(minutes=15)  # after a failed backup
_MAX_PAUSE_S = 20.0  # the clock may be set, and a machine may sleep
_EXPECTED_ERRORS = (StoreError, ValueError, OSError)
_log = logging.getLogger(__name__)


class NightlyBackup:
    """The nightly backup of one board. status: how it goes."""

    def __init__(self, board: Board, clock: Callable[[], datetime], status: JobStatus) -> None:
        self._board, self._clock = board, clock
        self._folder, self._backup_at = board.settings.backup_folder, board.settings.backup_time
        self._not_before = clock() + _STARTUP_DELAY
        self.status = status
        self.status.is_enabled = self._backup_at is not None
        self._adopt_existing()
        self.job = Job("nightly", self._run_turn, _MAX_PAUSE_S, expected_errors=_EXPECTED_ERRORS)

    async def _run_turn(self) -> object:
        now = self._clock()
        if now - self._not_before < -_RETRY_AFTER:  # the clock was set back
            self._not_before = now
        if now < self._not_before or self._backup_at is None:
            return IDLE  # nothing is due, or a failed backup is not yet to be tried again
        try:
            return await asyncio.to_thread(self._make_backup, now)
        except _EXPECTED_ERRORS as error:
            self._record_failure(now, str(error))
            raise
        except Exception as error:
            self._record_failure(now, error_log.describe(error))
            raise

    def _record_failure(self, now: datetime, reason: str) -> None:
        self._not_before = now + _RETRY_AFTER
        self.status.record_failure(now, reason)

    def _make_backup(self, now: datetime) -> None:
        # Of several servers only the leader makes backups.
        self.status.is_run_elsewhere = not self._board.store.is_leader("cadangan")
        self._adopt_existing()
        if self.status.is_run_elsewhere or not self._is_due(now, self._newest_backup_at()):
            return
        # Imported here: its libraries are needed once a night.
        from situasi.store.backup import backup

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"situasi-{self._to_local(now):{_NAME_TIME_FORMAT}}.zip"
        election = self._board.register.election
        key = self._board.ingest_context.officer_key
        write = backup.write
        if key.exists:
            write = partial(backup.write, officer_secret=key.read_secret())
        with DISK_SPACE.track_write("backup"):
            result = write(self._board.store, election, path, now, ACTOR)
        self.status.record_success(now, note=path.name)
        extra = {"file": path.name, "rows": result.rows, "bytes": path.stat().st_size}
        _log.info("nightly backup", extra=extra | {"let_go": self._prune()})
        if result.breaks:
            _log.error("the trail is broken", extra={"breaks": list(result.breaks)})

    def _is_due(self, now: datetime, newest: datetime | None) -> bool:
        """Return whether a night passed since the newest backup, or since the store began."""
        assert self._backup_at is not None, "asked only where nights are wanted"
        local = self._to_local(now)
        due_at = datetime.combine(local.date(), self._backup_at, local.tzinfo)
        due_at = due_at if due_at <= local else due_at - _DAY
        if newest is not None and newest <= now:
            return newest < due_at
        with self._board.store.raw_snapshot() as state:
            first_entry_at = state.first_entry_time()
        return first_entry_at is not None and first_entry_at < due_at

    def _adopt_existing(self) -> None:
        """Report backups that exist already: from before this start, or of another server."""
        for at, path in self._own_backups():
            if self.status.succeeded_at is None or at > self.status.succeeded_at:
                self.status.record_success(at, note=path.name)

    def _newest_backup_at(self) -> datetime | None:
        """Return when the newest of our backups was made, by its name."""
        return max((at for at, _ in self._own_backups()), default=None)

    def _own_backups(self) -> list[tuple[datetime, Path]]:
        backups = []
        zone = self._board.register.election.zone
        with suppress(OSError):  # no folder yet, or not readable
            for path in self._folder.iterdir():
                match = _NAME.fullmatch(path.name)
                with suppress(ValueError):
                    if match and path.is_file() and not path.is_symlink():
                        at = datetime.strptime(match[1], _NAME_TIME_FORMAT).replace(tzinfo=zone)
                        backups.append((at, path))
        return sorted(backups)

    def _prune(self) -> list[str]:
        """Delete the oldest of our own files; return their names."""
        old_paths = [path for _, path in self._own_backups()[:-MAX_BACKUPS]]
        for path in old_paths:
            path.unlink(missing_ok=True)
        return [path.name for path in old_paths]

    def _to_local(self, at: datetime) -> datetime:
        return at.astimezone(self._board.register.election.zone)
