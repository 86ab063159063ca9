"""Tahapan dan giat: the stages, the SOP, what was planned and what was done."""

from __future__ import annotations

import streamlit as st

from pages.activities import panels as panel
from pages.activities.data import work
from pages.activities.kpis import figures
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import figure_row


def show() -> None:
    view = page_layout.opened(label("screen", "tahapan"))
    found = view.compute(work, view.kecamatan, i18n.current_language())
    before = comparison.before(
        view,
        "tahapan",
        lambda past: (past.compute(work, view.kecamatan, i18n.current_language()),),
        lambda then: figures(then, view.at.at.date()),
    )
    figure_row(figures(found, view.at.at.date()), before)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        panel.gantt_panel(view, found)
    with right:
        panel.sop_panel(found)

    if found.cases.empty:
        page_layout.nothing(_("Belum ada laporan giat pada pilihan ini."))
    else:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panel.matrix_panel(found)
        with right:
            panel.agenda_panel(found)
        left, right = st.columns([11, 9], gap="medium")
        with left:
            panel.drills_panel(found)
        with right:
            panel.joint_panel(found)
    panel.strange_panel(found)
