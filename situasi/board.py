"""The board of one kabupaten: settings opened into register, store, snapshot and audit log."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from situasi.access import officer_key
from situasi.access.audit_log import AuditLog
from situasi.access.officer_key import OfficerKey
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, higher_command, road_network
from situasi.domain import register as domain_register
from situasi.domain.boundaries import Boundaries
from situasi.domain.definition_errors import DefinitionError, wrap_definition_errors
from situasi.domain.register import Register
from situasi.domain.road_network import Geography
from situasi.domain.settings import Settings
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.gazetteer.name_index import load_abbreviations
from situasi.ingest.message_files.gateway_profiles import load_profiles
from situasi.ingest.remapping import kept_sheets
from situasi.ingest.remapping.kept_sheets import KeptSheets
from situasi.ingest.sources.catalog import FOLDER as PROFILES
from situasi.ingest.sources.catalog import load_catalog
from situasi.ingest.vocabulary.vocabulary import load_vocabulary as load_vocabulary
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.refresher import SnapshotRefresher
from situasi.live.snapshot import SnapshotReader
from situasi.presentation.station_cells import CellFiles
from situasi.store import Scope, Store, StoreError, open_store


@dataclass(frozen=True)
class ParentCommand:
    """The command above a Polres from which the board of a kabupaten is viewed.

    name: of the command. store: its own store, whose audit log records what its people did.
    """

    name: str
    store: Store


@dataclass(frozen=True)
class Board:
    """Everything that a command, a page or a route needs of one kabupaten.

    There is one per process; the process of a command above has one for each kabupaten viewed.
    parent: that command; None: the board is the Polres' own. A board viewed from above is
    read-only.
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
        """Return the code of the kabupaten of this board."""
        return self.register.election.kabupaten_code

    @cached_property
    def cell_files(self) -> CellFiles:
        """The cells of the TPS that browsers fetch."""
        return CellFiles()

    def close(self) -> None:
        """Close the audit log, the snapshot reader and the store."""
        self.audit_log.close()
        self.snapshot_reader.close()
        self.store.close()


def load_store_scope(folder: Path) -> Scope:
    """Return the scope of the rows that a process with this definition folder stores.

    The scope is a kabupaten or a command above. Raises FileNotFoundError, KeyError or ValueError
    for a faulty folder.
    """
    if higher_command.is_higher_command(folder):
        return command_scope(higher_command.load(folder))
    definition = election.load(folder)
    return Scope(definition.contest, definition.kabupaten_code)


def command_scope(command: higher_command.HigherCommand) -> Scope:
    """Return the store scope of a command above; the nation has no code: its rows are under 0."""
    return Scope(command.contest, command.code or "0")


def open_board(
    settings: Settings, clock: Callable[[], datetime], parent: ParentCommand | None = None
) -> Board:
    """Open the board that the settings describe; with `parent`, read-only and viewed from there.

    Raises FileNotFoundError, KeyError or ValueError for a faulty election folder, and StoreError
    for a store that cannot be opened.
    """
    if higher_command.is_higher_command(settings.election_folder):
        raise ValueError(
            f"{settings.election_folder.name} adalah satuan di atas Polres; ini untuk satu Polres."
        )
    definition = election.load(settings.election_folder)
    register = domain_register.load(definition)
    with wrap_definition_errors(definition.folder / "election.toml"):
        boundaries = domain_boundaries.load(definition.boundaries_folder)
        geography = road_network.load(register, boundaries)
    _check_boundary_coverage(register, boundaries)
    vocabulary = load_vocabulary(settings.vocabulary_folder)
    context = IngestContext(
        register,
        PlaceLookup(register, load_abbreviations(settings.vocabulary_folder / "places.csv")),
        boundaries,
        vocabulary,
        load_catalog(
            (settings.election_folder / PROFILES, settings.vocabulary_folder / PROFILES), vocabulary
        ),
        # A board that is only viewed marks nobody.
        officer_key=OfficerKey(None) if parent else officer_key.open_key(settings),
        gateways=load_profiles(settings.vocabulary_folder),
        kept_sheets=KeptSheets(None if parent else settings.data_folder / kept_sheets.FOLDER),
    )
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    scope = Scope(definition.contest, definition.kabupaten_code)
    read_only = (
        _READ_ONLY_MESSAGE.format(polres=definition.command, name=parent.name) if parent else None
    )
    store = open_store(settings.store_url, scope, clock=clock, read_only=read_only)
    reader = (
        open_store(settings.read_store_url, scope, is_replica=True)
        if settings.read_store_url
        else store
    )
    if reader is not store:
        _check_replica(reader, store)
    snapshot_reader, analysis_cache = (
        SnapshotReader(reader, definition, clock),
        AnalysisCache(register),
    )
    refresher = SnapshotRefresher(snapshot_reader, analysis_cache, clock, definition.zone)
    audit_log = (
        AuditLog(parent.store, clock, definition.kabupaten_code)
        if parent
        else AuditLog(store, clock)
    )
    return Board(
        settings, register, boundaries, geography, context, store, snapshot_reader,
        analysis_cache, refresher, audit_log, parent,
    )  # fmt: skip


