"""Pieces of HTML of the page Peringatan; all is escaped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup


def alert(level: str, cause: str, rank: int, facts: Sequence[tuple[str, str]]) -> None:
    """One alert: how grave (word with bars, rank from 0), why, and what is known of it."""
    known = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in facts
    )
    st.html(
        Markup(
            '<div class="kj-case pr-alert pr-{}"><small>{}</small><h3>{}</h3>'
            '<dl class="kj-facts">{}</dl></div>'
        ).format(rank, level, cause, known)
    )


def numbers(rows: Sequence[tuple[str, str]]) -> None:
    """The thresholds of a rule."""
    lines = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in rows
    )
    st.html(Markup('<dl class="kj-facts">{}</dl>').format(lines))
