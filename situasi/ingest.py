"""One source: read, check, save; and the ledger of what became of every row."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from situasi import feeds
from situasi.election import Election
from situasi.feeds.context import Context
from situasi.feeds.headings import RETURNED
from situasi.feeds.reading.marks import SHEET
from situasi.feeds.reading.sources import read
from situasi.feeds.table import Checked, Rejected, SourceRefused, Table
from situasi.feeds.when import by_the_end
from situasi.reports.guard import bare
from situasi.store.protocol import Delivery, Rejection, Store, Writing

# What is wrong with the machine or its disks, not with a file.
_MACHINE = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EIO, errno.ESTALE}
)
NO_LONGER_HELD = "Baris ini tidak lagi menunggu: orang lain sudah melepaskannya."

Progress = Callable[[float, int], None]
# Is given a feed and its rows as they will be stored, those that turn out duplicates too.
Preview = Callable[[str, pd.DataFrame], None]


@dataclass
class Ledger:
    """What became of one source. read == accepted + duplicate + quarantined, always.

    feed: the feeds joined with "+" where the sheets of a workbook belong to several.
    reasons: row, its reasons, and its sheet where a workbook has several.
    refused: the one sentence why the source could not be read at all, else None. retry: then the
    machine was at fault (no descriptors left, a full disk), and the same source may be read later.
    """

    path: str
    feed: str | None = None
    sha256: str | None = None
    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: str | None = None
    retry: bool = False

    def as_json(self) -> dict[str, Any]:
        """What is told to whoever sent it."""
        return {name: value for name, value in self.__dict__.items() if name != "retry"}


def ingest_file(
    path: Path,
    store: Store,
    context: Context,
    *,
    now: datetime,
    actor: str,
    feed: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    preview: Preview | None = None,
    own: bool = False,
    most: int = 0,
) -> Ledger:
    """Bring one file through the door. All of it is stored, or nothing.

    feed: which feed it is; None lets the headings tell, those of each sheet where a
    workbook has several. Each feed of such a workbook is a delivery of its own: cut off
    between two, sending it again completes it. A file that cannot be read leaves the
    store as it was and says why in `refused`. own: rows that come back settle only what this
    actor had delivered. most: a file with more rows than this is refused whole; 0: any number.
    Raises StoreError.
    """
    ledger = Ledger(str(path), feed=feed, sha256=_sha256(path))

    def deliver(name: str, tables: Iterable[Table]) -> None:
        delivery = Delivery(name, path.name, ledger.sha256 or "", now, actor)
        with store.deliver(delivery) as writing:
            for table in tables:
                _save(
                    table, delivery, writing, ledger, context, progress, store,
                    own=own, preview=preview,
                )  # fmt: skip
            if dry_run:
                writing.discard()

    try:
        tables = _at_most(read(path, context.recognised), most)
        if feed is not None:
            deliver(feed, tables)
            return ledger
        ledger.feed, tables = _told(tables, context)
        others: dict[str, list[Table]] = {}
        deliver(ledger.feed, _own(tables, ledger.feed, others, context))
    except SourceRefused as error:
        return Ledger(
            str(path), feed=ledger.feed, sha256=ledger.sha256, refused=str(error),
            retry=_is_of_the_machine(error.__cause__),
        )  # fmt: skip
    for name, sheets in others.items():
        deliver(name, sheets)
    ledger.feed = "+".join((ledger.feed, *others))
    return ledger


def _is_of_the_machine(cause: BaseException | None) -> bool:
    return isinstance(cause, OSError) and cause.errno in _MACHINE


def ingest_rows(
    rows: Sequence[dict[str, Any]],
    source: str,
    store: Store,
    context: Context,
    *,
    feed: str,
    now: datetime,
    actor: str,
    releases: int | None = None,
    own: bool = False,
) -> Ledger:
    """Bring rows that are already apart (a replay, a form) through the same door.

    own: as of `ingest_file`.

    releases: the number in quarantine that these rows settle. Where one of them is faulty,
    or somebody else has settled it, nothing is stored, not even in quarantine.
    """
    table = as_table(rows)
    ledger = Ledger(source, feed=feed, sha256=hashlib.sha256(repr(rows).encode()).hexdigest())
    delivery = Delivery(feed, source, ledger.sha256 or "", now, actor)
    with store.deliver(delivery) as writing:
        settled = _save(table, delivery, writing, ledger, context, None, store, own=own)
        if releases is not None and (ledger.quarantined or releases not in settled):
            writing.discard()
    if releases is not None and not ledger.quarantined and releases not in settled:
        return Ledger(source, feed=feed, sha256=ledger.sha256, refused=NO_LONGER_HELD)
    return ledger


def as_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Rows that are already apart as the table that is judged, numbered from 1."""
    cells = pd.DataFrame(rows, dtype="object")
    cells = cells.where(cells.notna() & (cells != ""), None)
    return Table(cells, list(range(1, len(rows) + 1)))


def too_many(most: int) -> str:
    """The sentence for a source with more rows than are taken at once."""
    return f"lebih dari {most} baris sekaligus; bagi menjadi beberapa kiriman"


def _at_most(tables: Iterator[Table], most: int) -> Iterator[Table]:
    rows = 0
    for table in tables:
        rows += len(table.rows)
        if most and rows > most:
            raise SourceRefused(too_many(most))
        yield table


