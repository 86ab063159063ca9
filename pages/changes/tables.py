"""The four lists of Sejak taklimat, readable and to take along."""

from __future__ import annotations

from typing import Any, TypeGuard

import pandas as pd

from situasi.analysis.situation.changes import WITHDRAWN
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.tables.columns import Column, moments, text
from situasi.ui.tables.table_view import Table, table
from situasi.ui.wording import incidents as say
from situasi.ui.wording import stations

_PLACE = 250  # pixels


def new(cases: pd.DataFrame) -> Table:
    """Cases that nobody knew of, the newest first."""
    return table(
        {
            _("kabar"): moments(cases["first_known"]),
            _("tingkat"): _weights(cases["tingkat"]),
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): _places(cases),
            _("status"): [label("status", code) for code in cases["status"]],
            _("uraian"): cases["uraian"],
            _("id"): cases["id"],
        },
        cases["latihan"],
    )


def closed(cases: pd.DataFrame) -> Table:
    """Cases that ended, and how they stood at the briefing."""
    return table(
        {
            _("kabar"): moments(cases["known_at"]),
            _("dahulu"): [_status(code) for code in cases["before"]],
            _("kini"): [_status(code) for code in cases["after"]],
            _("tingkat"): _weights(cases["tingkat"]),
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): _places(cases),
            _("uraian"): cases["uraian"],
            _("id"): cases["id"],
        },
        cases["latihan"],
    )


def worse(rows: pd.DataFrame) -> Table:
    """What became worse: each what, where, and from what to what."""
    every: list[Any] = list(rows.itertuples())
    return table(
        {
            _("apa"): [what_is_worse(str(row.kind)) for row in every],
            _("tempat"): text([_where(row) for row in every], widest=_PLACE),
            _("dahulu"): [_state(row.kind, row.before, then=True) for row in every],
            _("kini"): [_state(row.kind, row.after) for row in every],
            _("sejak"): moments(rows["at"]),
            _("jenis"): [label("jenis", row.jenis) if _told(row.jenis) else "" for row in every],
            _("uraian"): rows["uraian"],
            _("id"): rows["id"],
        },
        rows["latihan"].eq(True),
    )


def silent(rows: pd.DataFrame) -> Table:
    """Who was silent at the briefing and still is."""
    every: list[Any] = list(rows.itertuples())
    return table(
        {
            _("siapa"): [who_is_silent(str(row.kind)) for row in every],
            _("nama"): text([_where(row) for row in every], widest=_PLACE),
            _("kabar terakhir"): moments(rows["at"]),
            _("keadaan lapor"): [label("lapor", row.after) if _told(row.after) else _("senyap")
                                 for row in every],
        },
        rows["latihan"].eq(True),
    )  # fmt: skip


def what_is_worse(kind: str) -> str:
    """What became worse, of analysis.changes.WORSE."""
    return {
        "tingkat": _("tingkat naik"),
        "situasi": _("situasi memburuk"),
        "lewat": _("penanganan lewat waktu"),
        "tanpa_petugas": _("TPS tanpa petugas"),
        "lapor": _("TPS terlambat atau diragukan"),
    }[kind]


def who_is_silent(kind: str) -> str:
    """Who is silent, of analysis.changes.SILENT."""
    return {"sumber": _("sumber"), "kecamatan": _("kecamatan"), "tps": _("TPS")}[kind]


def _told(cell: object) -> TypeGuard[str]:
    return isinstance(cell, str)


def _state(kind: object, code: object, *, then: bool = False) -> str:
    """A state of the scale of its kind, in words."""
    if kind == "tanpa_petugas":
        return _("ada atau belum dinilai") if then else _("tanpa petugas")
    if kind == "lewat":
        return (
            _("{step} lewat batas").format(step=say.step(code)) if _told(code) else _("dalam batas")
        )
    if not _told(code):
        return _("belum ditimbang") if kind == "tingkat" else _("belum dinyatakan")
    return label(str(kind), code)


def _status(code: object) -> str:
    if code == WITHDRAWN:
        return _("ditarik")
    return label("status", code) if _told(code) else _("belum diketahui")


def _where(row: Any) -> str:
    """The place of a row, by its kind."""
    if row.kind == "sumber":
        return label("feed", row.case)
    if row.kind in ("tps", "lapor", "tanpa_petugas"):
        return stations.name(row.case)
    if row.kind in ("kecamatan", "situasi"):
        named = _told(row.kecamatan)
        return board().register.name_of(row.kecamatan) if named else _("seluruh kabupaten")
    return say.place(row)


def _weights(levels: pd.Series) -> Column:
    codes = [level if isinstance(level, str) else None for level in levels]
    return text([label("tingkat", code) for code in codes], [say.weight(code) for code in codes])


def _places(rows: pd.DataFrame) -> Column:
    return text([say.place(row) for row in rows.itertuples()], widest=_PLACE)
