"""Partisipasi: who has come to vote, of whom, and who has not told."""

from __future__ import annotations

import streamlit as st

from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.screen import page, since, turnout_panel
from situasi.screen.figure_row import figure_row
from situasi.screen.turnout_outlook import outlook_panel
from situasi.screen.turnout_work import work


def show() -> None:
    view = page.opened(label("screen", "partisipasi"))
    found = view.compute(work, view.kecamatan)
    if not found.whole.told:
        page.nothing(_("Belum ada laporan jumlah pemilih."))
    before = since.before(
        view,
        "partisipasi",
        lambda past: (past.compute(work, view.kecamatan),),
        turnout_panel.figures,
    )
    figure_row(turnout_panel.figures(found), before)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        turnout_panel.curve_panel(view, found)
        turnout_panel.area_panel(found)
    with right:
        turnout_panel.map_panel(view, found)
        turnout_panel.silent_panel(found)
        turnout_panel.doubt_panel(found)
    outlook_panel(view, found)
