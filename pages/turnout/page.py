"""Partisipasi: voters present, turnout, and TPS without a count."""

from __future__ import annotations

import streamlit as st

from pages.turnout import panels as turnout_panels
from pages.turnout.data import compute_turnout_data
from pages.turnout.forecast_panel import render_forecast_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Partisipasi."""
    context = page_layout.begin_page(context, label("screen", "partisipasi"))
    data = context.compute(compute_turnout_data, context.kecamatan)
    if not data.total.told:
        page_layout.render_missing_data(_("Belum ada laporan jumlah pemilih."))
    baseline = comparison.compute_baseline(
        context,
        "partisipasi",
        lambda past: (past.compute(compute_turnout_data, context.kecamatan),),
        turnout_panels.build_kpis,
    )
    render_kpi_row(turnout_panels.build_kpis(data), baseline)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        turnout_panels.render_curve_panel(context, data)
        turnout_panels.render_areas_panel(data)
    with right:
        turnout_panels.render_map_panel(context, data)
        turnout_panels.render_missing_counts_panel(data)
        turnout_panels.render_anomalies_panel(data)
    render_forecast_panel(context, data)
