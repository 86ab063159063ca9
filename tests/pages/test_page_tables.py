"""The tables of the real pages on the rehearsal day: numbers, marks, files, names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pandas as pd
import pytest

from situasi.board import Board
from situasi.reports import csv_tables
from situasi.reports.xlsx_tables import Sheet, build_workbook
from situasi.ui.tables.table_view import Table
from tests.pages.conftest import Page

pytestmark = pytest.mark.slow

# A number in words: 8.454, 55,2 %, ≈ 15.315, 33 dari 34, 3/4, 4 jam 2 menit; and a dash.
IN_WORDS = re.compile(
    r"≈.*|–|\d+(,\d+)? ?%|\d{1,3}(\.\d{3})+(,\d+)?|\d+,\d+|\d+ dari \d+|\d+/\d+"
    r"|\d+ (hari|jam|menit).*"
)
# Tables in which nothing is made up: the calendar of the election, and the test on real days.
CALENDAR = {"semua_tahap", "baris_tahap_kini", "baris_tahap_nanti", "ketelitian"}


def every(pages: list[Page]) -> Iterator[tuple[str, Table]]:
    for page in pages:
        for key, table in page.tables.items():
            yield f"{page.name} {key}", table


def test_every_page_is_drawn_with_tables(pages: list[Page]) -> None:
    for page in pages:
        assert not page.elements("exception"), page.name
        # Where there is no case of neutrality, and no drill was started, there is no table.
        assert page.tables or page.name in {"neutrality", "exercises"}, page.name


def test_every_table_is_named_and_leaves_as_csv_and_xlsx(pages: list[Page]) -> None:
    for page in pages:
        grids, buttons = page.elements("dataframe"), page.elements("download_button")
        assert len(grids) == len(page.tables)
        assert all(grid.alt for grid in grids)
        for kind in ("CSV", "XLSX"):
            assert sum(button.label == kind for button in buttons) == len(grids), page.name


def test_the_files_of_an_empty_table_are_not_offered(pages: list[Page]) -> None:
    empty = 0
    for page in pages:
        closed = {b.id: b.disabled for b in page.elements("download_button")}
        for key, table in page.tables.items():
            for kind in ("CSV", "XLSX"):
                [button] = [state for name, state in closed.items() if f"-{key}_{kind}" in name]
                assert button == (len(table) == 0), key
            empty += len(table) == 0
    assert empty > 0


def test_every_chart_says_what_it_shows(pages: list[Page]) -> None:
    charts = [
        (page.name, chart.alt)
        for page in pages
        for kind in ("plotly_chart", "deck_gl_json_chart")
        for chart in page.elements(kind)
    ]
    assert {name for name, _ in charts} == {
        "situation", "incidents", "turnout", "personnel", "redeployment", "activities",
    }  # fmt: skip
    assert all(alt for _, alt in charts), charts


def test_no_file_holds_a_number_in_words(pages: list[Page]) -> None:
    for name, table in every(pages):
        for heading, values in table.to_file_frame().items():
            told = [value for value in values if isinstance(value, str)]
            assert not [value for value in told if IN_WORDS.fullmatch(value)], (name, heading)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_what_is_read_back_from_csv_and_xlsx_are_the_numbers_of_the_table(
    pages: list[Page],
) -> None:
    read = 0
    for name, table in every(pages):
        file = table.to_file_frame()
        told = list(csv.DictReader(io.StringIO(csv_tables.build_csv(file).decode("utf-8-sig"))))
        sheet = openpyxl.load_workbook(io.BytesIO(build_workbook([Sheet("Data", file)], {})))[
            "Data"
        ]
        cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for at, (heading, values) in enumerate(file.items()):
            if not pd.api.types.is_numeric_dtype(values.dtype):
                continue
            known = [None if pd.isna(value) else value for value in values.tolist()]
            assert [float(row[heading]) if row[heading] else None for row in told] == known, name
            assert [row[at] for row in cells][: len(known)] == known, name
            assert all(_number(value) for value in known if value is not None), name
            read += len(known)
    assert read > 5_000


def test_no_made_up_row_leaves_unmarked(pages: list[Page]) -> None:
    for name, table in every(pages):
        if len(table) and name.partition(" ")[2] not in CALENDAR:
            assert table.is_exercise, name
            assert (table.to_file_frame()["LATIHAN"] == "LATIHAN").any(), name
            file = table.to_file_frame()
            # A feed without a report is of neither.
            held = file["di papan"] > 0 if "karantina" in file and "di papan" in file else True
            mixes = ((file["LATIHAN"] != "LATIHAN") & held).any()
            first = next(iter(table.select_screen_columns()))
            assert (first == "LATIHAN") == mixes, name  # else the band of the page says it


def test_the_mark_of_a_perkiraan_survives_in_the_file_of_every_kecamatan(
    pages: list[Page], rehearsed: Board
) -> None:
    turnout = next(page for page in pages if page.name == "turnout")
    file = turnout.tables["menurut_kecamatan"].to_file_frame().set_index("kecamatan")
    guessed = {k.name: k.dpt_estimated for k in rehearsed.register.kecamatan.values()}
    assert set(guessed.values()) == {True, False}
    for name, estimated in guessed.items():
        assert file.loc[name, "DPT perkiraan"] == ("ya" if estimated else "tidak")
    assert file["DPT"].sum() > 300_000


def test_real_columns_are_typed(pages: list[Page]) -> None:
    turnout = next(page for page in pages if page.name == "turnout")
    file = turnout.tables["menurut_kecamatan"].to_file_frame()
    for heading in ("hadir", "DPT", "TPS melapor", "TPS", "DPT TPS melapor"):
        assert file[heading].dtype == "Int64", heading
    assert file["partisipasi (%)"].dtype == "Float64"
    [intake] = [page for page in pages if page.name == "intake"]
    assert intake.tables["kiriman"].to_file_frame()["dicatat (WIB)"].dtype.kind == "M"


def test_what_is_late_stands_in_the_order_of_its_lateness(pages: list[Page]) -> None:
    [stations] = [page for page in pages if page.name == "stations"]
    late = stations.tables["terlambat"].to_file_frame()["terlambat (menit)"]
    assert late.dtype == "Int64"
    known = late.dropna()  # who cannot be reached is not late, and stands below
    assert known.is_monotonic_decreasing
    assert late.iloc[: len(known)].equals(known)
