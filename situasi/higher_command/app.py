"""A higher command assembled: its roll-ups, and the board of any of its kabupaten."""

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
from situasi.higher_command.rollups.reader import open_rollup_reader
from situasi.store import Store, StoreError, open_store

MAX_BOARDS: Final = 24  # in memory at once: more than a Polda has kabupaten
IN_USE_S: Final = 60.0  # a board requested within this time is in use, and not closed
IDLE_CLOSE_S: Final = 900.0  # a board without requests for so long is closed
REFRESH_S: Final = 0.5  # seconds between two refreshes of the roll-ups
_log = logging.getLogger(__name__)


class BoardUnavailable(Exception):
    """The board of this kabupaten cannot be opened here; the message says why."""


@dataclass
class _PooledBoard:
    """A board, open or being opened. used_at_s: by the clock of the pool."""

    board: Future[Board]
    used_at_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    refresh_job: Job | None = None

    def close(self) -> None:
        """Stop the refresh job and close the board."""
        self.stop.set()
        if self.refresh_job is not None:
            self.refresh_job.join(10)
        self.board.result().close()


class BoardPool:
    """The boards of kabupaten in use: opened at the first request, a limited number at once.

    Each has a refresher in a thread of its own. Any thread may call.
    """

    def __init__(
        self,
        command: HigherCommand,
        opener: Callable[[Member], Board],
        max_boards: int = MAX_BOARDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command, self._opener = command, opener
        self._max_boards, self._clock = max_boards, clock
        self._pool: dict[str, _PooledBoard] = {}
        self._lock = threading.Lock()

    def get(self, code: str) -> Board:
        """Return the board of this kabupaten. Raises BoardUnavailable."""
        opened: _PooledBoard | None = None
        evicted: list[_PooledBoard] = []
        with self._lock:
            now = self._clock()
            pooled = self._pool.get(code)
            if pooled is None:
                member = self._find_member(code)
                evicted = self._evict(now)
                pooled = opened = self._pool[code] = _PooledBoard(Future(), now)
            pooled.used_at_s = now
        if opened is not None:
            _close_in_background(evicted)
            self._open(member, opened)
        return pooled.board.result()

    def list_open(self) -> list[Board]:
        """Return the boards that are open now."""
        with self._lock:
            pooled_boards = list(self._pool.values())
        return [pooled.board.result() for pooled in pooled_boards if pooled.board.done()]

    def close_idle(self) -> None:
        """Close boards that nobody has used for long."""
        with self._lock:
            limit_s = self._clock() - IDLE_CLOSE_S
            idle = [
                self._pool.pop(code)
                for code in list(self._pool)
                if self._pool[code].used_at_s < limit_s and self._pool[code].board.done()
            ]
        _close_in_background(idle)

    def close(self) -> None:
        """Close all boards."""
        with self._lock:
            pooled_boards, self._pool = list(self._pool.values()), {}
        for pooled in pooled_boards:
            with suppress(BoardUnavailable):
                pooled.close()

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
        oldest = min(self._pool, key=lambda code: self._pool[code].used_at_s)
        if now - self._pool[oldest].used_at_s < IN_USE_S:
            raise BoardUnavailable(
                f"Sudah {self._max_boards} papan kabupaten dilihat bersamaan di server ini."
                " Coba lagi sebentar."
            )
        return [self._pool.pop(oldest)]

    def _open(self, member: Member, pooled: _PooledBoard) -> None:
        board: Board | None = None
        try:
            board = self._opener(member)
            pooled.refresh_job = board.refresher.job
            pooled.refresh_job.name = f"refresher {member.code}"
            pooled.refresh_job.start_thread(pooled.stop)
        except (StoreError, OSError, KeyError, ValueError) as error:
            _log.warning("board of %s not opened: %s", member.code, error)
            unavailable = BoardUnavailable(f"Papan tidak dapat dibuka: {error}")
            self._report_failure(member.code, pooled, unavailable)
            return
        except BaseException as error:
            if board is not None:
                with suppress(Exception):
                    board.close()
            self._report_failure(member.code, pooled, error)
            raise
        pooled.board.set_result(board)

    def _report_failure(self, code: str, pooled: _PooledBoard, error: BaseException) -> None:
        """Pass the error to all waiting callers; a later caller tries again."""
        with self._lock:
            if self._pool.get(code) is pooled:
                del self._pool[code]
        pooled.board.set_exception(error)


def _close_in_background(boards: Collection[_PooledBoard]) -> None:
    """Close these boards without making a caller wait."""
    for pooled in boards:
        background_jobs.run_in_background("closing", pooled.close)


@dataclass(frozen=True)
class HigherCommandApp:
    """Everything that a page or a route of a higher command needs.

    store: its own, with accounts, sessions and audit log; it holds no reports. boundaries: of the
    kabupaten (`geo/kabupaten.geojson` in its folder), where known. kecamatan: known names by code.
    estimated: kabupaten where the voters of some TPS are a perkiraan.
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
        """Return the job that refreshes the roll-ups and closes idle boards."""
        errors = (StoreError, OSError)
        return Job("rollups", self._refresh, REFRESH_S, max_retry_s=10.0, expected_errors=errors)

    def _refresh(self) -> None:
        self.rollup_cache.current_overview()
        self.board_pool.close_idle()

    def close(self) -> None:
        """Close the boards, the audit log, the roll-ups and the store."""
        self.board_pool.close()
        self.audit_log.close()
        self.rollup_cache.close()
        self.store.close()


def open_higher_command(settings: Settings, clock: Callable[[], datetime]) -> HigherCommandApp:
    """Open the higher command that the settings describe.

    Raises FileNotFoundError, KeyError or ValueError for a faulty folder, and StoreError for a store
    that cannot be opened.
    """
    command = commands.load(settings.election_folder)
    addresses = settings.store_url, settings.read_store_url or ""
    if any(address.startswith("sqlite") for address in addresses):
        raise StoreError(
            f"{command.name} perlu satu PostgreSQL yang memuat semua kabupatennya:"
            " SITUASI_STORE=postgresql+psycopg://..."
        )
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = open_store(settings.store_url, command_scope(command))
    rollups = open_rollup_reader(
        settings.read_store_url or settings.store_url,
        command.contest,
        is_replica=settings.read_store_url is not None,
    )

    def open_member(member: Member) -> Board:
        return open_member_board(settings, command, member, store, clock)

    return HigherCommandApp(
        settings, command, store, RollupCache(rollups, command, clock), AuditLog(store, clock),
        BoardPool(command, open_member), _load_boundaries(command), _load_kecamatan_names(command),
        _find_estimated(command),
    )  # fmt: skip


def _load_boundaries(command: HigherCommand) -> Boundaries | None:
    try:
        return load_shapes(command.folder / "geo", "kabupaten")
    except FileNotFoundError:
        return None


def _find_estimated(command: HigherCommand) -> frozenset[str]:
    return frozenset(
        member.code
        for member in command.members
        if member.election_folder is not None and has_estimated_voters(member.election_folder)
    )


def _load_kecamatan_names(command: HigherCommand) -> dict[str, str]:
    names: dict[str, str] = {}
    for member in command.members:
        if member.election_folder is not None:
            names |= load_kecamatan_names(member.election_folder)
    return names


def open_member_board(
    settings: Settings,
    command: HigherCommand,
    member: Member,
    command_store: Store,
    clock: Callable[[], datetime],
) -> Board:
    """Open the board of a kabupaten, read-only. command_store: the store of the command."""
    assert member.election_folder is not None, "asked before"
    member_settings = replace(
        settings,
        election_folder=member.election_folder,
        has_rehearsal=False,
        has_hourly_copies=False,
    )
    board = open_board(member_settings, clock, ParentCommand(command.name, command_store))
    election = board.register.election
    if (election.kabupaten_code, election.contest) != (member.code, command.contest):
        board.close()
        raise ValueError(
            f"{member.election_folder} mendefinisikan {election.contest} {election.kabupaten_code},"
            f" bukan {command.contest} {member.code}"
        )
    return board


def is_within(area: Collection[str], code: str) -> bool:
    """Return whether a code lies in the area of a viewer; an empty area is everything."""
    return not area or any(f"{code}.".startswith(f"{prefix}.") for prefix in area)


def filter_overview(
    overview: HigherCommandOverview, area: Collection[str]
) -> HigherCommandOverview:
    """Return the part that a viewer of this area may see; sums leave out other kabupaten too."""
    if not area:
        return overview
    members = tuple(member for member in overview.command.members if is_within(area, member.code))
    codes = {member.code for member in members}
    provinces = {member.province for member in members}
    subdivisions = {
        code: name for code, name in overview.command.subdivisions.items() if code in provinces
    }
    tps, dpt = ([getattr(member, name) for member in members] for name in ("tps", "dpt"))
    command = replace(
        overview.command,
        members=members,
        subdivisions=subdivisions,
        tps=None if None in tps else sum(tps),
        dpt=None if None in dpt else sum(dpt),
    )
    rollups = {code: rollup for code, rollup in overview.rollups.items() if code in codes}
    return replace(overview, command=command, rollups=rollups)


_current: HigherCommandApp | None = None


def set_higher_command(higher_command: HigherCommandApp | None) -> None:
    """Set the higher command of this process; None on the server of one Polres."""
    global _current
    _current = higher_command


def current_higher_command() -> HigherCommandApp | None:
    """Return the higher command of this process; None on the server of one Polres."""
    return _current


def server_unit_name(board: Callable[[], Board]) -> str:
    """Return the name of this server's unit; `board` gives that of a Polres."""
    return board().register.election.command if _current is None else _current.command.name


def iter_boards(board: Callable[[], Board]) -> Iterator[Board]:
    """Yield all boards of which pages of this server draw maps."""
    if _current is None:
        yield board()
    else:
        yield from _current.board_pool.list_open()


def iter_boundaries(board: Callable[[], Board]) -> Iterator[Boundaries]:
    """Yield all boundaries that pages of this server draw."""
    if _current is not None and _current.boundaries is not None:
        yield _current.boundaries
    for drawn_board in iter_boards(board):
        yield drawn_board.boundaries
