"""The four lists of Sejak taklimat, readable and to take along."""

from __future__ import annotations

from typing import Any, TypeGuard

import pandas as pd

from situasi.analysis.situation.changes import WITHDRAWN
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.tables.columns import Column, text_column, time_column
from situasi.ui.tables.table_view import Table, make_table
from situasi.ui.wording import incidents as say
from situasi.ui.wording import stations

_PLACE_WIDTH_PX = 250  # pixels


def build_new_table(cases: pd.DataFrame) -> Table:
    """Cases that nobody knew of, the newest first."""
    return make_table(
        {
            _("kabar"): time_column(cases["first_known"]),
            _("tingkat"): _build_tingkat_column(cases["tingkat"]),
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): _build_place_column(cases),
            _("status"): [label("status", code) for code in cases["status"]],
            _("uraian"): cases["uraian"],
            _("id"): cases["id"],
        },
        cases["latihan"],
    )


def build_closed_table(cases: pd.DataFrame) -> Table:
    """Cases that ended, and how they stood at the briefing."""
    return make_table(
        {
            _("kabar"): time_column(cases["known_at"]),
            _("dahulu"): [_format_status(code) for code in cases["before"]],
            _("kini"): [_format_status(code) for code in cases["after"]],
            _("tingkat"): _build_tingkat_column(cases["tingkat"]),
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): _build_place_column(cases),
            _("uraian"): cases["uraian"],
            _("id"): cases["id"],
        },
        cases["latihan"],
    )


def build_worsened_table(rows: pd.DataFrame) -> Table:
    """What became worse: each what, where, and from what to what."""
    every: list[Any] = list(rows.itertuples())
    return make_table(
        {
            _("apa"): [format_worsened_kind(str(row.kind)) for row in every],
            _("tempat"): text_column(
                [_format_place(row) for row in every], max_width_px=_PLACE_WIDTH_PX
            ),
            _("dahulu"): [_format_state(row.kind, row.before, at_briefing=True) for row in every],
            _("kini"): [_format_state(row.kind, row.after) for row in every],
            _("sejak"): time_column(rows["at"]),
            _("jenis"): [
                label("jenis", row.jenis) if _is_stated(row.jenis) else "" for row in every
            ],
            _("uraian"): rows["uraian"],
            _("id"): rows["id"],
        },
        rows["latihan"].eq(True),
    )


def build_silent_table(rows: pd.DataFrame) -> Table:
    """Who was silent at the briefing and still is."""
    every: list[Any] = list(rows.itertuples())
    return make_table(
        {
            _("siapa"): [format_silent_kind(str(row.kind)) for row in every],
            _("nama"): text_column(
                [_format_place(row) for row in every], max_width_px=_PLACE_WIDTH_PX
            ),
            _("kabar terakhir"): time_column(rows["at"]),
            _("keadaan lapor"): [
                label("lapor", row.after) if _is_stated(row.after) else _("senyap") for row in every
            ],
        },
        rows["latihan"].eq(True),
    )


def format_worsened_kind(kind: str) -> str:
    """What became worse, of analysis.changes.WORSE."""
    return {
        "tingkat": _("tingkat naik"),
        "situasi": _("situasi memburuk"),
        "lewat": _("penanganan lewat waktu"),
        "tanpa_petugas": _("TPS tanpa petugas"),
        "lapor": _("TPS terlambat atau diragukan"),
    }[kind]


def format_silent_kind(kind: str) -> str:
    """Who is silent, of analysis.changes.SILENT."""
    return {"sumber": _("sumber"), "kecamatan": _("kecamatan"), "tps": _("TPS")}[kind]


def _is_stated(cell: object) -> TypeGuard[str]:
    return isinstance(cell, str)


def _format_state(kind: object, code: object, *, at_briefing: bool = False) -> str:
    """A state of the scale of its kind, in words."""
    if kind == "tanpa_petugas":
        return _("ada atau belum dinilai") if at_briefing else _("tanpa petugas")
    if kind == "lewat":
        return (
            _("{step} lewat batas").format(step=say.format_step(code))
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
    """The place of a row, by its kind."""
    if row.kind == "sumber":
        return label("feed", row.case)
    if row.kind in ("tps", "lapor", "tanpa_petugas"):
        return stations.format_name(row.case)
    if row.kind in ("kecamatan", "situasi"):
        named = _is_stated(row.kecamatan)
        return board().register.name_of(row.kecamatan) if named else _("seluruh kabupaten")
    return say.format_place(row)


def _build_tingkat_column(levels: pd.Series) -> Column:
    codes = [level if isinstance(level, str) else None for level in levels]
    return text_column(
        [label("tingkat", code) for code in codes], [say.format_tingkat(code) for code in codes]
    )


def _build_place_column(rows: pd.DataFrame) -> Column:
    return text_column(
        [say.format_place(row) for row in rows.itertuples()], max_width_px=_PLACE_WIDTH_PX
    )
