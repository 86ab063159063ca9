"""Turnout as people read it: in words, on the map, in the tables of the page Partisipasi."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi import words
from situasi.board import current as board
from situasi.figures.area import Area
from situasi.figures.theme import Theme, step
from situasi.regions import Kecamatan
from situasi.screen.columns import bounds, moments, number, part
from situasi.screen.columns import percent as percents
from situasi.screen.tables import Table, table
from situasi.screen.turnout_work import Work
from situasi.words import _


def percent(share: float, *, estimated: bool = False) -> str:
    """63,5 %, or ≈ 63,5 % of an estimated list; a dash where nobody told."""
    about = "≈ " if estimated else ""
    return "–" if pd.isna(share) else f"{about}{words.number(share, 1)} %"


def area(place: Kecamatan, one: Any, theme: Theme) -> Area:
    """How the map draws the turnout of a kecamatan. one: its row of turnout.by_kecamatan."""
    if pd.isna(one.rate):
        return Area(place.name, drawn="silent")
    said = percent(one.rate, estimated=bool(one.told_estimated))
    return Area(place.name, said, step(one.rate / 100, theme.turnout))


def between(one: Any) -> str:
    """'41,2–78,0 %'"""
    return f"{words.number(one.least, 1)}–{words.number(one.most, 1)} %"


def voters(count: float, estimated: bool) -> str:
    return ("≈ " if estimated else "") + words.number(int(count))


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
        notes.append(_("{n} TPS diragukan").format(n=words.number(int(one.doubted))))
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
