"""Situasi: what is happening, where, and whether it gets worse; at any minute of the day."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.situation.attention import render_attention_panel
from pages.situation.kpis import build_kpis, compute_baseline
from pages.situation.map import render_map_panel
from pages.situation.panels import render_newest_panel, render_timeline_panel
from situasi.analysis.situation import area_summary
from situasi.ui import filters
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row, reserve_row
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header


def show(context: PageContext) -> None:
    """Draw the page Situasi."""
    render_header(context)

    row = reserve_row()
    top_row = markup.inline_row("saring_dan_perhatian")
    with top_row:
        filter_row = markup.inline_row("saringan")
    selected, window = filters.render_filters(filter_row, context.register)
    selected = filters.apply_window(selected, window, context.view_time)
    context = replace(context, kecamatan=tuple(selected.kecamatan))
    overview = context.compute_overview(selected)
    summary = context.compute(area_summary.compute_area_summary)
    render_kpi_row(build_kpis(context, overview, summary), compute_baseline(context, selected), row)
    with top_row:
        render_attention_panel(summary, list(overview.crowd_states["kecamatan"]))

    with st.container(key="peta_dan_laporan"):
        left, right = st.columns([9, 11], gap="medium")
    with left:
        render_map_panel(context, overview, summary)
    with right:
        render_newest_panel(overview, context.view_time)

    render_timeline_panel(context, overview)
