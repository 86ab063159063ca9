"""The house put together: settings opened into register, door, store and live snapshot."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from situasi import election, ground, regions, shapes
from situasi.deeds import Deeds
from situasi.feeds.context import Context
from situasi.feeds.places.finder import Places
from situasi.feeds.places.names import load_abbreviations
from situasi.feeds.vocabulary.vocabulary import load as load_vocabulary
from situasi.findings import Findings
from situasi.ground import Ground
from situasi.lookout import Lookout
from situasi.regions import Register
from situasi.settings import Settings
from situasi.shapes import Boundaries
from situasi.snapshot import Live
from situasi.store import Scope, open_store
from situasi.store.protocol import Store


@dataclass(frozen=True)
class Board:
    """Everything that a command, a page or a route needs. One per process."""

    settings: Settings
    register: Register
    boundaries: Boundaries
    ground: Ground
    context: Context
    store: Store
    live: Live
    findings: Findings
    lookout: Lookout
    deeds: Deeds

    def close(self) -> None:
        self.deeds.close()
        self.live.close()
        self.store.close()


def open_board(settings: Settings, clock: Callable[[], datetime]) -> Board:
    """Open the board that the settings describe.

    Raises FileNotFoundError, KeyError or ValueError for a faulty election folder, and
    StoreError for a store that cannot be opened.
    """
    definition = election.load(settings.election)
    register = regions.load(definition)
    boundaries = shapes.load(definition.boundaries)
    _covers(register, boundaries)
    vocabulary = load_vocabulary(settings.vocabulary)
    context = Context(
        register,
        Places(register, load_abbreviations(settings.vocabulary / "places.csv")),
        boundaries,
        vocabulary,
    )
    settings.live.mkdir(parents=True, exist_ok=True)
    scope = Scope(definition.contest, definition.kabupaten_code)
    store = open_store(settings.store, scope)
    reader = open_store(settings.reads, scope, follows=True) if settings.reads else store
    live, findings = Live(reader, definition, clock), Findings(register)
    lookout = Lookout(live, findings, clock, definition.zone)
    deeds = Deeds(store, clock)
    return Board(
        settings, register, boundaries, ground.load(definition, boundaries, register.desa), context,
        store, live, findings, lookout, deeds,
    )  # fmt: skip


def _covers(register: Register, boundaries: Boundaries) -> None:
    missing = sorted(set(register.kecamatan) ^ set(boundaries.codes))
    if missing:
        raise ValueError(f"register and boundaries do not name the same kecamatan: {missing}")


def settle_memory() -> None:
    """Tell the garbage collector that what is loaded stays, and that rows come in masses.

    Streamlit collects after every run, and walking the imported libraries costs 60 to 100 ms
    each time; an ingest of 100,000 rows is a tenth quicker with fewer collections.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


_current: Board | None = None


def install(board: Board) -> None:
    """Make this the board of the process: the server does it once, before it serves."""
    global _current
    _current = board


def current() -> Board:
    """The board of this process. Pages and routes run only after `install`."""
    assert _current is not None, "the server opens the board before it serves a page"
    return _current
