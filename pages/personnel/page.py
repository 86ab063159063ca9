"""Personel: required, posted and present officers, and TPS without officers."""

from __future__ import annotations

import streamlit as st

from pages.personnel import panels
from pages.personnel.data import compute_personnel
from pages.personnel.kpis import build_kpis
from pages.personnel.lists import render_lists_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Personel."""
    context = page_layout.begin_page(context, label("screen", "personel"))
    data = context.compute(compute_personnel, context.kecamatan)
    if data.coverage.officers.empty:
        page_layout.render_missing_data(_("Belum ada laporan personel pada pilihan ini."))
        return
    if not data.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; yang tampil hanya lapor diri.")
        )
    baseline = comparison.compute_baseline(
        context,
        "personel",
        lambda past: (past.compute(compute_personnel, context.kecamatan),),
        build_kpis,
    )
    render_kpi_row(build_kpis(data), baseline)

    if data.coverage.has_postings:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panels.render_table_panel(context, data)
        with right:
            panels.render_map_panel(context, data)
    else:
        panels.render_checkins_panel(context, data)
    panels.render_curve_panel(context, data)
    render_lists_panel(data.coverage)
