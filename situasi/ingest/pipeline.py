"""One source: read, check, save; and the ledger of what became of every row."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pandas as pd

from situasi.common.formula_escape import bare
from situasi.domain.election import Election
from situasi.ingest import feeds
from situasi.ingest.context import Context
from situasi.ingest.readers.file_reader import read
from situasi.ingest.readers.limits import FILES, DeliveryLimits, too_many_rows
from situasi.ingest.readers.private_copy import private_copy
from situasi.ingest.readers.reserved_columns import SHEET
from situasi.ingest.returned_rows import Claim, claims, not_matched, settled
from situasi.ingest.tables import Checked, Rejected, SourceRefused, Table
from situasi.ingest.validation.column_mapping import RETURNED
from situasi.ingest.validation.time_check import by_the_end
from situasi.ingest.validation.unpivot import count_reports
from situasi.ingest.write_scope import WriteScope, bound
from situasi.store.interface import Delivery, Rejection, Store, StoreError, Writing

ALREADY_WAITS = "sudah menunggu sebagai no {number}"
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
    scope: WriteScope,
    *,
    now: datetime,
    feed: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    preview: Preview | None = None,
    limits: DeliveryLimits = FILES,
) -> Ledger:
    """Bring one file through the door. All of it is stored, or nothing.

    feed: which feed it is; None lets the headings tell, those of each sheet where a
    workbook has several. Each feed of such a workbook is a delivery of its own: cut off
    between two, sending it again completes it. Everything is read and judged before the store
    is locked; a dry run never locks it. A file that cannot be read leaves the
    store as it was and says why in `refused`; so does one of a feed that its sender may not
    bring. scope: what the sender may write: a row outside it goes to quarantine with that reason.
    limits: a file beyond them is refused whole. Raises StoreError.
    """
    ledger = Ledger(str(path), feed=feed)
    others: dict[str, list[Table]] = {}

    def deliver(name: str, tables: Iterable[Table]) -> None:
        scope.check_feed(name)
        delivery = Delivery(name, path.name, ledger.sha256 or "", now, scope.actor)
        within = bound(context, scope, store, name, now)
        judged = [_judge(one, delivery, ledger, within, progress, preview) for one in tables]
        with store.deliver(delivery) as writing:
            if dry_run:
                writing.discard()
            _save(judged, delivery, writing, ledger, store, scope)

    try:
        with private_copy(path, limits.bytes) as copy:
            ledger.sha256 = copy.sha256
            found = _at_most(read(copy.path, context.recognised), limits.rows)
            tables = _without_lists(found, context)
            if feed is not None:
                deliver(feed, tables)
                return ledger
            ledger.feed, tables = _told(tables, context)
            deliver(ledger.feed, _own(tables, ledger.feed, others, context, scope))
    except SourceRefused as error:
        return Ledger(
            str(path), feed=ledger.feed, sha256=ledger.sha256, refused=str(error),
            retry=_is_of_the_machine(error.__cause__),
        )  # fmt: skip
    except OSError as error:
        raise StoreError(
            f"{path.name} tidak dapat disalin untuk dibaca: {error.strerror}"
        ) from error
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
    scope: WriteScope,
    *,
    feed: str,
    now: datetime,
    releases: int | None = None,
) -> Ledger:
    """Bring rows that are already apart (a replay, a form) through the same door.

    scope: as of `ingest_file`; rows of a feed that is not the sender's are refused, and more
    rows than a file may have.
    releases: the number in quarantine that these rows settle. Where one of them is faulty,
    or somebody else has settled it, nothing is stored, not even in quarantine.
    """
    table = as_table(rows)
    ledger = Ledger(source, feed=feed, sha256=hashlib.sha256(repr(rows).encode()).hexdigest())
    if len(rows) > FILES.rows:
        return replace(ledger, refused=too_many_rows(FILES.rows))
    try:
        scope.check_feed(feed)
    except SourceRefused as error:
        return replace(ledger, refused=str(error))
    delivery = Delivery(feed, source, ledger.sha256 or "", now, scope.actor)
    judged = _judge(table, delivery, ledger, bound(context, scope, store, feed, now))
    with store.deliver(delivery) as writing:
        done = _save([judged], delivery, writing, ledger, store, scope)
        if releases is not None and (ledger.quarantined or releases not in done):
            writing.discard()
    if releases is not None and not ledger.quarantined and releases not in done:
        return Ledger(source, feed=feed, sha256=ledger.sha256, refused=NO_LONGER_HELD)
    return ledger


def as_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Rows that are already apart as the table that is judged, numbered from 1."""
    cells = pd.DataFrame(rows, dtype="object")
    cells = cells.where(cells.notna() & (cells != ""), None)
    return Table(cells, list(range(1, len(rows) + 1)))


