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

from situasi.common.formula_escape import unescape_formula
from situasi.domain.election import Election
from situasi.ingest import feeds
from situasi.ingest.context import IngestContext
from situasi.ingest.readers.file_reader import read_file
from situasi.ingest.readers.limits import FILE_LIMITS, DeliveryLimits, format_too_many_rows
from situasi.ingest.readers.private_copy import private_copy
from situasi.ingest.readers.reserved_columns import SHEET
from situasi.ingest.returned_rows import (
    ReturnedRow,
    find_returned_rows,
    format_unmatched,
    match_returned_rows,
)
from situasi.ingest.tables import RejectedRow, SourceError, Table, ValidationResult
from situasi.ingest.validation.column_mapping import QUARANTINE_NUMBER
from situasi.ingest.validation.time_check import compute_latest_moment
from situasi.ingest.validation.unpivot import count_reports
from situasi.ingest.write_scope import WriteScope, bind_context
from situasi.store.interface import Delivery, DeliveryTransaction, Rejection, Store, StoreError

ALREADY_QUARANTINED = "sudah menunggu sebagai no {number}"
# What is wrong with the machine or its disks, not with a file.
_MACHINE_ERRNOS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EIO, errno.ESTALE}
)
NO_LONGER_QUARANTINED = "Baris ini tidak lagi menunggu: orang lain sudah melepaskannya."

ProgressCallback = Callable[[float, int], None]
# Is given a feed and its rows as they will be stored, those that turn out duplicates too.
PreviewCallback = Callable[[str, pd.DataFrame], None]


@dataclass
class IngestResult:
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
    context: IngestContext,
    scope: WriteScope,
    *,
    now: datetime,
    feed: str | None = None,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    preview: PreviewCallback | None = None,
    limits: DeliveryLimits = FILE_LIMITS,
) -> IngestResult:
    """Bring one file through the door. All of it is stored, or nothing.

    feed: which feed it is; None lets the headings tell, those of each sheet where a
    workbook has several. Each feed of such a workbook is a delivery of its own: cut off
    between two, sending it again completes it. Everything is read and judged before the store
    is locked; a dry run never locks it. A file that cannot be read leaves the
    store as it was and says why in `refused`; so does one of a feed that its sender may not
    bring. scope: what the sender may write: a row outside it goes to quarantine with that reason.
    limits: a file beyond them is refused whole. Raises StoreError.
    """
    ledger = IngestResult(str(path), feed=feed)
    others: dict[str, list[Table]] = {}

    def deliver(name: str, tables: Iterable[Table]) -> None:
        scope.check_feed(name)
        delivery = Delivery(name, path.name, ledger.sha256 or "", now, scope.actor)
        within = bind_context(context, scope, store, name, now)
        judged = [_validate(one, delivery, ledger, within, progress, preview) for one in tables]
        with store.deliver(delivery) as writing:
            if dry_run:
                writing.discard()
            _save(judged, delivery, writing, ledger, store, scope)

    try:
        with private_copy(path, limits.max_bytes) as copy:
            ledger.sha256 = copy.sha256
            found = _limit_rows(read_file(copy.path, context.count_known_headings), limits.max_rows)
            tables = _drop_hidden_lists(found, context)
            if feed is not None:
                deliver(feed, tables)
                return ledger
            ledger.feed, tables = _detect_source_feed(tables, context)
            deliver(ledger.feed, _split_by_feed(tables, ledger.feed, others, context, scope))
    except SourceError as error:
        return IngestResult(
            str(path), feed=ledger.feed, sha256=ledger.sha256, refused=str(error),
            retry=_is_machine_error(error.__cause__),
        )  # fmt: skip
    except OSError as error:
        raise StoreError(
            f"{path.name} tidak dapat disalin untuk dibaca: {error.strerror}"
        ) from error
    for name, sheets in others.items():
        deliver(name, sheets)
    ledger.feed = "+".join((ledger.feed, *others))
    return ledger


def _is_machine_error(cause: BaseException | None) -> bool:
    return isinstance(cause, OSError) and cause.errno in _MACHINE_ERRNOS


