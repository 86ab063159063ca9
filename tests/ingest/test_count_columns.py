"""Counts of one column: a dot means what it means in the rest of the column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.count_columns import build_count_reader, is_blank_count
from situasi.ingest.parsing.numbers import MAX_COUNT, read_count
from tests.ingest.door import accepted, reasons

REFUSED = "ditolak"


def read_column(cells: list[object]) -> list[object]:
    """The counts of a column in its order; REFUSED where one is refused."""
    read = build_count_reader(cells)  # type: ignore[arg-type]
    found: list[object] = []
    for cell in cells:
        try:
            found.append(read(cell)[0])  # type: ignore[arg-type]
        except UnreadableCell:
            found.append(REFUSED)
    return found


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (["120", 98, "0", 0], [120, 98, 0, 0]),
        (["1.050", "980"], [1050, 980]),
        (["1.050", "1.05", "980"], [1050, 1050, 980]),
        ([1.125, 1.05, 980], [1125, 1050, 980]),
        ([1.125, 2.2, 15], [1125, 2200, 15]),
        (["1,125", "1,05"], [1125, 1050]),
        (["1.05", "980"], [REFUSED, 980]),
        ([1.05, 980], [REFUSED, 980]),
        (["1,125", "1.05"], [1125, REFUSED]),
        (["1.050", "1.05", "0.5"], [REFUSED, REFUSED, REFUSED]),
        (["1.125", 1.05, 3], [1125, 1050, REFUSED]),
        (["120.000", "98.000", "465.000"], [REFUSED] * 3),
        (["120.000", "98"], [120_000, 98]),
        (["120 orang", "98 org", "412 (empat ratus dua belas)"], [120, 98, 412]),
        (["-", "nihil", "n/a", "kosong", "", None, "0"], [None] * 6 + [0]),
        (["12,0", "412.00"], [12, 412]),
        (["1e400", "NaN", float("nan"), "Infinity"], [REFUSED, None, None, REFUSED]),
    ],
)
def test_a_column_of_counts_is_read_as_a_whole(cells: list[object], counts: list[object]) -> None:
    assert read_column(cells) == counts


def test_a_thousand_that_lost_its_zero_is_flagged() -> None:
    assert "1050" in (build_count_reader(["1.050", "1.05"])("1.05")[1] or "")


@given(st.lists(st.integers(0, 999) | st.integers(1000, 9999), min_size=1))
def test_thousands_written_with_dots_are_read_back_whatever_the_column(counts: list[int]) -> None:
    cells: list[object] = [f"{count:,}".replace(",", ".") for count in counts]
    assert all(
        found in (count, REFUSED) for found, count in zip(read_column(cells), counts, strict=True)
    )


@given(st.lists(st.integers(0, 99_999), min_size=1, max_size=12))
def test_thousands_that_a_spreadsheet_took_for_decimals_are_right_or_refused(
    counts: list[int],
) -> None:
    """As Excel holds `1.050` typed where the dot is a decimal mark: the number 1.05."""
    cells: list[object] = [
        float(f"{count // 1000}.{count % 1000:03d}") if count >= 1000 else count for count in counts
    ]
    for found, count, cell in zip(read_column(cells), counts, cells, strict=True):
        # 1.000 is the number 1 to a spreadsheet, whatever stands beside it.
        lost = isinstance(cell, float) and cell.is_integer()
        assert lost or found in (count, REFUSED)


plain = st.integers(0, MAX_COUNT) | st.integers(0, 9999).map(str) | st.none()


@given(st.lists(plain))
def test_a_column_without_marks_is_what_reading_each_cell_alone_gives(cells: list[object]) -> None:
    alone = [None if is_blank_count(cell) else read_count(cell) for cell in cells]  # type: ignore[arg-type]
    assert read_column(cells) == alone


def test_an_empty_mark_stays_missing_and_a_zero_stays_zero(board: Board) -> None:
    found = accepted(board, "tps", fase="dibuka", hadir="nihil")
    assert found.isna()["hadir"]
    assert "dibaca kosong" in found["flags"]
    assert accepted(board, "tps", id="K-2", fase="", hadir="0")["hadir"] == 0
    assert "tidak ada fase maupun" in reasons(board, "tps", id="K-3", fase="", hadir="nihil")


@pytest.mark.parametrize(
    ("men", "women", "total", "count", "doubted"),
    [("60", "58", "118", 118, None), ("60", "58", "", 118, "dihitung"), ("60", "58", "120", 120,
     "tidak sama"), ("60", "", "118", 118, None), ("60", "", "", None, "hanya L atau P"),
     ("0", "0", "0", 0, None)],
)  # fmt: skip
def test_men_and_women_are_the_count_or_it_is_doubted(
    board: Board, men: str, women: str, total: str, count: int | None, doubted: str | None
) -> None:
    parts = {"partisipasi l": men, "partisipasi p": women, "hadir": total}
    found = accepted(board, "tps", fase="dibuka", **parts)
    assert (None if found.isna()["hadir"] else found["hadir"]) == count
    assert (doubted or "") in (found["flags"] or "")
    assert (found["flags"] is None) == (doubted is None)
