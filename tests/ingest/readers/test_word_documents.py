"""Word documents: their tables are read as tables, and one without a table as a report in words."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest.message_files import kept_chats
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.readers import word_documents
from tests.builders import unbounded
from tests.conftest import NOON

HEADINGS = ["NO", "JAM", "DESA", "TPS", "JENIS", "URAIAN"]
ROWS = [
    HEADINGS,
    ["1", "08.15", "Kerinjing", "2", "Kericuhan", "Saksi ribut"],
    ["2", "09.15", "Kerinjing", "1", "Logistik", "Kurang surat suara"],
]
LAPSIT = "Pada tanggal 27 November 2024 pukul 09.30 WIB di TPS 2 Desa Kerinjing terjadi kericuhan."


def save(path: Path, *parts: str | list[list[str]]) -> Path:
    document: Any = docx.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=0, cols=len(part[0]))
        for row in part:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(path)
    return path


def bring(board: Board, path: Path) -> IngestResult:
    return ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("i"), now=NOON)
    )


def test_a_table_of_a_document_is_read_below_its_titles(board: Board, tmp_path: Path) -> None:
    title = "LAPORAN KEJADIAN KECAMATAN TANJUNG RAJA 27 NOVEMBER 2024"
    result = bring(board, save(tmp_path / "a.docx", "POLSEK", title, ROWS))
    assert (result.feed, result.accepted, result.quarantined) == ("incidents", 2, 0), result
    stored = board.store.rows_after(INCIDENTS)
    assert stored["desa"].tolist() == ["16.10.03.2018"] * 2
    assert stored["tps"].tolist() == ["002", "001"]


def test_a_document_without_a_table_is_a_report_in_words(board: Board, tmp_path: Path) -> None:
    result = bring(board, save(tmp_path / "a.docx", "LAPORAN SITUASI", LAPSIT))
    assert result.messages is not None and result.messages.waiting == 1


def test_a_document_that_tells_nothing_is_refused_or_waits(board: Board, tmp_path: Path) -> None:
    result = bring(board, save(tmp_path / "a.docx", "Selamat pagi", "Terima kasih"))
    assert result.accepted == 0 and (result.refused or result.waiting)


def test_a_cell_that_spans_others_stands_once_or_in_each_row(tmp_path: Path) -> None:
    path = save(tmp_path / "a.docx", [["A", "B"], ["x", "1"], ["", "2"], ["kiri", "kanan"]])
    document: Any = docx.Document(str(path))
    table = document.tables[0]
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    document.save(path)
    with word_documents.as_delimited_text(path) as plain:
        lines = plain.read_text("utf-8").splitlines()
    assert lines == ["A,B", "x,1", "x,2", "kiri kanan,"]


def test_a_number_in_pieces_becomes_its_mark_in_the_kept_file(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document: Any = docx.Document()
    paragraph = document.add_paragraph("NRP ")
    paragraph.add_run("8704")
    paragraph.add_run("1234").bold = True
    document.save(path)
    kept_chats.redact_kept_file(path, board.ingest_context, NOON, is_about_officers=True)
    text = path.read_text("utf-8")
    assert "87041234" not in text and text.startswith("NRP ")


@pytest.mark.parametrize("part", [b"", b"<w:document", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_damaged_document_is_refused_in_words(board: Board, tmp_path: Path, part: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", part)
    result = bring(board, tmp_path / "a.docx")
    assert result.accepted == 0 and result.refused
