"""Files that wait for a mapping: kept as redacted sheets of cells until a person says what it is.

A file whose headings say nothing, or not enough, is not refused: it waits on Masukan, where
somebody maps its columns once, or drops it with a reason.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

from situasi.access.roles import Viewer
from situasi.common.file_names import sanitize_name
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.context import IngestContext
from situasi.ingest.message_delivery import ingest_written_messages
from situasi.ingest.messages.chat_splitter import HEADER_PATTERN
from situasi.ingest.readers import file_types, text_encoding
from situasi.ingest.readers.grid import (
    NotATable,
    Sheet,
    build_headings,
    guess_header,
    read_grid,
    read_heads,
)
from situasi.ingest.readers.private_copy import private_copy
from situasi.ingest.redaction.grid import redact_sheets
from situasi.ingest.redaction.persons import mask_numbers
from situasi.ingest.sources.joined_sheets import join_sheets
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.sheet_mapping import SheetMapping, build_mapped_tables, find_mapping
from situasi.ingest.sources.source_times import DateOrder, MonthFirstFound
from situasi.ingest.table_delivery import (
    IngestRequest,
    IngestResult,
    PreviewCallback,
    ingest_tables,
)
from situasi.ingest.tables import SourceError, UnknownHeadings
from situasi.ingest.write_scope import WriteScope
from situasi.store import WAITING_FILE, Store, StoreError, WaitingItem

WAITING = "berkas menunggu pemetaan di halaman Masukan, nomor {number}"
HELD = "dipetakan sebelum dimasukkan"
WOULD_WAIT = "berkas akan menunggu pemetaan di halaman Masukan"
_CHAT = "Isi berkas ini percakapan, bukan tabel; tempel pesannya di halaman Lapor."
_PASTE = " Bila isinya pesan, tempel di halaman Lapor."
_TEXT_SUFFIXES = frozenset((".txt", ".text", ".md", ".log"))
_MAX_NOTED_HEADINGS = 60
_PLACES_AND_TIMES = frozenset(
    ("id", "waktu", "tanggal", "jam", "kecamatan", "kode_kecamatan", "desa", "kode_desa", "tps")
)


def ingest_unknown_file(request: IngestRequest, reason: str) -> IngestResult:
    """Ingest a file by a mapping made by hand before, or as messages; else let it wait.

    reason: why its headings were not enough. Raises StoreError.
    """
    path, context, feed, profile = request.path, request.context, request.feed, request.profile
    refused = IngestResult(str(path), feed=feed, refused=reason)
    try:
        sheets, sha256 = read_sheets(request)
        profiles = context.sources.profiles if profile is None else (profile,)
        mapping = find_mapping(sheets, path.name, profiles)
        if mapping is not None and feed in {None, mapping.profile.feed}:
            return ingest_mapped(
                sheets, mapping, path.name, sha256, request.store, context, request.scope,
                now=request.now, dry_run=request.dry_run, preview=request.preview,
            )  # fmt: skip
    except NotATable:
        sheets, sha256 = [], ""
    except UnknownHeadings as error:  # mapped, but a fact about the whole file is missing
        reason = str(error)
    except SourceError as error:
        return replace(refused, refused=str(error))
    reason += _suggest_paste(path, sheets)
    if request.may_wait and feed is None and profile is None:
        try:
            messages = ingest_written_messages(request)
        except OSError as error:
            raise to_store_error(path, error) from error
        if messages is not None:
            return messages
    refused = replace(refused, sha256=sha256 or None, refused=reason)
    return _let_wait(request, sheets, refused) if sheets and request.may_wait else refused


class MappedByHand(UnknownHeadings):
    """A file that would be read, but somebody mapped such a file by hand."""


def check_unmapped(
    path: Path, file_name: str, profiles: Sequence[SourceProfile], context: IngestContext
) -> None:
    """Raise MappedByHand for a file whose first rows show the headings of such a mapping."""
    try:
        mapping = find_mapping(join_sheets(read_heads(path), context), file_name, profiles)
    except SourceError:
        return
    if mapping is not None:
        raise MappedByHand("dipetakan dengan tangan; sebuah isian untuk berkas ini kurang")


def hold_file(request: IngestRequest) -> IngestResult:
    """Let a file wait whose headings are known: somebody wants to map it before it is stored.

    The request says as which feed the board reads it. Raises StoreError.
    """
    held = IngestResult(str(request.path), feed=request.feed, refused=HELD)
    try:
        sheets, sha256 = read_sheets(request)
    except SourceError as error:
        return replace(held, refused=str(error))
    return _let_wait(request, sheets, replace(held, sha256=sha256))


def _let_wait(
    request: IngestRequest, sheets: Sequence[Sheet], refused: IngestResult
) -> IngestResult:
    """Let the redacted sheets of a file wait for a mapping. refused: why they are not read."""
    reason, feed = refused.refused or "", refused.feed
    redacted, notes = redact_sheets(sheets, request.context)
    if notes and _holds_places_alone(redacted, request.context):  # a count of votes
        return refused
    result = replace(refused, refused=None, waiting=0, notes=[reason, *notes])
    if request.dry_run:
        result.notes.insert(1, WOULD_WAIT)
        return result
    note = {**_build_note(redacted, reason, request.scope, feed), "notes": list(notes)}
    result.waiting, _ = request.store.put_waiting(
        WAITING_FILE, sanitize_name(request.path.name), refused.sha256 or "",
        list(map(encode_sheet, redacted)), request.now, request.scope.actor, note=note,
    )  # fmt: skip
    result.notes.insert(1, WAITING.format(number=result.waiting))
    return result


def read_sheets(request: IngestRequest) -> tuple[list[Sheet], str]:
    """Return the sheets of a file, and the digest of its bytes. Raises SourceError, StoreError."""
    path, limits = request.path, request.limits
    try:
        with private_copy(path, limits.max_bytes) as copy:
            sheets = read_grid(copy.path, limits.max_rows)
            if _is_chat(copy.path):
                raise SourceError(_CHAT)
    except SourceError as error:
        if isinstance(error.__cause__, OSError):  # the machine's fault, or the file is gone
            raise StoreError(str(error)) from error
        raise
    except OSError as error:
        raise to_store_error(path, error) from error
    return join_sheets(sheets, request.context), copy.sha256


def to_store_error(path: Path, error: OSError) -> StoreError:
    """Return the error for a file of which no private copy can be written."""
    return StoreError(
        f"{sanitize_name(path.name)} tidak dapat disalin untuk dibaca: {error.strerror}"
    )


def ingest_mapped(
    sheets: Sequence[Sheet],
    mapping: SheetMapping,
    source: str,
    sha256: str,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    *,
    now: datetime,
    dry_run: bool = False,
    preview: PreviewCallback | None = None,
    replaces: Sequence[int] = (),
) -> IngestResult:
    """Ingest sheets by their mapping. Raises UnknownHeadings where a fact is missing, StoreError.

    The name of the profile is kept with the batch. replaces: see ingest_tables.
    """
    feed = mapping.profile.feed
    assert feed is not None

    def ingest(order: DateOrder) -> IngestResult:
        tables = build_mapped_tables(sheets, mapping, source, context, order)
        return ingest_tables(
            tables, source, sha256, store, context, scope, feed=feed, now=now,
            profile=mapping.profile.name, dry_run=dry_run, preview=preview, replaces=replaces,
        )  # fmt: skip

    try:
        return ingest(DateOrder())
    except MonthFirstFound:  # nothing is stored yet: read all of it anew
        return ingest(DateOrder(month_first=True))


def _suggest_paste(path: Path, sheets: Sequence[Sheet]) -> str:
    """Return where messages are pasted, of a text that may be one; else nothing."""
    is_text = path.suffix.lower() in _TEXT_SUFFIXES or (not sheets and _is_text(path))
    return _PASTE if is_text else ""


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return not file_types.is_workbook(file.read(8))


def _is_chat(path: Path) -> bool:
    """Return whether a text is an exported chat, whose commas and times look like columns."""
    if not _is_text(path):
        return False
    texts = text_encoding.read_chunks(
        path, text_encoding.detect(path), text_encoding.ReadProgress(0)
    )
    head = "".join(islice(texts, 1))[:20_000]
    return len(list(islice(HEADER_PATTERN.finditer(head), 2))) == 2


def _holds_places_alone(sheets: Sequence[Sheet], context: IngestContext) -> bool:
    """Return whether every heading left after redaction names a place or a time, so no report."""
    headings = [h for s in sheets for h in build_headings(s, guess_header(s.rows)) if h]
    return all(context.vocabulary.find_own_heading(h) in _PLACES_AND_TIMES for h in headings)


def _build_note(
    sheets: Sequence[Sheet],
    reason: str,
    scope: WriteScope,
    feed: str | None,
) -> dict[str, Any]:
    """Return what lists show of the file, and what its sender might write."""
    largest = max(sheets, key=lambda sheet: (not sheet.is_hidden, len(sheet.rows)))
    headings = [name for name in build_headings(largest, guess_header(largest.rows)) if name]
    return {
        "why": reason,
        "rows": sum(map(count_rows, sheets)),
        "sheets": [sheet.name for sheet in sheets],
        "headings": [mask_numbers(name) for name in headings[:_MAX_NOTED_HEADINGS]],
        "feed": feed,
        "feeds": sorted(scope.feeds),
        "area": list(scope.area),
    }


def count_rows(sheet: Sheet) -> int:
    """Return how many rows lie below the heading."""
    return max(0, len(sheet.rows) - guess_header(sheet.rows).end)


def load_sheets(store: Store, number: int) -> list[Sheet]:
    """Return the sheets of a file that waits. Raises StoreError where there is none."""
    content = store.waiting_content(number)
    if content is None:
        raise StoreError(f"Berkas nomor {number} tidak ada di antara yang menunggu.")
    return [decode_sheet(value) for value in content]


def encode_sheet(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as JSON."""
    return {
        "name": sheet.name,
        "hidden": sheet.is_hidden,
        "numbers": sheet.row_numbers,
        "merges": [[list(first), list(last)] for first, last in sheet.merges],
        "parents": [sheet.parent, sorted(sheet.parent_numbers)],
        "rows": [list(map(_encode_cell, row)) for row in sheet.rows],
    }


