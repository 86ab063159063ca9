"""Workbooks as people keep them: titles, merged cells, totals, sheets, native values."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from unittest.mock import patch

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.ingest.readers.table_builder import Block, column_letters
from situasi.ingest.readers.workbooks import xlsx_reader
from situasi.ingest.readers.workbooks.xlsx_size import column_number
from tests.effort import examples
from tests.ingest.readers.build import (
    HEADING,
    ROW,
    SHEET,
    look,
    put,
    refusal,
    repacked,
    saved,
    sheet_xml,
    xlsx,
    xlsx_bytes,
)

moment = datetime.fromisoformat  # Excel knows no time zone
SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40)
)


def test_rows_are_numbered_as_excel_shows_them(tmp_path):
    book = openpyxl.Workbook()
    for row, values in ((3, ["LAPORAN HARIAN"]), (5, HEADING), (6, ROW), (9, ROW)):
        for column, value in enumerate(values, start=3):
            book.active.cell(row, column, value)
    seen = look(saved(tmp_path, book))
    assert seen.rows == [6, 9]
    assert tuple(seen.records[0].values()) == ROW
    assert "1 baris di atas judul kolom dilewati (baris 3)" in seen.said


def test_native_values_stay_native(tmp_path):
    row = [moment("2024-11-27T08:03"), "a", True, 2.5, 7, time(8, 3), timedelta(hours=30)]
    row.append(date(2024, 11, 27))
    heading = [*HEADING, "tujuh", "jam", "lama", "hari"]
    got = list(look(saved(tmp_path, xlsx(row, heading=heading))).records[0].values())
    assert got == [*row[:-1], moment("2024-11-27")]
    assert [type(cell) for cell in got[:4]] == [datetime, str, bool, float]


def test_dates_in_a_workbook_counting_from_1904_are_right(tmp_path):
    book = xlsx((moment("2024-11-27T08:03"), "a", "b", "c"))
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert look(saved(tmp_path, book)).records[0]["waktu"] == moment("2024-11-27T08:03")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_error_cells_are_text_as_shown(tmp_path, error):
    assert look(saved(tmp_path, xlsx((error, "a", "b", "c")))).records[0]["waktu"] == error


def test_cells_merged_downwards_hold_in_every_row(tmp_path):
    book = xlsx(("27/11", "Kandis", "a", "1"), (None, None, "b", "2"), (None, "Rantau", "c", "3"))
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("B2:B3")
    records = look(saved(tmp_path, book)).records
    assert [record["waktu"] for record in records] == ["27/11"] * 3
    assert [record["kecamatan"] for record in records] == ["Kandis", "Kandis", "Rantau"]


def test_merged_cells_make_no_rows_of_their_own(tmp_path):
    book = xlsx(("27/11", "Kandis", "a", "1"))
    book.active.merge_cells("A2:A6")
    assert look(saved(tmp_path, book)).rows == [2]


def test_merge_ends_where_it_ends(tmp_path):
    book = xlsx(*[("x", "Kandis", "a", "1")] * 4)
    book.active["A4"] = book.active["A5"] = None
    book.active.merge_cells("A2:A3")
    assert [record["waktu"] for record in look(saved(tmp_path, book)).records] == [
        "x",
        "x",
        None,
        None,
    ]


def test_title_merged_across_is_no_data(tmp_path):
    book = xlsx()
    book.active.insert_rows(1, 2)
    book.active["A1"] = "LAPORAN KEJADIAN"
    book.active.merge_cells("A1:D1")
    seen = look(saved(tmp_path, book))
    assert (seen.rows, seen.headings) == ([4], [list(HEADING)])


def test_group_titles_merged_over_sub_headings(tmp_path):
    book = xlsx(
        (None, "Kecamatan", "Desa", None),
        ("08.00", "Kandis", "Lubuk", "banjir"),
        heading=("Waktu", "Lokasi", None, "Jenis"),
    )
    for merge in ("A1:A2", "B1:C1", "D1:D2"):
        book.active.merge_cells(merge)
    seen = look(saved(tmp_path, book))
    assert seen.headings == [["Waktu", "Kecamatan", "Desa", "Jenis"]]
    assert seen.rows == [3]


def test_column_numbers_below_the_heading_are_no_row(tmp_path):
    assert look(saved(tmp_path, xlsx((1, 2, 3, 4), ROW))).rows == [3]


def test_every_sheet_gives_its_rows_those_of_no_reports_marked(tmp_path):
    book = xlsx()
    for name, heading in (("Kedua", HEADING), ("Rekap", ["apa", "saja"]), ("Rahasia", HEADING)):
        sheet = book.create_sheet(name)
        sheet.append(heading)
        sheet.append(ROW)
        sheet.append(["catatan kaki"])
    book["Rahasia"].sheet_state = "hidden"
    book["Kedua"].delete_rows(3)
    book["Rahasia"].delete_rows(3)
    book.create_sheet("Kosong")
    seen = look(saved(tmp_path, book))
    marked = [
        (row, record["__lembar"], str(record.get("__bukan_laporan") or "").partition(" ")[0])
        for row, record in zip(seen.rows, seen.records, strict=True)
    ]
    assert marked == [
        (2, "Laporan", ""), (2, "Kedua", ""), (2, "Rahasia", "lembar"),
        (1, "Rekap", "lembar"), (2, "Rekap", "lembar"),
    ]  # fmt: skip
    assert "tersembunyi “Rahasia”" in seen.records[2]["__bukan_laporan"]
    assert "“Rekap” tanpa judul kolom" in seen.records[4]["__bukan_laporan"]
    assert seen.records[4]["__rusak"].startswith("##/##/#### ##.## | Indralaya | unjuk rasa")
    assert "“Rekap” tanpa judul kolom: 1 baris keterangan dilewati" in seen.said
    assert "Kosong" not in seen.said
    assert seen.progress == [0.25, 0.5, 0.75, 1.0]


def test_a_list_on_a_hidden_sheet_without_headings_is_said_and_left(tmp_path):
    book = xlsx()
    sheet = book.create_sheet("Daftar")
    for number in range(3):
        sheet.append([f"Desa {number}", number])
    sheet.sheet_state = "hidden"
    seen = look(saved(tmp_path, book))
    assert seen.rows == [2]
    assert "tersembunyi “Daftar” dilewati: 3 baris" in seen.said


def test_single_sheet_needs_no_sheet_column(tmp_path):
    assert look(saved(tmp_path, xlsx())).headings == [list(HEADING)]


def test_workbook_named_csv_is_read_with_a_note(tmp_path):
    seen = look(put(tmp_path, xlsx_bytes(), "laporan.csv"))
    assert seen.rows == [2]
    assert "berkas Excel walau bernama *.csv" in seen.said


def test_header_only_workbook_gives_one_empty_table(tmp_path):
    book = xlsx()
    book.active.delete_rows(2)
    seen = look(saved(tmp_path, book))
    assert seen.rows == []
    assert "hanya judul kolom" in seen.said


def test_workbook_without_heading_is_refused(tmp_path):
    assert "Tidak ada lembar" in refusal(saved(tmp_path, xlsx(heading=("a", "b", "c", "d"))))


def test_far_empty_cells_with_a_format_do_no_harm(tmp_path):
    far = '<row r="1048576"><c r="A1048576"/><c r="XFD1048576"></c></row>'
    assert look(repacked(tmp_path, "jauh.xlsx", {SHEET: sheet_xml(far)})).rows == [2]


def test_cells_without_references_are_read_in_order(tmp_path):
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(4))
    seen = look(repacked(tmp_path, "tanpa_acuan.xlsx", {SHEET: sheet_xml(f"<row>{cells}</row>")}))
    assert list(seen.records[1].values()) == [0, 1, 2, 3]


VALUES = st.one_of(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1, max_size=8),
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.datetimes(moment("1990-01-01"), moment("2030-01-01")).map(
        lambda t: t.replace(microsecond=0)
    ),
    st.none(),
)


@SHARED_FOLDER
@given(rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=8), top=st.integers(1, 5))
def test_whatever_a_workbook_holds_comes_back_as_another_reader_sees_it(tmp_path, rows, top):
    book = openpyxl.Workbook()
    for row, values in enumerate([HEADING, *(("tetap", *row) for row in rows)], start=top):
        for column, value in enumerate(values, start=1):
            cell = book.active.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
    path = saved(tmp_path, book)
    slow = openpyxl.load_workbook(path).active.iter_rows(min_row=top + 1, values_only=True)
    seen = look(path)
    assert [tuple(record.values()) for record in seen.records] == list(slow)
    assert seen.rows == [top + 1 + index for index in range(len(rows))]


class Cells:
    """A sheet as the reader of workbooks gives it, as far as rows are concerned."""

    def __init__(self, rows: list[list[object]]) -> None:
        self.iter_rows = lambda: iter(rows)


RAW = st.sampled_from(
    ["", " ", "a", " a ", "\u00a0b", "c\0", "\ud800d", "é", 1, 1.5, True, date(2024, 11, 27)]
)
SHEETS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(RAW, min_size=width, max_size=width))
)


def fitted(row: list[object], width: int) -> list[str]:
    """A row as a table holds it: so many cells, then what is filled beyond them."""
    beyond = [cell for cell in row[width:] if cell is not None]
    return [*map(repr, (row + [None] * width)[:width]), *map(repr, beyond)]


@settings(max_examples=examples(300))
@given(SHEETS, st.integers(0, 2), st.integers(1, 5), st.integers(1, 4))
def test_rows_taken_many_at_once_are_the_rows_taken_one_by_one(rows, above, width, size):
    together = []
    with patch.object(xlsx_reader, "_BLOCK_ROWS", size):
        for part in xlsx_reader._iterate_blocks(Cells(rows), above, width):
            together += part.iterate_rows() if isinstance(part, Block) else [part]
    singly = xlsx_reader._iterate_rows(Cells(rows), above)
    assert [fitted(row, width) for row in together] == [fitted(row, width) for row in singly]


@given(st.integers(1, 20_000))
def test_column_letters_and_numbers_agree(number):
    assert column_number(column_letters(number - 1)) == number
