"""Situasi: what is happening, where, is it getting worse; at any minute of the day."""

from __future__ import annotations

import streamlit as st

from pages.situation.attention import render_attention_panel
from pages.situation.kpis import build_kpis, compute_baseline
from pages.situation.map import render_map_panel
from pages.situation.panels import render_newest_panel, render_timeline_panel
from situasi.analysis.situation import area_summary as analysis
from situasi.ui import filters, session
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row, reserve_row
from situasi.ui.page_layout import PageContext, render_header


def show() -> None:
    shown = session.get_snapshot_view()
    at = session.get_view_time(filters.get_past_time(), shown)
    render_header(at)

    row = reserve_row()
    both = markup.inline_row("saring_dan_perhatian")
    with both:
        asked = markup.inline_row("saringan")
    wanted, window = filters.render_filters(asked)
    wanted = filters.apply_window(wanted, window, at)
    found = session.compute_overview(shown, wanted, at)
    day = session.compute(analysis.compute_area_summary, shown, at)
    render_kpi_row(
        build_kpis(found, day, at, shown), compute_baseline(PageContext(shown, at, ()), wanted), row
    )
    with both:
        render_attention_panel(day, list(found.crowd_states["kecamatan"]))

    with st.container(key="peta_dan_laporan"):
        left, right = st.columns([9, 11], gap="medium")
    with left:
        render_map_panel(found, day)
    with right:
        render_newest_panel(found, at)

    render_timeline_panel(found, at, shown, wanted.kecamatan)
