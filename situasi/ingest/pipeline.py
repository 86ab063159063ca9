"""Ingest of one source: read, check and save it, and count what became of every row."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from situasi.common.file_names import sanitize_name
from situasi.ingest import message_delivery, waiting
from situasi.ingest.context import IngestContext
from situasi.ingest.layout.side_by_side import split_blocks
from situasi.ingest.message_files.recognition import read_exported_messages
from situasi.ingest.message_files.sms_logs import is_message_table
from situasi.ingest.readers.file_reader import read_file
from situasi.ingest.readers.limits import FILE_LIMITS, format_too_many_rows
from situasi.ingest.readers.private_copy import is_machine_error, private_copy
from situasi.ingest.readers.reserved_columns import SHEET
from situasi.ingest.redaction.persons import mask_service_numbers
from situasi.ingest.sources.catalog import score_signature
from situasi.ingest.sources.child_rows import join_children
from situasi.ingest.sources.choices import is_form_definition, list_headings
from situasi.ingest.sources.conversion import convert_reports, convert_table
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.saved_profiles import bind_profiles, load_saved_profiles
from situasi.ingest.sources.source_times import DateOrder, MonthFirstFound
from situasi.ingest.table_delivery import IngestRequest as IngestRequest
from situasi.ingest.table_delivery import IngestResult as IngestResult
from situasi.ingest.table_delivery import PreviewCallback as PreviewCallback
from situasi.ingest.table_delivery import save_tables, validate_table, validate_tables
from situasi.ingest.tables import SourceError, Table, UnknownHeadings
from situasi.ingest.tables import build_table as build_table
from situasi.ingest.validation.unpivot import count_reports
from situasi.ingest.vocabulary.station_headings import describe_station_list
from situasi.ingest.write_scope import WriteScope, bind_context
from situasi.store import Delivery, Store

# What one form may ask at once.
_FEEDS_OF_FORMS = frozenset({"tps", "incidents"})
_NO_FEED = "judul kolom tidak menunjukkan jenis laporan (butuh sedikitnya waktu, tempat dan jenis)"
NO_LONGER_QUARANTINED = "Baris ini tidak lagi menunggu: orang lain sudah melepaskannya."


def ingest_file(request: IngestRequest) -> IngestResult:
    """Ingest one file. All of it is stored, or nothing.

    Each feed of a workbook with several is a delivery of its own: after an interruption between
    two, sending the file again completes it. Everything is read and checked before the store is
    locked; a dry run never locks it. A file that cannot be read leaves the store unchanged and has
    the reason in `refused`, like a file of a feed that the sender may not write. Raises StoreError.
    """
    try:
        return _ingest(request, DateOrder())
    except MonthFirstFound:  # nothing is stored yet: read all of it anew
        return _ingest(request, DateOrder(month_first=True))


def _ingest(request: IngestRequest, order: DateOrder) -> IngestResult:
    path, scope, feed, profile = request.path, request.scope, request.feed, request.profile
    saved_profiles = load_saved_profiles(request.store)
    context = bind_profiles(request.context, saved_profiles)
    request = replace(request, context=context)
    result = IngestResult(str(path), feed=feed)
    other_feeds: dict[str, list[Table]] = {}
    profiles_used: dict[str, None] = {}
    is_named = feed is not None or profile is not None

    def deliver(name: str, tables: Iterable[Table]) -> None:
        scope.check_feed(name)
        source = sanitize_name(path.name)
        delivery = Delivery(name, source, result.sha256 or "", request.now, scope.actor)
        bound = bind_context(context, scope, request.store, name, request.now)
        checked = validate_tables(
            tables, delivery, result, bound,
            progress=request.progress, preview=request.preview, other_feeds=other_feeds,
        )  # fmt: skip
        delivery = replace(delivery, profile="+".join(profiles_used))
        with request.store.deliver(delivery) as transaction:
            if request.dry_run:
                transaction.discard()
            save_tables(checked, delivery, transaction, result, request.store, scope)

    try:
        with private_copy(path, request.limits.max_bytes) as copy:
            result.sha256 = copy.sha256
            if not is_named and (found := read_exported_messages(copy.path, context, request.now)):
                return message_delivery.ingest_messages(found, str(path), copy.sha256, request)
            parts = read_file(copy.path, context.count_known_headings)
            parts = _limit_rows(parts, request.limits.max_rows, context)
            blocks = split_blocks(parts, context.vocabulary.find_any_column)
            blocks = _refuse_messages(blocks, context, may_hold_any=not is_named)
            joined = join_children(blocks, context.sources, context.election.zone)
            splits = feed is None and scope.feeds >= _FEEDS_OF_FORMS
            tables = _convert_tables(
                joined, path.name, context, profile, profiles_used, order, splits=splits
            )
            if feed is not None:
                deliver(feed, tables)
                return result
            by_hand = () if profile else saved_profiles
            tables = _prefer_mapping(tables, copy.path, path.name, by_hand, profiles_used, context)
            result.feed, tables = _detect_source_feed(tables, path.name, context)
            deliver(result.feed, _split_by_feed(tables, result.feed, other_feeds, context, scope))
    except UnknownHeadings as error:
        return waiting.ingest_unknown_file(request, str(error))
    except SourceError as error:
        refusal = mask_service_numbers(str(error))
        refused = IngestResult(str(path), result.feed, result.sha256, refused=refusal)
        return replace(refused, retry=is_machine_error(error.__cause__))
    except OSError as error:
        raise waiting.to_store_error(path, error) from error
    for name, sheets in other_feeds.items():
        deliver(name, sheets)
    result.feed = "+".join((result.feed, *other_feeds))
    return result


def _prefer_mapping(
    tables: Iterator[Table],
    path: Path,
    file_name: str,
    saved_profiles: Sequence[SourceProfile],
    profiles_used: dict[str, None],
    context: IngestContext,
) -> Iterator[Table]:
    """Yield the tables; once all are read, leave to a mapping by hand what that would read.

    Nothing is stored or shown by then. Raises waiting.MappedByHand.
    """
    yield from tables
    if saved_profiles and not any(saved.name in profiles_used for saved in saved_profiles):
        waiting.check_unmapped(path, file_name, saved_profiles, context)


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
    validated = validate_table(
        table, delivery, result, bind_context(context, scope, store, feed, now)
    )
    with store.deliver(delivery) as transaction:
        freed = save_tables([validated], delivery, transaction, result, store, scope)
        if quarantine_number is not None and (result.quarantined or quarantine_number not in freed):
            transaction.discard()
    if quarantine_number is not None and not result.quarantined and quarantine_number not in freed:
        return IngestResult(source, feed=feed, sha256=result.sha256, refused=NO_LONGER_QUARANTINED)
    return result


def _limit_rows(tables: Iterator[Table], max_rows: int, context: IngestContext) -> Iterator[Table]:
    rows = 0
    for table in tables:
        rows += count_reports(table, context)
        if rows > max_rows:
            raise SourceError(format_too_many_rows(max_rows))
        yield table


def _refuse_messages(
    tables: Iterator[Table], context: IngestContext, *, may_hold_any: bool
) -> Iterator[Table]:
    """Yield the tables. Raises UnknownHeadings where the rows are messages, not reports.

    may_hold_any: otherwise the sender named what they are.
    """
    for table in tables:
        if may_hold_any and is_message_table(table, context):
            raise UnknownHeadings("tiap baris berkas ini pesan, bukan laporan")
        yield table


def _convert_tables(
    tables: Iterator[Table],
    file_name: str,
    context: IngestContext,
    profile: SourceProfile | None,
    profiles_used: dict[str, None],
    order: DateOrder,
    *,
    splits: bool,
) -> Iterator[Table]:
    """Yield the tables under our headings; put the names of their profiles into `profiles_used`.

    splits: whether forms that ask for two kinds of report become a table for each.
    """

    def convert(table: Table) -> list[Table]:
        if is_form_definition(table.sheet, list_headings(table)):
            note = f"lembar “{table.sheet}” dilewati: daftar formulir, {{}} baris"
            return [_leave_out_rows(table, note)]
        name = f"{file_name} {table.file}" if table.file else file_name
        known = profile or context.sources.find_profile(table, name)
        profiles_used.update({known.name: None} if known else {})
        feed = _find_profile_feed(known, table)
        if splits and not feed:
            parts = convert_reports(table, name, context, known, order)
        else:
            converted = convert_table(table, name, context, known, order)
            parts = [replace(converted, feed=feed) if feed else converted]
        return [leave_out_others(part) for part in parts]

    def leave_out_others(converted: Table) -> Table:
        if _detect_table_feed(converted, context) is not None:
            return converted
        if converted.is_hidden:
            note = "{} baris tersembunyi dilewati: bukan tabel laporan"  # choices of a form
            return _leave_out_rows(converted, note)
        if SHEET in converted.cells.columns and _has_votes(converted, context):
            note = "{} baris dilewati: lembar perolehan suara; polisi tidak mencatatnya"
            return _leave_out_rows(converted, note)
        if is_summary_sheet(converted):
            note = f"lembar “{converted.sheet}” dilewati: rangkuman atau keterangan, {{}} baris"
            return _leave_out_rows(converted, note)
        return converted

    def is_summary_sheet(converted: Table) -> bool:
        is_one_of_several = SHEET in converted.cells.columns and not converted.file
        clues = context.vocabulary.clues
        return is_one_of_several and clues.stands_in("summary_sheet", converted.sheet)

    return chain.from_iterable(map(convert, tables))


def _find_profile_feed(profile: SourceProfile | None, table: Table) -> str:
    """Return the feed that a profile names for a table; "" where none does.

    Of several sheets only for those that the profile describes.
    """
    if profile is None or profile.feed is None:
        return ""
    headings = list_headings(table)
    is_described = SHEET not in table.cells.columns or score_signature(profile, headings, "", "")
    return profile.feed if is_described else ""


def _leave_out_rows(table: Table, note: str) -> Table:
    """Return a table without its rows, but with a note on how many there were."""
    notes = (*table.notes, note.format(len(table.row_numbers)))
    return replace(table, cells=table.cells[:0], row_numbers=[], notes=notes)


def _detect_source_feed(
    tables: Iterator[Table], file_name: str, context: IngestContext
) -> tuple[str, Iterator[Table]]:
    """Return the feed of the first table whose headings identify one, and all tables.

    Only sheets have headings of their own; any other source is identified by its first table.
    Raises UnknownHeadings, which says of a list of TPS that it is one.
    """
    tables_read: list[Table] = []
    for table in tables:
        tables_read.append(table)
        feed = _detect_table_feed(table, context)
        if feed is not None:
            return feed, chain(tables_read, tables)
        if SHEET not in table.cells.columns:
            break
    if any(_has_votes(table, context) for table in tables_read):
        raise UnknownHeadings(f"{_NO_FEED}; polisi tidak mencatat perolehan suara")
    descriptions = (_describe_station_list(table, file_name, context) for table in tables_read)
    raise UnknownHeadings(next(filter(None, descriptions), _NO_FEED))


def _describe_station_list(table: Table, file_name: str, context: IngestContext) -> str | None:
    titles = (*table.titles, table.sheet, Path(file_name).stem)
    return describe_station_list(list(table.cells.columns), titles, context.vocabulary)


def _has_votes(table: Table, context: IngestContext) -> bool:
    return any(map(context.is_vote_heading, table.cells.columns))


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
    quarantine, so that they are not lost (those of a vote sheet were left out before).
    """
    for table in tables:
        is_own = table.feed or SHEET in table.cells.columns
        name = _detect_table_feed(table, context) if is_own else None
        if name is None or name == feed:
            yield table
        else:
            scope.check_feed(name)
            other_feeds.setdefault(name, []).append(table)


def _detect_table_feed(table: Table, context: IngestContext) -> str | None:
    return table.feed or context.vocabulary.detect_feed(list(table.cells.columns))
