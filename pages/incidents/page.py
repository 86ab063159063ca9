"""Kejadian: every report, its life, what is overdue, which are one, and where they lie close."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.incidents.detail import detail_panel
from pages.incidents.duplicates import twins_panel
from pages.incidents.hotspots import hot_panel
from pages.incidents.incidents_filters import opened
from pages.incidents.incidents_kinds import kinds_panel
from pages.incidents.kpis import figures
from pages.incidents.panels import bound, keep_within, list_panel, looked_at, overdue_panel
from situasi.analysis import view_time as moments
from situasi.analysis.situation.worklist import casework
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout
from situasi.ui.components.kpi_row import figure_row


def show() -> None:
    view, wanted = opened(label("screen", "kejadian"))
    found = bound(view.compute(casework, wanted))
    if found.rows.empty:
        page_layout.nothing(_("Belum ada laporan kejadian."))
        return
    keep_within(found)
    asked = partial(moments.earlier, wanted)
    before = comparison.before(
        view,
        "kejadian",
        lambda past: (past.compute(casework, asked(view.at.at - past.at.at)),),
        figures,
    )
    figure_row(figures(found), before)

    left, right = st.columns(2, gap="medium")
    with left:
        list_panel(found)
    with right:
        if looked_at() is None:
            overdue_panel(found)
        else:
            detail_panel(found, view)

    twins_panel(found, view)
    kinds_panel(found)
    hot_panel(view, wanted)
