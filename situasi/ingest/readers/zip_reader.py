"""Reader of archives of CSV files, as form tools export them: every file is a table."""

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath

import pandas as pd

from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.ingest.layout.header_detection import HeaderScorer
from situasi.ingest.readers import csv_reader, reserved_columns, text_encoding
from situasi.ingest.readers.table_builder import Row, make_unread_row
from situasi.ingest.readers.xlsx_guard import ARCHIVE_ERRORS, check_directory
from situasi.ingest.tables import SourceError, Table, UnknownHeadings

MAX_TABLES = 50  # CSV files in one archive
MAX_UNPACKED_BYTES = 200_000_000  # bytes of all of them, unpacked
_MAX_RATIO = 200  # unpacked to packed bytes of one file; text seldom packs beyond 50
_BLOCK_BYTES = 1 << 20
_SUFFIXES = (".csv", ".tsv", ".txt")
_FEW_BYTES = 1 << 20  # below this any ratio is harmless

_DAMAGED = "Arsip ZIP ini rusak, terpotong atau bersandi; ekspor ulang, lalu kirim lagi."
_TOO_LARGE = "Isi arsip ZIP ini terlalu besar; bagi menjadi beberapa berkas."
_TOO_MANY = f"Arsip ZIP ini berisi lebih dari {MAX_TABLES} berkas CSV; kirim satu per satu."
_NO_HEADER = "berkas “{}” dalam arsip tanpa judul kolom yang dikenal, tidak dibaca"


def holds_tables(path: Path) -> bool:
    """Return whether an archive has CSV files and is no workbook or other document."""
    try:
        check_directory(path)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except ARCHIVE_ERRORS:
        return False
    return "[Content_Types].xml" not in names and any(map(_is_table, names))


def _is_table(name: str) -> bool:
    plain = name.replace("\\", "/")
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in plain.split("/"))
    return plain.lower().endswith(_SUFFIXES) and not is_hidden


def read(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    """Yield the tables of the CSV files in an archive, each row with the name of its file.

    The first table has a note on what was not read. Raises SourceError.
    """
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        files, skipped = _unpack_safely(path, Path(folder))
        note = (f"{skipped} berkas lain dalam arsip tidak dibaca",) if skipped else ()
        unread: list[tuple[str, Path]] = []
        has_tables = False
        for index, (name, file) in enumerate(files):
            try:
                for table in _read_file(file, score_header, chunk_rows):
                    yield _label(table, name, (*note, f"berkas “{name}”"), index, len(files))
                    note, has_tables = (), True
            except SourceError as error:
                if str(error) not in {csv_reader.NO_HEADER, csv_reader.EMPTY}:
                    raise
                unread.append((name, file))
        if not has_tables:
            raise UnknownHeadings(csv_reader.NO_HEADER)
        for name, file in unread:
            yield _build_unread(name, file)


def read_raw_tables(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, Row]]]]:
    """Yield the name and the numbered rows of each CSV file, whatever its headings.

    Read the rows of a file before asking for the next one. Raises SourceError.
    """
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        for name, file in _unpack_safely(path, Path(folder))[0]:
            yield name, csv_reader.read_raw_rows(file, text_encoding.detect(file))


def _read_file(file: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    """Yield the tables of one unpacked file."""
    yield from csv_reader.read(file, text_encoding.detect(file), score_header, chunk_rows)


def _label(table: Table, name: str, notes: tuple[str, ...], index: int, count: int) -> Table:
    cells = table.cells
    if count > 1:
        cells = cells.assign(**{reserved_columns.SHEET: name}).astype("object")
    progress = (index + table.progress) / count
    return replace(table, cells=cells, sheet=name, notes=(*notes, *table.notes), progress=progress)


def _unpack_safely(path: Path, folder: Path) -> tuple[list[tuple[str, Path]], int]:
    try:
        return _unpack(path, folder)
    except ARCHIVE_ERRORS as damage:
        if isinstance(damage, OSError) and damage.errno in NO_SPACE_ERRNOS:
            raise
        raise SourceError(_DAMAGED) from damage


def _unpack(path: Path, folder: Path) -> tuple[list[tuple[str, Path]], int]:
    """Unpack the CSV files; return the label and the path of each, and how many others there are.

    The sizes that the archive states do not count. No name of a member becomes a path.
    """
    with zipfile.ZipFile(path) as archive:
        members = list({info.filename: info for info in archive.infolist()}.values())
        wanted = [info for info in members if not info.is_dir() and _is_table(info.filename)]
        others = sum(not info.is_dir() for info in members) - len(wanted)
        if len(wanted) > MAX_TABLES:
            raise SourceError(_TOO_MANY)
        budget = MAX_UNPACKED_BYTES
        files = []
        for number, info in enumerate(wanted):
            target = folder / f"{number}.csv"
            budget -= _copy(archive, info, target, budget)
            files.append((_format_label(info.filename), target))
    # The table of the form before those of its repeat groups, whose names are longer.
    files.sort(key=lambda pair: len(pair[0]))
    return files, others


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Copy a member; return its bytes. Raises SourceError beyond the budget or the ratio."""
    size = 0
    with archive.open(info) as source, target.open("wb") as copy:
        while block := source.read(_BLOCK_BYTES):
            size += len(block)
            is_bomb = size > _FEW_BYTES and size > _MAX_RATIO * max(1, info.compress_size)
            if size > budget or is_bomb:
                raise SourceError(_TOO_LARGE)
            copy.write(block)
    return size


def _format_label(name: str) -> str:
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return reserved_columns.clean_text(reserved_columns.excerpt(stem, 60)) or "berkas"


def _build_unread(name: str, file: Path) -> Table:
    """Build a table of the lines of a file without a known heading, marked as not reports."""
    encoding = text_encoding.detect(file)
    meter = text_encoding.ReadProgress(file.stat().st_size)
    lines = text_encoding.read_lines(file, encoding, meter)
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip()]
    reason = _NO_HEADER.format(name)
    rows = [(n, make_unread_row([line.strip()], reason)) for n, line in islice(numbered, 1, None)]
    cells = pd.DataFrame(
        {
            reserved_columns.BROKEN: [row.text for _, row in rows],
            reserved_columns.NOT_A_REPORT: [row.reason for _, row in rows],
            reserved_columns.SHEET: [name] * len(rows),
        },
        dtype="object",
    )
    return Table(cells, [n for n, _ in rows], (reason,), sheet=name)
