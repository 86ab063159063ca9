"""The house put together: settings opened into register, door, store and live snapshot."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from situasi.access.audit_log import Deeds
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, higher_command, road_network
from situasi.domain import register as domain_register
from situasi.domain.boundaries import Boundaries
from situasi.domain.definition_errors import DefinitionError
from situasi.domain.register import Register
from situasi.domain.road_network import Ground
from situasi.domain.settings import Settings
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.gazetteer.name_index import load_abbreviations
from situasi.ingest.vocabulary.vocabulary import load_vocabulary as load_vocabulary
from situasi.live.analysis_cache import Findings
from situasi.live.refresher import Lookout
from situasi.live.snapshot import Live
from situasi.store import Scope, open_store
from situasi.store.interface import Store, StoreError
from situasi.store.read_only import ReadOnly


@dataclass(frozen=True)
class Above:
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
    ground: Ground
    context: IngestContext
    store: Store
    live: Live
    findings: Findings
    lookout: Lookout
    deeds: Deeds
    above: Above | None = None

    @property
    def code(self) -> str:
        """The code of its kabupaten."""
        return self.register.election.kabupaten_code

    def close(self) -> None:
        self.deeds.close()
        self.live.close()
        self.store.close()


def scope_of(folder: Path) -> Scope:
    """Whose rows the process with this definition keeps: of a kabupaten, or of a command above.

    Raises FileNotFoundError, KeyError or ValueError for a faulty folder.
    """
    if higher_command.is_command(folder):
        return command_scope(higher_command.load(folder))
    voted = election.load(folder)
    return Scope(voted.contest, voted.kabupaten_code)


def command_scope(of: higher_command.Command) -> Scope:
    """The nation has no code; its own rows lie under 0."""
    return Scope(of.contest, of.code or "0")


def open_board(
    settings: Settings, clock: Callable[[], datetime], above: Above | None = None
) -> Board:
    """Open the board that the settings describe; with `above`, to be looked at from there.

    Raises FileNotFoundError, KeyError or ValueError for a faulty election folder, and
    StoreError for a store that cannot be opened.
    """
    if higher_command.is_command(settings.election):
        raise ValueError(
            f"{settings.election.name} adalah satuan di atas Polres; ini untuk satu Polres."
        )
    definition = election.load(settings.election)
    register = domain_register.load(definition)
    boundaries = domain_boundaries.load(definition.boundaries)
    _covers(register, boundaries)
    vocabulary = load_vocabulary(settings.vocabulary)
    context = IngestContext(
        register,
        PlaceLookup(register, load_abbreviations(settings.vocabulary / "places.csv")),
        boundaries,
        vocabulary,
    )
    settings.live.mkdir(mode=0o700, parents=True, exist_ok=True)
    scope = Scope(definition.contest, definition.kabupaten_code)
    store = open_store(settings.store, scope, clock=clock)
    if above is not None:
        store = ReadOnly(store, _LOOKED_AT.format(polres=definition.command, name=above.name))
    reader = open_store(settings.reads, scope, follows=True) if settings.reads else store
    if reader is not store:
        _must_follow(reader, store)
    live, findings = Live(reader, definition, clock), Findings(register)
    lookout = Lookout(live, findings, clock, definition.zone)
    deeds = Deeds(above.store, clock, definition.kabupaten_code) if above else Deeds(store, clock)
    network = road_network.load(definition, boundaries, register.desa)
    return Board(
        settings, register, boundaries, network, context,
        store, live, findings, lookout, deeds, above,
    )  # fmt: skip


def _must_follow(reader: Store, store: Store) -> None:
    """What is read from must hold the history of what is written to, if less of it."""
    number, seal = reader.head()
    if store.seal(number) != seal:
        raise StoreError(
            "SITUASI_STORE_READ memuat jejak lain daripada SITUASI_STORE. Sebut server yang"
            " mengikuti penyimpanan ini, atau kosongkan SITUASI_STORE_READ."
        )


# Its rows flow up as they are: one written here would be in no trail of the Polres.
_LOOKED_AT = "Papan {polres} hanya dilihat dari {name}; yang menulis adalah Polres itu sendiri."


def _covers(register: Register, boundaries: Boundaries) -> None:
    # A kecamatan without lines would make every point in it lie elsewhere: no board is better.
    drawn, folder = set(boundaries.codes), register.election.boundaries
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


def settle_memory() -> None:
    """Tell the garbage collector that what is loaded stays, and that rows come in masses.

    Streamlit collects after every run, and walking the imported libraries costs 60 to 100 ms
    each time; an ingest of 100,000 rows is a tenth quicker with fewer collections.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


_current: Board | None = None
# Where no board was installed, in the process of a command above, the screen says which is meant.
_chooser: Callable[[], Board] | None = None
_fixed: ContextVar[Board | None] = ContextVar("board", default=None)


class NotChosen(Exception):
    """Nobody said which kabupaten this is about: then it is about none."""


def install(board: Board) -> None:
    """Make this the board of the process: the server does it once, before it serves."""
    global _current
    _current = board


def choose(chooser: Callable[[], Board] | None) -> None:
    """Have this say, each time, which board is meant, in a process of many.

    It raises NotChosen where nobody said.
    """
    global _chooser
    _chooser = chooser


@contextmanager
def at(board: Board) -> Iterator[None]:
    """Whatever is asked in here is of this board: for work that goes on in another thread."""
    token = _fixed.set(board)
    try:
        yield
    finally:
        _fixed.reset(token)


def current() -> Board:
    """The board that the running script or request is about: that of the process, or one of many.

    Raises NotChosen where there are many and nobody said which.
    """
    board = _fixed.get() or _current
    if board is not None:
        return board
    assert _chooser is not None, "the server opens the board before it serves a page"
    return _chooser()
