"""Tables of web pages as delimited text: many programs save HTML under the name `*.xls`."""

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree, html

from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import SourceError

MAX_BYTES = 8 << 20  # a tree takes some twenty times as much
_TITLES = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "p", "caption"))
_MAX_ROWSPAN = 1_000
_TOO_LARGE = f"Halaman HTML ini lebih dari {MAX_BYTES >> 20} MB; kirim sebagai XLSX atau CSV."
_NO_TABLE = "Berkas ini halaman web (HTML) tanpa tabel; kirim laporan sebagai XLSX, CSV atau JSON."

Row = list[str]


@contextmanager
def as_delimited_text(path: Path) -> Iterator[Path]:
    """Yield a temporary CSV file, in UTF-8, of the rows of all tables and the titles above them.

    A cell that spans columns is followed by empty ones; one that spans rows stands in each of
    them. Raises SourceError for a page without a table, or larger than MAX_BYTES.
    """
    if path.stat().st_size > MAX_BYTES:
        raise SourceError(_TOO_LARGE)
    try:
        page = html.fromstring(path.read_bytes())
    except (etree.ParserError, ValueError) as error:
        raise SourceError(_NO_TABLE) from error
    if not page.xpath("descendant-or-self::table//tr"):
        raise SourceError(_NO_TABLE)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "tabel.csv"
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_iterate_rows(page))
        yield plain


def _iterate_rows(page: html.HtmlElement) -> Iterator[Row]:
    """Yield the rows of innermost tables and the titles outside them, in their order."""
    spans: dict[int, tuple[int, str]] = {}
    for element in page.iter(etree.Element):
        if element.tag == "table":
            spans = {}
        elif element.tag == "tr" and not element.xpath(".//table"):
            yield _read_row(element, spans)
        elif element.tag in _TITLES and next(element.iterancestors("tr"), None) is None:
            yield [_text(element)]


def _read_row(element: html.HtmlElement, spans: dict[int, tuple[int, str]]) -> Row:
    """Return the cells of a row. spans: rows left and text, by column, of cells from above."""
    row: Row = []

    def take_spans() -> None:
        while (column := len(row)) in spans:
            left, text = spans.pop(column)
            if left > 1:
                spans[column] = left - 1, text
            row.append(text)

    for cell in element.iterchildren("td", "th"):
        take_spans()
        text, column = _text(cell), len(row)
        row += [text, *[""] * (_read_span(cell, "colspan", reserved_columns.MAX_COLUMNS) - 1)]
        if (rows := _read_span(cell, "rowspan", _MAX_ROWSPAN)) > 1:
            spans[column] = rows - 1, text
    take_spans()
    return row


def _read_span(cell: html.HtmlElement, name: str, largest: int) -> int:
    value = cell.get(name, "")
    return min(max(int(value), 1), largest) if value.isascii() and value.isdigit() else 1


def _text(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())
