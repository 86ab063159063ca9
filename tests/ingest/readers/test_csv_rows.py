"""Reading block by block gives what reading row by row gives, whatever the lines hold."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.ingest.layout.header_detection import HeaderRow, find_header
from situasi.ingest.readers import csv_rows, table_builder
from situasi.ingest.readers.table_builder import Block, Row
from situasi.ingest.tables import to_cell_array
from tests.effort import examples

PIECES = ("a", "bc", " ", ",", ",", '"', '""', "\n", "\n", '","', "\t", "é", "\u2028", "\x1c")
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
# Sound rows of two cells, quoted or not, some with quotes or line breaks inside.
CELL = st.sampled_from(
    ["a", " b", '"c"', '" d,e "', '"f ""g"""', '""', '","', '"h\ni"', "", "\x1cj"]
)
PLAIN = st.lists(st.tuples(CELL, CELL).map(",".join)).map(
    lambda rows: "".join(r + "\n" for r in rows)
)
SIZES = st.integers(1, 40)
WIDTHS = st.integers(1, 3)


def lines_of(text: str) -> csv_rows.LineBuffer:
    return csv_rows.LineBuffer(io.StringIO(text, newline="\n"))


def slow(text: str) -> list[Row]:
    return singly(csv_rows.parse_rows(lines_of(text), ","))


def singly(parts: Iterable[Row | Block]) -> list[Row]:
    """The rows one by one; a blank one has no cells, or as many as the heading, none filled."""
    found: list[Row] = []
    for part in parts:
        found += part.iterate_rows() if isinstance(part, Block) else [part]
    return [row if any(row) else [] for row in found]


