"""The timeline panel: the day in quarters of an hour, and the slider into the past."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from pages.situation import tables as situation_tables
from situasi.analysis.situation.overview import Overview
from situasi.board import current as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.charts.incident_timeline import timeline
from situasi.figures.theme import TINGKAT, UNRATED
from situasi.live.snapshot import Picture
from situasi.ui import filters, playback
from situasi.ui.components import markup
from situasi.ui.components.chart import chart
from situasi.ui.session import Moment
from situasi.ui.tables import table_view


def timeline_panel(found: Overview, at: Moment, shown: Picture, kecamatan: Collection[str]) -> None:
    """kecamatan: those chosen, none for all."""
    election = board().register.election
    moments = [(election.local(moment.at), _(moment.label)) for moment in election.moments]
    past = None if at.live else at.at
    names = {code: label("tingkat", None if code == UNRATED else code) for code in TINGKAT}
    chart(
        "garis_waktu",
        _("Kejadian tiap 15 menit pada hari pemungutan, bertumpuk menurut tingkat"),
        (found,),
        lambda found, theme: timeline(found.slots, names, moments, past, theme),
        asked=past,
    )
    filters.time_slider()
    note = _(
        "Geser untuk melihat papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."
    )
    if found.without_hour:
        note += " " + _("{n} laporan tanpa jam tidak digambar.").format(
            n=i18n.number(found.without_hour)
        )
    with markup.bar():
        said = playback.controls(at, shown, kecamatan)
        st.caption(said or note, width="content")
        table_view.opens(
            _("Garis waktu sebagai tabel"), lambda: situation_tables.slots(found), "angka_garis"
        )
        if not at.live:
            st.button(_("Kembali ke langsung"), on_click=filters.back_to_present)
