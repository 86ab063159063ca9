"""The tables of the page Partisipasi, as people read them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi import words
from situasi.board import current as board
from situasi.screen import tables
from situasi.screen.turnout_work import Work
from situasi.words import _


def percent(share: float) -> str:
    """63,5 %; a dash where nobody told."""
    return "–" if pd.isna(share) else f"{words.number(share, 1)} %"


def between(one: Any) -> str:
    """'41,2–78,0 %'"""
    return f"{words.number(one.least, 1)}–{words.number(one.most, 1)} %"


def voters(count: float, estimated: bool) -> str:
    return ("≈ " if estimated else "") + words.number(int(count))


def areas(found: Work) -> pd.DataFrame:
    """Turnout of each kecamatan with its denominators."""
    register = board().register
    rows: list[Any] = list(found.areas.itertuples())
    share = _("{n} dari {all}")
    table = pd.DataFrame(
        {
            _("kecamatan"): [register.name_of(str(one.Index)) for one in rows],
            _("TPS melapor"): [share.format(n=one.told, all=one.tps) for one in rows],
            _("hadir"): [words.number(int(one.heads)) if one.told else "" for one in rows],
            _("DPT TPS melapor"): [voters(one.dpt_told, one.told_estimated) for one in rows],
            _("partisipasi"): [percent(one.rate) for one in rows],
            _("batas seluruhnya"): [between(one) for one in rows],
            _("DPT"): [voters(one.dpt, one.estimated) for one in rows],
            _("catatan"): [_note(one) for one in rows],
        }
    )
    return tables.marked(table, pd.Series(_made(found), index=table.index))


def _note(one: Any) -> str:
    notes = [_("rendah")] if one.is_low else []
    if one.doubted:
        notes.append(_("{n} TPS diragukan").format(n=words.number(int(one.doubted))))
    return ", ".join(notes)


def _made(found: Work) -> list[bool]:
    made = found.found.groupby("kecamatan")["latihan"].any()
    return [bool(made.get(code, False)) for code in found.areas.index]


def curve(found: Work) -> pd.DataFrame:
    """The curve as numbers."""
    rows: list[Any] = list(found.curve.itertuples())
    table = pd.DataFrame(
        {
            _("waktu"): [words.clock(one.Index) for one in rows],
            _("hadir"): ["" if pd.isna(one.heads) else words.number(one.heads) for one in rows],
            _("TPS melapor"): ["" if pd.isna(one.told) else words.number(one.told) for one in rows],
            _("partisipasi"): [percent(one.rate) for one in rows],
            _("perkiraan"): [f"≈ {percent(one.expected)}" for one in rows],
        }
    )
    made = bool(found.found["latihan"].any())
    return tables.marked(table, pd.Series(made, index=table.index))


def totals(found: pd.DataFrame) -> pd.DataFrame:
    """Totals that a desa or kecamatan told, beside its TPS."""
    register = board().register
    table = pd.DataFrame(
        {
            _("lingkup"): found["lingkup"],
            _("kecamatan"): [
                register.name_of(c) if c else "" for c in found["kecamatan"].fillna("")
            ],
            _("desa"): found["desa_text"].fillna(""),
            _("waktu"): tables.clock(found["occurred_at"]),
            _("total dilaporkan"): found["heads"],
            _("jumlah dari TPS"): found["tps_heads"],
            _("TPS melapor"): found["tps_told"],
            _("TPS"): found["tps"],
        }
    )
    return tables.marked(table, found["latihan"])
