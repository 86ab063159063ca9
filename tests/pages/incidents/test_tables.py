"""The list of cases on the smallest screen of a desk: what a case is and its status are in view."""

from __future__ import annotations

import pandas as pd

from pages.incidents import panels
from pages.incidents.tables import build_cases_table
from situasi.board import Board
from situasi.domain.feed_schemas import JENIS, STATUS
from situasi.ui.tables.table_view import Table
from tests.builders import DAY, case_table, incident, incidents
from tests.pages.widths import sum_widths_px

# The list beside the overdue cases on a screen 1366 px wide, without its column of checkboxes.
LIST_PX = 700 - 33


def _cases(board: Board, marks: list[bool]) -> Table:
    """Cases with the longest words, all kinds and all states among them."""
    longest = max(board.register.kecamatan, key=lambda code: len(board.register.name_of(code)))
    rows = [
        incident(
            case=f"k{n}", kecamatan=longest, desa_text="Tanjung Lubuk Utara", tps="002",
            jenis=JENIS[n % len(JENIS)], status=STATUS[n % len(STATUS)], tingkat=None,
            occurred_at=pd.Timestamp(DAY), latihan=mark,
        )
        for n, mark in enumerate(marks)
    ]  # fmt: skip
    cases = case_table(incidents(*rows)).assign(gabungan=1)
    no_overdue = pd.DataFrame({"case": [], "late": [], "step": []})
    return build_cases_table(cases, no_overdue)


def test_a_case_of_which_no_hour_is_known_is_not_the_newest_of_the_list(empty: Board) -> None:
    found = case_table(
        incidents(
            incident(id="pagi", known="08.00"),
            incident(id="tanpa jam", at="00.00", known="12.00", precision="hari"),
        )
    ).assign(gabungan=1)
    no_overdue = pd.DataFrame({"case": [], "late": [], "step": []})
    cases, _table = panels._build_list(found, no_overdue)
    assert [case.partition("|")[0] for case in cases] == ["pagi", "tanpa jam"]


def test_who_has_a_case_is_in_view_without_scrolling(empty: Board) -> None:
    table = _cases(empty, [False] * 2 * len(JENIS))
    assert sum_widths_px(table, "ditugaskan") <= LIST_PX
    assert table.row_lines == 2


def test_the_status_of_a_case_is_in_view_beside_the_mark_of_an_exercise(empty: Board) -> None:
    table = _cases(empty, [n % 2 == 0 for n in range(2 * len(JENIS))])
    assert "LATIHAN" in table.select_screen_columns()
    assert sum_widths_px(table, "status") <= LIST_PX