def _sha256(path: Path) -> str | None:
    """None for what is no file, or may not be opened: the reader says why, and never waits."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _told(tables: Iterator[Table], context: Context) -> tuple[str, Iterator[Table]]:
    """The feed of the first table whose headings tell one, and all tables.

    Only sheets have headings of their own; in any other source the first table tells.
    """
    seen: list[Table] = []
    for table in tables:
        seen.append(table)
        feed = _feed(table, context)
        if feed is not None:
            return feed, chain(seen, tables)
        if SHEET not in table.cells.columns:
            break
    headings = [heading for table in seen for heading in table.cells.columns]
    votes = any(context.holds_votes(heading) for heading in headings)
    why = "; polisi tidak mencatat perolehan suara" if votes else ""
    raise SourceRefused(
        "judul kolom tidak menunjukkan jenis laporan (butuh sedikitnya waktu, tempat dan jenis)"
        + why
    )


def _own(
    tables: Iterable[Table], feed: str, others: dict[str, list[Table]], context: Context
) -> Iterator[Table]:
    """The tables of this feed; sheets of other feeds are put into `others`.

    A sheet whose headings tell no feed stays: its rows are judged, and lie in quarantine
    rather than nowhere.
    """
    for table in tables:
        name = _feed(table, context) if SHEET in table.cells.columns else None
        if name is None or name == feed:
            yield table
        else:
            others.setdefault(name, []).append(table)


def _feed(table: Table, context: Context) -> str | None:
    return context.vocabulary.feed_of(list(table.cells.columns))


def _save(
    table: Table,
    delivery: Delivery,
    writing: Writing,
    ledger: Ledger,
    context: Context,
    progress: Progress | None,
    store: Store,
    *,
    own: bool,
    preview: Preview | None = None,
) -> list[int]:
    """Judge and write one table; the quarantine numbers that it settles."""
    now = delivery.recorded_at
    table = without_our_marks(table)
    checked = feeds.check(table, delivery.feed, context, now)
    accepted = checked.accepted.assign(known_at=known_at(checked.accepted, now, context.election))
    if preview:
        preview(delivery.feed, accepted)
    added = writing.add(accepted, [_rejection(r) for r in checked.rejected])
    settled = _returned(table, checked, store, delivery.actor if own else None)
    writing.release(settled)
    ledger.read += checked.read
    ledger.accepted += added.accepted
    ledger.duplicate += added.duplicate
    ledger.quarantined += added.quarantined
    ledger.reasons += [_reason(r) for r in checked.rejected]
    ledger.notes += [n for n in (*table.notes, *checked.notes) if n not in ledger.notes]
    if progress:
        progress(table.progress, ledger.read)
    return settled


def known_at(accepted: pd.DataFrame, now: datetime, election: Election) -> pd.Series:
    """When the command post knew each row.

    Until the watch is over: when this board stored it. Of an exercise, and of history
    (stored after the watch, and long after its own time): when it was reported as the
    source says, or else when it happened; where it tells neither, when it was stored.
    """
    stored = pd.Series(pd.Timestamp(now), accepted.index).astype("datetime64[us, UTC]")
    happened = accepted["occurred_at"]
    for precision in ("hari", "bulan"):
        latest = happened + (by_the_end(now, precision) - now)
        happened = happened.where(accepted["precision"] != precision, latest)
    own = accepted["reported_at"].fillna(happened).fillna(stored)
    long = election.thresholds.history_after
    over = now > election.day_end + long
    history = over & (accepted["occurred_at"] < stored - long) & (own <= stored)
    return own.where(accepted["latihan"] | history, stored)


def _reason(rejected: Rejected) -> dict[str, Any]:
    sheet = {"sheet": rejected.raw[SHEET]} if SHEET in rejected.raw else {}
    return {"row": rejected.row, **sheet, "reasons": list(rejected.reasons)}


def _rejection(rejected: Rejected) -> Rejection:
    return Rejection(rejected.row, rejected.raw, rejected.reasons)


def without_our_marks(table: Table) -> Table:
    """A returned quarantine file without the apostrophes that our export put before formulas."""
    if RETURNED not in table.cells.columns:
        return table
    return replace(table, cells=table.cells.map(bare).astype("object"))


def _returned(table: Table, checked: Checked, store: Store, whose: str | None) -> list[int]:
    """The quarantine numbers that this table settles: accepted now, or faulty in a new way.

    A number that does not wait (any more) is a sender's slip and settles nothing. Asked
    after `writing.add`, which holds the write lock: nobody else settles it meanwhile.
    whose: only what this actor had delivered; None: whatever waits.
    """
    if RETURNED not in table.cells.columns:
        return []
    numbers = [_whole(cell) for cell in table.cells[RETURNED]]
    waiting = store.quarantine(numbers=numbers)
    if whose is not None and waiting:
        batches = store.batches()
        theirs = set(batches.loc[batches["actor"] == whose, "batch"])
        waiting = [row for row in waiting if row.batch in theirs]
    held = {row.number: row.raw for row in waiting}
    accepted = set(checked.accepted["row"])
    changed = {rejected.row: rejected.raw for rejected in checked.rejected}
    settled = []
    for row, number in zip(table.rows, numbers, strict=True):
        if number in held and (row in accepted or changed.get(row, held[number]) != held[number]):
            settled.append(number)
    return settled


def _whole(cell: Any) -> int:
    try:
        return int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return 0
