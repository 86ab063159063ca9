"""The quick ways at the door never differ from the slow, obvious ones."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest.parsing.cells import UnreadableCell, cell_to_text, format_cell, is_blank
from situasi.ingest.parsing.coordinates import (
    _order_axes,
    _read_angle,
    _read_plain_point,
    read_plain_degrees,
    read_point,
)
from situasi.ingest.tables import Table
from situasi.ingest.validation.column_mapping import ColumnMapping
from situasi.ingest.validation.row_issues import RowIssues
from situasi.ingest.validation.table_check import TableCheck
from situasi.ingest.vocabulary.vote_headings import _join_spaced
from tests.conftest import NOON

degrees = st.from_regex(r"[-+]?[0-9]{0,4}[.,]?[0-9]{0,8}", fullmatch=True)


def slow_point(lat: str, lon: str) -> tuple[float, float]:
    """The obvious reading, never the quick one."""
    return _order_axes(
        _read_angle(lat), _read_angle(lon), f"{format_cell(lat)}, {format_cell(lon)}"
    )


@given(degrees, degrees)
@example("-0.0", "104.65")
@example("180.000001", "0.5")
def test_a_point_read_quickly_is_the_point_read_slowly(lat: str, lon: str) -> None:
    quick = _read_plain_point(lat, lon)
    if quick is not None:
        assert not is_blank(lat) and not is_blank(lon)
        assert [repr(part) for part in quick] == [repr(part) for part in slow_point(lat, lon)]


def test_the_decimals_that_fill_whole_files_are_read_quickly() -> None:
    assert _read_plain_point("-3.253500", "104.6512") == (-3.2535, 104.6512)


@pytest.mark.parametrize("lat", ["181.5", "-3,2535", "3°15'9\"S", "", "-"])
def test_what_is_not_plain_decimals_is_left_to_the_slow_reading(lat: str) -> None:
    assert _read_plain_point(lat, "104.6512") is None


DEGREES = degrees | st.sampled_from(["nan", "1e1", "1.5\n", "\u0661.5", "\ud800", "180.000001"])


@given(st.lists(DEGREES | st.none() | st.floats() | st.integers() | st.booleans(), max_size=6))
@example(["-3.253500", None, "104.65"])
@example(["-3.2535", 104.65])
def test_a_column_of_degrees_is_what_reading_each_alone_gives(cells: list[object]) -> None:
    for cell, found in zip(cells, read_plain_degrees(cells).tolist(), strict=True):
        if not math.isnan(found):
            assert not is_blank(cell)
            assert repr(found) == repr(_read_angle(cell).degrees + 0.0)


def test_columns_of_plain_decimals_are_read_at_once_with_or_without_gaps() -> None:
    assert read_plain_degrees(["-3.253500", "104.65"]).tolist() == [-3.2535, 104.65]
    assert read_plain_degrees(["-3.5", None]).tolist()[0] == -3.5
    assert read_plain_degrees([-3.5, "104.65", 2]).tolist()[:2] == [-3.5, 104.65]


def test_a_point_outside_the_earth_is_still_refused() -> None:
    with pytest.raises(UnreadableCell, match="di luar bumi"):
        read_point("-3.25", "204.65")


def judge(word: str) -> tuple[str, str | None]:
    """A made-up reader: some words are doubted, some are refused."""
    if word.startswith("x"):
        raise UnreadableCell(f"{word} bukan kata")
    return word.upper(), f"{word} dibaca" if word.startswith("y") else None


def slow_each(words: list[str]) -> tuple[list[str | None], dict[int, str], dict[int, str]]:
    """The obvious way: every row for itself, none remembered."""
    values: list[str | None] = []
    doubts, faults = {}, {}
    for row, word in enumerate(words):
        try:
            value, doubt = judge(word)
        except UnreadableCell as error:
            values.append(None)
            faults[row] = str(error)
        else:
            values.append(value)
            if doubt:
                doubts[row] = doubt
    return values, doubts, faults


@given(st.lists(st.sampled_from(["a", "b", "xa", "xb", "ya", "yb"]), max_size=20))
def test_reading_each_distinct_cell_once_equals_reading_every_row(words: list[str]) -> None:
    bench = RowIssues(len(words))
    values = bench.read_distinct(words, judge)
    doubts = {row: "; ".join(said) for row, said in bench.warnings.items()}
    faults = {row: "; ".join(said) for row, said in bench.errors.items()}
    assert (values, doubts, faults) == slow_each(words)


@given(st.lists(st.sampled_from(["a", " b ", "", " ", "\u00a0c"]), min_size=1), st.data())
def test_a_column_of_texts_is_stripped_as_each_cell_is(
    texts: list[str], data: st.DataObject
) -> None:
    cells = data.draw(st.just(texts) | st.lists(st.sampled_from([*texts, None, 2.0, True, 7])))
    table = Table(pd.DataFrame({"uraian": cells}, dtype="object"), list(range(len(cells))))
    headings = ColumnMapping({"uraian": ("uraian",)}, (), (), ())
    sheet = TableCheck(INCIDENTS, table, headings, None, NOON)  # type: ignore[arg-type]
    assert sheet.texts("uraian") == list(map(cell_to_text, cells))
    assert sheet.texts("pelapor") == [None] * len(cells)


WORDS = st.lists(st.sampled_from(["quick", "count", "kotak", "kosong", "i"]), max_size=6).map(tuple)


@given(WORDS, WORDS.filter(bool))
def test_a_phrase_is_found_in_spaced_words_where_its_words_follow_one_another(
    words: tuple[str, ...], phrase: tuple[str, ...]
) -> None:
    slices = [words[at : at + len(phrase)] for at in range(len(words))]
    assert (_join_spaced(phrase) in _join_spaced(words)) == (phrase in slices)


CELLS = st.sampled_from(["a", "b", "xa", "ya", "", None, 1, 2.5])


def judge_row(*cells: object) -> tuple[str, str | None]:
    return judge("".join(map(str, cells)))


@given(st.integers(0, 12), st.integers(1, 4), st.data())
def test_columns_judged_together_equal_rows_judged_as_one_key_each(
    rows: int, width: int, data: st.DataObject
) -> None:
    columns = [data.draw(st.lists(CELLS, min_size=rows, max_size=rows)) for _ in range(width)]
    together, single = RowIssues(rows), RowIssues(rows)
    keys = list(zip(*columns, strict=True))
    values = together.read_distinct_rows(columns, judge_row)
    assert values == single.read_distinct(keys, lambda key: judge_row(*key))
    assert (together.warnings, together.errors) == (single.warnings, single.errors)


@given(st.lists(st.sampled_from(["a", "xa", "ya"]), max_size=9), st.integers(0, 9))
def test_some_rows_alone_are_remarked_under_their_own_numbers(words: list[str], gap: int) -> None:
    rows = [row * 2 + gap for row in range(len(words))]
    some, all_of_them = RowIssues(40), RowIssues(len(words))
    assert some.read_distinct(words, judge, rows) == all_of_them.read_distinct(words, judge)
    assert some.errors == {rows[at]: said for at, said in all_of_them.errors.items()}
    assert some.warnings == {rows[at]: said for at, said in all_of_them.warnings.items()}
