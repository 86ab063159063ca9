"""Sheets of OpenDocument spreadsheets (ODS), as LibreOffice writes them."""

import re
import zipfile
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

from situasi.common.disk_space import NO_SPACE_ERRNOS
from situasi.ingest.readers import file_types
from situasi.ingest.readers.reserved_columns import MAX_CELL_CHARS
from situasi.ingest.readers.workbooks import xlsx_guard, xlsx_size
from situasi.ingest.readers.workbooks.plain_sheet import (
    PlainSheet,
    Position,
    Worksheet,
    to_clock,
)
from situasi.ingest.readers.workbooks.xlsx_size import CELL_TOO_LONG, CONTENT_TOO_LARGE
from situasi.ingest.tables import SourceError

_CONTENT, _MANIFEST, _TYPE = "content.xml", "META-INF/manifest.xml", "mimetype"
_MAX_DIRECTORY_BYTES = 1_000_000
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
_DAMAGED = "Berkas LibreOffice ini rusak atau terpotong; simpan ulang, lalu kirim lagi."
_NO_SHEET = "Berkas ini sebenarnya dokumen LibreOffice, bukan lembar kerja (.ods)."
# What floats above the cells: not their text.
_FOREIGN = frozenset(("office:annotation", "draw:frame", "draw:custom-shape", "table:shapes"))


def is_ods(path: Path) -> bool:
    """Return whether an archive is a spreadsheet of LibreOffice."""
    xlsx_guard.check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if _CONTENT not in names or "[Content_Types].xml" in names:
                return False
            if _TYPE not in names:
                return True
            with archive.open(_TYPE) as part:
                return b"spreadsheet" in part.read(200)
    except xlsx_guard.ARCHIVE_ERRORS:
        return False


def read(path: Path) -> list[Worksheet]:
    """Return the sheets of a spreadsheet. Raises SourceError."""
    reader = _ContentReader()
    try:
        with zipfile.ZipFile(path) as archive:
            if _is_locked(archive):
                raise SourceError(file_types.LOCKED)
            with archive.open(_CONTENT) as part:
                reader.read(part)
    except (expat.ExpatError, *xlsx_guard.ARCHIVE_ERRORS) as damage:
        if isinstance(damage, OSError) and damage.errno in NO_SPACE_ERRNOS:
            raise
        raise SourceError(_DAMAGED) from damage
    if not reader.sheets:
        raise SourceError(_NO_SHEET)
    return reader.sheets


def _is_locked(archive: zipfile.ZipFile) -> bool:
    if _MANIFEST not in archive.namelist():
        return False
    with archive.open(_MANIFEST) as part:
        return b"encryption-data" in part.read(_MAX_DIRECTORY_BYTES)


