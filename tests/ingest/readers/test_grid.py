"""A file as a grid of cells: whatever its headings say, with the sender's numbers."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.readers.grid import (
    HeaderPosition,
    NotATable,
    Sheet,
    build_headings,
    build_tables,
    guess_header,
    read_grid,
)
from situasi.ingest.readers.reserved_columns import SHEET
from situasi.ingest.tables import SourceError


def text(folder: Path, content: str, name: str = "asing.csv") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_unknown_headings_are_read_under_whatever_delimiter(tmp_path: Path, delimiter: str) -> None:
    lines = [["alfa", "beta", "gama"], ["1", "dua, tiga; empat", "5"], ["6", "", "8"]]
    rows = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    (sheet,) = read_grid(text(tmp_path, rows))
    assert sheet.rows == [lines[0], lines[1], ["6", None, "8"]]
    assert sheet.row_numbers == [1, 2, 3]


def test_blank_rows_are_left_out_and_numbers_stay_the_senders(tmp_path: Path) -> None:
    (sheet,) = read_grid(text(tmp_path, "sep=;\nJudul\n\na;b\n1;2\n;\n3;4;\n"))
    assert sheet.rows == [["Judul"], ["a", "b"], ["1", "2"], ["3", "4"]]
    assert sheet.row_numbers == [1, 3, 4, 6]


def test_a_workbook_gives_its_sheets_with_types_merges_and_hidden_ones(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Isian"
    first.append([None, "Nama kolom", "Angka"])
    first.append([None, datetime(2024, 11, 27, 8), 3])
    first.append([None, time(9, 30), 4.5])
    first.merge_cells("B2:B3")
    book.create_sheet("Pilihan").append(["a", "b"])
    book["Pilihan"].sheet_state = "hidden"
    book.create_sheet("Kosong")
    book.save(tmp_path / "a.xlsx")
    isian, pilihan = read_grid(tmp_path / "a.xlsx")
    assert isian.rows[0] == ["Nama kolom", "Angka"]
    assert isian.rows[1] == [datetime(2024, 11, 27, 8), 3]
    assert isian.merges == (((2, 0), (3, 0)),)
    assert (isian.is_hidden, pilihan.is_hidden) == (False, True)


@pytest.mark.parametrize("as_lines", [True, False])
def test_objects_become_rows_under_all_their_keys(tmp_path: Path, as_lines: bool) -> None:
    objects = [{"x": 1, "y": "a"}, {"y": "b", "z": [1, 2]}, {"x": None, "y": None}]
    content = "\n".join(map(json.dumps, objects)) if as_lines else json.dumps({"isian": objects})
    (sheet,) = read_grid(text(tmp_path, content, "a.json"))
    assert sheet.rows == [["x", "y", "z"], [1, "a"], [None, "b", "1, 2"]]
    assert sheet.row_numbers == [0, 1, 2]


def test_an_archive_of_tables_gives_each_as_a_sheet(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("form.csv", "alfa,beta\n1,2\n")
        archive.writestr("form-ulang.csv", "gama,delta\n3,4\n")
    first, second = read_grid(tmp_path / "a.zip")
    assert (first.name, first.rows) == ("form", [["alfa", "beta"], ["1", "2"]])
    assert second.rows[1] == ["3", "4"]


@pytest.mark.parametrize(
    "content", ["satu kalimat saja", "baris\nbaris lain\n", "a,b\n", "\n\n", "%PDF-1.7\n1 2\n"]
)
def test_what_has_no_rows_and_columns_is_no_table(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError):
        read_grid(text(tmp_path, content))


def test_a_sentence_is_told_from_a_table(tmp_path: Path) -> None:
    with pytest.raises(NotATable):
        read_grid(text(tmp_path, "Yth. Kapolres\nSituasi aman.\nTerima kasih.\n", "a.txt"))


def test_more_rows_than_a_delivery_may_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="lebih dari 50 baris"):
        read_grid(text(tmp_path, "a,b\n" + "1,2\n" * 100), max_rows=50)


def sheet(*rows: list[object]) -> Sheet:
    return Sheet("", list(rows), list(range(1, len(rows) + 1)))


def test_the_heading_is_looked_for_below_titles() -> None:
    rows = sheet(
        ["REKAPITULASI KEHADIRAN"],
        ["Polsek Indralaya", None, None],
        ["No", "Desa/Kel", "TPS", "Hadir"],
        [1, "Tanjung Gelam", "001", 120],
        [2, "Tanjung Seteko", "002", 98],
    )
    assert guess_header(rows.rows) == HeaderPosition(2, 1)


def test_group_titles_and_their_columns_are_one_heading() -> None:
    rows = sheet(
        ["NO", "DESA", "PARTISIPASI", None, None, "KET"],
        [None, None, "L", "P", "JUMLAH"],
        ["1", "2", "3", "4", "5", "6"],
        [1, "Tanjung Gelam", 60, 60, 120, "aman"],
    )
    header = guess_header(rows.rows)
    assert header == HeaderPosition(0, 2)
    expected = ("NO", "DESA", "PARTISIPASI L", "PARTISIPASI P", "PARTISIPASI JUMLAH", "KET")
    assert build_headings(rows, header) == expected
    (table,) = build_tables(rows, header)
    assert table.row_numbers == [4]
    assert table.cells.iloc[0].tolist() == [1, "Tanjung Gelam", 60, 60, 120, "aman"]


@pytest.mark.parametrize(
    "hours", [["8.00", "10.00 WIB"], [time(8), time(10)], ["Pkl 08:00", "9:30"]]
)
def test_hours_below_one_title_belong_to_the_heading(hours: list[object]) -> None:
    rows = sheet(
        ["NO", "DESA", "TPS", "SUDAH MENCOBLOS", None, "KET"],
        [None, None, None, *hours],
        [1, "Tanjung Gelam", 1, 60, 120, "aman"],
    )
    assert guess_header(rows.rows) == HeaderPosition(0, 2)


@pytest.mark.parametrize(
    "below", [[None, None, None, 60, 120], [None, None, 1, "08.00", "10.00"],
              [None, None, None, "10.00", "08.00"], [None, None, None, "08.00"]]
)  # fmt: skip
def test_counts_and_hours_of_a_report_are_no_heading(below: list[object]) -> None:
    assert guess_header([["NO", "DESA", "TPS", "HADIR", None, "KET"], below]).count == 1


def test_merged_cells_give_every_row_their_value_and_rows_name_their_sheet() -> None:
    rows = Sheet(
        "Polsek A",
        [["desa", "tps"], ["Tanjung Gelam", 1], [None, 2], ["Tanjung Seteko", 1]],
        [3, 4, 5, 6],
        merges=(((4, 0), (5, 0)),),
    )
    (table,) = build_tables(rows, HeaderPosition(0), has_sheet_column=True)
    assert table.cells["desa"].tolist() == ["Tanjung Gelam", "Tanjung Gelam", "Tanjung Seteko"]
    assert table.cells[SHEET].tolist() == ["Polsek A"] * 3
    assert rows.rows[2] == [None, 2]


CELLS = st.one_of(st.none(), st.text(max_size=5), st.integers(), st.floats(), st.booleans())


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=12))
def test_any_grid_has_a_heading_and_no_row_below_it_is_lost(rows: list[list[object]]) -> None:
    filled = [[cell or None for cell in row] for row in rows]
    filled = [row for row in filled if any(cell is not None for cell in row)]
    given_sheet = sheet(*filled)
    header = guess_header(given_sheet.rows)
    numbers = [
        number for table in build_tables(given_sheet, header) for number in table.row_numbers
    ]
    below = given_sheet.row_numbers[header.end :]
    assert numbers in (below, below[1:])  # a row that numbers the columns is left out
