"""The beginning of the page Lapor: heading, which kind of report, and who may write at all."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.report_entry import fields, submit
from pages.report_entry.forms import render_incident_panel, render_officer_panel
from pages.report_entry.messages import render_messages_panel
from pages.report_entry.station_form import render_station_panel
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters, session, submission
from situasi.ui.components import markup
from situasi.ui.page_layout import render_header

# What is typed on each tab is rows of this feed; messages hold rows of several.
TABS = {"kejadian": "incidents", "tps": "tps", "personel": "personnel", "pesan": None}


def render_tabs(title: str) -> str | None:
    """Draw heading, tabs and the switch between real and LATIHAN.

    The tab that the address names; None where nothing may be written.
    """
    render_header(
        session.get_view_time(filters.get_past_time(), session.get_snapshot_view()), title
    )
    if not submission.may_act("masukkan"):
        _render_refusal_reason()
        return None
    seen = session.viewer().role.readable_feeds(tuple(feed for feed in TABS.values() if feed))
    tabs = [tab for tab, feed in TABS.items() if feed is None or feed in seen]
    with markup.row():
        chosen = filters.render_single_filter(
            st.segmented_control, "isi", _("Isi laporan"), tabs,
            partial(label, "lapor_isi"), required=True,
        )  # fmt: skip
        fields.render_exercise_switch()
    fields.render_exercise_banner()
    return chosen


def _render_refusal_reason() -> None:
    """Why nothing can be typed here."""
    at = session.get_view_time(filters.get_past_time(), session.get_snapshot_view())
    if at.live:
        st.caption(_("Peran ini tidak memasukkan laporan."))
        return
    st.caption(_("Tidak ada yang menulis ke masa lampau."))
    st.button(_("Kembali ke langsung"), on_click=filters.return_to_present, key="lapor_kembali")


def show() -> None:
    chosen = render_tabs(label("screen", "lapor"))
    if chosen is None:
        return
    submit.render_outcome()
    match chosen:
        case "kejadian":
            render_incident_panel()
        case "tps":
            render_station_panel()
        case "personel":
            render_officer_panel()
        case _:
            render_messages_panel()
