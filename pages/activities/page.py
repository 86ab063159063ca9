"""Tahapan dan giat: stages, SOP checklist, planned and completed activities."""

from __future__ import annotations

import streamlit as st

from pages.activities import panels
from pages.activities.data import compute_activity_data
from pages.activities.kpis import build_kpis
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Tahapan dan giat."""
    context = page_layout.begin_page(context, label("screen", "tahapan"))
    data = context.compute(compute_activity_data, context.kecamatan, i18n.current_language())
    baseline = comparison.compute_baseline(
        context,
        "tahapan",
        lambda past: (
            past.compute(compute_activity_data, context.kecamatan, i18n.current_language()),
        ),
        lambda past_data: build_kpis(past_data, context.view_time.at.date()),
    )
    render_kpi_row(build_kpis(data, context.view_time.at.date()), baseline)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panels.render_gantt_panel(context, data)
    with right:
        panels.render_sop_panel(data)

    if data.activities.empty:
        page_layout.render_missing_data(_("Belum ada laporan giat pada pilihan ini."))
    else:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panels.render_matrix_panel(data)
        with right:
            panels.render_agenda_panel(data)
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panels.render_drills_panel(data)
        with right:
            panels.render_joint_panel(data)
    panels.render_unmatched_panel(data)
