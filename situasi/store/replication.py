"""Rows of this store flow up to another, as they are, in order, once; and on when the line is back.

Everything flows save records of access: who may sign in here is nobody's business there. A piece
is one commit at the target, and ends with an entry of the trail: with each, the target is what
this store once was.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final

from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.common.telemetry import JobStatus
from situasi.store import open_store, schema
from situasi.store.audit import audit_log
from situasi.store.audit.row_digests import SEALED
from situasi.store.backup import raw_tables
from situasi.store.backup.raw_tables import OWN, TABLES, Placing, Row, State
from situasi.store.interface import Scope, Store, StoreError

EVERY: Final = 2.0  # seconds between two looks of a server
_LONGEST: Final = 60.0  # seconds between two attempts at a target that does not answer
# A piece ends with the entry that fills one of them: a line that breaks loses no more.
_ROWS, _ENTRIES = 20_000, 2_000

_TRUSTED = timedelta(minutes=1)  # a target may lose what it had, when another takes its place

_log = logging.getLogger(__name__)
_FLOWING = {name: table for name, table in TABLES.items() if name not in OWN}


class SyncRefused(StoreError):
    """The target holds what this store never had, or this store's trail is broken."""


@dataclass(frozen=True)
class Flown:
    """What flowed: rows of all tables, of which entries of the trail; and the end of the trail."""

    rows: int
    entries: int
    head: int


@dataclass
class Piece:
    """What belongs to some entries of the trail, on from the end of the target's.

    whole: all that there is. batch: the last that was delivered, 0 for none. withdrawn: how many
    rows were taken back; acts: by how many withdrawals. notes: how many were written.
    """

    end: int
    seal: str
    whole: bool = False
    entries: int = 0
    rows: int = 0
    batch: int = 0
    withdrawn: int = 0
    acts: int = 0
    notes: int = 0

    @property
    def full(self) -> bool:
        return self.rows >= _ROWS or self.entries >= _ENTRIES

    def add(self, action: str, detail: str, moves: bool) -> bool:
        """Count an entry in. False where it does not say what was written with it."""
        self.entries += 1
        if not moves:
            return True
        try:
            said = json.loads(detail)
            if action == "deliver":
                self.batch = int(said["batch"])
                self.rows += int(said["accepted"]) + int(said["quarantined"])
                self.rows += int(said.get("repeats", 0))
            elif action == "withdraw":
                self.withdrawn += int(said["rows"])
                self.acts += SEALED in said  # one of an older version is told by its rows alone
                self.rows += int(said["rows"])
            elif action == "note":
                self.notes += 1
            else:
                return False
        except (ValueError, TypeError, KeyError):
            return False
        return True

    def of(self, name: str, rows: Iterator[Row]) -> Iterator[Row]:
        """Those of the next rows of a table that belong to it."""
        if self.whole:
            return rows
        counted = {
            schema.notes.name: self.notes,
            schema.withdrawals.name: self.withdrawn,
            schema.withdrawn_batches.name: self.acts,
        }
        if name in counted:
            return islice(rows, counted[name])
        columns = raw_tables.names(TABLES[name])
        if name == schema.audit.name:
            return takewhile(lambda row: row[0] <= self.end, rows)
        at = columns.index("batch")
        return takewhile(lambda row: row[at] <= self.batch, rows)


def flow(source: Store, target: Store) -> Iterator[Flown]:
    """Bring the target up to this store, a piece at a time; ends where nothing is left.

    Raises SyncRefused, and changes nothing, where the target holds another trail; StoreError
    where one of them does not answer. Begun again at any moment it goes on.
    """
    mine, theirs = source.scope(), target.scope()
    if mine is not None and theirs is not None and mine != theirs:
        raise SyncRefused(
            f"Penyimpanan ini milik {mine.contest} {mine.kabupaten}, tempat di tujuan milik"
            f" {theirs.contest} {theirs.kabupaten}. Tidak ada yang dikirim."
        )
    while source.head() != target.head():
        # The lock comes first: what another brought meanwhile is then in the state read after.
        with target.placing() as there, source.state() as here:
            piece = _next(here, there)
            if not piece.entries:
                return
            rows = sum(_place(here, there, name, piece) for name in _FLOWING)
            if there.head() != (piece.end, piece.seal):
                raise SyncRefused("Jejak tujuan tidak berakhir seperti di sini. Batal.")
            there.commit()
        yield Flown(rows, piece.entries, piece.end)


def _place(here: State, there: Placing, name: str, piece: Piece) -> int:
    table = _FLOWING[name]
    rows = here.rows(table, there.last(table))
    placed = there.place(table, raw_tables.names(table), piece.of(name, rows))
    if piece.whole and there.last(table) != here.last(table):
        raise SyncRefused(f"Tujuan memuat baris {name} yang tidak ada di sini. Batal.")
    return placed


