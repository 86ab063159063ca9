"""Situasi: what is happening, where, is it getting worse; at any minute of the day."""

from __future__ import annotations

import streamlit as st

from pages.situation.attention import attention_panel
from pages.situation.kpis import before, figures
from pages.situation.map import map_panel
from pages.situation.panels import newest_panel, timeline_panel
from situasi.analysis.situation import area_summary as analysis
from situasi.ui import filters, session
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import figure_row, place
from situasi.ui.page_layout import View, header


def show() -> None:
    shown = session.picture()
    at = session.moment(filters.past_moment(), shown)
    header(at)

    row = place()
    both = markup.line("saring_dan_perhatian")
    with both:
        asked = markup.line("saringan")
    wanted, window = filters.chosen(asked)
    wanted = filters.within(wanted, window, at)
    found = session.situation(shown, wanted, at)
    day = session.compute(analysis.compute_area_summary, shown, at)
    figure_row(figures(found, day, at, shown), before(View(shown, at, ()), wanted), row)
    with both:
        attention_panel(day, list(found.crowd_states["kecamatan"]))

    with st.container(key="peta_dan_laporan"):
        left, right = st.columns([9, 11], gap="medium")
    with left:
        map_panel(found, day)
    with right:
        newest_panel(found, at)

    timeline_panel(found, at, shown, wanted.kecamatan)