def ingest_rows(
    rows: Sequence[dict[str, Any]],
    source: str,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    *,
    feed: str,
    now: datetime,
    quarantine_number: int | None = None,
) -> IngestResult:
    """Bring rows that are already apart (a replay, a form) through the same door.

    scope: as of `ingest_file`; rows of a feed that is not the sender's are refused, and more
    rows than a file may have.
    releases: the number in quarantine that these rows settle. Where one of them is faulty,
    or somebody else has settled it, nothing is stored, not even in quarantine.
    """
    table = build_table(rows)
    ledger = IngestResult(source, feed=feed, sha256=hashlib.sha256(repr(rows).encode()).hexdigest())
    if len(rows) > FILE_LIMITS.max_rows:
        return replace(ledger, refused=format_too_many_rows(FILE_LIMITS.max_rows))
    try:
        scope.check_feed(feed)
    except SourceError as error:
        return replace(ledger, refused=str(error))
    delivery = Delivery(feed, source, ledger.sha256 or "", now, scope.actor)
    judged = _validate(table, delivery, ledger, bind_context(context, scope, store, feed, now))
    with store.deliver(delivery) as writing:
        done = _save([judged], delivery, writing, ledger, store, scope)
        if quarantine_number is not None and (ledger.quarantined or quarantine_number not in done):
            writing.discard()
    if quarantine_number is not None and not ledger.quarantined and quarantine_number not in done:
        return IngestResult(source, feed=feed, sha256=ledger.sha256, refused=NO_LONGER_QUARANTINED)
    return ledger


