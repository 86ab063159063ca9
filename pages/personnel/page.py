"""Personel: who is required, posted and present, and where nobody is."""

from __future__ import annotations

import streamlit as st

from pages.personnel import panels as panel
from pages.personnel.data import work
from pages.personnel.kpis import figures
from pages.personnel.lists import lists_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "personel"))
    found = view.compute(work, view.kecamatan)
    if found.coverage.officers.empty:
        page_layout.render_missing_data(_("Belum ada laporan personel pada pilihan ini."))
        return
    if not found.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; yang tampil hanya lapor diri.")
        )
    before = comparison.compute_baseline(
        view, "personel", lambda past: (past.compute(work, view.kecamatan),), figures
    )
    render_kpi_row(figures(found), before)

    if found.coverage.has_postings:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panel.table_panel(found)
        with right:
            panel.map_panel(view, found)
    else:
        panel.checkins_panel(found)
    panel.curve_panel(view, found)
    lists_panel(found.coverage)
