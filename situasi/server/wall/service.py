"""One wall for all viewers: it asks the store in one place, and makes each picture once."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import blake2b
from time import monotonic
from typing import TypeVar

from situasi.access.roles import Viewer
from situasi.actions import acknowledgements
from situasi.actions.acknowledgements import Acknowledgement
from situasi.analysis import view_time as moments
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import Board
from situasi.common.background_jobs import Job
from situasi.common.disk_space import DISK_SPACE
from situasi.live import access_scope
from situasi.live.snapshot import SnapshotView
from situasi.server.wall import state as wall_state
from situasi.server.wall.picture_pool import PicturePool
from situasi.server.wall.query import Asked
from situasi.server.wall.state import Looked, Sources
from situasi.store.interface import StoreError

Found = TypeVar("Found")
_LOOK = 0.25  # seconds between two looks at the store, however many wait
_MOST_HELD = 40  # answers held back at once for one session: more tabs than anybody looks at
_EXPECTED = (StoreError, OSError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Body:
    """A picture as it is sent. tag: of what it says; the same words have the same tag."""

    plain: bytes
    packed: bytes
    tag: str
    checked_at: datetime


class Wall:
    """One per board."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._picture: SnapshotView | None = None
        self._heeded: dict[str, Acknowledgement] = {}
        self._access: Hashable = None
        self._edition = 0  # of the acknowledgements
        self._disk = DISK_SPACE.state.summary
        self._looked = float("-inf")
        self._looking = asyncio.Lock()
        self._changed = asyncio.Event()
        self._waiting: Counter[str] = Counter()  # by session
        self._job = Job(
            "wall", self.look, _LOOK, retry_s=_LOOK, max_retry_s=5.0, expected_errors=_EXPECTED
        )
        self._looker = ThreadPoolExecutor(1, "wall-look")
        self._live: PicturePool[Body] = PicturePool("wall-live", threads=4, per_owner=2)
        self._past: PicturePool[Body] = PicturePool("wall-past", threads=2, per_owner=1)

    async def body(self, viewer: Viewer, asked: Asked) -> Body:
        """The picture of this viewer now. Raises TooManyQuestions."""
        shown = await self.look()
        at = self._moment(asked, shown, wall_state.now())
        key = self._key(viewer, asked, shown, at)
        make = partial(_written, Sources(self.board, shown, self._heeded, at), viewer, asked)
        body = await self._pool(at).get(key, viewer.name, asked, make)
        return Body(body.plain, body.packed, body.tag, shown.checked_at)

    async def make(
        self, viewer: Viewer, asked: Asked, at: ViewTime, make: Callable[[], Found]
    ) -> Found:
        """Make what nobody else is shown, in a thread. Raises TooManyQuestions."""
        return await self._pool(at).make(viewer.name, asked, make)

    def _pool(self, at: ViewTime) -> PicturePool[Body]:
        return self._live if at.live else self._past

    def _key(self, viewer: Viewer, asked: Asked, shown: SnapshotView, at: ViewTime) -> Hashable:
        """All that a picture depends on: viewers who may see the same share it."""
        return (
            shown.snapshot.audit_position,
            tuple(shown.snapshot.editions.values()),
            shown.trouble,
            self._disk,
            self._edition,
            (cache_minute(at), at.live, at.is_exercise),
            (
                access_scope.scope_of(viewer),
                viewer.role.name,
                viewer.link and viewer.link.expires_at,
            ),
            asked,
        )

    async def sources(self, asked: Asked, now: datetime) -> Sources:
        """What a picture is made from that nobody else is shown."""
        shown = await self.look()
        return Sources(self.board, shown, self._heeded, self._moment(asked, shown, now))

    def _moment(self, asked: Asked, shown: SnapshotView, now: datetime) -> ViewTime:
        zone = self.board.register.election.zone
        return moments.resolve_view_time(asked.moment, now, shown.snapshot.exercise_at, zone)

    async def look(self, *, at_once: bool = False) -> SnapshotView:
        """The picture of the store, asked again where the last look is old."""
        async with self._looking:
            shown = self._picture
            if shown is None or at_once or monotonic() - self._looked >= _LOOK:
                shown = await self._look(self.board.refresher.refresh if at_once else None)
            return shown

    async def _look(self, ask: Callable[[], SnapshotView] | None) -> SnapshotView:
        before = self._state()
        loop, ask = asyncio.get_running_loop(), ask or self.board.refresher.current_view
        shown, heeded = await loop.run_in_executor(self._looker, self._ask, ask)
        self._picture, self._looked, self._disk = shown, monotonic(), DISK_SPACE.state.summary
        if heeded is not None:
            self._heeded, self._edition = heeded, self._edition + 1
        if self._state() != before:
            self._changed.set()
            self._changed = asyncio.Event()
        return shown

    def _state(self) -> Hashable:
        shown = self._picture
        return shown and (shown.snapshot.audit_position, shown.trouble, self._edition, self._disk)

    def _ask(
        self, ask: Callable[[], SnapshotView]
    ) -> tuple[SnapshotView, dict[str, Acknowledgement] | None]:
        shown, heeded = ask(), None
        try:
            if shown.access_position != self._access:
                every = acknowledgements.load_all(self.board.store)
                self._access = shown.access_position
                heeded = every if every != self._heeded else None
        except StoreError as error:
            _log.warning("%s", error.detail)  # what was acknowledged stands
        return shown, heeded

    def looked(self, viewer: Viewer, shown: SnapshotView) -> Looked:
        """What this viewer may see of the present."""
        zone = self.board.register.election.zone
        at = moments.resolve_view_time(None, wall_state.now(), shown.snapshot.exercise_at, zone)
        register = wall_state.register_of(self.board, viewer)
        return Looked(
            self.board.analysis_cache, shown.snapshot, at, access_scope.scope_of(viewer), register
        )

    async def change(self, seconds: float) -> None:
        """Wait until the store says something new, or so long."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    def is_crowded(self, session: str) -> bool:
        """Whether this session has so many answers held back that it gets no other."""
        return bool(session) and self._waiting[session] >= _MOST_HELD

    @asynccontextmanager
    async def watching(self, session: str = "") -> AsyncIterator[None]:
        """While anybody waits, the store is asked."""
        self._waiting[session] += 1
        if not self._job.is_alive:
            self._job.start_task(should_stop=lambda: not self._waiting)
        try:
            yield
        finally:
            self._waiting[session] -= 1
            if not self._waiting[session]:
                del self._waiting[session]


def _written(sources: Sources, viewer: Viewer, asked: Asked) -> Body:
    said = wall_state.compose(sources, viewer, asked)
    plain = json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
    tag = f'"{blake2b(plain, digest_size=12).hexdigest()}"'
    return Body(plain, gzip.compress(plain, 6), tag, sources.picture.checked_at)


_current: Wall | None = None


def current(board: Board) -> Wall:
    """The wall of this board; one that is opened anew gets a new one."""
    global _current
    if _current is None or _current.board is not board:
        _current = Wall(board)
    return _current
