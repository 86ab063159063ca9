"""Situasi: what is happening, where, is it getting worse; at any minute of the day."""

from __future__ import annotations

import streamlit as st

from situasi.screen import filters, session, situation_parts


def show() -> None:
    shown = session.picture()
    at = session.moment(filters.past_moment(), shown)
    situation_parts.header(at, shown)

    figures = st.container()
    wanted, window = filters.chosen()
    wanted = filters.within(wanted, window, at)
    found = session.situation(shown, wanted, at)
    with figures:
        situation_parts.key_figures(found, at, shown)

    left, right = st.columns([9, 11], gap="medium")
    with left:
        situation_parts.map_panel(found)
    with right:
        situation_parts.newest_panel(found, at)

    situation_parts.timeline_panel(found, at)
