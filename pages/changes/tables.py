"""Tables of Sejak taklimat."""

from typing import Any

import pandas as pd

from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import changes
from situasi.ui.tables.columns import Cells, Column, imprecise_time_column, text_column, time_column
from situasi.ui.tables.incidents import (
    PLACE_WIDTH_PX,
    build_known_time_column,
    build_place_column,
    build_tingkat_column,
)
from situasi.ui.tables.table_view import Table, make_table


def build_new_table(cases: pd.DataFrame) -> Table:
    """Build the table of cases that were unknown at the briefing, newest first."""
    columns: dict[str, Cells] = {
        _("kabar"): build_known_time_column(cases, "first_known"),
        _("tingkat"): build_tingkat_column(cases["tingkat"]),
        _("jenis"): [label("jenis", code) for code in cases["jenis"]],
        _("tempat"): build_place_column(cases),
        _("status"): [label("status", code) for code in cases["status"]],
        _("uraian"): cases["uraian"],
        _("id"): cases["id"],
    }
    return make_table(columns, cases["latihan"])


def build_closed_table(cases: pd.DataFrame) -> Table:
    """Build the table of closed cases, with their state at the briefing."""
    columns: dict[str, Cells] = {
        _("kabar"): build_known_time_column(cases, "known_at"),
        _("dahulu"): [changes.format_status(code) for code in cases["before"]],
        _("kini"): [changes.format_status(code) for code in cases["after"]],
        _("tingkat"): build_tingkat_column(cases["tingkat"]),
        _("jenis"): [label("jenis", code) for code in cases["jenis"]],
        _("tempat"): build_place_column(cases),
        _("uraian"): cases["uraian"],
        _("id"): cases["id"],
    }
    return make_table(columns, cases["latihan"])


def build_worsened_table(rows: pd.DataFrame) -> Table:
    """Build the table of what became worse: kind, place, state before and now."""
    items: list[Any] = list(rows.itertuples())
    columns: dict[str, Cells] = {
        _("apa"): [changes.format_kind(row.kind) for row in items],
        _("tempat"): _build_place_column(items),
        _("dahulu"): [
            changes.format_state(row.kind, row.before, at_briefing=True) for row in items
        ],
        _("kini"): [changes.format_state(row.kind, row.after) for row in items],
        _("sejak"): time_column(rows["at"]),
        _("jenis"): [changes.format_incident_kind(row) for row in items],
        _("uraian"): rows["uraian"],
        _("id"): rows["id"],
    }
    return make_table(columns, rows["latihan"].eq(True))


def build_silent_table(rows: pd.DataFrame) -> Table:
    """Build the table of feeds, kecamatan and TPS silent at the briefing and still."""
    items: list[Any] = list(rows.itertuples())
    columns: dict[str, Cells] = {
        _("siapa"): [changes.format_kind(row.kind) for row in items],
        _("nama"): _build_place_column(items),
        _("kabar terakhir"): imprecise_time_column(
            rows["at"], rows["precision"].where(rows["precision"].notna(), "menit")
        ),
        _("keadaan lapor"): [changes.format_silence(row.after) for row in items],
    }
    return make_table(columns, rows["latihan"].eq(True))


def _build_place_column(items: list[Any]) -> Column:
    names = [changes.format_place(board().register, row) for row in items]
    return text_column(names, max_width_px=PLACE_WIDTH_PX)
