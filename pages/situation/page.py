"""Situasi: what is happening, where, and whether it gets worse; at any minute of the day."""

from __future__ import annotations

import streamlit as st

from pages.situation.attention import render_attention_panel
from pages.situation.kpis import build_kpis, compute_baseline
from pages.situation.map import render_map_panel
from pages.situation.panels import render_newest_panel, render_timeline_panel
from situasi.analysis.situation import area_summary
from situasi.ui import filters, session
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row, reserve_row
from situasi.ui.page_layout import PageContext, render_header


def show() -> None:
    """Draw the page Situasi."""
    snapshot_view = session.get_snapshot_view()
    at = session.get_view_time(filters.get_past_time(), snapshot_view)
    render_header(at)

    row = reserve_row()
    top_row = markup.inline_row("saring_dan_perhatian")
    with top_row:
        filter_row = markup.inline_row("saringan")
    selected, window = filters.render_filters(filter_row)
    selected = filters.apply_window(selected, window, at)
    overview = session.compute_overview(snapshot_view, selected, at)
    summary = session.compute(area_summary.compute_area_summary, snapshot_view, at)
    render_kpi_row(
        build_kpis(overview, summary, at, snapshot_view),
        compute_baseline(PageContext(snapshot_view, at, ()), selected),
        row,
    )
    with top_row:
        render_attention_panel(summary, list(overview.crowd_states["kecamatan"]))

    with st.container(key="peta_dan_laporan"):
        left, right = st.columns([9, 11], gap="medium")
    with left:
        render_map_panel(overview, summary)
    with right:
        render_newest_panel(overview, at)

    render_timeline_panel(overview, at, snapshot_view, selected.kecamatan)
