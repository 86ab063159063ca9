"""The house put together: settings opened into register, door, store and live snapshot."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from situasi.access.audit_log import AuditLog
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, higher_command, road_network
from situasi.domain import register as domain_register
from situasi.domain.boundaries import Boundaries
from situasi.domain.definition_errors import DefinitionError
from situasi.domain.register import Register
from situasi.domain.road_network import Geography
from situasi.domain.settings import Settings
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.gazetteer.name_index import load_abbreviations
from situasi.ingest.vocabulary.vocabulary import load_vocabulary as load_vocabulary
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.refresher import SnapshotRefresher
from situasi.live.snapshot import SnapshotReader
from situasi.store import Scope, open_store
from situasi.store.interface import Store, StoreError
from situasi.store.read_only import ReadOnlyStore


@dataclass(frozen=True)
class ParentCommand:
    """The command above from which the board of a kabupaten is looked at.

    name: of the command. store: its own, in which it is told what people did there.
    """

    name: str
    store: Store


@dataclass(frozen=True)
class Board:
    """Everything that a command, a page or a route needs of one kabupaten.

    One per process; that of a command above has one for each kabupaten that is looked at. above:
    that command; None: the board is the Polres' own. What is looked at from above is not written.
    """

    settings: Settings
    register: Register
    boundaries: Boundaries
    geography: Geography
    ingest_context: IngestContext
    store: Store
    snapshot_reader: SnapshotReader
    analysis_cache: AnalysisCache
    refresher: SnapshotRefresher
    audit_log: AuditLog
    parent: ParentCommand | None = None

    @property
    def kabupaten_code(self) -> str:
        """The code of its kabupaten."""
        return self.register.election.kabupaten_code

    def close(self) -> None:
        self.audit_log.close()
        self.snapshot_reader.close()
        self.store.close()


def load_store_scope(folder: Path) -> Scope:
    """Whose rows the process with this definition keeps: of a kabupaten, or of a command above.

    Raises FileNotFoundError, KeyError or ValueError for a faulty folder.
    """
    if higher_command.is_higher_command(folder):
        return command_scope(higher_command.load(folder))
    voted = election.load(folder)
    return Scope(voted.contest, voted.kabupaten_code)


def command_scope(command: higher_command.HigherCommand) -> Scope:
    """The nation has no code; its own rows lie under 0."""
    return Scope(command.contest, command.code or "0")


def open_board(
    settings: Settings, clock: Callable[[], datetime], parent: ParentCommand | None = None
) -> Board:
    """Open the board that the settings describe; with `above`, to be looked at from there.

    Raises FileNotFoundError, KeyError or ValueError for a faulty election folder, and
    StoreError for a store that cannot be opened.
    """
    if higher_command.is_higher_command(settings.election_folder):
        raise ValueError(
            f"{settings.election_folder.name} adalah satuan di atas Polres; ini untuk satu Polres."
        )
    definition = election.load(settings.election_folder)
    register = domain_register.load(definition)
    boundaries = domain_boundaries.load(definition.boundaries_folder)
    _check_boundary_coverage(register, boundaries)
    vocabulary = load_vocabulary(settings.vocabulary_folder)
    context = IngestContext(
        register,
        PlaceLookup(register, load_abbreviations(settings.vocabulary_folder / "places.csv")),
        boundaries,
        vocabulary,
    )
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    scope = Scope(definition.contest, definition.kabupaten_code)
    store = open_store(settings.store_url, scope, clock=clock)
    if parent is not None:
        store = ReadOnlyStore(
            store, _READ_ONLY_MESSAGE.format(polres=definition.command, name=parent.name)
        )
    reader = (
        open_store(settings.read_store_url, scope, is_replica=True)
        if settings.read_store_url
        else store
    )
    if reader is not store:
        _check_replica(reader, store)
    live, findings = SnapshotReader(reader, definition, clock), AnalysisCache(register)
    lookout = SnapshotRefresher(live, findings, clock, definition.zone)
    deeds = (
        AuditLog(parent.store, clock, definition.kabupaten_code)
        if parent
        else AuditLog(store, clock)
    )
    network = road_network.load(definition, boundaries, register.desa)
    return Board(
        settings, register, boundaries, network, context,
        store, live, findings, lookout, deeds, parent,
    )  # fmt: skip


def _check_replica(reader: Store, store: Store) -> None:
    """What is read from must hold the history of what is written to, if less of it."""
    number, seal = reader.audit_head()
    if store.audit_hash(number) != seal:
        raise StoreError(
            "SITUASI_STORE_READ memuat jejak lain daripada SITUASI_STORE. Sebut server yang"
            " mengikuti penyimpanan ini, atau kosongkan SITUASI_STORE_READ."
        )


# Its rows flow up as they are: one written here would be in no trail of the Polres.
_READ_ONLY_MESSAGE = (
    "Papan {polres} hanya dilihat dari {name}; yang menulis adalah Polres itu sendiri."
)


def _check_boundary_coverage(register: Register, boundaries: Boundaries) -> None:
    # A kecamatan without lines would make every point in it lie elsewhere: no board is better.
    drawn, folder = set(boundaries.codes), register.election.boundaries_folder
    differing = sorted(set(register.kecamatan) ^ drawn)
    if differing:
        lacking = sorted(set(register.kecamatan) - drawn)
        what = (
            "tidak memuat kecamatan" if lacking else "memuat kecamatan yang tidak ada di register:"
        )
        raise DefinitionError(
            f"Batas di {folder} {what} {', '.join(lacking or differing)}. Impor batasnya lagi"
            " (python -m situasi geo import), atau perbaiki kecamatan.csv pemilihan ini."
        )


def tune_gc() -> None:
    """Tell the garbage collector that what is loaded stays, and that rows come in masses.

    Streamlit collects after every run, and walking the imported libraries costs 60 to 100 ms
    each time; an ingest of 100,000 rows is a tenth quicker with fewer collections.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


_current: Board | None = None
# Where no board was installed, in the process of a command above, the screen says which is meant.
_board_resolver: Callable[[], Board] | None = None
_board_override: ContextVar[Board | None] = ContextVar("board", default=None)


class NoBoardSelected(Exception):
    """Nobody said which kabupaten this is about: then it is about none."""


def set_board(board: Board) -> None:
    """Make this the board of the process: the server does it once, before it serves."""
    global _current
    _current = board


def set_board_resolver(resolver: Callable[[], Board] | None) -> None:
    """Have this say, each time, which board is meant, in a process of many.

    It raises NotChosen where nobody said.
    """
    global _chooser
    _board_resolver = resolver


@contextmanager
def use_board(board: Board) -> Iterator[None]:
    """Whatever is asked in here is of this board: for work that goes on in another thread."""
    token = _board_override.set(board)
    try:
        yield
    finally:
        _board_override.reset(token)


def current_board() -> Board:
    """The board that the running script or request is about: that of the process, or one of many.

    Raises NotChosen where there are many and nobody said which.
    """
    board = _board_override.get() or _current
    if board is not None:
        return board
    assert _board_resolver is not None, "the server opens the board before it serves a page"
    return _board_resolver()
