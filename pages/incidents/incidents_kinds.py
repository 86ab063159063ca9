"""Kind by kecamatan: which incidents happen where, and from where nobody reports."""

from __future__ import annotations

from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import tables as incidents_tables
from situasi.analysis.situation.worklist import Casework
from situasi.board import current as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.charts import incident_heatmap as figure_kinds
from situasi.figures.theme import Theme
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.components.chart import chart
from situasi.ui.tables import table_view


def kinds_panel(found: Casework) -> None:
    with markup.bar():
        page_layout.section(_("Jenis menurut kecamatan"))
        if len(found.kinds):
            title = _("Jenis menurut kecamatan sebagai tabel")
            table_view.opens(title, partial(incidents_tables.kinds, found), "jenis_kecamatan")
    if found.kinds.empty:
        markup.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    alt = _("Banyak kejadian tiap jenis di tiap kecamatan")
    chart("jenis_peta", alt, (found.kinds,), _figure)
    st.caption(
        _("Kosong: tidak ada kejadian terpilih. Garis: belum ada laporan apa pun, bukan nol.")
    )


def _figure(kinds: pd.DataFrame, theme: Theme) -> go.Figure:
    silence = _("belum ada laporan")
    return figure_kinds.kinds(kinds, partial(label, "jenis"), _area, silence, theme)


def _area(code: str) -> str:
    return board().register.name_of(code) if code else _("seluruh kabupaten")
