"""Reader of a file from the field: detects the type by its content, then reads the rows."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.ingest.layout.header_detection import HeaderScorer
from situasi.ingest.readers import (
    csv_reader,
    file_types,
    json_reader,
    text_encoding,
    xlsx_reader,
    zip_reader,
)
from situasi.ingest.readers.private_copy import check_regular_file, to_source_error
from situasi.ingest.tables import SourceError, Table

_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm"}
_JSON_SUFFIXES = {".json", ".jsonl", ".ndjson", ".geojson"}


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
        with path.open("rb") as file:
            head = file.read(file_types.HEAD_BYTES)
        yield from _read_tables(path, head, score_header, chunk_rows)
    except OSError as failure:
        if failure.errno in NO_SPACE_ERRNOS:  # our own disk is full; the file is not at fault
            raise
        raise to_source_error(failure) from failure


def _read_tables(
    path: Path, head: bytes, score_header: HeaderScorer, chunk_rows: int
) -> Iterator[Table]:
    if not head:
        raise SourceError("Berkas ini kosong.")
    file_types.reject_unsupported(head)
    suffix = path.suffix.lower()
    if file_types.is_zip(head):
        if zip_reader.holds_tables(path):
            return zip_reader.read(path, score_header, chunk_rows)
        note = (
            "" if suffix in _WORKBOOK_SUFFIXES else f"isinya berkas Excel walau bernama *{suffix}"
        )
        return _add_note(xlsx_reader.read(path, score_header, chunk_rows), note)
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
    return _add_note(csv_reader.read(path, encoding, score_header, chunk_rows), note)


def _add_note(tables: Iterator[Table], note: str) -> Iterator[Table]:
    for first in tables:
        notes = (note, *first.notes) if note else first.notes
        return chain([replace(first, notes=notes)], tables)
    return tables
