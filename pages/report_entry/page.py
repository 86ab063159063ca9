"""The page Lapor: header, tabs, and whether the viewer may enter reports."""

from functools import partial

import streamlit as st

from pages.report_entry import fields, submit, tray
from pages.report_entry.forms import render_incident_panel, render_officer_panel
from pages.report_entry.messages import render_messages_panel
from pages.report_entry.station_form import render_station_panel
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header

# The feed of each tab; messages contain rows of several feeds.
TABS = {
    "kejadian": "incidents",
    "tps": "tps",
    "personel": "personnel",
    "pesan": None,
    "baki": None,
}


def render_tabs(context: PageContext, title: str) -> str | None:
    """Draw the header, the tabs and the exercise switch.

    Returns the tab from the URL; None if the viewer may not write.
    """
    render_header(context, title)
    if not context.may_act("masukkan"):
        _render_refusal_reason(context)
        return None
    readable = context.viewer.role.readable_feeds(tuple(feed for feed in TABS.values() if feed))
    tabs = [tab for tab, feed in TABS.items() if feed is None or feed in readable]
    with markup.row():
        selected = filters.render_single_filter(
            st.segmented_control, "isi", _("Isi laporan"), tabs,
            partial(_format_tab, tray.count_waiting()), required=True,
        )  # fmt: skip
        fields.render_exercise_switch(context)
    fields.render_exercise_banner(context)
    return selected


def _format_tab(waiting_count: int, tab: str) -> str:
    """Return the name of a tab, that of the tray with how many messages wait."""
    name = label("lapor_isi", tab)
    return f"{name} ({format_number(waiting_count)})" if tab == "baki" and waiting_count else name


def _render_refusal_reason(context: PageContext) -> None:
    """Draw why nothing can be entered here."""
    if context.view_time.live:
        st.caption(_("Peran ini tidak memasukkan laporan."))
        return
    st.caption(_("Tidak ada yang menulis ke masa lampau."))
    st.button(_("Kembali ke langsung"), on_click=filters.return_to_present, key="lapor_kembali")


def show(context: PageContext) -> None:
    """Draw the page Lapor."""
    tab = render_tabs(context, label("screen", "lapor"))
    if tab is None:
        return
    submit.render_outcome()
    match tab:
        case "kejadian":
            render_incident_panel(context)
        case "tps":
            render_station_panel(context)
        case "personel":
            render_officer_panel(context)
        case "baki":
            tray.render_tray_panel(context)
        case _:
            render_messages_panel(context)