def decode_sheet(value: dict[str, Any]) -> Sheet:
    """Return the sheet of this JSON."""
    parent, numbers = value.get("parents", (None, ()))
    return Sheet(
        name=value["name"],
        rows=[list(map(_decode_cell, row)) for row in value["rows"]],
        row_numbers=value["numbers"],
        is_hidden=value["hidden"],
        merges=tuple((tuple(first), tuple(last)) for first, last in value["merges"]),
        parent=parent,
        parent_numbers=frozenset(numbers),
    )


def _encode_cell(cell: object) -> object:
    match cell:
        case None | str() | bool() | int():
            return cell
        case float():
            return cell if isfinite(cell) else str(cell)
        case datetime():
            return {"datetime": cell.isoformat()}
        case time():
            return {"time": cell.isoformat()}
        case timedelta():
            return {"seconds": cell.total_seconds()}
        case _:
            return str(cell)


def _decode_cell(value: Any) -> object:
    if not isinstance(value, dict):
        return value
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    if "time" in value:
        return time.fromisoformat(value["time"])
    return timedelta(seconds=value["seconds"])


def filter_visible(items: Sequence[WaitingItem], viewer: Viewer) -> list[WaitingItem]:
    """Return those that a viewer may see: of some kecamatan, only their own deliveries.

    Nobody without the right to send or correct; and none sent as a feed they may not read.
    """
    if viewer.link is not None or not (viewer.role.may("perbaiki") or viewer.role.may("masukkan")):
        return []
    readable = {None, *viewer.role.readable_feeds(tuple(FEEDS))}
    return [
        item
        for item in items
        if (not viewer.area or item.actor == viewer.name) and item.note.get("feed") in readable
    ]


def narrow_scope(scope: WriteScope, item: WaitingItem) -> WriteScope:
    """Return the scope of who maps a file, at most what its sender might write."""
    feeds, area = frozenset(item.note["feeds"]), tuple(item.note["area"])
    if scope.area and area:
        area = tuple(code for code in area if code in scope.area)
    return replace(scope, feeds=scope.feeds & feeds, area=area or scope.area)


def drop(
    store: Store, scope: WriteScope, number: int, reason: str, now: datetime, viewer: Viewer | None
) -> WaitingItem:
    """Drop a file that waits, with a reason; nothing is deleted. Raises StoreError.

    viewer: the person who does; None for a program on this machine.
    """
    items = store.waiting_items(WAITING_FILE, numbers=[number])
    if viewer is not None:
        items = filter_visible(items, viewer)
    if not items:
        raise StoreError(f"Berkas nomor {number} tidak (lagi) menunggu.")
    detail = {"reason": reason.strip()}
    store.settle_waiting(number, "dropped", now, scope.actor, detail=detail)
    return items[0]
