"""Laporan: what goes up as a document, built of what the board knows at this moment."""

from __future__ import annotations

import streamlit as st

from pages.sitreps import page as panel
from situasi.domain.labels import label
from situasi.ui import page_layout


def show() -> None:
    view = page_layout.opened(label("screen", "laporan"), panel.kind_filter, panel.period_filter)
    asked = panel.asked(view)
    if asked is None:
        return
    asked = panel.neutrality_choice(asked)
    text, files = st.columns([11, 9], gap="medium")
    with text:
        panel.preview(asked)
    with files:
        panel.files(asked)
