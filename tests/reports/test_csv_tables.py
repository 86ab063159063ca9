"""A table as a file: what is read back is the table, and no cell of it runs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from situasi.common.formula_escape import escape_formula, unescape_formula
from situasi.domain.settings import ROOT
from situasi.reports import csv_tables, xlsx_tables
from tests.builders import wib
from tests.effort import examples
from tests.reports import measure

HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "+62 kepada",
    "-1+cmd|' /C calc'!A0",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "'=1+1",
    "''=1+1",
    '=HYPERLINK("http://x.invalid";"klik")',
]
FACTS = {"Papan": "Polres", "=Isi": "=1+1"}


def workbook(
    table: pd.DataFrame, facts: Mapping[str, str] = MappingProxyType({}), banner: str = ""
) -> bytes:
    """Build a workbook of one sheet."""
    return xlsx_tables.build_workbook([xlsx_tables.Sheet("Data", table)], facts, banner)


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book.worksheets
    }


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_would_run_is_a_text_in_both_files(cell: str) -> None:
    table = pd.DataFrame({"uraian": [cell]})
    [_, [written]] = lines(csv_tables.build_csv(table))
    assert written == "'" + cell
    book = openpyxl.load_workbook(io.BytesIO(workbook(table)))
    made = book["Data"]["A2"]
    assert (made.data_type, made.value[:1]) == ("s", "'")


def test_a_heading_and_a_fact_that_would_run_are_texts_too() -> None:
    table = pd.DataFrame({"=jenis": ["a"]})
    assert lines(csv_tables.build_csv(table))[0] == ["'=jenis"]
    found = sheets(workbook(table, FACTS))
    assert found["Data"][0] == ["'=jenis"]
    assert found["Keterangan"] == [["Papan", "Polres"], ["'=Isi", "'=1+1"]]


@pytest.mark.parametrize("cell", ["-3,25", "+62", "-1.000", "12", "a=b", "Desa - 2"])
def test_a_number_and_a_plain_text_stay_as_they_are(cell: str) -> None:
    assert escape_formula(cell) == cell


@given(st.text() | st.sampled_from(HOSTILE) | st.text("'=+-@\t1", max_size=6))
def test_what_was_guarded_comes_back_and_what_is_guarded_does_not_run(cell: str) -> None:
    guarded = escape_formula(cell)
    assert unescape_formula(guarded) == cell
    assert not guarded.startswith(("=", "@", "＝"))


def test_no_text_of_a_csv_can_be_parted_at_a_semicolon() -> None:
    data = csv_tables.build_csv(pd.DataFrame({"uraian": ["aman;=1+1"], "hadir": [12]}))
    assert data == b'\xef\xbb\xbf"uraian","hadir"\r\n"aman;=1+1",12\r\n'


def test_missing_stays_missing_and_zero_stays_zero() -> None:
    table = pd.DataFrame(
        {
            "hadir": pd.array([0, None], dtype="Int64"),
            "rasio": [0.0, float("nan")],
            "waktu": pd.to_datetime([wib("08.00"), None], utc=True),
            "uraian": ["", None],
            "desa": ["a", "b"],
        }
    )
    _, first, second = sheets(workbook(table))["Data"]
    assert first[:2] == [0, 0]
    assert second == [None, None, None, None, "b"]
    assert lines(csv_tables.build_csv(table))[2] == ["", "", "", "", "b"]


def test_numbers_and_times_are_typed_and_times_show_their_own_clock() -> None:
    table = pd.DataFrame(
        {
            "hadir": [30_483],
            "rasio": [63.5],
            "waktu": pd.Series([wib("07.30")]).astype("datetime64[us, Asia/Jakarta]"),
        }
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook(table)))
    number, ratio, moment = book["Data"][2]
    assert (number.value, ratio.value) == (30_483, 63.5)
    assert moment.value == datetime(2024, 11, 27, 7, 30)
    assert moment.is_date
    assert moment.number_format == "dd/mm/yyyy hh:mm"


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.tuples(
            st.integers(-(10**12), 10**12),
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])),
            st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),
        ),
        max_size=8,
    )
)
def test_reading_back_equals_the_table(rows: list[tuple[int, str, datetime | None]]) -> None:
    rows = [(n, text, at and at.replace(microsecond=0)) for n, text, at in rows]
    table = pd.DataFrame(rows, columns=["hadir", "uraian", "waktu"]).astype({"uraian": "object"})
    _, *found = sheets(workbook(table))["Data"]
    read = [(number, unescape_formula(text or ""), at) for number, text, at in found]
    plain = [(number, unescape_formula(escape_formula(text)), at) for number, text, at in rows]
    assert read == plain
    told = [
        [int(number), unescape_formula(text)]
        for number, text, _ in lines(csv_tables.build_csv(table))[1:]
    ]
    assert told == [[number, text] for number, text, _ in plain]


@pytest.mark.parametrize("cell", ["a\x00b", "a\x0bb", "a\ud800b", "a\uffffb"])
def test_signs_that_no_file_takes_are_shown_as_lost(cell: str) -> None:
    table = pd.DataFrame({"uraian": pd.Series([cell], dtype="object")})
    assert sheets(workbook(table))["Data"][1] == ["a\ufffdb"]
    assert lines(csv_tables.build_csv(table))[1][0].startswith("a")


def test_a_text_longer_than_a_cell_takes_says_that_it_goes_on() -> None:
    found = sheets(workbook(pd.DataFrame({"uraian": ["a" * 40_000]})))["Data"][1][0]
    assert (len(found), found[-2:]) == (32_767, "a…")


def test_headings_that_are_the_same_word_both_stay() -> None:
    table = pd.DataFrame([[1, 2]], columns=["baris", "baris"])
    assert sheets(workbook(table))["Data"] == [["baris", "baris"], [1, 2]]
    assert lines(csv_tables.build_csv(table)) == [["baris", "baris"], ["1", "2"]]


def test_the_heading_stays_in_sight_and_filters() -> None:
    table = pd.DataFrame({"desa": ["Tanjung Gelam"], "hadir": [1]})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table)))["Data"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")
    assert sheet["A1"].font.b
    assert sheet.column_dimensions["A"].width > len("Tanjung Gelam")


def test_a_table_of_an_exercise_has_its_band_above_the_headings() -> None:
    table = pd.DataFrame({"LATIHAN": ["LATIHAN"], "desa": ["Tanjung Gelam"]})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table, FACTS, "LATIHAN")))["Data"]
    assert sheet["A1"].value == "LATIHAN"
    assert sheet["A1"].fill.fgColor.rgb != sheet["A2"].fill.fgColor.rgb
    assert [cell.value for cell in sheet[2]] == ["LATIHAN", "desa"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:B3")


@pytest.mark.parametrize("columns", [[], ["desa", "hadir"]])
def test_an_empty_table_is_a_file_with_its_headings_and_facts(columns: list[str]) -> None:
    table = pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    found = sheets(workbook(table, FACTS, "LATIHAN"))
    assert len(found["Keterangan"]) == len(FACTS)
    assert [cell for row in found["Data"][1:] for cell in row if cell] == columns
    assert csv_tables.build_csv(table).startswith(b"\xef\xbb\xbf")


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_tables, "_MAX_SHEET_ROWS", 3)
    found = sheets(workbook(pd.DataFrame({"n": range(7)})))
    assert list(found) == ["Data", "Data 2", "Data 3", "Keterangan"]
    rows = [row[0] for name, cells in found.items() if name != "Keterangan" for row in cells[1:]]
    assert rows == list(range(7))


@pytest.mark.slow
def test_a_hundred_thousand_rows_need_little_memory_and_all_arrive(tmp_path: Path) -> None:
    target = tmp_path / "panjang.xlsx"
    command = [sys.executable, "-m", "tests.reports.measure", str(target)]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    rows = CalamineWorkbook.from_path(target).get_sheet_by_name("Data").to_python()
    wanted = measure.table()
    assert len(rows) == measure.ROWS + 1
    assert [row[0] for row in rows[1:]] == wanted["n"].tolist()
    assert rows[-1][1:] == [wanted["desa"].iloc[-1], wanted["waktu"].iloc[-1]]
    if told["before"] is not None:
        assert told["after"] - told["before"] < 150
