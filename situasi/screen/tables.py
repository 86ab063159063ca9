"""Cases as a table that people read: headings of our files, words for codes, local time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.labels import label
from situasi.words import _

# More rows than this are not read on a screen; a filter or an export finds them.
MOST_ROWS = 2_000


def behind(title: str, rows: pd.DataFrame, key: str) -> None:
    """The rows behind a number, one click away, and sent only when somebody clicks."""
    shown = title.format(n=words.number(len(rows)))
    opened = st.popover(shown, key=key, on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.dataframe(readable(rows.head(MOST_ROWS)), hide_index=True, alt=shown)
        if len(rows) > MOST_ROWS:
            said = _("{n} dari {all} baris; saring untuk melihat yang lain")
            st.caption(said.format(n=words.number(MOST_ROWS), all=words.number(len(rows))))


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Cases as a table with the headings of our files."""
    zone, register = board().register.election.zone, board().register
    table = pd.DataFrame(
        {
            _("waktu"): rows["occurred_at"].dt.tz_convert(zone).dt.strftime("%d/%m/%Y %H.%M"),
            _("tingkat"): [label("tingkat", code) for code in rows["tingkat"]],
            _("jenis"): [label("jenis", code) for code in rows["jenis"]],
            _("kecamatan"): [register.name_of(code) for code in rows["kecamatan"]],
            _("desa"): rows["desa_text"],
            _("TPS"): rows["tps"],
            _("status"): [label("status", code) for code in rows["status"]],
            _("uraian"): rows["uraian"],
            _("catatan periksa"): rows["flags"],
            _("sumber"): rows["sumber"],
            _("id"): rows["id"],
        }
    )
    if rows["latihan"].any():
        # Whoever copies or saves the table takes the mark along.
        table.insert(0, _("LATIHAN"), rows["latihan"].map({True: _("LATIHAN"), False: ""}))
    return table
