"""Tables of Sejak taklimat."""

from typing import Any, TypeGuard

import pandas as pd

from situasi.analysis.situation.changes import WITHDRAWN
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.tables.columns import Cells, text_column, time_column
from situasi.ui.tables.incidents import (
    PLACE_WIDTH_PX,
    build_known_time_column,
    build_place_column,
    build_tingkat_column,
)
from situasi.ui.tables.table_view import Table, make_table
from situasi.ui.wording import incidents, stations


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
        _("dahulu"): [_format_status(code) for code in cases["before"]],
        _("kini"): [_format_status(code) for code in cases["after"]],
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
        _("apa"): [format_worsened_kind(str(row.kind)) for row in items],
        _("tempat"): text_column(
            [_format_place(row) for row in items], max_width_px=PLACE_WIDTH_PX
        ),
        _("dahulu"): [_format_state(row.kind, row.before, at_briefing=True) for row in items],
        _("kini"): [_format_state(row.kind, row.after) for row in items],
        _("sejak"): time_column(rows["at"]),
        _("jenis"): [label("jenis", row.jenis) if _is_stated(row.jenis) else "" for row in items],
        _("uraian"): rows["uraian"],
        _("id"): rows["id"],
    }
    return make_table(columns, rows["latihan"].eq(True))


def build_silent_table(rows: pd.DataFrame) -> Table:
    """Build the table of feeds, kecamatan and TPS silent at the briefing and still."""
    items: list[Any] = list(rows.itertuples())
    columns: dict[str, Cells] = {
        _("siapa"): [format_silent_kind(str(row.kind)) for row in items],
        _("nama"): text_column([_format_place(row) for row in items], max_width_px=PLACE_WIDTH_PX),
        _("kabar terakhir"): time_column(rows["at"]),
        _("keadaan lapor"): [
            label("lapor", row.after) if _is_stated(row.after) else _("senyap") for row in items
        ],
    }
    return make_table(columns, rows["latihan"].eq(True))


def format_worsened_kind(kind: str) -> str:
    """Return the name of a kind of changes.WORSENED_KINDS."""
    return {
        "tingkat": _("tingkat naik"),
        "situasi": _("situasi memburuk"),
        "lewat": _("penanganan lewat waktu"),
        "tanpa_petugas": _("TPS tanpa petugas"),
        "lapor": _("TPS terlambat atau diragukan"),
    }[kind]


def format_silent_kind(kind: str) -> str:
    """Return the name of a kind of changes.SILENT_KINDS."""
    return {"sumber": _("sumber"), "kecamatan": _("kecamatan"), "tps": _("TPS")}[kind]


def _is_stated(cell: object) -> TypeGuard[str]:
    return isinstance(cell, str)


def _format_state(kind: object, code: object, *, at_briefing: bool = False) -> str:
    """Return a state in words, on the scale of its kind."""
    if kind == "tanpa_petugas":
        return _("ada atau belum dinilai") if at_briefing else _("tanpa petugas")
    if kind == "lewat":
        return (
            _("{step} lewat batas").format(step=incidents.format_step(code))
            if _is_stated(code)
            else _("dalam batas")
        )
    if not _is_stated(code):
        return _("belum ditimbang") if kind == "tingkat" else _("belum dinyatakan")
    return label(str(kind), code)


def _format_status(code: object) -> str:
    if code == WITHDRAWN:
        return _("ditarik")
    return label("status", code) if _is_stated(code) else _("belum diketahui")


def _format_place(row: Any) -> str:
    """Return the place of a row, depending on its kind."""
    if row.kind == "sumber":
        return label("feed", row.case)
    if row.kind in ("tps", "lapor", "tanpa_petugas"):
        return stations.format_name(row.case)
    if row.kind in ("kecamatan", "situasi"):
        is_named = _is_stated(row.kecamatan)
        return board().register.name_of(row.kecamatan) if is_named else _("seluruh kabupaten")
    return incidents.format_place(row)
