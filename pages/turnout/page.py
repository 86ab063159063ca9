"""Partisipasi: who has come to vote, of whom, and who has not told."""

from __future__ import annotations

import streamlit as st

from pages.turnout import panels as turnout_panels
from pages.turnout.data import compute_turnout_data
from pages.turnout.outlook import render_forecast_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "partisipasi"))
    found = view.compute(compute_turnout_data, view.kecamatan)
    if not found.total.told:
        page_layout.render_missing_data(_("Belum ada laporan jumlah pemilih."))
    before = comparison.compute_baseline(
        view,
        "partisipasi",
        lambda past: (past.compute(compute_turnout_data, view.kecamatan),),
        turnout_panels.build_kpis,
    )
    render_kpi_row(turnout_panels.build_kpis(found), before)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        turnout_panels.render_curve_panel(view, found)
        turnout_panels.render_areas_panel(found)
    with right:
        turnout_panels.render_map_panel(view, found)
        turnout_panels.render_missing_counts_panel(found)
        turnout_panels.render_anomalies_panel(found)
    render_forecast_panel(view, found)
