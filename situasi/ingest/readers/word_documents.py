"""Tables of Word documents as delimited text, with the paragraphs around them; or all of it."""

import csv
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import IO

from lxml import etree

from situasi.ingest.readers import file_types, reserved_columns
from situasi.ingest.readers.workbooks.xlsx_guard import ARCHIVE_ERRORS, check_directory
from situasi.ingest.tables import SourceError

MAX_BYTES = 16 << 20  # a tree takes some twenty times as much
_DOCUMENT = "word/document.xml"
_TOO_LARGE = f"Dokumen Word ini lebih dari {MAX_BYTES >> 20} MB; kirim sebagai XLSX atau CSV."
_DAMAGED = "Berkas ini dokumen Word yang rusak; simpan ulang, lalu kirim lagi."
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = frozenset((f"{_W}br", f"{_W}cr", f"{_W}tab"))

Row = list[str]


def is_word(path: Path) -> bool:
    """Return whether a file is a Word document of 2007 or later."""
    with path.open("rb") as file:
        if not file_types.is_zip(file.read(4)):
            return False
    try:
        check_directory(path)
        with zipfile.ZipFile(path) as archive:
            return _DOCUMENT in archive.namelist()
    except (SourceError, *ARCHIVE_ERRORS):
        return False


@contextmanager
def as_delimited_text(path: Path) -> Iterator[Path]:
    """Yield a temporary CSV file, in UTF-8, of all rows and of the paragraphs between tables.

    A cell that spans columns is followed by empty ones; one that spans rows stands in each of
    them. Raises SourceError for a damaged document, or one larger than MAX_BYTES.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "tabel.csv"
        plain.write_text(_write_csv(path), "utf-8")
        yield plain


def write_as_text(path: Path, target: IO[bytes]) -> bool:
    """Write a document as its delimited text; return whether it is one that can be read.

    In its own parts a number may be cut into pieces of different looks.
    """
    try:
        text = _write_csv(path) if is_word(path) else None
    except SourceError:
        return False
    if text is not None:
        target.write(text.encode())
        target.seek(0)
    return text is not None


def read_text(path: Path) -> str:
    """Return the lines of a document: its paragraphs, and the rows of its tables."""
    return "\n".join(" ".join(filter(None, row)) for row in _list_rows(path))


def _write_csv(path: Path) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows(_list_rows(path))
    return out.getvalue()


def _list_rows(path: Path) -> list[Row]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_DOCUMENT) as part:
            content = part.read(MAX_BYTES + 1)
    except ARCHIVE_ERRORS as error:
        raise SourceError(_DAMAGED) from error
    if len(content) > MAX_BYTES:
        raise SourceError(_TOO_LARGE)
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise SourceError(_DAMAGED) from error
    body = root.find(f"{_W}body")
    return [] if body is None else list(_iterate_rows(body))


def _iterate_rows(parent: etree._Element) -> Iterator[Row]:
    for element in parent.iterchildren():
        if element.tag == f"{_W}p":
            yield from ([line] for line in _text(element).split("\n") if line)
        elif element.tag == f"{_W}tbl":
            above: Row = []
            for row in element.iterchildren(f"{_W}tr"):
                above = _read_row(row, above)
                yield above
        else:  # a content control holds paragraphs and tables as a body does
            yield from _iterate_rows(element)


def _read_row(row: etree._Element, above: Row) -> Row:
    """Return the cells of a row. above: those of the row above, of which cells may go on."""
    cells: Row = []
    for cell in row.iterchildren(f"{_W}tc"):
        span, merge = cell.find(f"{_W}tcPr/{_W}gridSpan"), cell.find(f"{_W}tcPr/{_W}vMerge")
        is_continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
        text = " ".join(filter(None, (_text(p).replace("\n", " ") for p in cell.iter(f"{_W}p"))))
        if is_continued and not text and len(cells) < len(above):
            text = above[len(cells)]
        width = "1" if span is None else span.get(f"{_W}val", "1")
        count = int(width) if width.isascii() and width.isdigit() else 1
        cells += [text, *[""] * (min(count, reserved_columns.MAX_COLUMNS) - 1)]
    return cells


def _text(paragraph: etree._Element) -> str:
    """Return the text of a paragraph, its lines without blanks around them."""
    pieces = []
    for element in paragraph.iter(f"{_W}t", *_BREAKS):
        is_tab = element.tag == f"{_W}tab"
        pieces.append((element.text or "") if element.tag == f"{_W}t" else " " if is_tab else "\n")
    return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n")).strip()