def blockwise(lines: csv_rows.LineBuffer, width: int, size: int) -> list[Row]:
    """The rows read in blocks of so many lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "_BLOCK_LINES", size)
        return singly(csv_rows.parse_blocks(lines, ",", width))


def stripped(row: Sequence[object]) -> list[object]:
    return [cell.strip() or None if isinstance(cell, str) else cell for cell in row]


def block_of(rows: Sequence[Sequence[object]]) -> Block:
    """Rows as a workbook or a CSV gives them, many at once."""
    return Block([to_cell_array(column) for column in zip(*map(stripped, rows), strict=True)])


@settings(max_examples=examples(600))
@given(HOSTILE | PLAIN, SIZES, WIDTHS)
@example('a,"b\nc",d\ne,f\n', 1, 3)  # a quote opened in one block and closed in the next
@example('a,"b\n' + "c,d\n" * 9, 3, 2)  # and one that is never closed
@example('1,"Tj." Raja,b\n' * 5, 2, 3)
@example("\ufeffa,b\nc,d\n", 2, 2)
def test_blocks_of_any_size_hold_the_rows_read_one_by_one(text: str, size: int, width: int) -> None:
    assert blockwise(lines_of(text), width, size) == slow(text)


@given(HOSTILE | PLAIN, SIZES, WIDTHS, st.integers(0, 5))
def test_blocks_begin_where_single_rows_were_left(
    text: str, size: int, width: int, first: int
) -> None:
    lines = lines_of(text)
    single = [row for row, _ in zip(csv_rows.parse_rows(lines, ","), range(first), strict=False)]
    rest = blockwise(lines, width, size)
    single = singly(single)
    # zip asks for one row more than it gives, unless the rows end first.
    assert single + rest in ([*slow(text)], [*slow(text)[:first], *slow(text)[first + 1 :]])


def test_lines_without_anything_odd_are_read_at_once() -> None:
    parts = list(csv_rows.parse_blocks(lines_of("a,b\n" * 600), ",", 2))
    assert [len(part) for part in parts if isinstance(part, Block)] == [600]


def test_lines_that_arrow_leaves_are_read_in_blocks_by_the_csv_module() -> None:
    parts = list(csv_rows.parse_blocks(lines_of('a, "b"\n' * 600), ",", 2))
    assert [len(part) for part in parts if isinstance(part, Block)] == [256, 256, 88]


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
def test_cells_are_texts_without_quotes_and_blanks_around_them(
    line: str, row: list[str | None], delimiter: str
) -> None:
    line = line.replace("{}", delimiter)
    (block,) = csv_rows.parse_blocks(lines_of(f"x{delimiter}y\n{line}"), delimiter, 2)
    assert isinstance(block, Block)
    row = [cell and cell.replace("{}", delimiter) for cell in row]
    assert list(block.iterate_rows()) == [["x", "y"], row]


def test_words_that_repeat_are_one_object() -> None:
    text = "".join(f"sedang,laporan ke-{at}\n" for at in range(200))
    (block,) = csv_rows.parse_blocks(lines_of(text), ",", 2)
    assert isinstance(block, Block)
    words, texts = (column.tolist() for column in block.columns)
    assert words == ["sedang"] * 200 and len({*map(id, words)}) == 1
    assert texts == [f"laporan ke-{at}" for at in range(200)]


def test_an_odd_row_costs_only_the_rows_beside_it_their_quick_reading() -> None:
    text = "a,b\n" * 1_000 + 'c,"d" e\n' + "a,b\n" * 1_000
    parts = list(csv_rows.parse_blocks(lines_of(text), ",", 2))
    singles = [part for part in parts if not isinstance(part, Block)]
    assert len(singly(parts)) == 2_001 and 0 < len(singles) <= 256


def test_every_line_with_a_stray_quote_is_read_a_bounded_number_of_times() -> None:
    """Giving back used to pile iterator upon iterator: 200,000 such lines took minutes."""
    taken = [0]

    def counted(count: int) -> str:
        taken[0] += 1
        return '1,"Tj." Raja,b\n'

    lines = csv_rows.LineBuffer(map(counted, range(3_000)))
    assert sum(1 for _ in csv_rows.parse_blocks(lines, ",", 3)) == 3_000
    assert (taken[0], lines.position) == (3_000, 3_000)


HEADS = [["waktu", "jenis", "jumlah kasus", "lokasi"]]
CELLS = st.sampled_from(
    ["", "x", "Waktu", "jenis", "WAKTU", "Jumlah", "Total 3", "jml", "lokasi", "9", 0, 2.5]
)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=5) | st.lists(CELLS, min_size=4, max_size=4))


def heading() -> HeaderRow:
    found = find_header(HEADS, lambda texts: sum(text in HEADS[0] for text in texts))
    assert found is not None
    return found


def tabled(parts: list[tuple[int, Row | Block]], chunk: int) -> list[tuple[object, ...]]:
    return [
        (list(table.cells.columns), table.cells.to_numpy().tolist(), table.row_numbers, table.notes)
        for table in table_builder.build_tables(parts, heading(), chunk)
    ]


@settings(max_examples=examples(300))
@given(ROWS, st.integers(1, 12), st.integers(1, 150))
def test_a_block_becomes_the_table_that_its_rows_become(
    odd: list[list[object]], size: int, chunk: int
) -> None:
    usual = [["1", "banjir", str(at), " TPS "] for at in range(60)]  # beyond the learning
    rows = [*usual, *odd, *usual[:size], *odd]
    single: list[tuple[int, Row | Block]] = []
    blocks: list[tuple[int, Row | Block]] = []
    for at in range(0, len(rows), size):
        some = list(map(stripped, rows[at : at + size]))
        single += enumerate([list(row) for row in some], start=at + 2)
        if {*map(len, some)} == {len(HEADS[0])}:
            blocks.append((at + 2, block_of(rows[at : at + size])))
        else:
            blocks += enumerate(some, start=at + 2)
    assert tabled(blocks, chunk) == tabled(single, chunk)


def test_a_repeated_heading_inside_a_block_and_a_blank_row_are_left_out() -> None:
    usual = [["1", "banjir", "2", "TPS"]] * 60
    numbered: list[tuple[int, Row | Block]] = [
        (2, block_of(usual)),
        (62, block_of([*usual, HEADS[0], [""] * 4, *usual])),
        (184, block_of([*usual, [""] * 4, *usual])),
    ]
    (table,) = table_builder.build_tables(numbered, heading(), 1_000)
    assert {122, 123, 244}.isdisjoint(table.row_numbers)
    assert len(table.row_numbers) == 300
    assert "1 baris judul kolom yang berulang dilewati (baris 122)" in table.notes
