"""Masukan: every source, its ledger, its silence, and the rows in quarantine."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.intake import actions as intake_actions
from pages.intake import data as intake_data
from pages.intake.kpis import build_kpis
from pages.intake.panels import render_delivery_panel, render_sources_panel
from pages.intake.quarantine import render_quarantine_panel
from pages.intake.upload import render_upload_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, inbox_failures, page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "masukan"), intake_data.render_feed_filter)
    feeds = intake_data.selected_feeds()
    found = intake_data.compute_intake(view, feeds)
    then = replace(view, view_time=replace(view.view_time, live=False))
    before = comparison.compute_baseline(
        view,
        "masukan",
        lambda past: (intake_data.compute_intake(past, feeds),),
        lambda one: build_kpis(then, one),
    )
    render_kpi_row(build_kpis(view, found), before)
    intake_actions.render_outcome()
    if view.kecamatan:
        st.caption(
            _("Saringan kecamatan tidak berlaku di sini: satu kiriman memuat banyak kecamatan, "
              "dan baris karantina sering tidak menyebut tempat.")
        )  # fmt: skip
    left, right = st.columns([5, 2])
    with left:
        render_sources_panel(view, found)
        inbox_failures.render_panel(view)
    with right:
        render_upload_panel(view)
    render_quarantine_panel(view, found, feeds)
    render_delivery_panel(view, found)
