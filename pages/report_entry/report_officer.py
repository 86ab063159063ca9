"""The check-in of an officer, who is a number of the roster."""

from __future__ import annotations

import streamlit as st

from pages.report_entry import fields, submit
from situasi.common.i18n import _
from situasi.domain.feed_schemas import CHECKIN
from situasi.ui import page_layout

_FEED = "personnel"
_HEADINGS = ("petugas", "checkin", "tps", "jam", "uraian", "pelapor")


def officer_panel() -> None:
    page_layout.section(_("Lapor diri petugas"))
    _kecamatan, desa = fields.place_boxes()
    with st.form("isian_personel", border=False):
        first = st.columns(4)
        fields.tps_box(first[0], desa)
        fields.text(first[1], "petugas", _("Nomor petugas"), _("bukan nama atau NRP"), 40)
        fields.choice(first[2], "checkin", _("Lapor diri"), CHECKIN, _("ketik jenis"))
        fields.clock(first[3])
        second = st.columns(2)
        fields.text(second[0], "uraian", _("Keterangan"))
        fields.teller(second[1])
        submit.button(_FEED, _HEADINGS, _("Kirim lapor diri"))
    submit.start_anew(_FEED, _HEADINGS)
