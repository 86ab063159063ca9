"""Masukan: every source, its ledger, its silence, and the rows in quarantine."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.screen import inbox_failures, intake_acts, intake_data, page, since
from situasi.screen.figure_row import figure_row
from situasi.screen.intake_figures import figures
from situasi.screen.intake_ledger_panel import ledger_panel
from situasi.screen.intake_quarantine_panel import quarantine_panel
from situasi.screen.intake_sources_panel import sources_panel
from situasi.screen.intake_upload_panel import upload_panel


def show() -> None:
    view = page.opened(label("screen", "masukan"), intake_data.choose_reports)
    feeds = intake_data.feeds_shown()
    found = intake_data.intake(view, feeds)
    then = replace(view, at=replace(view.at, live=False))
    before = since.before(
        view,
        "masukan",
        lambda past: (intake_data.intake(past, feeds),),
        lambda one: figures(then, one),
    )
    figure_row(figures(view, found), before)
    intake_acts.told()
    if view.kecamatan:
        st.caption(
            _("Saringan kecamatan tidak berlaku di sini: satu kiriman memuat banyak kecamatan, "
              "dan baris karantina sering tidak menyebut tempat.")
        )  # fmt: skip
    left, right = st.columns([5, 2])
    with left:
        sources_panel(view, found)
        inbox_failures.panel(view)
    with right:
        upload_panel(view)
    quarantine_panel(view, found, feeds)
    ledger_panel(view, found)
