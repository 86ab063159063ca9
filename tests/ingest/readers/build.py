"""Builders of files as the field sends them, with defaults, and one way to read them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from situasi.ingest.readers import file_reader
from situasi.ingest.tables import SourceError

KNOWN = {
    "waktu": "waktu",
    "jam": "waktu",
    "waktu lapor": "waktu_lapor",
    "kecamatan": "kecamatan",
    "desa": "desa",
    "jenis": "jenis",
    "jenis kejadian": "jenis",
    "uraian": "uraian",
    "lat": "lat",
    "lon": "lon",
    "id": "id",
}
HEADING = ("waktu", "kecamatan", "jenis", "uraian")
ROW = ("27/11/2024 08.03", "Indralaya", "unjuk rasa", "Massa di depan kantor desa")


def recognise(cells: Sequence[str]) -> int:
    return len(
        {KNOWN[cell.strip().casefold()] for cell in cells if cell.strip().casefold() in KNOWN}
    )


@dataclass
class Seen:
    """Everything a file gave."""

    rows: list[int]
    records: list[dict[str, object]]
    notes: list[str]
    headings: list[list[str]]
    progress: list[float]

    @property
    def said(self) -> str:
        return "; ".join(self.notes)


def look(path: Path, chunk_rows: int = 20_000) -> Seen:
    seen = Seen([], [], [], [], [])
    for table in file_reader.read_file(path, recognise, chunk_rows):
        assert len(table.row_numbers) == len(table.cells) <= chunk_rows
        assert all(str(dtype) == "object" for dtype in table.cells.dtypes)
        seen.rows += table.row_numbers
        seen.records += table.cells.to_dict("records")
        seen.notes += table.notes
        seen.headings.append(list(table.cells.columns))
        seen.progress.append(table.progress)
    return seen


def refusal(path: Path) -> str:
    """The sentence with which a file is refused; one sentence, as a person would say it."""
    try:
        look(path)
    except SourceError as refused:
        sentence = str(refused)
        assert re.fullmatch(r"[^\n]{1,250}\.", sentence), sentence
        return sentence
    raise AssertionError(f"{path.name} was read")


def csv_text(*rows: Sequence[str], heading: Sequence[str] = HEADING, delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\n" for row in (heading, *(rows or (ROW,))))


def put(folder: Path, content: str | bytes, name: str = "laporan.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def xlsx(*rows: Sequence[object], heading: Sequence[object] = HEADING) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Laporan"
    for row in (heading, *(rows or (ROW,))):
        sheet.append(list(row))
    return book


def saved(folder: Path, book: openpyxl.Workbook, name: str = "laporan.xlsx") -> Path:
    path = folder / name
    book.save(path)
    return path


def xlsx_bytes(book: openpyxl.Workbook | None = None) -> bytes:
    buffer = io.BytesIO()
    (book or xlsx()).save(buffer)
    return buffer.getvalue()


def repacked(folder: Path, name: str, changed: dict[str, bytes], remove: str = "") -> Path:
    """A workbook whose named parts hold other bytes: what no program would write."""
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in (parts | changed).items():
            if member != remove:
                archive.writestr(member, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_xml(cells: str, before: str = "") -> bytes:
    """A worksheet with a good heading and row, and these raw rows after them."""
    texts = [HEADING, ROW]
    good = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for letter, text in zip("ABCD", row, strict=True)
        )
        + "</row>"
        for number, row in enumerate(texts, start=1)
    )
    body = f"<worksheet {_MAIN}><sheetData>{good}{cells}</sheetData></worksheet>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{body}'.encode()
