"""Uploading a file: first a trial that stores nothing, then the ingest."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages.intake import actions, tables
from pages.intake.actions import UploadTrial
from situasi.access.roles import Viewer
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest import upload
from situasi.ingest.pipeline import IngestResult
from situasi.ui import audit, page_layout, uploads
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view

_TRIAL_KEY = "_masukan_dicoba"
_FILE_KEY = "_masukan_berkas"
_REPLACED_FILE_KEY = "_masukan_berkas_lama"
_UPLOADER_NUMBER_KEY = "_masukan_giliran"
_MAX_NOTES = 6


def render_upload_panel(context: PageContext) -> None:
    """Draw the uploader, the trial of the file, and the button that ingests it."""
    page_layout.render_section_title(_("Unggah berkas laporan"))
    if not context.may_act("masukkan"):
        st.caption(
            _("Peran ini tidak memasukkan berkas.")
            if context.view_time.live
            else _("Kembali ke langsung untuk memasukkan berkas.")
        )
        return
    # A new number gives a new, empty uploader.
    number = st.session_state.setdefault(_UPLOADER_NUMBER_KEY, 0)
    file = st.file_uploader(
        _("CSV, XLSX, XLS, ODS, JSON, GeoJSON atau ZIP; judul kolom menunjukkan jenis laporan"),
        key=_build_uploader_key(number),
    )
    _free_replaced_file(file)
    if file is None:
        return
    trial = _get_trial(file)
    result = trial.result
    if _render_trial(context.viewer, trial):
        _render_preview(trial)
        may_wait = result.waiting is not None
        has_messages = result.messages is not None and result.messages.waiting > 0
        with markup.row():
            st.button(
                _name_button(result),
                type="primary" if result.accepted or may_wait or has_messages else "secondary",
                on_click=_on_ingest,
                disabled=not (result.accepted + result.quarantined or may_wait or has_messages),
            )  # fmt: skip
            if upload.list_feeds(result) and context.may_act("perbaiki"):
                st.button(
                    _("Petakan kolomnya dulu"), on_click=_on_hold, key="petakan_dulu",
                    help=_("Bila papan keliru membaca berkas ini: tidak ada yang masuk sebelum "
                           "pemetaannya disimpan."),
                )  # fmt: skip


def _name_button(result: IngestResult) -> str:
    if result.messages is not None:
        return _("Pindahkan pesannya ke Lapor")
    return _("Simpan untuk dipetakan") if result.waiting is not None else _("Masukkan ke papan")


def _build_uploader_key(number: int) -> str:
    return f"unggah_{number}"


def _free_replaced_file(file: Any) -> None:
    """Free the trial of the previous file, and one run later its bytes.

    Streamlit keeps the value of a widget that long, so the bytes count until then.
    """
    replaced_id = st.session_state.pop(_REPLACED_FILE_KEY, None)
    if replaced_id is not None:
        uploads.release_file(replaced_id)
    previous_id = st.session_state.get(_FILE_KEY)
    current_id = None if file is None else file.file_id
    st.session_state[_FILE_KEY] = current_id
    if previous_id is not None and previous_id != current_id:
        st.session_state.pop(_TRIAL_KEY, None)
        st.session_state[_REPLACED_FILE_KEY] = previous_id


def _get_trial(file: Any) -> UploadTrial:
    """Return the trial of this file, made once: the page is drawn again every minute."""
    entry = st.session_state.get(_TRIAL_KEY)
    if entry is None or entry[0] != file.file_id:
        with st.spinner(_("Memeriksa berkas, belum menyimpan apa pun")):
            entry = (file.file_id, actions.try_upload(file.name, file))
        st.session_state[_TRIAL_KEY] = entry
    trial: UploadTrial = entry[1]
    return trial


def _render_preview(trial: UploadTrial) -> None:
    """Draw the first rows that would be accepted, as they would be stored."""
    audit.log_viewed(trial.preview_rows, "masukan")
    for feed, rows in trial.preview_rows.items():
        if len(rows):
            title = _("{feed}: {n} baris pertama yang akan diterima").format(
                feed=label("feed", feed), n=format_number(len(rows))
            )
            table_view.render_table_popover(
                title, partial(tables.build_stored_table, feed, rows), f"unggah_diterima_{feed}"
            )


def _render_trial(viewer: Viewer, trial: UploadTrial) -> bool:
    """Draw the trial; return whether the viewer may ingest the file."""
    result = trial.result
    feeds = upload.list_feeds(result)
    if set(feeds) - set(viewer.role.readable_feeds(feeds)):
        st.warning(_("Berkas ini memuat laporan yang tidak boleh dilihat peran Anda."))
        return False
    if result.refused:
        st.text(result.refused)
        return False
    st.text(_format_trial(result, feeds))
    for note in result.notes[:_MAX_NOTES]:
        st.text(note)
    if result.reasons:
        _render_refused(trial)
    return True


def _format_trial(result: IngestResult, feeds: Sequence[str]) -> str:
    """Return what would become of the file: it waits, its messages move, or its rows come in."""
    if result.waiting is not None:
        return _(
            "Uji coba, belum disimpan. Berkas ini belum dikenali; simpan, lalu petakan kolomnya."
        )
    if result.messages is not None:
        return _("Uji coba, belum disimpan. Isi berkas ini pesan; di Lapor dibaca satu per satu.")
    names = ", ".join(label("feed", feed) for feed in feeds)
    balance = tables.format_row_balance(result)
    return _("Uji coba, belum disimpan. {feeds}: {said}").format(feeds=names, said=balance)


def _render_refused(trial: UploadTrial) -> None:
    """Draw the rows that would be refused, with their reasons, behind a button."""
    result, title = trial.result, _("Baris yang akan ditolak dan alasannya")
    if trial.more_refused_count:
        title = _(
            "{n} baris pertama yang akan ditolak dan alasannya; {more} lagi tidak ditampilkan"
        )
        title = format_counts(title, n=len(result.reasons), more=trial.more_refused_count)
    table_view.render_table_popover(
        title, lambda: tables.build_refused_table(result), "unggah_ditolak"
    )


def _on_ingest() -> None:
    """Ingest the file in the uploader."""
    _take_file(lambda file, _result: actions.ingest_file(file.name, file))


def _on_hold() -> None:
    """Let the file in the uploader wait for a mapping."""
    _take_file(
        lambda file, result: actions.hold_file(file.name, file, upload.list_feeds(result)[0])
    )


def _take_file(act: Callable[[Any, IngestResult], None]) -> None:
    """Do something with the file in the uploader, and empty that.

    It is not an argument of the button, because Streamlit keeps those, and so the bytes, as long as
    the session exists.
    """
    file = st.session_state.get(_build_uploader_key(st.session_state[_UPLOADER_NUMBER_KEY]))
    entry = st.session_state.get(_TRIAL_KEY)
    if file is None or entry is None or entry[0] != file.file_id:  # not the file that was shown
        return
    act(file, entry[1].result)
    st.session_state[_UPLOADER_NUMBER_KEY] += 1
    st.session_state.pop(_TRIAL_KEY, None)
    st.session_state.pop(_FILE_KEY, None)
    uploads.release_file(file.file_id)
