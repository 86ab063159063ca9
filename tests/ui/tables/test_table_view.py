"""A table on the screen and as a file: numbers under the words, marks that go along, no waste."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import openpyxl
import pandas as pd
import pytest
import streamlit as st
from streamlit import dataframe_util
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from situasi.board import Board
from situasi.common import i18n
from situasi.ingest.validation import column_mapping
from situasi.ingest.validation.time_check import compute_latest_moment
from situasi.reports import csv_tables
from situasi.reports.xlsx_tables import Sheet, build_workbook
from situasi.ui import filters, session
from situasi.ui.tables import columns, dataframe, incidents, table_view
from situasi.ui.tables.columns import Column
from situasi.ui.tables.table_view import Table, make_table
from tests.builders import DAY, incident, wib

TODAY = DAY.date()
AT = session.ViewTime(wib("12.30"), live=False, is_exercise=False)


@pytest.fixture(autouse=True)
def indonesian_afterwards() -> Iterator[None]:
    yield
    i18n.set_language("id")


def turnout(**more: Any) -> Table:
    """Two kecamatan, one of which nobody has told of."""
    return make_table(
        {
            "kecamatan": ["Kandis", "Indralaya"],
            "hadir": columns.number_column([8_454, None]),
            "partisipasi": columns.percent_column([55.24, None]),
            "DPT": columns.number_column([15_315, 30_483], estimated=[True, False]),
            "catatan": ["", None],
        },
        **more,
    )


def sent(shown: Table) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What Streamlit sends of the table: the values, and the words laid over them."""
    styler, _ = dataframe.build_layout(shown.select_screen_columns(), len(shown), TODAY)
    proto = ArrowData()
    marshall_styler(proto, styler, "x")
    data = dataframe_util.convert_anything_to_arrow_bytes(styler)
    read = dataframe_util.convert_arrow_bytes_to_pandas_df
    return read(data), read(proto.styler.display_values)


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_browser_gets_numbers_to_sort_and_words_to_read() -> None:
    values, shown = sent(turnout())
    assert pd.api.types.is_integer_dtype(values["hadir"].dtype)
    assert pd.api.types.is_float_dtype(values["partisipasi"].dtype)
    assert values["hadir"].isna().tolist() == [False, True]
    assert shown["hadir"].tolist() == ["8.454", "–"]
    assert shown["partisipasi"].tolist() == ["55,2 %", "–"]
    assert shown["DPT"].tolist() == ["≈ 15.315", "30.483"]
    assert shown["kecamatan"].tolist() == values["kecamatan"].tolist()


def test_the_words_of_the_browser_are_those_of_the_language() -> None:
    made = turnout()
    i18n.set_language("en")
    _, shown = sent(made)
    assert shown["hadir"].tolist() == ["8,454", "–"]
    assert shown["DPT"].tolist() == ["≈ 15,315", "30,483"]


def test_moments_are_sent_as_moments_under_the_clock_of_the_election(empty: Board) -> None:
    values, shown = sent(make_table({"waktu": columns.time_column([wib("23.59"), None])}))
    assert values["waktu"].iloc[0] == wib("23.59")
    assert shown["waktu"].tolist() == ["23.59", "–"]


def test_a_table_of_words_alone_is_sent_once() -> None:
    drawn, _ = dataframe.build_layout(make_table({"desa": ["a"]}).select_screen_columns(), 1, TODAY)
    assert isinstance(drawn, pd.DataFrame)


def test_a_sign_of_the_screen_is_no_part_of_the_word() -> None:
    made = make_table(
        {"tingkat": columns.text_column(["tinggi", "rendah"], ["◆ tinggi", "● rendah"])}
    )
    values, shown = sent(made)
    assert (
        values["tingkat"].tolist()
        == made.to_file_frame()["tingkat"].tolist()
        == ["tinggi", "rendah"]
    )
    assert shown["tingkat"].tolist() == ["◆ tinggi", "● rendah"]


