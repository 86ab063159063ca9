"""Personel: who is required, posted and present, and where nobody is."""

from __future__ import annotations

import streamlit as st

from pages.personnel import panels as panel
from pages.personnel.data import compute_personnel
from pages.personnel.kpis import build_kpis
from pages.personnel.lists import render_lists_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "personel"))
    found = view.compute(compute_personnel, view.kecamatan)
    if found.coverage.officers.empty:
        page_layout.render_missing_data(_("Belum ada laporan personel pada pilihan ini."))
        return
    if not found.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; yang tampil hanya lapor diri.")
        )
    before = comparison.compute_baseline(
        view,
        "personel",
        lambda past: (past.compute(compute_personnel, view.kecamatan),),
        build_kpis,
    )
    render_kpi_row(build_kpis(found), before)

    if found.coverage.has_postings:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panel.render_table_panel(found)
        with right:
            panel.render_map_panel(view, found)
    else:
        panel.render_checkins_panel(found)
    panel.render_curve_panel(view, found)
    render_lists_panel(found.coverage)
