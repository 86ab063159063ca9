"""The check-in of an officer, who is a number of the roster."""

from __future__ import annotations

import streamlit as st

from situasi.common.i18n import _
from situasi.domain.feed_schemas import CHECKIN
from situasi.screen import page, report_entry, report_sending

_FEED = "personnel"
_HEADINGS = ("petugas", "checkin", "tps", "jam", "uraian", "pelapor")


def officer_panel() -> None:
    page.section(_("Lapor diri petugas"))
    _kecamatan, desa = report_entry.place_boxes()
    with st.form("isian_personel", border=False):
        first = st.columns(4)
        report_entry.tps_box(first[0], desa)
        report_entry.text(first[1], "petugas", _("Nomor petugas"), _("bukan nama atau NRP"), 40)
        report_entry.choice(first[2], "checkin", _("Lapor diri"), CHECKIN, _("ketik jenis"))
        report_entry.clock(first[3])
        second = st.columns(2)
        report_entry.text(second[0], "uraian", _("Keterangan"))
        report_entry.teller(second[1])
        report_sending.button(_FEED, _HEADINGS, _("Kirim lapor diri"))
    report_sending.start_anew(_FEED, _HEADINGS)
