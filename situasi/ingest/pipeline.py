"""Ingest of one source: read, check and save it, and count what became of every row."""

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
from situasi.ingest.sources.child_rows import join_children
from situasi.ingest.sources.conversion import convert_table
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.tables import RejectedRow, SourceError, Table, ValidationResult
from situasi.ingest.validation.column_mapping import QUARANTINE_NUMBER
from situasi.ingest.validation.time_check import compute_latest_moment
from situasi.ingest.validation.unpivot import count_reports
from situasi.ingest.write_scope import WriteScope, bind_context
from situasi.store import Delivery, DeliveryTransaction, Rejection, Store, StoreError

ALREADY_QUARANTINED = "sudah menunggu sebagai no {number}"
# Errors of the machine or its disks, not of a file.
_MACHINE_ERRNOS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EIO, errno.ESTALE}
)
NO_LONGER_QUARANTINED = "Baris ini tidak lagi menunggu: orang lain sudah melepaskannya."

ProgressCallback = Callable[[float, int], None]
# Called with a feed and its rows as they will be stored, including later duplicates.
PreviewCallback = Callable[[str, pd.DataFrame], None]


@dataclass
class IngestResult:
    """Result of one source. Always: read == accepted + duplicate + quarantined.

    feed: the feeds joined with "+" where the sheets of a workbook belong to several.
    reasons: row, its reasons, and its sheet where a workbook has several.
    refused: one sentence why the source could not be read at all, else None. retry: the machine
    was at fault (no file descriptors, full disk), so the same source may be read later.
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
        """Return the fields that are sent back to the sender."""
        return {name: value for name, value in self.__dict__.items() if name != "retry"}


def ingest_file(
    path: Path,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    *,
    now: datetime,
    feed: str | None = None,
    profile: SourceProfile | None = None,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    preview: PreviewCallback | None = None,
    limits: DeliveryLimits = FILE_LIMITS,
) -> IngestResult:
    """Ingest one file. All of it is stored, or nothing.

    feed: which feed it is; None detects it by the headings, for each sheet where a workbook has
    several. profile: how its source is read; None recognises it. Each feed of such a workbook is a
    delivery of its own: after an interruption between two, sending the file again completes it.
    Everything is read and checked before the store is locked; a dry run never locks it. A file that
    cannot be read leaves the store unchanged and has the reason in `refused`, like a file of a feed
    that the sender may not write. scope: a row outside it goes to quarantine with that reason.
    limits: a file beyond them is refused whole. Raises StoreError.
    """
    result = IngestResult(str(path), feed=feed)
    other_feeds: dict[str, list[Table]] = {}

    def deliver(name: str, tables: Iterable[Table]) -> None:
        scope.check_feed(name)
        delivery = Delivery(name, path.name, result.sha256 or "", now, scope.actor)
        bound = bind_context(context, scope, store, name, now)
        checked = [_validate(table, delivery, result, bound, progress, preview) for table in tables]
        with store.deliver(delivery) as transaction:
            if dry_run:
                transaction.discard()
            _save(checked, delivery, transaction, result, store, scope)

    try:
        with private_copy(path, limits.max_bytes) as copy:
            result.sha256 = copy.sha256
            parts = _limit_rows(read_file(copy.path, context.count_known_headings), limits.max_rows)
            joined = join_children(parts, context.sources, context.election.zone)
            converted = (convert_table(part, path.name, context, profile) for part in joined)
            tables = _drop_hidden_lists(converted, context)
            if feed is not None:
                deliver(feed, tables)
                return result
            result.feed, tables = _detect_source_feed(tables, context)
            deliver(result.feed, _split_by_feed(tables, result.feed, other_feeds, context, scope))
    except SourceError as error:
        return IngestResult(
            str(path), feed=result.feed, sha256=result.sha256, refused=str(error),
            retry=_is_machine_error(error.__cause__),
        )  # fmt: skip
    except OSError as error:
        raise StoreError(
            f"{path.name} tidak dapat disalin untuk dibaca: {error.strerror}"
        ) from error
    for name, sheets in other_feeds.items():
        deliver(name, sheets)
    result.feed = "+".join((result.feed, *other_feeds))
    return result


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
    """Ingest rows that are already parsed (a replay, a form) in the same way as a file.

    scope: as in `ingest_file`; refused are rows of a feed that the sender may not write, and
    more rows than a file may have.
    quarantine_number: the number in quarantine that these rows settle. If one of them has errors,
    or somebody else has settled it, nothing is stored, not even in quarantine.
    """
    table = build_table(rows)
    result = IngestResult(source, feed=feed, sha256=hashlib.sha256(repr(rows).encode()).hexdigest())
    if len(rows) > FILE_LIMITS.max_rows:
        return replace(result, refused=format_too_many_rows(FILE_LIMITS.max_rows))
    try:
        scope.check_feed(feed)
    except SourceError as error:
        return replace(result, refused=str(error))
    delivery = Delivery(feed, source, result.sha256 or "", now, scope.actor)
    validated = _validate(table, delivery, result, bind_context(context, scope, store, feed, now))
    with store.deliver(delivery) as transaction:
        freed = _save([validated], delivery, transaction, result, store, scope)
        if quarantine_number is not None and (result.quarantined or quarantine_number not in freed):
            transaction.discard()
    if quarantine_number is not None and not result.quarantined and quarantine_number not in freed:
        return IngestResult(source, feed=feed, sha256=result.sha256, refused=NO_LONGER_QUARANTINED)
    return result


def build_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Build a table, numbered from 1, of rows that are already parsed."""
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
    """Yield the tables; of a hidden sheet without reports (choices of a form) only a note."""
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
    """Return the feed of the first table whose headings identify one, and all tables.

    Only sheets have headings of their own; any other source is identified by its first table.
    """
    tables_read: list[Table] = []
    for table in tables:
        tables_read.append(table)
        feed = _detect_table_feed(table, context)
        if feed is not None:
            return feed, chain(tables_read, tables)
        if SHEET not in table.cells.columns:
            break
    headings = [heading for table in tables_read for heading in table.cells.columns]
    has_votes = any(context.is_vote_heading(heading) for heading in headings)
    hint = "; polisi tidak mencatat perolehan suara" if has_votes else ""
    raise SourceError(
        "judul kolom tidak menunjukkan jenis laporan (butuh sedikitnya waktu, tempat dan jenis)"
        + hint
    )


