"""The newest reports and the timeline of Situasi."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st
from markupsafe import Markup

from pages.situation import tables as situation_tables
from situasi.analysis.incidents import cases
from situasi.analysis.situation.overview import Overview
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.charts.incident_timeline import build_incident_timeline
from situasi.figures.theme import TINGKAT, UNRATED
from situasi.presentation.incident_item import build_item
from situasi.ui import filters, playback, render_cache
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.incidents import render_incidents_popover

MAX_LISTED = 40
# The height of the map and its legend beside it.
HEIGHT_PX = 478


def render_newest_panel(overview: Overview, view_time: ViewTime) -> None:
    """Draw the newest reports, newest first."""
    now = cache_minute(view_time)
    report_list = render_cache.get_or_build(
        "terbaru", now, (overview,), partial(_build_report_list, now=now)
    )
    with markup.row():
        st.markdown("**" + _("Laporan terbaru") + "**", width="content")
        filters.render_outside_window_button(overview.outside_window_count)
        render_incidents_popover(
            _("Semua {n} laporan"), overview.selected_cases.iloc[::-1], "semua_laporan"
        )
    with st.container(height=HEIGHT_PX, border=False, key="laporan"):
        if report_list is None:
            markup.render_empty_state(
                _("Belum ada laporan pada pilihan ini. "
                  "Letakkan berkas laporan di folder data/inbox/.")
            )  # fmt: skip
        else:
            markup.render(report_list)


def _build_report_list(overview: Overview, *, now: datetime) -> Markup | None:
    """Build the list as HTML; None if there is nothing to list."""
    newest = cases.list_newest(overview.selected_cases, MAX_LISTED)
    items = [build_item(row, board().register, now) for row in newest.itertuples()]
    return markup.build_report_list(items, _("LATIHAN")) if items else None


def render_timeline_panel(context: PageContext, overview: Overview) -> None:
    """Draw the timeline with slider and playback."""
    election, view_time = board().register.election, context.view_time
    marks = [
        (election.local_time(moment.at), _(moment.label)) for moment in election.timeline_marks
    ]
    past = None if view_time.live else view_time.at
    names = {code: label("tingkat", None if code == UNRATED else code) for code in TINGKAT}
    render_chart(
        "garis_waktu",
        _("Kejadian tiap 15 menit pada hari pemungutan, bertumpuk menurut tingkat"),
        (overview,),
        lambda overview, theme: build_incident_timeline(overview.slots, names, marks, past, theme),
        dependencies=past,
    )
    filters.render_time_slider()
    note = _(
        "Geser untuk melihat papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."
    )
    if overview.without_hour_count:
        note += " " + i18n.format_counts(
            _("{n} laporan tanpa jam tidak digambar."), n=overview.without_hour_count
        )
    with markup.row():
        status = playback.render_controls(context)
        st.caption(status or note, width="content")
        table_view.render_table_popover(
            _("Garis waktu sebagai tabel"),
            lambda: situation_tables.build_timeline_table(overview),
            "angka_garis",
        )
        if not view_time.live:
            st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)
