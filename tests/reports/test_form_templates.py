"""Empty forms: nothing is read from one that nobody filled in, all from one that was."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pages.intake import forms
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestResult
from situasi.reports.form_templates import FORMS, HOURLY_COUNTS, build_form
from tests.ingest.test_pipeline import bring, fresh_board

# What a first row says where a form has no list to choose from.
CELLS = {
    "waktu": "27/11/2024 08.30", "desa": "Tanjung Seteko", "tps": "3", "hadir": 118,
    "nrp": "87041234", "pangkat": "Bripka", "satuan": "Polsek Indralaya",
    "uraian": "Hujan deras.", "lokasi": "Pos Indralaya",
}  # fmt: skip
# The first word of these lists says that nothing happened, or another place than that of CELLS.
CHOSEN = {"kecamatan": "Indralaya", "langkah": "informasi"}


def ingest(board: Board, folder: Path, content: bytes) -> IngestResult:
    path = folder / "formulir.xlsx"
    path.write_bytes(content)
    return bring(board, path, dry_run=True)


def fill(name: str, content: bytes) -> bytes:
    """Fill in the first row, from its lists where it has them."""
    workbook: Any = load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    if name == HOURLY_COUNTS:
        sheet.cell(2, 4, 41)
    else:
        for at, heading in enumerate([cell.value for cell in sheet[1]], start=1):
            choices = workbook["Pilihan"].iter_rows(min_col=at, max_col=at, values_only=True)
            words = [word for (word,) in choices if word]
            assert heading not in CHOSEN or CHOSEN[heading] in words
            first = words[0] if words else CELLS.get(heading)
            sheet.cell(2, at, CHOSEN.get(heading, first))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_holds_no_row_until_it_is_filled_in(name: str, tmp_path: Path) -> None:
    with fresh_board() as (board, _clock):
        form = build_form(name, board.register)
        empty = ingest(board, tmp_path, form)
        filled = ingest(board, tmp_path, fill(name, form))
    assert (empty.read, empty.refused, empty.waiting) == (0, None, None)
    assert (filled.read, filled.accepted) == (1, 1), filled.reasons
    assert filled.feed == ("tps" if name == HOURLY_COUNTS else name)


def test_the_form_of_counts_names_every_tps_of_the_area() -> None:
    with fresh_board() as (board, _clock):
        area = next(iter(board.register.kecamatan))
        register = board.register.restrict_to([area])
        sheet = load_workbook(io.BytesIO(build_form(HOURLY_COUNTS, register))).worksheets[0]
    assert sheet.max_row - 1 == len(register.tps)
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {register.name_of(area)}


def test_every_feed_but_merges_has_a_form_on_the_page() -> None:
    assert forms._FORMS == FORMS
    assert set(FORMS) - {HOURLY_COUNTS} == set(FEEDS) - {"merges"}