def build_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Rows that are already apart as the table that is judged, numbered from 1."""
    cells = pd.DataFrame(rows, dtype="object")
    cells = cells.where(cells.notna() & (cells != ""), None)
    return Table(cells, list(range(1, len(rows) + 1)))


def _limit_rows(tables: Iterator[Table], max_rows: int) -> Iterator[Table]:
    rows = 0
    for table in tables:
        rows += count_reports(table)
        if rows > max_rows:
            raise SourceError(format_too_many_rows(max_rows))
        yield table


def _drop_hidden_lists(tables: Iterator[Table], context: IngestContext) -> Iterator[Table]:
    """The tables; of a hidden sheet that is no table of reports only a note how many rows it has.

    Forms keep what a cell may be chosen from on such sheets.
    """
    for table in tables:
        if table.is_hidden and _detect_table_feed(table, context) is None:
            note = f"{len(table.row_numbers)} baris tersembunyi dilewati: bukan tabel laporan"
            table = replace(
                table, cells=table.cells[:0], row_numbers=[], notes=(*table.notes, note)
            )
        yield table


def _detect_source_feed(
    tables: Iterator[Table], context: IngestContext
) -> tuple[str, Iterator[Table]]:
    """The feed of the first table whose headings tell one, and all tables.

    Only sheets have headings of their own; in any other source the first table tells.
    """
    seen: list[Table] = []
    for table in tables:
        seen.append(table)
        feed = _detect_table_feed(table, context)
        if feed is not None:
            return feed, chain(seen, tables)
        if SHEET not in table.cells.columns:
            break
    headings = [heading for table in seen for heading in table.cells.columns]
    votes = any(context.is_vote_heading(heading) for heading in headings)
    why = "; polisi tidak mencatat perolehan suara" if votes else ""
    raise SourceError(
        "judul kolom tidak menunjukkan jenis laporan (butuh sedikitnya waktu, tempat dan jenis)"
        + why
    )


def _split_by_feed(
    tables: Iterable[Table],
    feed: str,
    other_feeds: dict[str, list[Table]],
    context: IngestContext,
    scope: WriteScope,
) -> Iterator[Table]:
    """The tables of this feed; sheets of other feeds are put into `others`.

    Raises SourceRefused for a sheet that its sender may not bring: nothing is stored yet.

    A sheet whose headings tell no feed stays: its rows are judged, and lie in quarantine
    rather than nowhere.
    """
    for table in tables:
        name = _detect_table_feed(table, context) if SHEET in table.cells.columns else None
        if name is None or name == feed:
            yield table
        else:
            scope.check_feed(name)
            other_feeds.setdefault(name, []).append(table)


def _detect_table_feed(table: Table, context: IngestContext) -> str | None:
    return context.vocabulary.detect_feed(list(table.cells.columns))


@dataclass(frozen=True)
class _ValidatedTable:
    """One table after judging, before it is written. claims: its rows that came back corrected."""

    validation: ValidationResult
    accepted: pd.DataFrame
    returned_rows: list[ReturnedRow]


def _validate(
    table: Table,
    delivery: Delivery,
    result: IngestResult,
    context: IngestContext,
    progress: ProgressCallback | None = None,
    preview: PreviewCallback | None = None,
) -> _ValidatedTable:
    """Judge one table and enter in the ledger what the store need not be asked for."""
    now = delivery.recorded_at
    table = unescape_returned_cells(table)
    checked = feeds.check(table, delivery.feed, context, now)
    accepted = checked.accepted.assign(
        known_at=compute_known_at(checked.accepted, now, context.election)
    )
    if preview:
        preview(delivery.feed, accepted)
    result.read += checked.row_count
    result.notes += [n for n in (*table.notes, *checked.notes) if n not in result.notes]
    if progress:
        progress(table.progress, result.read)
    return _ValidatedTable(checked, accepted, find_returned_rows(table, checked))


def _save(
    validated_tables: Sequence[_ValidatedTable],
    delivery: Delivery,
    transaction: DeliveryTransaction,
    result: IngestResult,
    store: Store,
    scope: WriteScope,
) -> dict[int, int]:
    """Write all judged tables at once; the quarantine numbers settled, with the row of each."""
    frames = [one.accepted for one in validated_tables if len(one.accepted)]
    rejected = [_to_rejection(r) for one in validated_tables for r in one.validation.rejected]
    if not frames and not rejected:
        return {}
    accepted = pd.concat(frames, ignore_index=True) if frames else validated_tables[0].accepted
    added = transaction.add(accepted, rejected)
    made = [claim for one in validated_tables for claim in one.returned_rows]
    done, strange = match_returned_rows(made, delivery.feed, scope, store)
    transaction.release(list(done), done)
    result.accepted += added.accepted
    result.duplicate += added.duplicate
    result.quarantined += added.quarantined
    held = added.already_waiting or repeat(None)
    refused = [one for each in validated_tables for one in each.validation.rejected]
    result.reasons += [
        _build_reason_entry(one, number) for one, number in zip(refused, held, strict=False)
    ]
    if strange:
        result.notes.append(format_unmatched(strange))
    return done


def compute_known_at(accepted: pd.DataFrame, now: datetime, election: Election) -> pd.Series:
    """When the command post knew each row.

    Until the watch is over: when this board stored it. Of an exercise, and of history
    (stored after the watch, and long after its own time): when it was reported as the
    source says, or else when it happened; where it tells neither, when it was stored.
    """
    stored = pd.Series(pd.Timestamp(now), accepted.index).astype("datetime64[us, UTC]")
    happened = accepted["occurred_at"]
    for precision in ("hari", "bulan"):
        latest = happened + (compute_latest_moment(now, precision) - now)
        happened = happened.where(accepted["precision"] != precision, latest)
    own = accepted["reported_at"].fillna(happened).fillna(stored)
    long = election.thresholds.history_after
    over = now > election.day_end + long
    history = over & (accepted["occurred_at"] < stored - long) & (own <= stored)
    return own.where(accepted["latihan"] | history, stored)


def _build_reason_entry(rejected: RejectedRow, quarantine_number: int | None) -> dict[str, Any]:
    """number: as which the very same row waits already."""
    sheet = {"sheet": rejected.raw_cells[SHEET]} if SHEET in rejected.raw_cells else {}
    known = (
        [ALREADY_QUARANTINED.format(number=quarantine_number)]
        if quarantine_number is not None
        else []
    )
    return {"row": rejected.row, **sheet, "reasons": [*rejected.reasons, *known]}


def _to_rejection(rejected: RejectedRow) -> Rejection:
    return Rejection(rejected.row, rejected.raw_cells, rejected.reasons)


def unescape_returned_cells(table: Table) -> Table:
    """A returned quarantine file without the apostrophes that our export put before formulas."""
    if QUARANTINE_NUMBER not in table.cells.columns:
        return table
    told = table.cells.to_numpy(dtype="object", copy=True)
    for row in told:  # pandas' own `map` would make an empty cell among text "nan"
        row[:] = [unescape_formula(cell) for cell in row]
    cells = pd.DataFrame(told, table.cells.index, table.cells.columns, dtype="object")
    return replace(table, cells=cells)
