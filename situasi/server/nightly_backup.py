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

KEPT = 14
ACTOR = "papan"
_NAME = re.compile(r"situasi-(\d{8}-\d{4})\.zip", re.ASCII)
_WRITTEN = "%Y%m%d-%H%M"
_DAY = timedelta(days=1)
_SETTLED = timedelta(minutes=1)  # after the start, before a missed night is made up
_AGAIN = timedelta(minutes=15)  # after one that failed
_LONGEST = 20.0  # seconds between two looks at the clock: it may be set, and a machine may sleep
_EXPECTED = (StoreError, ValueError, OSError)
_log = logging.getLogger(__name__)


class Nightly:
    """One per board. state: tells how it goes."""

    def __init__(self, board: Board, clock: Callable[[], datetime], state: JobStatus) -> None:
        self._board, self._clock = board, clock
        self._folder, self._at = board.settings.backup_folder, board.settings.backup_time
        self._not_before = clock() + _SETTLED
        self.state = state
        self.state.is_enabled = self._at is not None
        self._found()
        self.job = Job("nightly", self._turn, _LONGEST, expected_errors=_EXPECTED)

    async def watch(self) -> None:
        """Make the backup of every night, until cancelled; at once an end where none is wanted."""
        if self._at is not None:
            await self.job.run_async()

    async def look(self) -> None:
        """Make the backup that is due. Whatever goes wrong, the board goes on without it."""
        await self.job.run_once_async()

    async def _turn(self) -> object:
        now = self._clock()
        if now - self._not_before < -_AGAIN:  # the clock was set back
            self._not_before = now
        if now < self._not_before or self._at is None:
            return IDLE  # nothing is due, or what failed is not yet to be tried again
        try:
            return await asyncio.to_thread(self._make, now)
        except _EXPECTED as error:
            self._failed(now, str(error))
            raise
        except Exception as error:
            self._failed(now, error_log.describe(error))
            raise

    def _failed(self, now: datetime, why: str) -> None:
        self._not_before = now + _AGAIN
        self.state.record_failure(now, why)

    def _make(self, now: datetime) -> None:
        # Of several servers one makes them; the others are not to be missed for it.
        self.state.is_run_elsewhere = not self._board.store.is_leader("cadangan")
        self._found()
        if self.state.is_run_elsewhere or not self._is_due(now, self._newest()):
            return
        from situasi.store.backup import backup  # the libraries it needs are loaded once a night

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"situasi-{self._local(now):{_WRITTEN}}.zip"
        with DISK_SPACE.track_write("backup"):
            made = backup.write(self._board.store, self._board.register.election, path, now, ACTOR)
        self.state.record_success(now, note=path.name)
        told = {"file": path.name, "rows": made.rows, "bytes": path.stat().st_size}
        _log.info("nightly backup", extra=told | {"let_go": self._prune()})
        if made.breaks:
            _log.error("the trail is broken", extra={"breaks": list(made.breaks)})

    def _is_due(self, now: datetime, newest: datetime | None) -> bool:
        """Whether a night went by since the newest; of a store without any, since it began."""
        assert self._at is not None, "asked only where nights are wanted"
        local = self._local(now)
        night = local.replace(hour=self._at.hour, minute=self._at.minute, second=0, microsecond=0)
        night = night if night <= local else night - _DAY
        if newest is not None and newest <= now:
            return newest < night
        with self._board.store.raw_snapshot() as state:
            began = state.first_entry_time()
        return began is not None and began < night

    def _found(self) -> None:
        """Tell of what is there already: from before this start, or by another server."""
        for at, path in self._ours():
            if self.state.succeeded_at is None or at > self.state.succeeded_at:
                self.state.record_success(at, note=path.name)

    def _newest(self) -> datetime | None:
        """When the newest of our backups was made, by its name."""
        return max((at for at, _ in self._ours()), default=None)

    def _ours(self) -> list[tuple[datetime, Path]]:
        found = []
        zone = self._board.register.election.zone
        with suppress(OSError):  # no folder yet, or none that can be looked into
            for path in self._folder.iterdir():
                name = _NAME.fullmatch(path.name)
                with suppress(ValueError):
                    if name and path.is_file() and not path.is_symlink():
                        at = datetime.strptime(name[1], _WRITTEN).replace(tzinfo=zone)
                        found.append((at, path))
        return sorted(found)

    def _prune(self) -> list[str]:
        """Let the oldest of our own files go; their names."""
        old = [path for _, path in self._ours()[:-KEPT]]
        for path in old:
            path.unlink(missing_ok=True)
        return [path.name for path in old]

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._board.register.election.zone)