def test_numbers_are_numbers_in_csv_and_xlsx_and_what_is_missing_is_empty() -> None:
    file = turnout(is_exercise=[True, False]).to_file_frame()
    heading, first, second = lines(csv_tables.build_csv(file))
    assert heading == [
        "LATIHAN", "kecamatan", "hadir", "partisipasi (%)", "DPT", "DPT perkiraan", "catatan",
    ]  # fmt: skip
    assert first == ["LATIHAN", "Kandis", "8454", "55.24", "15315", "ya", ""]
    assert second == ["", "Indralaya", "", "", "30483", "tidak", ""]
    book = openpyxl.load_workbook(io.BytesIO(build_workbook([Sheet("Data", file)], {})))
    _, first, second = ([cell.value for cell in row] for row in book["Data"].iter_rows())
    assert first == ["LATIHAN", "Kandis", 8_454, 55.24, 15_315, "ya", None]
    assert second == [None, "Indralaya", None, None, 30_483, "tidak", None]


def test_a_day_without_a_clock_stays_one_in_xlsx(empty: Board) -> None:
    file = make_table(
        {"waktu": columns.imprecise_time_column([wib("00.00")] * 2, ["hari", "bulan"])}
    ).to_file_frame()
    assert lines(csv_tables.build_csv(file)) == [["waktu (WIB)"], ["2024-11-27"], ["2024-11"]]
    sheet = openpyxl.load_workbook(io.BytesIO(build_workbook([Sheet("Data", file)], {})))["Data"]
    assert (sheet["A2"].is_date, sheet["A2"].number_format) == (True, "dd/mm/yyyy")
    assert sheet["A3"].value == "2024-11"


def test_made_up_rows_are_marked_in_every_form_of_the_table() -> None:
    made = turnout(is_exercise=[False, True])
    values, shown = sent(made)
    for form in (values, shown, made.to_file_frame()):
        assert form.columns[0] == "LATIHAN"
        assert form["LATIHAN"].tolist() == ["", "LATIHAN"]
    assert made.is_exercise
    assert turnout(is_exercise=True).to_file_frame()["LATIHAN"].tolist() == ["LATIHAN", "LATIHAN"]
    assert not turnout().is_exercise
    assert "LATIHAN" not in turnout().to_file_frame()


def test_rows_that_hold_nothing_mix_with_none() -> None:
    table = make_table({"laporan": ["kejadian", "giat"]}, [True, None])
    assert "LATIHAN" not in table.select_screen_columns()
    assert table.is_exercise
    mixed = make_table({"laporan": ["kejadian", "giat", "TPS"]}, [True, None, False])
    assert "LATIHAN" in mixed.select_screen_columns()


def test_a_column_that_says_nothing_is_left_out_on_the_screen_but_not_in_the_file() -> None:
    assert "catatan" not in turnout().select_screen_columns()
    assert "catatan" in turnout().to_file_frame()
    silent = make_table({"desa": ["a"], "hadir": columns.number_column([None])})
    assert list(silent.select_screen_columns()) == ["desa", "hadir"]
    assert list(make_table({"desa": []}).select_screen_columns()) == ["desa"]


def test_a_column_put_aside_is_in_the_file_alone() -> None:
    assert "hadir" not in turnout().select_screen_columns(file_only=["hadir"])
    assert "hadir" in turnout().to_file_frame()


def test_columns_of_two_lengths_are_no_table() -> None:
    with pytest.raises(AssertionError):
        make_table({"a": ["x"], "b": ["x", "y"]})


def width(cells: list[str], **options: int) -> int | None:
    _, widths = dataframe.build_layout(
        {"x": columns.text_column(cells, **options)}, len(cells), TODAY
    )
    return widths["x"]["width"] if widths else None


def test_only_columns_that_the_grid_would_measure_wrongly_have_a_width_of_their_own() -> None:
    assert width(["kurang", "panjang"] * 20) is None
    assert width(["kata " * 40]) == columns.MAX_WIDTH_PX
    assert width(["kata " * 40], max_width_px=120) == 120
    rare = width([""] * 8 + ["1 TPS diragukan"] + [""] * 8)
    assert rare is not None
    assert 90 < rare < 150
    late = width(["a"] * 50 + ["1 TPS diragukan"])
    assert late == rare


