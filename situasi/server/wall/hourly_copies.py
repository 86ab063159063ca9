"""A frozen copy of the board at every full hour, for the day when no board can be opened."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.common import atomic_files
from situasi.common.background_jobs import Job
from situasi.common.disk_space import DISK_SPACE
from situasi.server.wall import frozen_copy
from situasi.server.wall import query as wall_query
from situasi.server.wall import service as wall_service
from situasi.server.wall import state as wall_state

MAX_COPIES = 72
# A file on the server's disk shows no more than a guest sees, whoever opens it.
COPY_VIEWER = Viewer("papan", ROLES["tamu"], is_local=True)
_NAME = re.compile(r"situasi-\d{8}-\d{4}\.html", re.ASCII)
_HOUR = timedelta(hours=1)
_MAX_PAUSE_S = 20.0  # the clock may be set, and a machine may sleep
_MAX_RETRY_S = 600.0


class HourlyCopies:
    """The hourly copies of one board."""

    def __init__(self, board: Board, clock: Callable[[], datetime]) -> None:
        self.folder = board.settings.data_folder / "salinan"
        self._board, self._clock = board, clock
        self._due_at = _next_hour(self._local_now())
        # A failed copy is retried after ever longer pauses, and named after its own minute.
        self.job = Job(
            "copies", self._run_turn, self._pause_s, retry_s=_MAX_PAUSE_S, max_retry_s=_MAX_RETRY_S
        )

    def _pause_s(self) -> float:
        remaining_s = (self._due_at - self._local_now()).total_seconds()
        return min(max(remaining_s, 0.0) + 0.05, _MAX_PAUSE_S)

    async def _run_turn(self) -> None:
        now = self._local_now()
        if now < self._due_at:
            if self._due_at - now > _HOUR:  # the clock was set back
                self._due_at = _next_hour(now)
            return
        await self._write_copy(now)
        self._due_at = _next_hour(now)

    async def _write_copy(self, now: datetime) -> None:
        path = self.folder / f"situasi-{now:%Y%m%d-%H%M}.html"
        if path.exists():  # written before the server was restarted
            return
        register = wall_state.visible_register(self._board, COPY_VIEWER)
        query = wall_query.parse_query(QueryParams(), COPY_VIEWER, register)
        sources = await wall_service.current_service(self._board).get_sources(query, now)
        copy = await asyncio.to_thread(frozen_copy.build_copy, sources, COPY_VIEWER, query, now)
        await asyncio.to_thread(_save_copy, path, copy.html)

    def _local_now(self) -> datetime:
        return self._clock().astimezone(self._board.register.election.zone)


def _next_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + _HOUR


def _save_copy(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_copy_file(path, text)
    _prune(path.parent)


def write_copy_file(path: Path, text: str) -> None:
    """Write the whole file or nothing, readable by this user alone. Raises OSError."""
    with DISK_SPACE.track_write("copies"):
        atomic_files.write(path, text.encode("utf-8"))


def _prune(folder: Path) -> None:
    """Delete the oldest of our own files; other files in the folder are left alone."""
    copies = [
        path
        for path in folder.iterdir()
        if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink()
    ]
    for path in sorted(copies, key=lambda path: path.name)[:-MAX_COPIES]:
        path.unlink(missing_ok=True)
