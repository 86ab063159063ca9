"""Text parsed whole: what may be, what may not, and that the csv module reads it alike."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.ingest.readers import arrow_rows, reserved_columns
from tests.effort import examples

ANY = st.text(alphabet=st.sampled_from('ab ,"\n;\té\u00a0\u2028\x1c\x0b\ufeff'), max_size=40)


def rows(text: str, delimiter: str = ",", width: int = 2) -> list[list[object]] | None:
    columns = arrow_rows.parse_columns(text, delimiter, width)
    if columns is None:
        return None
    return [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("a{}b\n", ["a", "b"]),
        ('"a"{}"b"\n', ["a", "b"]),
        ('"a{}c"{}b\n', ["a{}c", "b"]),
        ('"kata ""ini"" saja"{}\n', ['kata "ini" saja', None]),
        ('"baris\ndua"{}""\n', ["baris\ndua", None]),
        (" a \u00a0{}\u3000b", ["a", "b"]),
        ("NULL{}-\n", ["NULL", "-"]),
    ],
)
def test_sound_rows_are_parsed_whole(line: str, row: list[str | None], delimiter: str) -> None:
    line = line.replace("{}", delimiter)
    row = [cell and cell.replace("{}", delimiter) for cell in row]
    assert rows(line, delimiter) == [row]
    assert rows("x" + delimiter + "y\n" + line, delimiter) == [["x", "y"], row]


@pytest.mark.parametrize(
    "text",
    [
        'a,b "c" d\n',  # a quote inside a cell
        'a,"b" c\n',  # and one that closes too early
        'a, "b"\n',  # a blank before a quote, which the csv module overlooks
        'a,"""b"" c\n',  # never closed
        'a,""b""\n',
        "a,b,c\n",
        "a\n",
        "\ufeffa,b\n",
        "a," + "b" * reserved_columns.MAX_CELL_CHARS + "\n",
    ],
)
def test_what_may_be_odd_is_left_to_the_careful_reader(text: str) -> None:
    assert arrow_rows.parse_columns(text, ",", 2) is None


def test_another_delimiter_than_the_usual_ones_is_left_too() -> None:
    assert arrow_rows.parse_columns("a b\n", " ", 2) is None


def test_words_that_come_back_are_one_object_and_texts_that_do_not_are_their_own() -> None:
    columns = arrow_rows.parse_columns(
        "".join(f"sedang,laporan ke-{at}\n" for at in range(900)), ",", 2
    )
    assert columns is not None
    words, texts = (column.tolist() for column in columns)
    assert words == ["sedang"] * 900 and len({*map(id, words)}) == 1
    assert texts == [f"laporan ke-{at}" for at in range(900)]


@settings(max_examples=examples(500), deadline=None)
@given(ANY, st.integers(1, 3))
@example('"a"\n""\n', 1)
@example('a,"b""\n"', 2)
def test_what_is_parsed_whole_the_standard_library_parses_alike(text: str, width: int) -> None:
    whole = rows(text, ",", width)
    if whole is not None:
        reader = csv.reader(io.StringIO(text, newline="\n"), strict=True, skipinitialspace=True)
        obvious = [[cell.strip() or None for cell in row] for row in reader]
        assert whole == [row or [None] * width for row in obvious]


def test_the_blanks_that_are_cut_off_are_those_that_strip_cuts_off() -> None:
    every = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x110000)))
    assert {*arrow_rows._BLANKS} == {sign for sign in every if not sign.strip()}