def test_a_table_is_as_high_as_its_rows_up_to_a_most() -> None:
    assert dataframe.compute_height(0, 10) == dataframe.compute_height(10, 10) == "content"
    assert dataframe.compute_height(11, 10) == dataframe.compute_height(2_000, 10)
    assert dataframe.compute_height(11, 10) < dataframe.compute_height(20, 12)
    high = dataframe.compute_row_height_px(3)
    assert dataframe.compute_height(11, 10) < dataframe.compute_height(11, 10, high)


def offered(monkeypatch: pytest.MonkeyPatch, made: Table) -> dict[str, dict[str, Any]]:
    """The download buttons of the table by their name."""
    buttons: dict[str, dict[str, Any]] = {}

    def button(name: str, data: Any, **options: Any) -> None:
        buttons[name] = {"data": data, **options}

    monkeypatch.setattr(st, "download_button", button)
    monkeypatch.setattr(filters, "get_past_time", lambda: None)
    table_view.render_downloads(made, "kunci", "Menurut kecamatan", AT)
    return buttons


def test_an_empty_table_cannot_be_downloaded(empty: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    for made, closed in (
        (make_table({"hadir": columns.number_column([])}), True),
        (turnout(), False),
    ):
        buttons = offered(monkeypatch, made)
        assert set(buttons) == {"CSV", "XLSX"}
        assert {button["disabled"] for button in buttons.values()} == {closed}
        assert all(button["data"]() for button in buttons.values())


def test_a_file_made_later_speaks_the_language_in_which_it_was_offered(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.set_language("en")
    late = make_table({"late": columns.number_column([1], estimated=[True])}, is_exercise=True)
    data = offered(monkeypatch, late)["CSV"]["data"]
    i18n.set_language("id")
    with ThreadPoolExecutor(1) as other:
        heading, row = lines(other.submit(data).result())
    assert heading[0] == row[0] == "EXERCISE"
    assert row[2] == "yes"


def test_a_file_of_made_up_rows_says_so_in_its_name_and_above_its_rows(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, made_up = (offered(monkeypatch, turnout(is_exercise=one)) for one in (False, True))
    assert made_up["CSV"]["file_name"] == "LATIHAN_menurut-kecamatan_20241127-1230.csv"
    assert real["XLSX"]["file_name"] == "menurut-kecamatan_20241127-1230.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(made_up["XLSX"]["data"]()))
    assert str(book["Data"]["A1"].value).startswith("LATIHAN")
    assert [row[0].value for row in book["Keterangan"] if row[0].value == "LATIHAN"] == ["LATIHAN"]


def test_what_is_offered_is_told_only_when_it_is_taken(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    buttons = offered(monkeypatch, turnout(is_exercise=True))
    assert {button["on_click"] for button in buttons.values()} == {"ignore"}
    buttons["XLSX"]["data"]()
    empty.audit_log.close()
    (entry,) = empty.store.audit_entries().itertuples()
    assert (entry.actor, entry.action, entry.moves) == ("pimpinan", "export", False)
    assert json.loads(entry.detail) == {
        "table": "kunci", "title": "Menurut kecamatan", "form": "xlsx", "rows": 2, "filters": {},
    }  # fmt: skip


def test_our_own_door_reads_the_headings_of_a_file(empty: Board) -> None:
    rows = pd.DataFrame(
        [incident(desa_text="Tanjung Gelam", tps="003", ditugaskan=None) | {"case": "K"}]
    )
    names = list(incidents.build_incidents_table(rows).to_file_frame().columns)
    found = column_mapping.map_columns(names, "incidents", empty.ingest_context)
    assert {"occurred_at", "jenis", "tingkat", "desa_name", "tps", "status", "uraian", "id"} <= set(
        found.columns
    )
    assert found.columns["occurred_at"] == ("waktu (WIB)",)


def test_an_hour_that_nobody_stated_is_not_one_at_which_a_case_became_known(empty: Board) -> None:
    day, minute = wib("00.00"), wib("09.15")
    rows = pd.DataFrame(
        [
            incident(at=day, known=compute_latest_moment(day, "hari"), precision="hari"),
            incident(at=day, known=minute, precision="hari"),  # but when it came is known
            incident(at=minute, known=minute),
        ]
    )
    column = incidents.build_known_time_column(rows, "known_at")
    assert column.format_cells is not None
    assert column.format_cells(3, TODAY) == ["27 Nov 2024", "09.15", "09.15"]


def test_a_closed_case_that_nobody_had_waits_for_nobody(empty: Board) -> None:
    rows = pd.DataFrame(
        [
            incident(status="selesai", ditugaskan=None),
            incident(status="selesai", ditugaskan="Satreskrim"),
            incident(status="ditangani", ditugaskan=None),
        ]
    )
    assert incidents.build_unit_column(rows) == ["", "Satreskrim", "belum ditugaskan"]


def test_a_place_is_one_column_on_the_screen_and_has_its_parts_in_a_file(empty: Board) -> None:
    rows = pd.DataFrame(
        [
            incident(kecamatan="16.10.05", desa_text="Tanjung Gelam", tps="003", lat=-3.25),
            incident(kecamatan=None, desa_text=None, tps=None, lat=None, lon=None),
        ],
        index=[7, 3],
    )
    table = table_view.make_table({"tempat": incidents.build_place_column(rows)})
    assert list(table.select_screen_columns()) == ["tempat"]
    file = table.to_file_frame()
    assert file["kode kecamatan"].iloc[0] == "16.10.05"
    assert file["kecamatan"].iloc[0] == empty.register.name_of("16.10.05")
    assert file[["desa", "TPS", "lintang"]].iloc[0].tolist() == ["Tanjung Gelam", "003", -3.25]
    assert file.iloc[1].isna().all()


def test_every_kind_of_column_has_as_many_words_as_rows(empty: Board) -> None:
    made: dict[str, Column] = {
        "text": columns.text_column(["a", "b"], ["x", "y"]),
        "number": columns.number_column([1, None]),
        "percent": columns.percent_column([1, None], estimated=[True, True]),
        "bounds": columns.range_column([1, None], [2, None], [True, False]),
        "part": columns.ratio_column([1, None], [2, 2], "n"),
        "span": columns.duration_column([None, None]),
        "moments": columns.time_column([wib("08.00"), None]),
        "vague": columns.imprecise_time_column([wib("08.00"), None], ["hari", "menit"]),
        "days": columns.date_column([None, None]),
    }
    for name, column in made.items():
        assert column.format_cells is not None, name
        for n in (0, 1, 2):
            assert len(column.format_cells(n, TODAY)) == n, name


def test_bounds_between_which_nothing_lies_are_one_number() -> None:
    column = columns.range_column([41.2, 63.42, None], [78, 63.44, None], [False, True, False])
    assert column.format_cells is not None
    assert list(column.format_cells(3, TODAY))[:2] == ["41,2–78,0 %", "≈ 63,4 %"]


def test_a_table_is_laid_out_once_in_each_language_and_for_each_day() -> None:
    made = turnout()
    first, _ = made.get_layout((), 2, TODAY)
    assert made.get_layout((), 2, TODAY)[0] is first
    assert made.get_layout((), 2, TODAY + timedelta(days=1))[0] is not first
    i18n.set_language("en")
    english, _ = made.get_layout((), 2, TODAY)
    assert english is not first


def test_long_texts_of_many_rows_are_cut_on_the_screen_and_whole_in_the_file() -> None:
    """2,000 texts of 5,000 letters sent 20 MB to each browser, for each table."""
    texts = [f"{at} " + "x" * 5_000 for at in range(2_000)]
    made = make_table({"uraian": texts, "tingkat": columns.text_column(texts, texts)})
    drawn, _widths = made.get_layout((), len(texts), TODAY)
    frame: Any = getattr(drawn, "data", drawn)
    for told in (frame, frame.astype(str)):
        for name in ("uraian", "tingkat"):
            assert sum(map(len, told[name])) <= 1_000_000
            assert told[name].iloc[7].startswith("7 xx")
            assert told[name].iloc[7].endswith("…")
    assert dataframe.is_truncated(made.select_screen_columns(), len(texts))
    assert made.to_file_frame()["uraian"].tolist() == texts


def test_a_long_text_of_few_rows_is_shown_whole() -> None:
    made = make_table({"uraian": ["x" * 5_000, ""]})
    drawn, _widths = made.get_layout((), 2, TODAY)
    assert not dataframe.is_truncated(made.select_screen_columns(), 2)
    assert getattr(drawn, "data", drawn)["uraian"].iloc[0] == "x" * 5_000
