"""Delivery of tables of one feed: checked, saved at once, and counted row by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import KW_ONLY, asdict, dataclass, field, replace
from datetime import datetime
from itertools import repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from situasi.ingest import feeds
from situasi.ingest.completeness import check_complete, find_missing_headings
from situasi.ingest.context import IngestContext
from situasi.ingest.known_at import compute_known_at
from situasi.ingest.readers.limits import FILE_LIMITS, DeliveryLimits
from situasi.ingest.readers.reserved_columns import SHEET
from situasi.ingest.redaction.rows import redact_text
from situasi.ingest.returned_rows import (
    ReturnedRow,
    find_returned_rows,
    format_unmatched,
    match_returned_rows,
    unescape_returned_cells,
)
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.tables import RejectedRow, SourceError, Table, ValidationResult
from situasi.ingest.validation.area_totals import (
    find_area_totals,
    has_area_counts,
    mark_area_totals,
)
from situasi.ingest.validation.repeated_reports import drop_repeated_reports
from situasi.ingest.write_scope import WriteScope, bind_context
from situasi.store import Delivery, DeliveryTransaction, Rejection, Store

ALREADY_QUARANTINED = "sudah menunggu sebagai no {number}"
REPLACED_REASON = "dipetakan ulang"
NOTHING_READ = "tidak ada baris yang terbaca dengan pemetaan ini"

ProgressCallback = Callable[[float, int], None]
# Called with a feed and its rows as they will be stored, including later duplicates.
PreviewCallback = Callable[[str, pd.DataFrame], None]


@dataclass(frozen=True)
class IngestRequest:
    """One file, where it goes, by whom and when, and how it is to be read.

    scope: a row outside it goes to quarantine with that reason. feed: which feed it is; None
    detects it by the headings, for each sheet where a workbook has several. profile: how its source
    is read; None recognises it. A dry run stores nothing. limits: a file beyond them is refused
    whole. may_wait: a table whose headings say nothing, or not enough, waits for a mapping
    (waiting.py); otherwise it is refused.
    """

    path: Path
    store: Store
    context: IngestContext
    scope: WriteScope
    _: KW_ONLY
    now: datetime
    feed: str | None = None
    profile: SourceProfile | None = None
    dry_run: bool = False
    progress: ProgressCallback | None = None
    preview: PreviewCallback | None = None
    limits: DeliveryLimits = FILE_LIMITS
    may_wait: bool = True


@dataclass(frozen=True)
class MessageCounts:
    """What became of a file of messages: read == waiting + duplicate + left_out.

    waiting: new in the tray of Lapor. left_out: what is no message, such as notes of the app.
    """

    read: int
    waiting: int
    duplicate: int
    left_out: int


@dataclass
class IngestResult:
    """Result of one source. Always: read == accepted + duplicate + quarantined.

    feed: the feeds joined with "+" where the sheets of a workbook belong to several.
    reasons: row, its reasons, and its sheet where a workbook has several.
    refused: one sentence why the source could not be read at all, else None. retry: the machine
    was at fault (no file descriptors, full disk), so the same source may be read later.
    waiting: the number under which the file waits for a mapping, 0 where a dry run says it would;
    nothing of it is read then. None: it does not wait. batch: of its rows, where any are new.
    messages: of a file of messages, which has no rows. repeated_of: how many rows came again, by
    the earlier batch that brought them first.
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
    waiting: int | None = None
    retry: bool = False
    batch: int | None = None
    messages: MessageCounts | None = None
    repeated_of: dict[int, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are sent back to the sender."""
        fields = asdict(self)
        del fields["retry"], fields["batch"], fields["repeated_of"]
        if self.messages is None:
            del fields["messages"]
        return fields


@dataclass(frozen=True)
class ValidatedTable:
    """One table after the checks, before it is written, with its rows returned from quarantine.

    missing_headings: of `find_missing_headings`. repeated: rows that an earlier one says already.
    """

    validation: ValidationResult
    accepted: pd.DataFrame
    returned_rows: list[ReturnedRow]
    missing_headings: frozenset[str] | None
    repeated: int
    notes: tuple[str, ...]


def validate_tables(
    tables: Iterable[Table],
    delivery: Delivery,
    result: IngestResult,
    context: IngestContext,
    *,
    progress: ProgressCallback | None = None,
    preview: PreviewCallback | None = None,
    other_feeds: Mapping[str, object] = MappingProxyType({}),
) -> list[ValidatedTable]:
    """Check all tables of a feed, and show them once all are checked.

    other_feeds: of the same source, complete once the tables are read; without any, a column that
    all tables lack raises UnknownHeadings.
    """
    validated: list[ValidatedTable] = []
    areas: dict[int, Table] = {}  # those with counts of a desa or kecamatan, by position
    rows = result.read
    for table in tables:
        unchecked = replace(table, sums=deepcopy(table.sums))  # checking adds to its sums
        one = _validate_table(table, delivery, context)
        if delivery.feed == "tps" and has_area_counts(one.accepted):
            areas[len(validated)] = unchecked
        validated.append(one)
        rows += one.validation.row_count
        if progress:
            progress(table.progress, rows)
    _hold_area_totals(validated, areas, delivery, context)
    for one in validated:
        _add_to_result(one, result)
    if not other_feeds:
        check_complete([(t.missing_headings, t.validation.row_count) for t in validated])
    if preview is not None:
        for one in validated:
            preview(delivery.feed, one.accepted)
    return validated


def _hold_area_totals(
    validated: list[ValidatedTable],
    areas: Mapping[int, Table],
    delivery: Delivery,
    context: IngestContext,
) -> None:
    """Check again, with their totals marked, the tables that count areas. areas: by position."""
    if not areas:
        return
    totals = find_area_totals([one.accepted for one in validated], context.register)
    for position, table in areas.items():
        if totals[position]:
            marked = mark_area_totals(table, totals[position])
            validated[position] = _validate_table(marked, delivery, context)


def validate_table(
    table: Table, delivery: Delivery, result: IngestResult, context: IngestContext
) -> ValidatedTable:
    """Check one table and add to the result what does not need the store."""
    validated = _validate_table(table, delivery, context)
    _add_to_result(validated, result)
    return validated


def _add_to_result(table: ValidatedTable, result: IngestResult) -> None:
    result.read += table.validation.row_count
    result.duplicate += table.repeated
    result.notes += [note for note in table.notes if note not in result.notes]


def _validate_table(table: Table, delivery: Delivery, context: IngestContext) -> ValidatedTable:
    now = delivery.recorded_at
    table = unescape_returned_cells(table)
    checked = feeds.check(table, delivery.feed, context, now)
    distinct = drop_repeated_reports(checked.accepted, delivery.feed)
    accepted = distinct.accepted.assign(
        known_at=compute_known_at(distinct.accepted, now, context.election)
    )
    repeats = () if distinct.note is None else (distinct.note,)
    notes = [redact_text(delivery.feed, note) for note in (*table.notes, *checked.notes, *repeats)]
    missing = find_missing_headings(table, checked.rejected, len(checked.accepted), context)
    return ValidatedTable(
        checked, accepted, find_returned_rows(table, checked), missing, distinct.repeated,
        tuple(notes),
    )  # fmt: skip


def save_tables(
    validated_tables: Sequence[ValidatedTable],
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
    result.batch = transaction.batch
    for batch, count in transaction.repeated_of.items():
        result.repeated_of[batch] = result.repeated_of.get(batch, 0) + count
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


def ingest_tables(
    tables: Iterable[Table],
    source: str,
    sha256: str,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    *,
    feed: str,
    now: datetime,
    profile: str = "",
    dry_run: bool = False,
    preview: PreviewCallback | None = None,
    replaces: Sequence[int] = (),
) -> IngestResult:
    """Ingest tables of one feed that are read and converted already: all of it, or nothing.

    profile: the name of that of their source. replaces: the batches by which the same source was
    read before, withdrawn in the same commit. Raises UnknownHeadings where every row lacks the same
    column, StoreError.
    """
    result = IngestResult(source, feed=feed, sha256=sha256)
    try:
        scope.check_feed(feed)
    except SourceError as error:
        return replace(result, refused=str(error))
    delivery = Delivery(feed, source, sha256, now, scope.actor, profile)
    bound = bind_context(context, scope, store, feed, now)
    validated = validate_tables(tables, delivery, result, bound, preview=preview)
    if replaces and not result.read:
        return replace(result, refused=NOTHING_READ)
    with store.deliver(delivery) as transaction:
        if dry_run:
            transaction.discard()
        if replaces:
            transaction.replace(replaces, REPLACED_REASON)
        save_tables(validated, delivery, transaction, result, store, scope)
    return result
