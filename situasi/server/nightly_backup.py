"""A backup of the whole store every night; one that was missed is made up."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from situasi.board import Board
from situasi.common import error_log
from situasi.common.background_jobs import IDLE, Job
from situasi.common.disk_space import DISK_SPACE
from situasi.common.telemetry import JobStatus
from situasi.store.interface import StoreError

MAX_BACKUPS = 14
ACTOR = "papan"
_NAME = re.compile(r"situasi-(\d{8}-\d{4})\.zip", re.ASCII)
_NAME_TIME_FORMAT = "%Y%m%d-%H%M"
_DAY = timedelta(days=1)
_STARTUP_DELAY = timedelta(minutes=1)  # after the start, before a missed night is made up
_RETRY_AFTER = timedelta(minutes=15)  # after one that failed
_MAX_PAUSE_S = (
    20.0  # seconds between two looks at the clock: it may be set, and a machine may sleep
)
_EXPECTED_ERRORS = (StoreError, ValueError, OSError)
_log = logging.getLogger(__name__)


class NightlyBackup:
    """One per board. state: tells how it goes."""

    def __init__(self, board: Board, clock: Callable[[], datetime], status: JobStatus) -> None:
        self._board, self._clock = board, clock
        self._folder, self._backup_at = board.settings.backup_folder, board.settings.backup_time
        self._not_before = clock() + _STARTUP_DELAY
        self.status = status
        self.status.is_enabled = self._backup_at is not None
        self._adopt_existing()
        self.job = Job("nightly", self._run_turn, _MAX_PAUSE_S, expected_errors=_EXPECTED_ERRORS)

    async def run(self) -> None:
        """Make the backup of every night, until cancelled; at once an end where none is wanted."""
        if self._backup_at is not None:
            await self.job.run_async()

    async def run_if_due(self) -> None:
        """Make the backup that is due. Whatever goes wrong, the board goes on without it."""
        await self.job.run_once_async()

    async def _run_turn(self) -> object:
        now = self._clock()
        if now - self._not_before < -_RETRY_AFTER:  # the clock was set back
            self._not_before = now
        if now < self._not_before or self._backup_at is None:
            return IDLE  # nothing is due, or what failed is not yet to be tried again
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
        # Of several servers one makes them; the others are not to be missed for it.
        self.status.is_run_elsewhere = not self._board.store.is_leader("cadangan")
        self._adopt_existing()
        if self.status.is_run_elsewhere or not self._is_due(now, self._newest_backup_at()):
            return
        from situasi.store.backup import backup  # the libraries it needs are loaded once a night

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"situasi-{self._to_local(now):{_NAME_TIME_FORMAT}}.zip"
        with DISK_SPACE.track_write("backup"):
            made = backup.write(self._board.store, self._board.register.election, path, now, ACTOR)
        self.status.record_success(now, note=path.name)
        told = {"file": path.name, "rows": made.rows, "bytes": path.stat().st_size}
        _log.info("nightly backup", extra=told | {"let_go": self._prune()})
        if made.breaks:
            _log.error("the trail is broken", extra={"breaks": list(made.breaks)})

    def _is_due(self, now: datetime, newest: datetime | None) -> bool:
        """Whether a night went by since the newest; of a store without any, since it began."""
        assert self._backup_at is not None, "asked only where nights are wanted"
        local = self._to_local(now)
        night = local.replace(
            hour=self._backup_at.hour, minute=self._backup_at.minute, second=0, microsecond=0
        )
        night = night if night <= local else night - _DAY
        if newest is not None and newest <= now:
            return newest < night
        with self._board.store.raw_snapshot() as state:
            began = state.first_entry_time()
        return began is not None and began < night

    def _adopt_existing(self) -> None:
        """Tell of what is there already: from before this start, or by another server."""
        for at, path in self._own_backups():
            if self.status.succeeded_at is None or at > self.status.succeeded_at:
                self.status.record_success(at, note=path.name)

    def _newest_backup_at(self) -> datetime | None:
        """When the newest of our backups was made, by its name."""
        return max((at for at, _ in self._own_backups()), default=None)

    def _own_backups(self) -> list[tuple[datetime, Path]]:
        found = []
        zone = self._board.register.election.zone
        with suppress(OSError):  # no folder yet, or none that can be looked into
            for path in self._folder.iterdir():
                name = _NAME.fullmatch(path.name)
                with suppress(ValueError):
                    if name and path.is_file() and not path.is_symlink():
                        at = datetime.strptime(name[1], _NAME_TIME_FORMAT).replace(tzinfo=zone)
                        found.append((at, path))
        return sorted(found)

    def _prune(self) -> list[str]:
        """Let the oldest of our own files go; their names."""
        old = [path for _, path in self._own_backups()[:-MAX_BACKUPS]]
        for path in old:
            path.unlink(missing_ok=True)
        return [path.name for path in old]

    def _to_local(self, at: datetime) -> datetime:
        return at.astimezone(self._board.register.election.zone)
