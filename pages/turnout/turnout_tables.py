"""Turnout as people read it: in words, on the map, in the tables of the page Partisipasi."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages.turnout.data import Work
from situasi.board import current as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ui.tables.columns import bounds, moments, number, part
from situasi.ui.tables.columns import percent as percents
from situasi.ui.tables.table_view import Table, table


def areas(found: Work) -> Table:
    """Turnout of each kecamatan with its denominators."""
    register, rows = board().register, found.areas
    told = rows["told"] > 0
    made = found.found.groupby("kecamatan")["latihan"].any()
    return table(
        {
            _("kecamatan"): [register.name_of(str(code)) for code in rows.index],
            _("partisipasi"): percents(rows["rate"], estimated=rows["told_estimated"]),
            _("hadir"): number(rows["heads"].where(told)),
            _("DPT TPS melapor"): number(
                rows["dpt_told"].where(told), estimated=rows["told_estimated"]
            ),
            _("TPS melapor"): part(rows["told"], rows["tps"], _("TPS")),
            _("catatan"): [_note(one) for one in rows.itertuples()],
            _("batas seluruhnya"): bounds(rows["least"], rows["most"], rows["estimated"]),
            _("DPT"): number(rows["dpt"], estimated=rows["estimated"]),
        },
        (bool(made.get(code, False)) for code in rows.index),
    )


def _note(one: Any) -> str:
    notes = [_("rendah")] if one.is_low else []
    if one.doubted:
        notes.append(_("{n} TPS diragukan").format(n=i18n.number(int(one.doubted))))
    return ", ".join(notes)


def curve(found: Work) -> Table:
    """The curve as numbers."""
    rows = found.curve
    return table(
        {
            _("waktu"): moments(rows.index),
            _("hadir"): number(rows["heads"]),
            _("TPS melapor"): number(rows["told"]),
            _("partisipasi"): percents(rows["rate"], estimated=bool(found.whole["told_estimated"])),
            _("partisipasi andaian"): percents(rows["expected"], estimated=True),
        },
        bool(found.found["latihan"].any()),
    )


def totals(found: pd.DataFrame) -> Table:
    """Totals that a desa or kecamatan told, beside its TPS."""
    register = board().register
    return table(
        {
            _("lingkup"): found["lingkup"],
            _("kecamatan"): [
                register.name_of(c) if c else "" for c in found["kecamatan"].fillna("")
            ],
            _("desa"): found["desa_text"],
            _("waktu"): moments(found["occurred_at"]),
            _("total dilaporkan"): number(found["heads"]),
            _("jumlah dari TPS"): number(found["tps_heads"]),
            _("TPS melapor"): part(found["tps_told"], found["tps"], _("TPS")),
        },
        found["latihan"],
    )
