"""The heading of every page: whose board, and which moment."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.screen import parts
from situasi.screen.session import Moment
from situasi.words import _


def header(at: Moment, title: str = "Situasi") -> None:
    """Which page of whose board, which moment, and whether that moment is now."""
    election = board().register.election
    note = _("jam latihan") if at.exercise else _("langsung") if at.live else _("lampau")
    links = [(code.upper(), _speaking(code), code == words.language()) for code in words.LANGUAGES]
    parts.header(
        title,
        f"{election.command} · {election.operation}",
        f"{words.long_day(at.at)} · {words.clock(at.at)} {election.zone_label}",
        note,
        links,
    )


def _speaking(code: str) -> str:
    """The address of this very view in another language."""
    asked = {key: st.query_params.get_all(key) for key in st.query_params}
    return "?" + urlencode({**asked, "lang": [code]}, doseq=True)