def _next(here: State, there: Placing) -> Piece:
    """The piece that joins on to the target. Raises SyncRefused where none can."""
    number, seal = there.head()
    if here.seal(number) != seal or (number == 0 and not there.is_empty(but=OWN)):
        raise SyncRefused(
            f"Tujuan memuat jejak yang tidak pernah ada di sini (sampai catatan {number})."
            " Tidak ada yang dikirim; lihat docs/operations.md, sync."
        )
    piece, clear = Piece(number, seal), True
    for seq, at, actor, action, detail, moves, chain in here.entries(number):
        if piece.full and clear:
            return piece
        if seq != piece.end + 1 or chain != audit_log.seal(
            piece.seal, seq, at, actor, action, detail, moves
        ):
            raise SyncRefused(f"Jejak di sini rusak pada catatan {seq}. Tidak ada yang dikirim.")
        clear = piece.add(action, detail, bool(moves)) and clear
        piece.end, piece.seal = seq, chain
    piece.whole = True
    return piece


class Upstream:
    """The way up, kept open: looks, sends, and tries again by itself while there is trouble.

    opened: gives the target. state: tells how it goes. tell: is told what flowed.
    job: by this name one of several servers sends, and the others let it; None: send whoever else
    does.
    """

    def __init__(
        self,
        source: Store,
        opened: Callable[[], Store],
        clock: Callable[[], datetime],
        state: JobStatus,
        tell: Callable[[Flown], None] | None = None,
        every: float = EVERY,
        job: str | None = None,
    ) -> None:
        self._source, self._opened, self._clock = source, opened, clock
        self._tell = tell or _logged
        self._target: Store | None = None
        self._there: Mapping[str, int] | None = None  # the highest numbers known to be there
        self._head: tuple[int, str] | None = None  # all up to here is there, as was seen
        self._asked: datetime | None = None  # at this time
        self._alone = job
        self._trouble: Exception | None = None
        self.state = state
        self.state.is_enabled = True
        self.job = Job(
            "upstream", self._turn, every, retry_s=2 * every, max_retry_s=max(_LONGEST, every),
            expected_errors=(StoreError, OSError), on_stop=self.close,
        )  # fmt: skip

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        self.job.run(stop)

    def look(self) -> Exception | None:
        """Send what is new; what is wrong, if anything. Asks the target only if something is."""
        self.job.run_once()
        return self._trouble

    def _turn(self) -> None:
        self._trouble = None
        try:
            self.state.is_run_elsewhere = self._alone is not None and not self._source.alone(
                self._alone
            )
            rows = 0 if self.state.is_run_elsewhere else self._flow()
        except Exception as error:
            self._trouble = error
            said = error.detail if isinstance(error, StoreError) else error_log.describe(error)
            self.state.record_failure(self._clock(), said, self._waiting())
            self._begin_anew(error)
            raise
        if not self.state.is_run_elsewhere:
            self.state.record_success(self._clock(), 0, str(rows) if rows else "")

    def _begin_anew(self, error: Exception) -> None:
        """After an unexpected error the target is opened anew: nobody knows how it was left."""
        if not isinstance(error, StoreError):
            with suppress(Exception):
                self.close()

    def close(self) -> None:
        """Let go of the target."""
        target, self._target = self._target, None
        if target is not None:
            target.close()

    @property
    def pause(self) -> float:
        return self.job.next_pause_s()

    def _flow(self) -> int:
        """Send what is new; how many rows."""
        head, now = self._source.head(), self._clock()
        fresh = self._asked is not None and abs(now - self._asked) < _TRUSTED
        rows = 0
        if head == self._head and fresh:
            return rows
        if self._target is None:
            self._target = self._opened()
        with self._target.state() as there:
            self._there = {name: there.last(table) for name, table in _FLOWING.items()}
        for flown in flow(self._source, self._target):
            with self._target.state() as there:
                self._there = {name: there.last(table) for name, table in _FLOWING.items()}
            self._tell(flown)
            rows += flown.rows
        self._head, self._asked = head, now
        return rows

    def _waiting(self) -> int | None:
        """Rows here that are not known to be there; None while nothing is known of there."""
        if self._there is None:
            return None
        try:
            with self._source.state() as here:
                return sum(here.count(_FLOWING[name], last) for name, last in self._there.items())
        except Exception:  # noqa: BLE001 (asked where something is wrong already)
            return None


def upstream(url: str, scope: Scope) -> Callable[[], Store]:
    """Opens the target at this address when asked."""
    return lambda: open_store(url, scope)


def _logged(flown: Flown) -> None:
    told: dict[str, Any] = {"rows": flown.rows, "entries": flown.entries, "head": flown.head}
    _log.info("flowed up", extra=told)
