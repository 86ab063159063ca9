"""Kind by kecamatan: which incidents happen where, and from where nobody reports."""

from __future__ import annotations

from functools import partial

import streamlit as st

from situasi.analysis.casework import Casework
from situasi.board import current as board
from situasi.figures import kinds as figure_kinds
from situasi.labels import label
from situasi.screen import incidents_tables, page, parts, session, tables
from situasi.words import _


def kinds_panel(found: Casework) -> None:
    with parts.bar():
        page.section(_("Jenis menurut kecamatan"))
        if len(found.kinds):
            title = _("Jenis menurut kecamatan sebagai tabel")
            tables.opens(title, partial(incidents_tables.kinds, found), "jenis_kecamatan")
    if found.kinds.empty:
        parts.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    st.plotly_chart(
        figure_kinds.kinds(
            found.kinds,
            partial(label, "jenis"),
            _area,
            _("belum ada laporan"),
            session.viewer_theme(),
        ),
        theme=None,
        config={"displayModeBar": False},
        key="jenis_peta",
        alt=_("Banyak kejadian tiap jenis di tiap kecamatan"),
    )
    st.caption(
        _("Kosong: tidak ada kejadian terpilih. Garis: belum ada laporan apa pun, bukan nol.")
    )


def _area(code: str) -> str:
    return board().register.name_of(code) if code else _("seluruh kabupaten")