def _check_replica(reader: Store, store: Store) -> None:
    """Raise StoreError if the audit log of the replica is not a prefix of that of the store."""
    number, audit_hash = reader.audit_head()
    if store.audit_hash(number) != audit_hash:
        raise StoreError(
            "SITUASI_STORE_READ memuat jejak lain daripada SITUASI_STORE. Sebut server yang"
            " mengikuti penyimpanan ini, atau kosongkan SITUASI_STORE_READ."
        )


# Rows are only replicated upwards: one written here would miss in the audit log of the Polres.
_READ_ONLY_MESSAGE = (
    "Papan {polres} hanya dilihat dari {name}; yang menulis adalah Polres itu sendiri."
)


def _check_boundary_coverage(register: Register, boundaries: Boundaries) -> None:
    # Points in a kecamatan without lines would be located in another one: better not to start.
    drawn_codes, folder = set(boundaries.codes), register.election.boundaries_folder
    different = sorted(set(register.kecamatan) ^ drawn_codes)
    if different:
        missing = sorted(set(register.kecamatan) - drawn_codes)
        problem = (
            "tidak memuat kecamatan" if missing else "memuat kecamatan yang tidak ada di register:"
        )
        raise DefinitionError(
            f"Batas di {folder} {problem} {', '.join(missing or different)}. Impor batasnya lagi"
            " (python -m situasi geo import), atau perbaiki kecamatan.csv pemilihan ini."
        )


def tune_gc() -> None:
    """Set the garbage collector for many rows, and exclude what is loaded at the start.

    Streamlit collects after every run, and walking the imported libraries costs 60 to 100 ms each
    time; an ingest of 100,000 rows is a tenth quicker with fewer collections.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


_current: Board | None = None
# In the process of a command above no board is set: the resolver finds that of the open page.
_board_resolver: Callable[[], Board] | None = None
_board_override: ContextVar[Board | None] = ContextVar("board", default=None)


class NoBoardSelected(Exception):
    """No kabupaten was selected, so there is no current board."""


def set_board(board: Board) -> None:
    """Set the board of this process; the server calls it once, before it serves."""
    global _current
    _current = board


def set_board_resolver(resolver: Callable[[], Board] | None) -> None:
    """Set the function that returns the current board in a process with many boards.

    It raises NoBoardSelected where no kabupaten was selected.
    """
    global _board_resolver
    _board_resolver = resolver


@contextmanager
def use_board(board: Board) -> Iterator[None]:
    """Make this the current board inside the block, also for work in another thread."""
    token = _board_override.set(board)
    try:
        yield
    finally:
        _board_override.reset(token)


def current_board() -> Board:
    """Return the board of the running script or request: that of the process, or one of many.

    Raises NoBoardSelected in a process with many boards where no kabupaten was selected.
    """
    board = _board_override.get() or _current
    if board is not None:
        return board
    assert _board_resolver is not None, "the server opens the board before it serves a page"
    return _board_resolver()
