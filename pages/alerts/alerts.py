"""Peringatan: what the command post must be called for, who has it, and what was done."""

from __future__ import annotations

import streamlit as st

from pages.alerts import data as work
from pages.alerts import panels as panel
from pages.alerts.detail import detail_panel
from pages.alerts.page import opened
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import audit
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import figure_row


def show() -> None:
    view, wanted = opened(label("screen", "peringatan"))
    if not work.rules():
        markup.empty(_("Pemilihan ini belum punya aturan peringatan (alerts.toml)."))
        return
    found = work.found(view, wanted)
    if work.sees("netralitas") and panel.shows_neutrality(found):
        audit.saw({"neutrality"}, "peringatan")
    figure_row(panel.figures(found, view))

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panel.open_panel(found, view)
    with right:
        detail_panel(found, view)

    panel.ended_panel(found, view)
