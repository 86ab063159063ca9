"""Masukan: every source, its ledger, its silence, and the rows in quarantine."""

from __future__ import annotations

import streamlit as st

from situasi.labels import label
from situasi.screen import intake_acts, intake_data, page
from situasi.screen.intake_figures import intake_figures
from situasi.screen.intake_ledger_panel import ledger_panel
from situasi.screen.intake_quarantine_panel import quarantine_panel
from situasi.screen.intake_sources_panel import sources_panel
from situasi.screen.intake_upload_panel import upload_panel
from situasi.words import _


def show() -> None:
    view = page.opened(label("screen", "masukan"), intake_data.choose_reports)
    feeds = intake_data.feeds_shown()
    found = intake_data.intake(view, feeds)
    intake_figures(view, found)
    intake_acts.told()
    if view.kecamatan:
        st.caption(
            _("Saringan kecamatan tidak berlaku di sini: satu kiriman memuat banyak kecamatan, "
              "dan baris karantina sering tidak menyebut tempat.")
        )  # fmt: skip
    left, right = st.columns([5, 2])
    with left:
        sources_panel(view, found)
    with right:
        upload_panel(view)
    quarantine_panel(view, found, feeds)
    ledger_panel(view, found)
