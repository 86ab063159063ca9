"""The moves of a plan on the smallest screen of a desk: who goes to which TPS is in view."""

from __future__ import annotations

import pytest

from pages.redeployment.tables import build_move_table
from situasi import board as board_module
from situasi.analysis.redeployment.candidates import Candidate
from situasi.analysis.redeployment.plan import Move
from situasi.analysis.redeployment.shortfalls import StationGroup
from situasi.board import Board
from tests.pages.widths import sum_widths_px

# The list beside the map on a screen 1366 px wide, without its column of checkboxes.
LIST_PX = 616 - 33


def test_to_which_tps_an_officer_goes_is_in_view_without_scrolling(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "_current", empty)
    register = empty.register
    longest = max(register.kecamatan, key=lambda code: len(register.name_of(code)))
    desa = max(register.desa, key=lambda code: len(register.name_of(code)))
    codes = tuple(f"{desa}.{number:03d}" for number in range(1, 7))
    there = StationGroup(codes, desa, longest, 1, dict.fromkeys(codes, 3), {})
    officer = Candidate("P-0302", "cadangan", longest, (), None, False)
    table = build_move_table([Move(officer, there, 33.5, False, 1)] * 3, [True] * 3)
    assert sum_widths_px(table, "ke TPS") <= LIST_PX
    assert table.row_lines > 1
