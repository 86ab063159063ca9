"""Pieces of HTML of the page Laporan; all is escaped."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from situasi.ui.components import markup


def message(text: str, word: str, done: str) -> None:
    """The short text, line by line, and the button that copies it."""
    st.html(
        Markup('<div class="lp-message"><pre>{}</pre>{}</div>').format(
            text, markup.copy_button(word, done, text)
        )
    )
