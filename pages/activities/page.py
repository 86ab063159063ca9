"""Tahapan dan giat: the stages, the SOP, what was planned and what was done."""

from __future__ import annotations

import streamlit as st

from pages.activities import panels as panel
from pages.activities.data import compute_activity_data
from pages.activities.kpis import build_kpis
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "tahapan"))
    found = view.compute(compute_activity_data, view.kecamatan, i18n.current_language())
    before = comparison.compute_baseline(
        view,
        "tahapan",
        lambda past: (
            past.compute(compute_activity_data, view.kecamatan, i18n.current_language()),
        ),
        lambda then: build_kpis(then, view.view_time.at.date()),
    )
    render_kpi_row(build_kpis(found, view.view_time.at.date()), before)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panel.render_gantt_panel(view, found)
    with right:
        panel.render_sop_panel(found)

    if found.activities.empty:
        page_layout.render_missing_data(_("Belum ada laporan giat pada pilihan ini."))
    else:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panel.render_matrix_panel(found)
        with right:
            panel.render_agenda_panel(found)
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panel.render_drills_panel(found)
        with right:
            panel.render_joint_panel(found)
    panel.render_unmatched_panel(found)
