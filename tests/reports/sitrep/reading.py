"""The words of a file of a laporan, read back from it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
import openpyxl
import pypdf

WHOLE = re.compile(r"\d+(?:\.\d{3})*(?:,\d+)?")


def text_of(form: str, content: bytes) -> str:
    """Everything that somebody reads in it, one blank between words."""
    parts = {"docx": _docx, "pdf": pdf_pages, "xlsx": _xlsx, "txt": _txt}[form](content)
    return " ".join(" ".join(parts).split())


def pdf_pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def headers(content: bytes) -> list[str]:
    """What stands at the top of each page of a DOCX, by its sections."""
    document = docx.Document(io.BytesIO(content))
    return [" ".join(p.text for p in one.header.paragraphs) for one in document.sections]


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}


def numbers(text: str) -> list[float]:
    """The numbers of a text written in Indonesian."""
    return [float(one.replace(".", "").replace(",", ".")) for one in WHOLE.findall(text)]


def _docx(content: bytes) -> Iterator[str]:
    document = docx.Document(io.BytesIO(content))
    for part in document.iter_inner_content():
        if isinstance(part, docx.table.Table):
            for row in part.rows:
                yield from (cell.text for cell in row.cells)
        else:
            yield part.text
    yield from headers(content)
    for one in document.sections:
        yield from (paragraph.text for paragraph in one.footer.paragraphs)


def _xlsx(content: bytes) -> Iterator[str]:
    for rows in sheets(content).values():
        yield from (str(cell) for row in rows for cell in row if cell is not None)


def _txt(content: bytes) -> list[str]:
    return [content.decode("utf-8")]
