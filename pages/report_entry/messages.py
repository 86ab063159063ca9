"""Pasted messages: read into proposed rows, shown page by page, ingested when confirmed."""

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from pages.report_entry import fields, message_text, proposals
from pages.report_entry.proposals import Paste
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.ingest.messages.chat_splitter import Message, MessageKind, split_chat, split_chat_file
from situasi.ingest.messages.extractor import extract_all, filter_by_day
from situasi.ingest.messages.proposal import Proposal
from situasi.ingest.tables import SourceError
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext

# Messages on one screen, which are read before they are confirmed together.
PAGE_SIZE = 20
# Limit of one paste, far below what the server takes in one message; the export of a whole
# conversation is uploaded as a file.
MAX_PASTE_CHARS = 200_000
_PASTE_KEY, _PASTE_NUMBER_KEY = "_lapor_pesan", "_lapor_pesan_giliran"
_ERROR_KEY = "_lapor_pesan_ditolak"


def render_messages_panel(context: PageContext) -> None:
    """Draw the paste form and the proposals of the current paste."""
    _render_paste_form(context)
    paste: Paste | None = st.session_state.get(_PASTE_KEY)
    if paste is None:
        return
    _render_counts(paste)
    if paste.proposals:
        proposals.render_proposals(context, paste, PAGE_SIZE)
        _render_pager(paste)


def _render_paste_form(context: PageContext) -> None:
    """Draw the form for a paste or a chat export; it is emptied once the messages are read."""
    turn = st.session_state.setdefault(_PASTE_NUMBER_KEY, 0)
    with st.form(f"isian_tempel_{turn}", border=False):
        text = st.text_area(
            _("Tempel pesan"), height=160, key=f"tempel_{turn}", max_chars=MAX_PASTE_CHARS,
            placeholder=_("Satu pesan atau banyak, disalin dari WhatsApp"),
        )  # fmt: skip
        left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
        file = left.file_uploader(_("atau ekspor percakapan (.txt)"), type="txt", key=f"txt_{turn}")
        day = middle.date_input(
            _("Hari pesan"),
            fields.current_submission(context).sent_at.date(),
            key=f"hari_{turn}",
            format="DD/MM/YYYY",
            help=_("Dari ekspor dibaca hari itu saja; pesan tanpa tanggal dianggap hari itu."),
        )
        pressed = right.form_submit_button(_("Baca pesan"), type="primary")
    if pressed and (text.strip() or file is not None):
        _read_paste(text, file, day)
        st.rerun()
    if error_text := st.session_state.get(_ERROR_KEY):
        st.warning(error_text)


def _read_paste(text: str, file: Any, day: date) -> None:
    """Read a paste into proposals and discard its text: it may contain names and votes."""
    zone = board().register.election.zone
    try:
        messages = split_chat(text) if text.strip() else []
        if file is not None:
            messages += filter_by_day(_split_uploaded_file(file), day, zone)
        with st.spinner(_("Membaca pesan, belum menyimpan apa pun")):
            parsed = [
                proposal
                for _message, proposal in extract_all(messages, board().ingest_context, day)
            ]
    except SourceError as error:
        st.session_state[_ERROR_KEY] = str(error)
        return
    st.session_state[_ERROR_KEY] = None
    st.session_state[_PASTE_NUMBER_KEY] += 1
    st.session_state[_PASTE_KEY] = _build_paste(
        parsed, datetime.combine(day, datetime.min.time(), zone)
    )


def _split_uploaded_file(file: Any) -> list[Message]:
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "percakapan.txt"
        path.write_bytes(file.getvalue())
        return split_chat_file(path)


def _build_paste(proposals_read: Sequence[Proposal], midnight: datetime) -> Paste:
    reports = [proposal for proposal in proposals_read if proposal.kind is MessageKind.REPORT]
    # A message with a number that was not understood is always shown.
    listed = [proposal for proposal in reports if proposal.rows or proposal.unread_numbers]
    unrecognized = sum(not proposal.rows for proposal in reports)
    others = len(proposals_read) - len(reports)
    return Paste(st.session_state[_PASTE_NUMBER_KEY], midnight, listed, unrecognized, others)


def _render_counts(paste: Paste) -> None:
    text = _("{n} pesan berisi laporan, {s} tanpa laporan yang dikenali, {p} bukan pesan tertulis")
    page_layout.render_section_title(
        format_counts(
            text,
            n=sum(bool(proposal.rows) for proposal in paste.proposals),
            s=paste.unrecognized_count,
            p=paste.non_text_count,
        )
    )
    number_only_count = sum(not proposal.rows for proposal in paste.proposals)
    if number_only_count:
        text = _("{n} pesan tanpa laporan memuat angka, dan ditunjukkan juga di bawah ini.")
        st.caption(format_counts(text, n=number_only_count))
    if not paste.proposals:
        markup.render_empty_state(
            _("Tidak ada laporan yang dikenali dalam teks ini. Isi lewat Kejadian atau TPS.")
        )


def _render_pager(paste: Paste) -> None:
    last = min(paste.first_index + PAGE_SIZE, len(paste.proposals))
    first, count = paste.first_index, len(paste.proposals)
    text = _("Pesan {a} sampai {b} dari {n}").format(a=first + 1, b=last, n=format_number(count))
    on_turn = partial(_on_turn_page, paste)
    message_text.render_pager("pesan", text, first > 0, last < count, on_turn)


def _on_turn_page(paste: Paste, pages: int) -> None:
    paste.first_index += pages * PAGE_SIZE
