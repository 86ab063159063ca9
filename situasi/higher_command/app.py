"""A command above the Polres put together: its roll-ups, and the board of any of its kabupaten."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from situasi.access.audit_log import AuditLog
from situasi.board import Board, ParentCommand, command_scope, open_board
from situasi.common import background_jobs
from situasi.common.background_jobs import Job
from situasi.domain import higher_command as commands
from situasi.domain.boundaries import Boundaries
from situasi.domain.boundaries import load as load_shapes
from situasi.domain.higher_command import HigherCommand, Member
from situasi.domain.register import has_estimated_voters, load_kecamatan_names
from situasi.domain.settings import Settings
from situasi.higher_command.rollup_cache import HigherCommandOverview, RollupCache
from situasi.store import open_store
from situasi.store.interface import Store, StoreError
from situasi.store.rollups.queries import open_rollup_reader

# Boards of kabupaten in memory at once: more than a Polda has kabupaten.
MAX_BOARDS: Final = 24
# One that was asked for within so many seconds has somebody before it, and is not closed.
IN_USE_S: Final = 60.0
# One that nobody asked for in so many seconds is closed.
IDLE_CLOSE_S: Final = 900.0
# The roll-ups are asked for so often.
REFRESH_S: Final = 0.5
_log = logging.getLogger(__name__)


class BoardUnavailable(Exception):
    """The board of this kabupaten cannot be opened here; the message says why."""


@dataclass
class _PooledBoard:
    """A board, or whoever opens it now. used: by the clock of the holder."""

    board: Future[Board]
    used_at_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    refresh_job: Job | None = None

    def close(self) -> None:
        self.stop.set()
        if self.refresh_job is not None:
            self.refresh_job.join(10)
        self.board.result().close()


class BoardPool:
    """The boards of kabupaten at which somebody looks: opened at the first look, few at once.

    Each has its own lookout in a thread of its own. Any thread may ask.
    """

    def __init__(
        self,
        command: HigherCommand,
        opener: Callable[[Member], Board],
        max_boards: int = MAX_BOARDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command, self._opener, self._max_boards, self._clock = (
            command,
            opener,
            max_boards,
            clock,
        )
        self._pool: dict[str, _PooledBoard] = {}
        self._lock = threading.Lock()

    def get(self, code: str) -> Board:
        """The board of this kabupaten. Raises Unopened."""
        mine: _PooledBoard | None = None
        left: list[_PooledBoard] = []
        with self._lock:
            now = self._clock()
            held = self._pool.get(code)
            if held is None:
                member = self._find_member(code)
                left = self._evict(now)
                held = mine = self._pool[code] = _PooledBoard(Future(), now)
            held.used_at_s = now
        if mine is not None:
            _close_in_background(left)
            self._open(member, mine)
        return held.board.result()

    def list_open(self) -> list[Board]:
        """Those that are open now."""
        with self._lock:
            held = list(self._pool.values())
        return [one.board.result() for one in held if one.board.done()]

    def close_idle(self) -> None:
        """Close those at which nobody has looked for long."""
        with self._lock:
            late = self._clock() - IDLE_CLOSE_S
            left = [
                self._pool.pop(code)
                for code in list(self._pool)
                if self._pool[code].used_at_s < late and self._pool[code].board.done()
            ]
        _close_in_background(left)

    def close(self) -> None:
        with self._lock:
            held, self._pool = list(self._pool.values()), {}
        for one in held:
            with suppress(BoardUnavailable):
                one.close()

    def _find_member(self, code: str) -> Member:
        try:
            member = self._command.member(code)
        except KeyError:
            raise BoardUnavailable(f"{code} bukan kabupaten dari {self._command.name}.") from None
        if member.election_folder is None:
            raise BoardUnavailable(
                f"Definisi pemilihan {member.name} belum ada di sini; papannya tidak dapat dibuka."
            )
        return member

    def _evict(self, now: float) -> list[_PooledBoard]:
        if len(self._pool) < self._max_boards:
            return []
        longest = min(self._pool, key=lambda code: self._pool[code].used_at_s)
        if now - self._pool[longest].used_at_s < IN_USE_S:
            raise BoardUnavailable(
                f"Sudah {self._max_boards} papan kabupaten dilihat bersamaan di server ini."
                " Coba lagi sebentar."
            )
        return [self._pool.pop(longest)]

    def _open(self, member: Member, pooled: _PooledBoard) -> None:
        board: Board | None = None
        try:
            board = self._opener(member)
            pooled.refresh_job = board.refresher.job
            pooled.refresh_job.name = f"lookout {member.code}"
            pooled.refresh_job.start_thread(pooled.stop)
        except (StoreError, OSError, KeyError, ValueError) as error:
            _log.warning("board of %s not opened: %s", member.code, error)
            self._report_failure(
                member.code, pooled, BoardUnavailable(f"Papan tidak dapat dibuka: {error}")
            )
            return
        except BaseException as error:
            if board is not None:
                with suppress(Exception):
                    board.close()
            self._report_failure(member.code, pooled, error)
            raise
        pooled.board.set_result(board)

    def _report_failure(self, code: str, pooled: _PooledBoard, error: BaseException) -> None:
        """Told to all who wait; who asks later tries again."""
        with self._lock:
            if self._pool.get(code) is pooled:
                del self._pool[code]
        pooled.board.set_exception(error)


def _close_in_background(boards: Collection[_PooledBoard]) -> None:
    """Close them, and let nobody wait for it."""
    for one in boards:
        background_jobs.run_in_background("closing", one.close)


@dataclass(frozen=True)
class HigherCommandApp:
    """Everything that the page of a command above, or a route of its server, needs.

    store: its own, of accounts, sessions and trail; it holds no reports. boundaries: of the
    kabupaten (`geo/kabupaten.geojson` in its folder), where they are known. kecamatan: the names
    of those that are known, by code. estimated: kabupaten of which the voters of some TPS are a
    perkiraan.
    """

    settings: Settings
    command: HigherCommand
    store: Store
    rollup_cache: RollupCache
    audit_log: AuditLog
    board_pool: BoardPool
    boundaries: Boundaries | None = None
    kecamatan: Mapping[str, str] = field(default_factory=dict)
    estimated: frozenset[str] = frozenset()

    def build_refresh_job(self) -> Job:
        """The job that keeps the roll-ups new, and closes what nobody looks at."""
        return Job(
            "overseeing",
            self._refresh,
            REFRESH_S,
            max_retry_s=10.0,
            expected_errors=(StoreError, OSError),
        )

    def _refresh(self) -> None:
        self.rollup_cache.current_overview()
        self.board_pool.close_idle()

    def close(self) -> None:
        self.board_pool.close()
        self.audit_log.close()
        self.rollup_cache.close()
        self.store.close()


def open_higher_command(settings: Settings, clock: Callable[[], datetime]) -> HigherCommandApp:
    """Open the command above that the settings describe.

    Raises FileNotFoundError, KeyError or ValueError for a faulty folder, and StoreError for a
    store that cannot be opened.
    """
    command = commands.load(settings.election_folder)
    if settings.store_url.startswith("sqlite"):
        raise StoreError(
            f"{command.name} perlu satu PostgreSQL yang memuat semua kabupatennya:"
            " SITUASI_STORE=postgresql+psycopg://..."
        )
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = open_store(settings.store_url, command_scope(command))
    where, follows = (
        settings.read_store_url or settings.store_url,
        settings.read_store_url is not None,
    )
    rollups = open_rollup_reader(where, command.contest, is_replica=follows)

    def opens(member: Member) -> Board:
        return open_member_board(settings, command, member, store, clock)

    return HigherCommandApp(
        settings, command, store, RollupCache(rollups, command, clock), AuditLog(store, clock),
        BoardPool(command, opens), _load_boundaries(command), _load_kecamatan_names(command),
        _find_estimated(command),
    )  # fmt: skip


def _load_boundaries(command: HigherCommand) -> Boundaries | None:
    try:
        return load_shapes(command.folder / "geo", "kabupaten")
    except FileNotFoundError:
        return None


def _find_estimated(command: HigherCommand) -> frozenset[str]:
    return frozenset(
        one.code
        for one in command.members
        if one.election_folder is not None and has_estimated_voters(one.election_folder)
    )


def _load_kecamatan_names(command: HigherCommand) -> dict[str, str]:
    folders = [one.election_folder for one in command.members if one.election_folder is not None]
    return {code: name for folder in folders for code, name in load_kecamatan_names(folder).items()}


def open_member_board(
    settings: Settings,
    command: HigherCommand,
    member: Member,
    command_store: Store,
    clock: Callable[[], datetime],
) -> Board:
    """The board of a kabupaten, to be looked at. own: the store of the command."""
    assert member.election_folder is not None, "asked before"
    there = replace(
        settings,
        election_folder=member.election_folder,
        has_rehearsal=False,
        has_hourly_copies=False,
    )
    board = open_board(there, clock, ParentCommand(command.name, command_store))
    election = board.register.election
    if (election.kabupaten_code, election.contest) != (member.code, command.contest):
        board.close()
        raise ValueError(
            f"{member.election_folder} mendefinisikan {election.contest} {election.kabupaten_code},"
            f" bukan {command.contest} {member.code}"
        )
    return board


def is_within(area: Collection[str], code: str) -> bool:
    """Whether a code lies in the area of a viewer; an empty area is everything."""
    return not area or any(f"{code}.".startswith(f"{one}.") for one in area)


def filter_overview(
    overview: HigherCommandOverview, area: Collection[str]
) -> HigherCommandOverview:
    """What a viewer of this area may see of it: of other kabupaten nothing, not in a sum either."""
    if not area:
        return overview
    some = tuple(one for one in overview.command.members if is_within(area, one.code))
    codes = {one.code for one in some}
    provinces = {one.province for one in some}
    parts = {
        code: name for code, name in overview.command.subdivisions.items() if code in provinces
    }
    tps, dpt = ([getattr(one, name) for one in some] for name in ("tps", "dpt"))
    command = replace(
        overview.command,
        members=some,
        subdivisions=parts,
        tps=None if None in tps else sum(tps),
        dpt=None if None in dpt else sum(dpt),
    )
    rollups = {code: one for code, one in overview.rollups.items() if code in codes}
    return replace(overview, command=command, rollups=rollups)


_current: HigherCommandApp | None = None


def set_higher_command(higher_command: HigherCommandApp | None) -> None:
    """Make this that of the process; None where it is the board of one Polres."""
    global _current
    _current = higher_command


def current_higher_command() -> HigherCommandApp | None:
    return _current


def server_unit_name(board: Callable[[], Board]) -> str:
    """What this server is the board of. board: of the process, where no command above is."""
    return board().register.election.kabupaten if _current is None else _current.command.name


def iter_boundaries(board: Callable[[], Board]) -> Iterator[Boundaries]:
    """All boundaries that pages of this server draw."""
    if _current is None:
        yield board().boundaries
        return
    if _current.boundaries is not None:
        yield _current.boundaries
    for one in _current.board_pool.list_open():
        yield one.boundaries