def _at_most(tables: Iterator[Table], most: int) -> Iterator[Table]:
    rows = 0
    for table in tables:
        rows += count_reports(table)
        if rows > most:
            raise SourceRefused(too_many_rows(most))
        yield table


def _without_lists(tables: Iterator[Table], context: Context) -> Iterator[Table]:
    """The tables; of a hidden sheet that is no table of reports only a note how many rows it has.

    Forms keep what a cell may be chosen from on such sheets.
    """
    for table in tables:
        if table.hidden and _feed(table, context) is None:
            note = f"{len(table.rows)} baris tersembunyi dilewati: bukan tabel laporan"
            table = replace(table, cells=table.cells[:0], rows=[], notes=(*table.notes, note))
        yield table


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
    tables: Iterable[Table],
    feed: str,
    others: dict[str, list[Table]],
    context: Context,
    scope: WriteScope,
) -> Iterator[Table]:
    """The tables of this feed; sheets of other feeds are put into `others`.

    Raises SourceRefused for a sheet that its sender may not bring: nothing is stored yet.

    A sheet whose headings tell no feed stays: its rows are judged, and lie in quarantine
    rather than nowhere.
    """
    for table in tables:
        name = _feed(table, context) if SHEET in table.cells.columns else None
        if name is None or name == feed:
            yield table
        else:
            scope.check_feed(name)
            others.setdefault(name, []).append(table)


def _feed(table: Table, context: Context) -> str | None:
    return context.vocabulary.feed_of(list(table.cells.columns))


@dataclass(frozen=True)
class _Judged:
    """One table after judging, before it is written. claims: its rows that came back corrected."""

    checked: Checked
    accepted: pd.DataFrame
    claims: list[Claim]


def _judge(
    table: Table,
    delivery: Delivery,
    ledger: Ledger,
    context: Context,
    progress: Progress | None = None,
    preview: Preview | None = None,
) -> _Judged:
    """Judge one table and enter in the ledger what the store need not be asked for."""
    now = delivery.recorded_at
    table = without_our_marks(table)
    checked = feeds.check(table, delivery.feed, context, now)
    accepted = checked.accepted.assign(known_at=known_at(checked.accepted, now, context.election))
    if preview:
        preview(delivery.feed, accepted)
    ledger.read += checked.read
    ledger.notes += [n for n in (*table.notes, *checked.notes) if n not in ledger.notes]
    if progress:
        progress(table.progress, ledger.read)
    return _Judged(checked, accepted, claims(table, checked))


def _save(
    judged: Sequence[_Judged],
    delivery: Delivery,
    writing: Writing,
    ledger: Ledger,
    store: Store,
    scope: WriteScope,
) -> dict[int, int]:
    """Write all judged tables at once; the quarantine numbers settled, with the row of each."""
    frames = [one.accepted for one in judged if len(one.accepted)]
    rejected = [_rejection(r) for one in judged for r in one.checked.rejected]
    if not frames and not rejected:
        return {}
    accepted = pd.concat(frames, ignore_index=True) if frames else judged[0].accepted
    added = writing.add(accepted, rejected)
    made = [claim for one in judged for claim in one.claims]
    done, strange = settled(made, delivery.feed, scope, store)
    writing.release(list(done), done)
    ledger.accepted += added.accepted
    ledger.duplicate += added.duplicate
    ledger.quarantined += added.quarantined
    held = added.waiting or repeat(None)
    refused = [one for each in judged for one in each.checked.rejected]
    ledger.reasons += [_reason(one, number) for one, number in zip(refused, held, strict=False)]
    if strange:
        ledger.notes.append(not_matched(strange))
    return done


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


def _reason(rejected: Rejected, number: int | None) -> dict[str, Any]:
    """number: as which the very same row waits already."""
    sheet = {"sheet": rejected.raw[SHEET]} if SHEET in rejected.raw else {}
    known = [ALREADY_WAITS.format(number=number)] if number is not None else []
    return {"row": rejected.row, **sheet, "reasons": [*rejected.reasons, *known]}


def _rejection(rejected: Rejected) -> Rejection:
    return Rejection(rejected.row, rejected.raw, rejected.reasons)


def without_our_marks(table: Table) -> Table:
    """A returned quarantine file without the apostrophes that our export put before formulas."""
    if RETURNED not in table.cells.columns:
        return table
    told = table.cells.to_numpy(dtype="object", copy=True)
    for row in told:  # pandas' own `map` would make an empty cell among text "nan"
        row[:] = [bare(cell) for cell in row]
    cells = pd.DataFrame(told, table.cells.index, table.cells.columns, dtype="object")
    return replace(table, cells=cells)