def _split_by_feed(
    tables: Iterable[Table],
    feed: str,
    other_feeds: dict[str, list[Table]],
    context: IngestContext,
    scope: WriteScope,
) -> Iterator[Table]:
    """Yield the tables of this feed, and put sheets of other feeds into `other_feeds`.

    Raises SourceError for a sheet that the sender may not write: nothing is stored yet.
    A sheet whose headings identify no feed is yielded too: its rows are checked and end in
    quarantine, so that they are not lost.
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
    """One table after the checks, before it is written, with its rows returned from quarantine."""

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
    """Check one table and add to the result what does not need the store."""
    now = delivery.recorded_at
    table = unescape_returned_cells(table)
    checked = feeds.check(table, delivery.feed, context, now)
    accepted = checked.accepted.assign(
        known_at=compute_known_at(checked.accepted, now, context.election)
    )
    if preview:
        preview(delivery.feed, accepted)
    result.read += checked.row_count
    result.notes += [note for note in (*table.notes, *checked.notes) if note not in result.notes]
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
    """Write all checked tables at once; return the settled quarantine numbers and their rows."""
    frames = [table.accepted for table in validated_tables if len(table.accepted)]
    rejected = [_to_rejection(r) for table in validated_tables for r in table.validation.rejected]
    if not frames and not rejected:
        return {}
    accepted = pd.concat(frames, ignore_index=True) if frames else validated_tables[0].accepted
    added = transaction.add(accepted, rejected)
    returned = [row for table in validated_tables for row in table.returned_rows]
    settled, unmatched = match_returned_rows(returned, delivery.feed, scope, store)
    transaction.release(list(settled), settled)
    result.accepted += added.accepted
    result.duplicate += added.duplicate
    result.quarantined += added.quarantined
    numbers = added.already_waiting or repeat(None)
    refused = [row for table in validated_tables for row in table.validation.rejected]
    result.reasons += [
        _build_reason_entry(row, number) for row, number in zip(refused, numbers, strict=False)
    ]
    if unmatched:
        result.notes.append(format_unmatched(unmatched))
    return settled


def compute_known_at(accepted: pd.DataFrame, now: datetime, election: Election) -> pd.Series:
    """Return when the command post knew each row.

    Until the watch is over: when this dashboard stored it. For an exercise, and for history
    (stored after the watch, and long after its own time): when it was reported according to the
    source, or else when it happened; if neither is known, when it was stored.
    """
    stored = pd.Series(pd.Timestamp(now), accepted.index).astype("datetime64[us, UTC]")
    happened = accepted["occurred_at"]
    for precision in ("hari", "bulan"):
        latest = happened + (compute_latest_moment(now, precision) - now)
        happened = happened.where(accepted["precision"] != precision, latest)
    source_time = accepted["reported_at"].fillna(happened).fillna(stored)
    margin = election.thresholds.history_after
    over = now > election.day_end + margin
    is_history = over & (accepted["occurred_at"] < stored - margin) & (source_time <= stored)
    return source_time.where(accepted["latihan"] | is_history, stored)


def _build_reason_entry(rejected: RejectedRow, quarantine_number: int | None) -> dict[str, Any]:
    """Build the entry of a row. quarantine_number: of an identical row that waits already."""
    sheet = {"sheet": rejected.raw_cells[SHEET]} if SHEET in rejected.raw_cells else {}
    waiting_note = (
        [ALREADY_QUARANTINED.format(number=quarantine_number)]
        if quarantine_number is not None
        else []
    )
    return {"row": rejected.row, **sheet, "reasons": [*rejected.reasons, *waiting_note]}


def _to_rejection(rejected: RejectedRow) -> Rejection:
    return Rejection(rejected.row, rejected.raw_cells, rejected.reasons)


def unescape_returned_cells(table: Table) -> Table:
    """Remove the apostrophes that our quarantine export puts before formulas."""
    if QUARANTINE_NUMBER not in table.cells.columns:
        return table
    values = table.cells.to_numpy(dtype="object", copy=True)
    for row in values:  # DataFrame.map would turn an empty cell among texts into "nan"
        row[:] = [unescape_formula(cell) for cell in row]
    cells = pd.DataFrame(values, table.cells.index, table.cells.columns, dtype="object")
    return replace(table, cells=cells)
