"""The newest reports, newest first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

import streamlit as st
from markupsafe import Markup

from pages.situation import tables as situation_tables
from situasi.analysis.incidents import cases
from situasi.analysis.situation.overview import Overview
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.charts.incident_timeline import build_incident_timeline
from situasi.figures.theme import TINGKAT, UNRATED
from situasi.live.snapshot import SnapshotView
from situasi.presentation.incident_item import item
from situasi.ui import filters, playback, render_cache, session
from situasi.ui.components import markup
from situasi.ui.components.chart import chart
from situasi.ui.session import ViewTime
from situasi.ui.tables import table_view

LISTED = 40
# As tall as the map and its legend beside it.
HEIGHT = 478


def newest_panel(found: Overview, at: ViewTime) -> None:
    now = session.cache_minute(at)
    listed = render_cache.once("terbaru", now, (found,), partial(_listed, now=now))
    with markup.bar():
        st.markdown("**" + _("Laporan terbaru") + "**", width="content")
        if found.outside_window_count:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=i18n.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
        table_view.behind(_("Semua {n} laporan"), found.selected_cases.iloc[::-1], "semua_laporan")
    with st.container(height=HEIGHT, border=False, key="laporan"):
        if listed is None:
            markup.empty(
                _("Belum ada laporan pada pilihan ini. "
                  "Letakkan berkas laporan di folder data/inbox/.")
            )  # fmt: skip
        else:
            markup.render(listed)


def _listed(found: Overview, *, now: datetime) -> Markup | None:
    """The list as it is written; None where there is nothing to list."""
    newest = cases.list_newest(found.selected_cases, LISTED)
    items = [item(row, board().register, now) for row in newest.itertuples()]
    return markup.report_list(items, _("LATIHAN")) if items else None


def timeline_panel(
    found: Overview, at: ViewTime, shown: SnapshotView, kecamatan: Collection[str]
) -> None:
    """kecamatan: those chosen, none for all."""
    election = board().register.election
    moments = [
        (election.local_time(moment.at), _(moment.label)) for moment in election.timeline_marks
    ]
    past = None if at.live else at.at
    names = {code: label("tingkat", None if code == UNRATED else code) for code in TINGKAT}
    chart(
        "garis_waktu",
        _("Kejadian tiap 15 menit pada hari pemungutan, bertumpuk menurut tingkat"),
        (found,),
        lambda found, theme: build_incident_timeline(found.slots, names, moments, past, theme),
        asked=past,
    )
    filters.time_slider()
    note = _(
        "Geser untuk melihat papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."
    )
    if found.without_hour_count:
        note += " " + _("{n} laporan tanpa jam tidak digambar.").format(
            n=i18n.format_number(found.without_hour_count)
        )
    with markup.bar():
        said = playback.controls(at, shown, kecamatan)
        st.caption(said or note, width="content")
        table_view.opens(
            _("Garis waktu sebagai tabel"), lambda: situation_tables.slots(found), "angka_garis"
        )
        if not at.live:
            st.button(_("Kembali ke langsung"), on_click=filters.back_to_present)
