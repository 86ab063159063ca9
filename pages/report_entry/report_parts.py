"""Pieces of HTML of the page Lapor; all is escaped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup


def message(head: str, text: str, notes: Sequence[str]) -> None:
    """A message as it may be shown: who and when, its words, and what was not read of it."""
    said = Markup("").join(Markup("<li>{}</li>").format(note) for note in notes)
    st.html(
        Markup('<div class="la-message"><small>{}</small><p>{}</p>{}</div>').format(
            head, text, Markup("<ul>{}</ul>").format(said) if said else ""
        )
    )


def understood(title: str, cells: Sequence[tuple[str, str, str]], outcome: str = "") -> None:
    """What was read of a row: heading, value, and the words it came from; what became of it.

    title: what it is a report of; empty where that stands above.
    """
    read = Markup("").join(
        Markup('<span class="si-chip"><b>{}</b> {} <i>{}</i></span>').format(
            heading, value, Markup("« {} »").format(words) if words else ""
        )
        for heading, value, words in cells
    )
    end = Markup("<strong>{}</strong>").format(outcome) if outcome else ""
    name = Markup("<b>{}</b> ").format(title) if title else ""
    st.html(Markup('<div class="la-row">{}{}{}</div>').format(name, read, end))
