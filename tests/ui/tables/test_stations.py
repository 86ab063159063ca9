"""The table of TPS that owe a report: narrow on a screen, whole in a file."""

from __future__ import annotations

import pandas as pd

from situasi.board import Board
from situasi.ui.tables.stations import build_late_reports_table

_AT = pd.Timestamp("2024-11-27 11:00", tz="Asia/Jakarta")


def _build_rows(board: Board, states: list[str], late_min: list[float]) -> pd.DataFrame:
    tps = board.register.tps.head(len(states)).reset_index(drop=True)
    return tps.assign(
        state=states, late_min=late_min, owed="hadir", owed_hour=_AT, chaser="posko",
        last_at=_AT, latihan=False,
    )  # fmt: skip


def test_a_state_other_than_late_stands_where_it_has_room_and_may_wrap(empty: Board) -> None:
    rows = _build_rows(empty, ["terlambat", "tak_terjangkau", "tak_terjangkau"], [90, 60, None])
    columns = build_late_reports_table(rows).columns
    late, owed = columns["terlambat"], columns["ditagih"]
    assert late.format_cells is not None and owed.format_cells is not None
    assert late.format_cells(3, _AT.date()) == ["1 jam 30 menit", "1 jam", "–"]
    told = owed.format_cells(3, _AT.date())
    assert told == [told[0], f"{told[0]} · tak terjangkau", f"{told[0]} · tak terjangkau"]
    assert list(owed.values) == [told[0]] * 3  # in a file the state has a column of its own


def test_what_the_screen_has_no_room_for_stands_in_the_file(empty: Board) -> None:
    table = build_late_reports_table(_build_rows(empty, ["terlambat", "tak_terjangkau"], [90, 60]))
    file = table.to_file_frame()
    assert list(file["keadaan"]) == ["terlambat", "tak terjangkau"]
    assert list(file["terlambat (menit)"]) == [90, 60]
    assert list(file["laporan terakhir (WIB)"]) == [_AT.tz_localize(None)] * 2
    assert not {"keadaan", "laporan terakhir"} & set(table.select_screen_columns())


def test_only_where_it_has_half_of_the_page_its_rows_are_two_lines_high(empty: Board) -> None:
    rows = _build_rows(empty, ["terlambat"], [90])
    whole, half = build_late_reports_table(rows), build_late_reports_table(rows, is_half=True)
    assert (whole.row_lines, half.row_lines) == (1, 2)
    assert whole.columns["desa"].max_width_px > half.columns["desa"].max_width_px
