"""Partisipasi: who has come to vote, of whom, and who has not told."""

from __future__ import annotations

import streamlit as st

from pages.turnout import panels as turnout_panels
from pages.turnout.data import work
from pages.turnout.outlook import outlook_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import figure_row


def show() -> None:
    view = page_layout.opened(label("screen", "partisipasi"))
    found = view.compute(work, view.kecamatan)
    if not found.whole.told:
        page_layout.nothing(_("Belum ada laporan jumlah pemilih."))
    before = comparison.before(
        view,
        "partisipasi",
        lambda past: (past.compute(work, view.kecamatan),),
        turnout_panels.figures,
    )
    figure_row(turnout_panels.figures(found), before)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        turnout_panels.curve_panel(view, found)
        turnout_panels.area_panel(found)
    with right:
        turnout_panels.map_panel(view, found)
        turnout_panels.silent_panel(found)
        turnout_panels.doubt_panel(found)
    outlook_panel(view, found)
