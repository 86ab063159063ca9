"""Netralitas: cases against police officers, by step, class and age."""

from __future__ import annotations

import streamlit as st

from pages.neutrality import panels
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import audit, comparison, page_layout
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Netralitas."""
    context = page_layout.begin_page(context, label("screen", "netralitas"))
    summary = context.compute(panels.compute_neutrality, context.kecamatan)
    if summary is None:
        markup.render_empty_state(_("Halaman ini tidak dibuka untuk peran Anda."))
        return
    audit.log_viewed({"neutrality"}, "netralitas")
    panels.render_state_panel(summary, context.view_time.at)
    if len(summary.cases):
        baseline = comparison.compute_baseline(
            context,
            "netralitas",
            lambda past: (past.compute(panels.compute_neutrality, context.kecamatan),),
            panels.build_kpis,
        )
        render_kpi_row(panels.build_kpis(summary), baseline)
        left, right = st.columns([7, 13], gap="medium")
        with left:
            panels.render_path_panel(summary)
        with right:
            panels.render_cases_panel(summary)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panels.render_legend_panel(summary)
    with right:
        panels.render_rules_panel()