class _ContentReader:
    """Reads the sheets of a document tag by tag; repeated empty cells and rows take no memory."""

    def __init__(self) -> None:
        self.sheets: list[Worksheet] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._area = self._text_bytes = 0
        self._foreign_depth = self._table_depth = 0
        self._start_sheet({})
        self._start_row({})
        self._start_cell({})

    def read(self, source: IO[bytes]) -> None:
        """Read the document. Raises SourceError and ExpatError."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        budget = xlsx_guard.MAX_UNPACKED_BYTES
        for chunk in xlsx_guard.read_xml_chunks(source):
            xlsx_guard.check_no_definitions(chunk)
            budget -= len(chunk)
            if budget < 0:
                raise SourceError(CONTENT_TOO_LARGE)
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _FOREIGN:
            self._foreign_depth += 1
        if self._foreign_depth:
            return
        match name:
            case "style:style":
                self._style = attributes.get("style:name", "")
            case "style:table-properties" if attributes.get("table:display") == "false":
                self._hidden_styles.add(self._style)
            case "table:table":
                self._table_depth += 1
                if self._table_depth == 1:
                    self._start_sheet(attributes)
            case "table:table-row":
                self._start_row(attributes)
            case "table:table-cell" | "table:covered-table-cell":
                self._start_cell(attributes)
            case _ if name.startswith("text:"):
                self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "text:p":
                self._texts += ["\n"] if self._paragraphs else []
                self._paragraphs += 1
            case "text:s":
                self._texts.append(" " * min(100, _to_number(attributes.get("text:c"))))
            case "text:tab" | "text:line-break":
                self._texts.append(" ")

    def _end(self, name: str) -> None:
        if name in _FOREIGN:
            self._foreign_depth -= 1
        elif self._foreign_depth:
            return
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()
        elif name == "table:table":
            self._table_depth -= 1
            if self._table_depth == 0:
                is_hidden = self._sheet_style in self._hidden_styles
                self.sheets.append((self._name, PlainSheet(self._rows, self._merges), is_hidden))
                if len(self.sheets) > xlsx_guard.MAX_SHEETS:
                    raise SourceError(CONTENT_TOO_LARGE)

    def _start_sheet(self, attributes: Mapping[str, str]) -> None:
        self._name = attributes.get("table:name", "")
        self._sheet_style = attributes.get("table:style-name", "")
        self._rows: list[list[object]] = []
        self._merges: list[tuple[Position, Position]] = []
        self._empty_rows = 0

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row_count = _to_number(attributes.get("table:number-rows-repeated"))
        self._row: list[object] = []
        self._empty_cells = self._row_bytes = 0

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._cell = attributes
        self._texts: list[str] = []
        self._paragraphs = 0

    def _add_text(self, text: str) -> None:
        if self._paragraphs and not self._foreign_depth:
            self._texts.append(text)

    def _end_cell(self) -> None:
        text = "".join(self._texts)
        if len(text) > MAX_CELL_CHARS:
            raise SourceError(CELL_TOO_LONG)
        count = _to_number(self._cell.get("table:number-columns-repeated"))
        value = _read_value(self._cell, text)
        self._note_merge()
        self._texts, self._paragraphs = [], 0
        if value == "":
            self._empty_cells += count
            return
        width = len(self._row) + self._empty_cells + count
        xlsx_size.check_area(len(self._rows) + 1, width, self._area + width)
        self._row_bytes += len(text) * count
        self._row += [""] * self._empty_cells + [value] * count
        self._empty_cells = 0

    def _note_merge(self) -> None:
        height = _to_number(self._cell.get("table:number-rows-spanned"))
        width = _to_number(self._cell.get("table:number-columns-spanned"))
        if height > 1 or width > 1:
            top, left = len(self._rows) + self._empty_rows, len(self._row) + self._empty_cells
            self._merges.append(((top, left), (top + height - 1, left + width - 1)))
            if len(self._merges) > xlsx_guard.MAX_MERGES:
                raise SourceError(CONTENT_TOO_LARGE)

    def _end_row(self) -> None:
        if not self._row:
            self._empty_rows += self._row_count
            return
        height = len(self._rows) + self._empty_rows + self._row_count
        self._area += len(self._row) * self._row_count + self._empty_rows
        xlsx_size.check_area(height, len(self._row), self._area)
        self._text_bytes += self._row_bytes * self._row_count
        if self._text_bytes > xlsx_size.MAX_TEXT_BYTES:
            raise SourceError(CONTENT_TOO_LARGE)
        self._rows += [[] for _ in range(self._empty_rows)]
        self._rows += [list(self._row) for _ in range(self._row_count)]
        self._empty_rows = 0


def _to_number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() else 1


def _read_value(cell: Mapping[str, str], text: str) -> object:
    """Return the value of a cell as calamine returns that of XLSX; "" where it is empty."""
    match cell.get("office:value-type"):
        case "float" | "percentage" | "currency" if cell.get("calcext:value-type") != "error":
            return float(cell.get("office:value", ""))
        case "date":
            moment = datetime.fromisoformat(cell.get("office:date-value", ""))
            return moment.replace(tzinfo=None, microsecond=0)
        case "time":
            return _read_duration(cell.get("office:time-value", ""), text)
        case "boolean":
            return cell.get("office:boolean-value") == "true"
        case None:
            return ""
        case _:
            return text or cell.get("office:string-value", "")


def _read_duration(duration: str, text: str) -> time | timedelta | str:
    match = _DURATION.fullmatch(duration)
    if match is None:
        return text
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return to_clock(int(span.total_seconds())) if span < timedelta(days=1) else span
