"""Columns of a table: values that sort, words in the reader's language, nothing lost in a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import nan
from typing import Any

import pandas as pd
import pytest

from situasi.board import Board
from situasi.common import i18n
from situasi.ui.tables import columns
from situasi.ui.tables.columns import MISSING, Column
from tests.builders import DAY, wib

TODAY = DAY.date()


@pytest.fixture(autouse=True)
def indonesian_afterwards() -> Iterator[None]:
    yield
    i18n.set_language("id")


def said(column: Column, day: date = TODAY) -> list[str]:
    assert column.format_cells is not None
    return column.format_cells(len(column.values), day)


def filed(column: Column, heading: str = "x") -> dict[str, list[Any]]:
    return {name: values.tolist() for name, values in column.to_file_columns(heading).items()}


def sorted_words(column: Column) -> list[str]:
    """The words in the order in which a click on the heading puts the rows."""
    told = said(column)
    return [told[at] for at in column.values.argsort(kind="stable")]


@pytest.mark.parametrize(
    ("language", "count", "share", "about"),
    [("id", "30.483", "63,5 %", "≈ 15.315"), ("en", "30,483", "63.5 %", "≈ 15,315")],
)
def test_numbers_are_read_in_the_language_of_the_viewer(
    language: str, count: str, share: str, about: str
) -> None:
    i18n.set_language(language)
    assert said(columns.number_column([30_483])) == [count]
    assert said(columns.percent_column([63.53])) == [share]
    assert said(columns.number_column([15_315, 7], estimated=[True, False])) == [about, "7"]


def test_numbers_sort_as_numbers_and_lengths_of_time_as_lengths() -> None:
    counts = columns.number_column([1_000, 9, 222])
    assert sorted_words(counts) == ["9", "222", "1.000"]
    times = [timedelta(hours=4, minutes=2), timedelta(minutes=59), timedelta(days=1, hours=3)]
    assert sorted_words(columns.duration_column(times)) == [
        "59 menit",
        "4 jam 2 menit",
        "1 hari 3 jam",
    ]
    assert sorted_words(columns.ratio_column([10, 9], [11, 99], "TPS")) == [
        "9 dari 99",
        "10 dari 11",
    ]


def test_what_nobody_told_is_missing_and_zero_is_zero() -> None:
    for made in (columns.number_column, columns.percent_column, columns.identifier_column):
        values = made([None, 0, float("nan"), pd.NA]).values
        assert values.isna().tolist() == [True, False, True, True]
    assert said(columns.number_column([None, 0])) == [MISSING, "0"]
    assert said(columns.percent_column([None, 0])) == [MISSING, "0,0 %"]
    assert said(columns.ratio_column([None, 0], [3, 3], "TPS")) == [MISSING, "0 dari 3"]
    assert said(columns.range_column([None, 0], [None, 4], [True, True])) == [
        MISSING,
        "≈ 0,0–4,0 %",
    ]
    assert said(columns.duration_column([None, timedelta(0)])) == [MISSING, "kurang dari 1 menit"]
    assert said(columns.number_column([None], estimated=[True])) == [MISSING]


def test_words_that_nobody_gave_are_empty() -> None:
    assert columns.text_column(["a", None, float("nan"), pd.NA, ""]).values.tolist() == [
        "a",
        "",
        "",
        "",
        "",
    ]


def test_a_serial_number_is_never_grouped() -> None:
    column = columns.identifier_column([12_345])
    assert column.format_cells is None
    assert column.values.tolist() == [12_345]


def test_a_file_holds_the_number_and_its_unit_in_the_heading() -> None:
    assert filed(columns.percent_column([63.5])) == {"x (%)": [63.5]}
    assert filed(columns.number_column([30_483])) == {"x": [30_483]}
    late = columns.duration_column([timedelta(hours=4, minutes=2)])
    assert filed(late) == {"x (menit)": [242]}


def test_a_file_says_which_number_is_a_perkiraan() -> None:
    column = columns.number_column([15_315, 30_483, None], estimated=[True, False, True])
    assert filed(column, "DPT") == {
        "DPT": [15_315, 30_483, pd.NA],
        "DPT perkiraan": ["ya", "tidak", ""],
    }
    rate = columns.percent_column([55.2], estimated=[True])
    assert filed(rate, "partisipasi") == {
        "partisipasi (%)": [55.2],
        "partisipasi perkiraan": ["ya"],
    }


def test_a_column_of_nothing_but_perkiraan_says_so_in_its_heading() -> None:
    column = columns.number_column([9], estimated=True)
    assert column.heading_prefix + "perlu" == "≈ perlu"
    assert filed(column, "perlu") == {"perlu (perkiraan)": [9]}
    assert list(filed(columns.percent_column([9], estimated=True), "andaian")) == [
        "andaian (perkiraan, %)"
    ]


def test_two_numbers_in_one_cell_are_two_columns_of_a_file() -> None:
    done = columns.ratio_column([3], [4], "{what}: semua", "{n}/{all}")
    assert said(done) == ["3/4"]
    assert filed(done, "humas") == {"humas": [3], "humas: semua": [4]}
    limits = columns.range_column([41.2], [78.0], [False])
    assert said(limits) == ["41,2–78,0 %"]
    assert filed(limits, "batas") == {
        "batas: paling rendah (%)": [41.2],
        "batas: paling tinggi (%)": [78.0],
        "batas perkiraan": ["tidak"],
    }


def test_a_rank_is_read_with_those_it_may_have_and_sorts_as_a_number() -> None:
    ranks = {"rank": [12, 2, nan], "rank_first": [9, 2, nan], "rank_last": [14, 2, nan]}
    column = columns.rank_column(pd.DataFrame(ranks))
    assert sorted_words(column) == ["2", "12 (9–14)", MISSING]
    assert filed(column, "peringkat")["peringkat: terburuk"][:2] == [14, 2]


def test_moments_of_the_day_shown_are_read_as_clock_times_others_with_their_day(
    empty: Board,
) -> None:
    today = [wib("12.30"), None, wib("07.05")]
    assert said(columns.time_column(today)) == ["12.30", MISSING, "07.05"]
    both = [*today, wib("21.00", DAY - timedelta(days=1))]
    assert said(columns.time_column(both)) == [
        "27 Nov 2024 12.30",
        MISSING,
        "27 Nov 2024 07.05",
        "26 Nov 2024 21.00",
    ]
    later = said(columns.time_column(today), TODAY + timedelta(days=1))
    assert later == ["27 Nov 2024 12.30", MISSING, "27 Nov 2024 07.05"]


def test_the_day_of_a_row_that_is_not_on_the_screen_counts_too(empty: Board) -> None:
    column = columns.time_column([wib("12.30"), wib("21.00", DAY - timedelta(days=1))])
    assert column.format_cells is not None
    assert column.format_cells(1, TODAY) == ["27 Nov 2024 12.30"]


def test_a_file_holds_moments_on_the_clock_that_its_heading_names(empty: Board) -> None:
    [(heading, values)] = filed(columns.time_column([wib("23.59")]), "waktu").items()
    assert heading == "waktu (WIB)"
    assert values == [datetime(2024, 11, 27, 23, 59)]


def test_no_clock_and_no_day_is_made_up_for_who_did_not_know_it(empty: Board) -> None:
    at = [wib("12.30"), wib("00.00"), wib("00.00"), None]
    column = columns.imprecise_time_column(at, ["menit", "hari", "bulan", "menit"])
    assert said(column) == ["12.30", "27 Nov 2024", "Nov 2024", MISSING]
    assert filed(column, "waktu") == {
        "waktu (WIB)": [datetime(2024, 11, 27, 12, 30), date(2024, 11, 27), "2024-11", None]
    }


def test_dates_are_dates() -> None:
    column = columns.date_column(pd.Series(pd.to_datetime(["2024-11-27", None])))
    assert said(column) == ["27 Nov 2024", MISSING]
    assert filed(column) == {"x": [date(2024, 11, 27), None]}


def test_only_words_and_times_may_be_left_out_where_no_row_has_any(empty: Board) -> None:
    for column in (
        columns.text_column(["", None]),
        columns.time_column([None]),
        columns.duration_column([None]),
    ):
        assert column.is_empty()
        assert not column.keep_when_empty
    assert columns.number_column([None]).keep_when_empty
    assert columns.ratio_column([None], [4], "TPS").keep_when_empty
    assert not columns.number_column([0], keep_when_empty=False).is_empty()
    assert not columns.text_column([]).is_empty()
