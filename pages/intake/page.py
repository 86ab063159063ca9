"""Masukan: every source, its deliveries, silent feeds, and the rows in quarantine."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

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
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Masukan."""
    context = page_layout.begin_page(
        context,
        label("screen", "masukan"),
        partial(intake_data.render_feed_filter, context.viewer),
    )
    feeds = intake_data.selected_feeds(context.viewer)
    intake = intake_data.compute_intake(context, feeds)
    past_context = replace(context, view_time=replace(context.view_time, live=False))
    baseline = comparison.compute_baseline(
        context,
        "masukan",
        lambda past: (intake_data.compute_intake(past, feeds),),
        lambda past_intake: build_kpis(past_context, past_intake),
    )
    render_kpi_row(build_kpis(context, intake), baseline)
    intake_actions.render_outcome()
    if context.kecamatan:
        st.caption(
            _("Saringan kecamatan tidak berlaku di sini: satu kiriman memuat banyak kecamatan, "
              "dan baris karantina sering tidak menyebut tempat.")
        )  # fmt: skip
    left, right = st.columns([5, 2])
    with left:
        render_sources_panel(context, intake)
        inbox_failures.render_panel(context)
    with right:
        render_upload_panel(context)
    render_quarantine_panel(context, intake, feeds)
    render_delivery_panel(context, intake)
