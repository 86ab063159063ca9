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
from situasi.higher_command.rollup_cache import Overseeing, Overview
from situasi.store import open_store
from situasi.store.interface import Store, StoreError
from situasi.store.rollups.queries import open_rollups

# Boards of kabupaten in memory at once: more than a Polda has kabupaten.
MOST: Final = 24
# One that was asked for within so many seconds has somebody before it, and is not closed.
LOOKED_AT: Final = 60.0
# One that nobody asked for in so many seconds is closed.
LEFT: Final = 900.0
# The roll-ups are asked for so often.
EVERY: Final = 0.5
_log = logging.getLogger(__name__)


class Unopened(Exception):
    """The board of this kabupaten cannot be opened here; the message says why."""


@dataclass
class _Held:
    """A board, or whoever opens it now. used: by the clock of the holder."""

    board: Future[Board]
    used: float
    stop: threading.Event = field(default_factory=threading.Event)
    lookout: Job | None = None

    def close(self) -> None:
        self.stop.set()
        if self.lookout is not None:
            self.lookout.join(10)
        self.board.result().close()


class Boards:
    """The boards of kabupaten at which somebody looks: opened at the first look, few at once.

    Each has its own lookout in a thread of its own. Any thread may ask.
    """

    def __init__(
        self,
        command: HigherCommand,
        opens: Callable[[Member], Board],
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command, self._opens, self._most, self._clock = command, opens, most, clock
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def of(self, code: str) -> Board:
        """The board of this kabupaten. Raises Unopened."""
        mine: _Held | None = None
        left: list[_Held] = []
        with self._lock:
            now = self._clock()
            held = self._held.get(code)
            if held is None:
                member = self._member(code)
                left = self._make_room(now)
                held = mine = self._held[code] = _Held(Future(), now)
            held.used = now
        if mine is not None:
            _let_go(left)
            self._open(member, mine)
        return held.board.result()

    def opened(self) -> list[Board]:
        """Those that are open now."""
        with self._lock:
            held = list(self._held.values())
        return [one.board.result() for one in held if one.board.done()]

    def tidy(self) -> None:
        """Close those at which nobody has looked for long."""
        with self._lock:
            late = self._clock() - LEFT
            left = [self._held.pop(code) for code in list(self._held)
                    if self._held[code].used < late and self._held[code].board.done()]  # fmt: skip
        _let_go(left)

    def close(self) -> None:
        with self._lock:
            held, self._held = list(self._held.values()), {}
        for one in held:
            with suppress(Unopened):
                one.close()

    def _member(self, code: str) -> Member:
        try:
            member = self._command.member(code)
        except KeyError:
            raise Unopened(f"{code} bukan kabupaten dari {self._command.name}.") from None
        if member.election_folder is None:
            raise Unopened(
                f"Definisi pemilihan {member.name} belum ada di sini; papannya tidak dapat dibuka."
            )
        return member

    def _make_room(self, now: float) -> list[_Held]:
        if len(self._held) < self._most:
            return []
        longest = min(self._held, key=lambda code: self._held[code].used)
        if now - self._held[longest].used < LOOKED_AT:
            raise Unopened(
                f"Sudah {self._most} papan kabupaten dilihat bersamaan di server ini."
                " Coba lagi sebentar."
            )
        return [self._held.pop(longest)]

    def _open(self, member: Member, held: _Held) -> None:
        board: Board | None = None
        try:
            board = self._opens(member)
            held.lookout = board.refresher.job
            held.lookout.name = f"lookout {member.code}"
            held.lookout.start_thread(held.stop)
        except (StoreError, OSError, KeyError, ValueError) as error:
            _log.warning("board of %s not opened: %s", member.code, error)
            self._failed(member.code, held, Unopened(f"Papan tidak dapat dibuka: {error}"))
            return
        except BaseException as error:
            if board is not None:
                with suppress(Exception):
                    board.close()
            self._failed(member.code, held, error)
            raise
        held.board.set_result(board)

    def _failed(self, code: str, held: _Held, error: BaseException) -> None:
        """Told to all who wait; who asks later tries again."""
        with self._lock:
            if self._held.get(code) is held:
                del self._held[code]
        held.board.set_exception(error)


def _let_go(left: Collection[_Held]) -> None:
    """Close them, and let nobody wait for it."""
    for one in left:
        background_jobs.run_in_background("closing", one.close)


@dataclass(frozen=True)
class Headquarters:
    """Everything that the page of a command above, or a route of its server, needs.

    store: its own, of accounts, sessions and trail; it holds no reports. boundaries: of the
    kabupaten (`geo/kabupaten.geojson` in its folder), where they are known. kecamatan: the names
    of those that are known, by code. estimated: kabupaten of which the voters of some TPS are a
    perkiraan.
    """

    settings: Settings
    command: HigherCommand
    store: Store
    overseeing: Overseeing
    deeds: AuditLog
    boards: Boards
    boundaries: Boundaries | None = None
    kecamatan: Mapping[str, str] = field(default_factory=dict)
    estimated: frozenset[str] = frozenset()

    def watch(self) -> Job:
        """The job that keeps the roll-ups new, and closes what nobody looks at."""
        return Job(
            "overseeing", self._look, EVERY, max_retry_s=10.0, expected_errors=(StoreError, OSError)
        )

    def _look(self) -> None:
        self.overseeing.overview()
        self.boards.tidy()

    def close(self) -> None:
        self.boards.close()
        self.deeds.close()
        self.overseeing.close()
        self.store.close()


def open_headquarters(settings: Settings, clock: Callable[[], datetime]) -> Headquarters:
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
    rollups = open_rollups(where, command.contest, follows=follows)

    def opens(member: Member) -> Board:
        return open_member(settings, command, member, store, clock)

    return Headquarters(
        settings, command, store, Overseeing(rollups, command, clock), AuditLog(store, clock),
        Boards(command, opens), _boundaries(command), _kecamatan(command),
        _estimated(command),
    )  # fmt: skip


def _boundaries(command: HigherCommand) -> Boundaries | None:
    try:
        return load_shapes(command.folder / "geo", "kabupaten")
    except FileNotFoundError:
        return None


def _estimated(command: HigherCommand) -> frozenset[str]:
    return frozenset(
        one.code
        for one in command.members
        if one.election_folder is not None and has_estimated_voters(one.election_folder)
    )


def _kecamatan(command: HigherCommand) -> dict[str, str]:
    folders = [one.election_folder for one in command.members if one.election_folder is not None]
    return {code: name for folder in folders for code, name in load_kecamatan_names(folder).items()}


def open_member(
    settings: Settings,
    command: HigherCommand,
    member: Member,
    own: Store,
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
    board = open_board(there, clock, ParentCommand(command.name, own))
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


def seen(found: Overview, area: Collection[str]) -> Overview:
    """What a viewer of this area may see of it: of other kabupaten nothing, not in a sum either."""
    if not area:
        return found
    some = tuple(one for one in found.command.members if is_within(area, one.code))
    codes = {one.code for one in some}
    provinces = {one.province for one in some}
    parts = {code: name for code, name in found.command.subdivisions.items() if code in provinces}
    tps, dpt = ([getattr(one, name) for one in some] for name in ("tps", "dpt"))
    command = replace(
        found.command,
        members=some,
        subdivisions=parts,
        tps=None if None in tps else sum(tps),
        dpt=None if None in dpt else sum(dpt),
    )
    rollups = {code: one for code, one in found.rollups.items() if code in codes}
    return replace(found, command=command, rollups=rollups)


_current: Headquarters | None = None


def install(headquarters: Headquarters | None) -> None:
    """Make this that of the process; None where it is the board of one Polres."""
    global _current
    _current = headquarters


def current() -> Headquarters | None:
    return _current


def place(board: Callable[[], Board]) -> str:
    """What this server is the board of. board: of the process, where no command above is."""
    return board().register.election.kabupaten if _current is None else _current.command.name


def shapes(board: Callable[[], Board]) -> Iterator[Boundaries]:
    """All boundaries that pages of this server draw."""
    if _current is None:
        yield board().boundaries
        return
    if _current.boundaries is not None:
        yield _current.boundaries
    for one in _current.boards.opened():
        yield one.boundaries
