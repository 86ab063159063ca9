"""Masukan: every source, its ledger, its silence, and the rows in quarantine."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.intake import actions as intake_actions
from pages.intake import data as intake_data
from pages.intake.kpis import figures
from pages.intake.panels import ledger_panel, sources_panel
from pages.intake.quarantine import quarantine_panel
from pages.intake.upload import upload_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, inbox_failures, page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "masukan"), intake_data.choose_reports)
    feeds = intake_data.feeds_shown()
    found = intake_data.intake(view, feeds)
    then = replace(view, view_time=replace(view.view_time, live=False))
    before = comparison.compute_baseline(
        view,
        "masukan",
        lambda past: (intake_data.intake(past, feeds),),
        lambda one: figures(then, one),
    )
    render_kpi_row(figures(view, found), before)
    intake_actions.told()
    if view.kecamatan:
        st.caption(
            _("Saringan kecamatan tidak berlaku di sini: satu kiriman memuat banyak kecamatan, "
              "dan baris karantina sering tidak menyebut tempat.")
        )  # fmt: skip
    left, right = st.columns([5, 2])
    with left:
        sources_panel(view, found)
        inbox_failures.render_panel(view)
    with right:
        upload_panel(view)
    quarantine_panel(view, found, feeds)
    ledger_panel(view, found)
