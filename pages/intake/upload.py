"""Handing in a file: first what would become of it, then taking it in."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from pages.intake import actions as intake_actions
from pages.intake import tables as intake_tables
from pages.intake.actions import Trial
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest import upload
from situasi.ui import audit, page_layout, session, uploads
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import table_view

_TRIED = "_masukan_dicoba"
_FILE = "_masukan_berkas"
_LEAVING = "_masukan_berkas_lama"
_TURN = "_masukan_giliran"
_NOTES = 6


def upload_panel(view: PageContext) -> None:
    page_layout.render_section_title(_("Unggah berkas laporan"))
    if not intake_actions.allowed(view, "masukkan"):
        st.caption(
            _("Peran ini tidak memasukkan berkas.")
            if view.view_time.live
            else _("Kembali ke langsung untuk memasukkan berkas.")
        )
        return
    # A new turn gives a new, empty uploader.
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader(
        _("CSV, XLSX, JSON atau GeoJSON; judul kolom menunjukkan jenis laporan"),
        key=_uploader(turn),
    )
    _forget_replaced(file)
    if file is None:
        return
    trial = _tried(file)
    ledger = trial.ledger
    if _shown(trial):
        _would_be_stored(trial)
        st.button(
            _("Masukkan ke papan"), type="primary", on_click=_take,
            disabled=not ledger.accepted + ledger.quarantined,
        )  # fmt: skip


def _uploader(turn: int) -> str:
    return f"unggah_{turn}"


def _forget_replaced(file: Any) -> None:
    """Free the trial of the file that was here before this one, and a run later its bytes.

    For as long Streamlit remembers what a widget held, so that the bytes are counted till then.
    """
    leaving = st.session_state.pop(_LEAVING, None)
    if leaving is not None:
        uploads.release_file(leaving)
    known, now = st.session_state.get(_FILE), None if file is None else file.file_id
    st.session_state[_FILE] = now
    if known is not None and known != now:
        st.session_state.pop(_TRIED, None)
        st.session_state[_LEAVING] = known


def _tried(file: Any) -> Trial:
    """The trial of this file, made once: the page is drawn again every minute."""
    known = st.session_state.get(_TRIED)
    if known is None or known[0] != file.file_id:
        with st.spinner(_("Memeriksa berkas, belum menyimpan apa pun")):
            known = (file.file_id, intake_actions.try_file(file.name, file))
        st.session_state[_TRIED] = known
    trial: Trial = known[1]
    return trial


def _would_be_stored(trial: Trial) -> None:
    """The first rows that would be accepted, as they would be stored."""
    audit.log_viewed(trial.rows, "masukan")
    for feed, rows in trial.rows.items():
        if len(rows):
            title = _("{feed}: {n} baris pertama yang akan diterima").format(
                feed=label("feed", feed), n=i18n.format_number(len(rows))
            )
            table_view.render_table_popover(
                title, partial(intake_tables.stored_table, feed, rows), f"unggah_diterima_{feed}"
            )


def _shown(trial: Trial) -> bool:
    """Draw the trial; whether the file may be taken in by this viewer."""
    ledger = trial.ledger
    feeds = upload.list_feeds(ledger)
    if set(feeds) - set(session.viewer().role.readable_feeds(feeds)):
        st.warning(_("Berkas ini memuat laporan yang tidak boleh dilihat peran Anda."))
        return False
    if ledger.refused:
        st.text(ledger.refused)
        return False
    names = ", ".join(label("feed", feed) for feed in feeds)
    said = intake_tables.equation(
        ledger.read, ledger.accepted, ledger.duplicate, ledger.quarantined
    )
    st.text(_("Uji coba, belum disimpan. {feeds}: {said}").format(feeds=names, said=said))
    for note in ledger.notes[:_NOTES]:
        st.text(note)
    if ledger.reasons:
        title = _("Baris yang akan ditolak dan alasannya")
        if trial.more_refused:
            title = _(
                "{n} baris pertama yang akan ditolak dan alasannya; {more} lagi tidak ditampilkan"
            )
            title = title.format(
                n=i18n.format_number(len(ledger.reasons)),
                more=i18n.format_number(trial.more_refused),
            )
        table_view.render_table_popover(
            title,
            lambda: intake_tables.refused_table(ledger),
            "unggah_ditolak",
        )
    return True


def _take() -> None:
    """Take in the file in the uploader.

    It is not an argument of the button: Streamlit keeps those as long as the session lives, and
    the bytes with them.
    """
    file = st.session_state.get(_uploader(st.session_state[_TURN]))
    tried = st.session_state.get(_TRIED)
    if file is None or tried is None or tried[0] != file.file_id:  # another than was shown
        return
    intake_actions.take_file(file.name, file)
    st.session_state[_TURN] += 1
    st.session_state.pop(_TRIED, None)
    st.session_state.pop(_FILE, None)
    uploads.release_file(file.file_id)
