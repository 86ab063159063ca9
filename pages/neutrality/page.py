"""Netralitas: cases against members of the police, by step, class and age."""

from __future__ import annotations

import streamlit as st

from pages.neutrality import panels as panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import audit, comparison, page_layout
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "netralitas"))
    found = view.compute(panel.compute_neutrality, view.kecamatan)
    if found is None:
        markup.render_empty_state(_("Halaman ini tidak dibuka untuk peran Anda."))
        return
    audit.log_viewed({"neutrality"}, "netralitas")
    panel.render_state_panel(found, view.view_time.at)
    if len(found.cases):
        before = comparison.compute_baseline(
            view,
            "netralitas",
            lambda past: (past.compute(panel.compute_neutrality, view.kecamatan),),
            panel.build_kpis,
        )
        render_kpi_row(panel.build_kpis(found), before)
        left, right = st.columns([7, 13], gap="medium")
        with left:
            panel.render_path_panel(found)
        with right:
            panel.render_cases_panel(found)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panel.render_legend_panel(found)
    with right:
        panel.render_rules_panel()
