"""Service of the wall: reads the store in one place and builds each wall state once."""

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
from situasi.actions import alert_list, briefings
from situasi.actions.alert_list import NO_RECORDS, AlertRecords
from situasi.actions.briefings import Briefing
from situasi.analysis.view_time import ViewTime, cache_minute, resolve_view_time
from situasi.board import Board
from situasi.common.background_jobs import Job
from situasi.common.disk_space import DISK_SPACE
from situasi.live import access_scope
from situasi.live.analysis_cache import AnalysisView
from situasi.live.snapshot import SnapshotView
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import WallQuery
from situasi.server.wall.state import Sources
from situasi.server.wall.state_pool import StatePool
from situasi.store.model import StoreError

ResultT = TypeVar("ResultT")
_REFRESH_EVERY_S = 0.25  # seconds between two reads of the store, however many requests wait
_MAX_WAITING = 40  # held-back responses of one session: more tabs than anybody looks at
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EncodedState:
    """An encoded wall state. etag: of its content; the same content has the same tag."""

    content: bytes
    gzip_content: bytes
    etag: str
    checked_at: datetime


class WallService:
    """The wall of one board."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._snapshot_view: SnapshotView | None = None
        self._records = (NO_RECORDS, list[Briefing]())
        self._access_mark: Hashable = None
        self._revision = 0  # counts changes of the records
        self._disk_summary = DISK_SPACE.state.summary
        self._refreshed_s = float("-inf")
        self._refresh_lock = asyncio.Lock()
        self._changed = asyncio.Event()
        self._waiting_by_session: Counter[str] = Counter()  # held-back responses
        self._job = Job(
            "wall", self.refresh, _REFRESH_EVERY_S, retry_s=_REFRESH_EVERY_S, max_retry_s=5.0,
            expected_errors=(StoreError, OSError),
        )  # fmt: skip
        self._refresh_executor = ThreadPoolExecutor(1, "wall-refresh")
        self._live_pool: StatePool[EncodedState] = StatePool("wall-live", threads=4, per_owner=2)
        self._past_pool: StatePool[EncodedState] = StatePool("wall-past", threads=2, per_owner=1)

    async def get_state(self, viewer: Viewer, query: WallQuery) -> EncodedState:
        """Return the current state for this viewer. Raises TooManyQueries."""
        view = await self.refresh()
        view_time = self._build_view_time(query.moment, view, wall_state.now())
        key = self._cache_key(viewer, query, view, view_time)
        sources = self._build_sources(view, view_time)
        make = partial(_encode_state, sources, viewer, query)
        body = await self._pool_for(view_time).get(key, viewer.name, query, make)
        return EncodedState(body.content, body.gzip_content, body.etag, view.checked_at)

    async def make(
        self, viewer: Viewer, query: WallQuery, view_time: ViewTime, make: Callable[[], ResultT]
    ) -> ResultT:
        """Run `make`, whose result is not shared, in a thread. Raises TooManyQueries."""
        return await self._pool_for(view_time).make(viewer.name, query, make)

    def _pool_for(self, view_time: ViewTime) -> StatePool[EncodedState]:
        return self._live_pool if view_time.live else self._past_pool

    def _cache_key(
        self, viewer: Viewer, query: WallQuery, snapshot_view: SnapshotView, view_time: ViewTime
    ) -> Hashable:
        """Return all that a state depends on, so that viewers with equal access share it."""
        return (
            snapshot_view.snapshot.audit_position,
            tuple(snapshot_view.snapshot.editions.values()),
            snapshot_view.trouble,
            self._disk_summary,
            self._revision,
            (cache_minute(view_time), view_time.live, view_time.is_exercise),
            (access_scope.scope_of(viewer), viewer.role.name),
            viewer.link and viewer.link.expires_at,
            query,
        )

    async def get_sources(self, query: WallQuery, now: datetime) -> Sources:
        """Return the sources of a state that is not shared."""
        view = await self.refresh()
        view_time = self._build_view_time(query.moment, view, now)
        return self._build_sources(view, view_time)

    def _build_sources(self, view: SnapshotView, view_time: ViewTime) -> Sources:
        records, marked = self._records
        return Sources(self.board, view, records, view_time, marked)

    def _build_view_time(
        self, moment: datetime | None, snapshot_view: SnapshotView, now: datetime
    ) -> ViewTime:
        zone = self.board.register.election.zone
        return resolve_view_time(moment, now, snapshot_view.snapshot.exercise_at, zone)

    async def refresh(self, *, force: bool = False) -> SnapshotView:
        """Return the current snapshot view, read again if the last read is old."""
        async with self._refresh_lock:
            view = self._snapshot_view
            if view is None or force or monotonic() - self._refreshed_s >= _REFRESH_EVERY_S:
                view = await self._refresh_now(self.board.refresher.refresh if force else None)
            return view

    async def _refresh_now(self, read: Callable[[], SnapshotView] | None) -> SnapshotView:
        old_key = self._change_key()
        loop, read = asyncio.get_running_loop(), read or self.board.refresher.current_view
        view, stored = await loop.run_in_executor(self._refresh_executor, self._read_store, read)
        self._snapshot_view, self._refreshed_s = view, monotonic()
        self._disk_summary = DISK_SPACE.state.summary
        if stored is not None:
            self._records, self._revision = stored, self._revision + 1
        if self._change_key() != old_key:
            self._changed.set()
            self._changed = asyncio.Event()
        return view

    def _change_key(self) -> Hashable:
        view, own = self._snapshot_view, (self._revision, self._disk_summary)
        return view and (view.snapshot.audit_position, view.trouble, own)

    def _read_store(
        self, read: Callable[[], SnapshotView]
    ) -> tuple[SnapshotView, tuple[AlertRecords, list[Briefing]] | None]:
        """Return the snapshot, and what people did and marked where that has changed."""
        view = read()
        try:
            if view.access_position != self._access_mark:
                store = self.board.store
                stored = (alert_list.load_records(store), briefings.load_all(store))
                self._access_mark = view.access_position
                return view, stored if stored != self._records else None
        except StoreError as error:
            _log.warning("%s", error.detail)  # the records read before stay valid
        return view, None

    def build_analysis_view(self, viewer: Viewer, snapshot_view: SnapshotView) -> AnalysisView:
        """Return what this viewer may see of the present."""
        view_time = self._build_view_time(None, snapshot_view, wall_state.now())
        return self.board.analysis_cache.view(
            snapshot_view.snapshot, view_time, access_scope.scope_of(viewer)
        )

    async def wait_for_change(self, timeout_s: float) -> None:
        """Wait until the store has something new, at most this long."""
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        except TimeoutError:
            return

    def has_too_many_waiting(self, session: str) -> bool:
        """Return whether this session has as many held-back responses as it may have."""
        return bool(session) and self._waiting_by_session[session] >= _MAX_WAITING

    @asynccontextmanager
    async def watch(self, session: str = "") -> AsyncIterator[None]:
        """Keep reading the store while the block runs."""
        self._waiting_by_session[session] += 1
        if not self._job.is_alive:
            self._job.start_task(should_stop=lambda: not self._waiting_by_session)
        try:
            yield
        finally:
            self._waiting_by_session[session] -= 1
            if not self._waiting_by_session[session]:
                del self._waiting_by_session[session]


def _encode_state(sources: Sources, viewer: Viewer, query: WallQuery) -> EncodedState:
    state = wall_state.build_state(sources, viewer, query)
    content = json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    return EncodedState(content, gzip.compress(content, 6), tag, sources.snapshot_view.checked_at)


_current: WallService | None = None


def current_service(board: Board) -> WallService:
    """Return the wall of this board; a board opened anew gets a new one."""
    global _current
    if _current is None or _current.board is not board:
        _current = WallService(board)
    return _current
