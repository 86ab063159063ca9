"""Tables that lie one below the other on one sheet."""

from __future__ import annotations

from situasi.ingest.layout.stacked import (
    StackedTable,
    find_stacked_tables,
    leave_out_replaced,
)

KNOWN = {"JAM", "DESA", "TPS", "HADIR", "KEJADIAN"}
COUNTS = ["DESA", "TPS", "HADIR"]
INCIDENTS = ["JAM", "DESA", "KEJADIAN"]


def tables_of(*rows: list[object]) -> list[StackedTable]:
    width = max(map(len, rows))
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    return find_stacked_tables(filled, lambda texts: len(KNOWN.intersection(texts)))


def test_each_table_begins_with_its_title_lines() -> None:
    tables = tables_of(
        ["LAPORAN"], COUNTS, ["Lorok", 1, 57], ["JUMLAH", None, 57], [],
        ["KABAG OPS"], [], ["II. KEJADIAN"], [], INCIDENTS, ["09.30", "Lorok", "Ribut"],
    )  # fmt: skip
    assert tables == [StackedTable(0, 1), StackedTable(7, 9)]


def test_one_table_is_left_as_it_is() -> None:
    assert not tables_of(COUNTS, ["Lorok", 1, 57], [], ["Lorok", 2, 60])


def test_a_heading_that_is_repeated_begins_no_table() -> None:
    assert not tables_of(COUNTS, ["Lorok", 1, 57], [], COUNTS, ["Lorok", 2, 60])


def test_a_repeated_heading_below_a_title_of_its_own_begins_a_table() -> None:
    first = [["JAM 09.00"], COUNTS, ["Lorok", 1, 57], []]
    assert tables_of(*first, ["JAM 12.00"], COUNTS, ["Lorok", 1, 90]) == [
        StackedTable(0, 1), StackedTable(4, 5),
    ]  # fmt: skip
    # The title of a page, printed on each of them.
    assert not tables_of(*first, ["JAM 09.00"], COUNTS, ["Lorok", 2, 90])


def test_a_cell_without_a_letter_or_digit_is_no_title() -> None:
    assert not tables_of(COUNTS, ["Lorok", 1, 57], ["-"], COUNTS, ["Lorok", 2, 60])
    tables = tables_of(COUNTS, ["Lorok", 1, 57], ["-"], INCIDENTS, ["09.30", "Lorok", "Ribut"])
    assert tables == [StackedTable(0, 0), StackedTable(3, 3)]


def test_a_heading_among_rows_or_without_rows_begins_no_table() -> None:
    assert not tables_of(COUNTS, ["Lorok", 1, 57], INCIDENTS, ["09.30", "Lorok", "Ribut"])
    assert not tables_of(COUNTS, ["Lorok", 1, 57], [], INCIDENTS)


def test_lines_drawn_across_are_looked_through() -> None:
    rule, log = ["-----+-----"], ["Lorok", 1, 57]
    tables = tables_of(
        ["JAM 09.00"], rule, COUNTS, rule, log, rule, [], ["JAM 12.00"], rule, COUNTS, rule, log
    )
    assert tables == [StackedTable(0, 2), StackedTable(7, 9)]


def test_a_line_that_only_says_that_a_list_goes_on_begins_no_table() -> None:
    assert not tables_of(COUNTS, ["Lorok", 1, 57], ["Lanjutan"], COUNTS, ["Lorok", 2, 60])


def test_a_place_above_one_table_is_not_that_of_another_which_names_its_own() -> None:
    shared = ("LAPORAN 27-11-2024", "KEC. KANDIS", "DESA : MIJI")
    assert leave_out_replaced(shared, ["JAM 12.00"]) == shared
    assert leave_out_replaced(shared, ["DESA : LOROK"]) == shared[:2]
    assert leave_out_replaced(shared, ["KEC. INDRALAYA"]) == shared[:1]
    assert leave_out_replaced(["DESA MIJI KEC. KANDIS"], ["DESA : LOROK"]) == ()
