"""Reader of a file from the field: detects the type by its content, then reads the rows."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, starmap
from pathlib import Path

import pandas as pd

from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.ingest.layout.header_detection import HeaderScorer
from situasi.ingest.readers import (
    aligned_text,
    csv_reader,
    file_types,
    grid,
    html_tables,
    json_reader,
    json_stream,
    reserved_columns,
    table_builder,
    text_encoding,
    word_documents,
    zip_reader,
)
from situasi.ingest.readers.private_copy import (
    check_regular_file,
    is_machine_error,
    to_source_error,
)
from situasi.ingest.readers.workbooks import xlsx_reader
from situasi.ingest.readers.zip_reader import Member
from situasi.ingest.tables import SourceError, Table, UnknownHeadings

_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm"}
_OTHER_WORKBOOK_SUFFIXES = {".xls", ".xlt", ".ods", ".ots"}
_JSON_SUFFIXES = {".json", ".jsonl", ".ndjson", ".geojson"}
_NOTHING = {csv_reader.EMPTY, json_stream.EMPTY}
_NO_HEADER = "berkas “{}” dalam arsip tanpa judul kolom yang dikenal, tidak dibaca"
_EMPTY = "berkas “{}” dalam arsip kosong"
_DAMAGED = "berkas “{}” dalam arsip tidak terbaca, isinya belum masuk: {}"
_OUTSIDE = (
    "berkas “{}” dalam arsip tidak dibaca: namanya menunjuk ke luar arsip; periksa pengirimnya,"
    " lalu minta berkas itu tersendiri"
)


def read_file(path: Path, score_header: HeaderScorer, chunk_rows: int = 20_000) -> Iterator[Table]:
    """Yield the tables of the rows in this file, at least one, each of at most `chunk_rows` rows.

    score_header: counts the distinct columns of a feed that the texts of a row name; a row
    that names two or more can be the heading. The first table has the notes on the whole file.

    Raises SourceError with one sentence for the sender. Long files are read while they are
    consumed, so it may come after some tables: save nothing before the last one. Raises
    OSError where the disk is full.
    """
    if chunk_rows < 1:
        raise ValueError(f"chunk_rows is {chunk_rows}; a table needs at least one row")
    try:
        check_regular_file(path)
        yield from _read_tables(path, score_header, chunk_rows)
    except OSError as failure:
        if failure.errno in NO_SPACE_ERRNOS:  # our own disk is full; the file is not at fault
            raise
        raise to_source_error(failure) from failure


def _read_tables(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    with path.open("rb") as file:
        head = file.read(file_types.HEAD_BYTES)
    if not head:
        raise SourceError(csv_reader.EMPTY)
    file_types.reject_unsupported(head)
    suffix = path.suffix.lower()
    if file_types.is_zip(head) and zip_reader.holds_tables(path):
        return _read_archive(path, score_header, chunk_rows)
    if word_documents.is_word(path):
        return _read_word(path, score_header, chunk_rows)
    if file_types.is_workbook(head):
        is_named_so = suffix in _WORKBOOK_SUFFIXES | _OTHER_WORKBOOK_SUFFIXES
        note = "" if is_named_so else f"isinya berkas Excel walau bernama *{suffix}"
        return _add_note(xlsx_reader.read(path, score_header, chunk_rows), note)
    if file_types.is_html(head):
        return _read_page(path, score_header, chunk_rows)
    encoding = text_encoding.detect(path)
    kind = json_reader.detect_kind(path, encoding)
    if kind:
        note = f"isinya JSON walau bernama *{suffix}" if suffix not in _JSON_SUFFIXES else ""
        reader = json_reader.read_lines if kind == "lines" else json_reader.read_document
        return _add_note(reader(path, encoding, score_header, chunk_rows), note)
    note = (
        f"isinya teks walau bernama *{suffix}"
        if suffix in _WORKBOOK_SUFFIXES | _JSON_SUFFIXES
        else ""
    )
    return _add_note(_read_text(path, encoding, score_header, chunk_rows), note)


def _read_text(
    path: Path, encoding: text_encoding.Encoding, score_header: HeaderScorer, chunk_rows: int
) -> Iterator[Table]:
    try:
        yield from csv_reader.read(path, encoding, score_header, chunk_rows)
    except UnknownHeadings:  # it is raised before the first table
        with aligned_text.as_delimited_text(path, encoding, score_header) as plain:
            if plain is None:
                raise
            again = text_encoding.detect(plain)
            note = "dibaca dari tabel yang diratakan dengan spasi"
            yield from _add_note(csv_reader.read(plain, again, score_header, chunk_rows), note)


def _read_page(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    with html_tables.as_delimited_text(path) as plain:
        yield from _add_note(
            csv_reader.read(plain, text_encoding.detect(plain), score_header, chunk_rows),
            "dibaca dari tabel halaman web (HTML)",
        )


def _read_word(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    with word_documents.as_delimited_text(path) as plain:
        yield from _add_note(
            csv_reader.read(plain, text_encoding.detect(plain), score_header, chunk_rows),
            "dibaca dari tabel dokumen Word",
        )


def _read_archive(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    """Yield the tables of all files in an archive, each row with the name of its file.

    The first table has a note on what was not read. A file that cannot be read keeps none of the
    others out: one row in its place says why. Raises SourceError, where none can be read.
    """
    with zip_reader.unpack(path) as contents:
        others, count = contents.others, len(contents.members) + len(contents.outside)
        notes = (f"{others} berkas lain dalam arsip tidak dibaca",) if others else ()
        unread: list[tuple[Member, SourceError]] = []
        has_tables = False
        for index, member in enumerate(contents.members):
            is_begun = False
            try:
                for table in _read_tables(member.path, score_header, chunk_rows):
                    yield _label(table, member, notes, index, count)
                    notes, has_tables, is_begun = (), True, True
            except SourceError as error:
                if is_machine_error(error.__cause__):
                    raise
                if is_begun:  # half of it is read
                    raise SourceError(_DAMAGED.format(member.name, error)) from error
                unread.append((member, error))
        if not has_tables:
            _refuse_archive(unread)
        yield from starmap(_build_unread, unread)
        for name in contents.outside:
            yield _build_row(name, name, _OUTSIDE.format(name))


def _refuse_archive(unread: list[tuple[Member, SourceError]]) -> None:
    for member, error in unread:
        if _is_damaged(error):
            raise SourceError(_DAMAGED.format(member.name, error)) from error
    raise UnknownHeadings(csv_reader.NO_HEADER)


def _is_damaged(error: SourceError) -> bool:
    """Return whether a file could not be read, rather than that it is no table of reports."""
    return not (isinstance(error, UnknownHeadings) or str(error) in _NOTHING)


def _label(table: Table, member: Member, notes: tuple[str, ...], index: int, count: int) -> Table:
    """Return a table of a member with its names, and with the notes on the archive."""
    cells, label = table.cells, member.label
    if count > 1:
        has_sheets = reserved_columns.SHEET in cells.columns
        name = f"{label} / {table.sheet}" if has_sheets else label
        cells = cells.assign(**{reserved_columns.SHEET: name}).astype("object")
    return replace(
        table,
        cells=cells,
        sheet=table.sheet if member.file else label,
        file=member.file,
        notes=(*notes, f"berkas “{label}”", *table.notes),
        progress=(index + table.progress) / count,
    )


def _build_unread(member: Member, error: SourceError) -> Table:
    """Build a table, marked as not reports, of the rows of a file without a known heading.

    Of a damaged one it is a row with its name and size, which tells it from others of the name.
    """
    if _is_damaged(error):
        text = f"{member.name} ({member.path.stat().st_size} bita)"
        return _build_row(text, member.label, _DAMAGED.format(member.name, error))
    reason = (_EMPTY if str(error) in _NOTHING else _NO_HEADER).format(member.label)
    numbered = [
        (number, table_builder.make_unread_row(row, reason))
        for sheet in grid.read_sheets(member.path)
        for number, row in list(zip(sheet.row_numbers, sheet.rows, strict=True))[1:]
    ]
    return _build_rows(numbered, member.label, reason, member.file)


def _build_row(text: str, label: str, reason: str) -> Table:
    return _build_rows([(1, table_builder.UnreadRow(text, reason))], label, reason)


def _build_rows(
    numbered: list[tuple[int, table_builder.UnreadRow]], label: str, note: str, file: str = ""
) -> Table:
    cells = pd.DataFrame(
        {
            reserved_columns.BROKEN: [row.text for _, row in numbered],
            reserved_columns.NOT_A_REPORT: [row.reason for _, row in numbered],
            reserved_columns.SHEET: [label] * len(numbered),
        },
        dtype="object",
    )
    return Table(cells, [n for n, _ in numbered], (note,), sheet=label, file=file)


def _add_note(tables: Iterator[Table], note: str) -> Iterator[Table]:
    for first in tables:
        notes = (note, *first.notes) if note else first.notes
        return chain([replace(first, notes=notes)], tables)
    return tables
