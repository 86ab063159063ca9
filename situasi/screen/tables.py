"""Cases as a table that people read: headings of our files, words for codes, local time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.labels import label
from situasi.words import _


def behind(title: str, rows: pd.DataFrame) -> None:
    """The rows behind a number, one click away."""
    with st.popover(title.format(n=words.number(len(rows)))):
        st.dataframe(readable(rows), hide_index=True, alt=title.format(n=len(rows)))


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Cases as a table with the headings of our files."""
    zone, register = board().register.election.zone, board().register
    return pd.DataFrame(
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
