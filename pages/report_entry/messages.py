"""Pasted messages: read into proposed rows, shown a screenful at a time, taken when confirmed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from pages.report_entry import fields, proposals
from pages.report_entry.paste_state import Pasted
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ingest.messages.chat_splitter import Message, MessageKind, split_chat, split_chat_file
from situasi.ingest.messages.extractor import extract_all, filter_by_day
from situasi.ingest.messages.proposal import Proposal
from situasi.ingest.tables import SourceError
from situasi.ui import page_layout
from situasi.ui.components import markup

# Messages on one screen: so many are read before they are confirmed.
SCREENFUL = 20
# Characters that are pasted at once, far below what the server takes in one message; the export of
# a whole conversation is handed in as a file.
MOST_PASTED = 200_000
_READ, _TURN, _REFUSED = "_lapor_pesan", "_lapor_pesan_giliran", "_lapor_pesan_ditolak"


def messages_panel() -> None:
    _paste()
    pasted: Pasted | None = st.session_state.get(_READ)
    if pasted is None:
        return
    _counts(pasted)
    if pasted.proposals:
        proposals.screenful(pasted, SCREENFUL)
        _turning(pasted)


def _paste() -> None:
    """Where messages are pasted or a chat is handed in; emptied once they are read."""
    turn = st.session_state.setdefault(_TURN, 0)
    with st.form(f"isian_tempel_{turn}", border=False):
        text = st.text_area(
            _("Tempel pesan"), height=160, key=f"tempel_{turn}", max_chars=MOST_PASTED,
            placeholder=_("Satu pesan atau banyak, disalin dari WhatsApp"),
        )  # fmt: skip
        left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
        file = left.file_uploader(_("atau ekspor percakapan (.txt)"), type="txt", key=f"txt_{turn}")
        day = middle.date_input(
            _("Hari pesan"), fields.sent().sent_at.date(), key=f"hari_{turn}", format="DD/MM/YYYY",
            help=_("Dari ekspor dibaca hari itu saja; pesan tanpa tanggal dianggap hari itu."),
        )  # fmt: skip
        pressed = right.form_submit_button(_("Baca pesan"), type="primary")
    if pressed and (text.strip() or file is not None):
        _read(text, file, day)
        st.rerun()
    if why := st.session_state.get(_REFUSED):
        st.warning(why)


def _read(text: str, file: Any, day: date) -> None:
    """Read a paste into proposals, and forget the paste: it may hold names and votes."""
    zone = board().register.election.zone
    try:
        messages = split_chat(text) if text.strip() else []
        if file is not None:
            messages += filter_by_day(_of_file(file), day, zone)
        with st.spinner(_("Membaca pesan, belum menyimpan apa pun")):
            found = [
                proposal for _m, proposal in extract_all(messages, board().ingest_context, day)
            ]
    except SourceError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_REFUSED] = None
    st.session_state[_TURN] += 1
    st.session_state[_READ] = _sorted(found, datetime.combine(day, datetime.min.time(), zone))


def _of_file(file: Any) -> list[Message]:
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "percakapan.txt"
        path.write_bytes(file.getvalue())
        return split_chat_file(path)


def _sorted(found: Sequence[Proposal], midnight: datetime) -> Pasted:
    reports = [proposal for proposal in found if proposal.kind is MessageKind.REPORT]
    # A number that nobody understood is never passed over, whatever else the message tells.
    shown = [proposal for proposal in reports if proposal.rows or proposal.unread_numbers]
    silent = sum(not proposal.rows for proposal in reports)
    passed = len(found) - len(reports)
    return Pasted(st.session_state[_TURN], midnight, shown, silent, passed)


def _counts(pasted: Pasted) -> None:
    said = _("{n} pesan berisi laporan, {s} tanpa laporan yang dikenali, {p} bukan pesan tertulis")
    page_layout.render_section_title(
        said.format(
            n=i18n.format_number(sum(bool(one.rows) for one in pasted.proposals)),
            s=i18n.format_number(pasted.silent), p=i18n.format_number(pasted.passed),
        )
    )  # fmt: skip
    numbered = sum(not one.rows for one in pasted.proposals)
    if numbered:
        said = _("{n} pesan tanpa laporan memuat angka, dan ditunjukkan juga di bawah ini.")
        st.caption(said.format(n=i18n.format_number(numbered)))
    if not pasted.proposals:
        markup.render_empty_state(
            _("Tidak ada laporan yang dikenali dalam teks ini. Isi lewat Kejadian atau TPS.")
        )


def _turning(pasted: Pasted) -> None:
    last = min(pasted.first + SCREENFUL, len(pasted.proposals))
    with markup.row():
        st.button(
            _("Sebelumnya"), disabled=pasted.first == 0, on_click=_turn, args=(pasted, -SCREENFUL),
            key="pesan_sebelum",
        )  # fmt: skip
        said = _("Pesan {a} sampai {b} dari {n}")
        st.caption(
            said.format(a=pasted.first + 1, b=last, n=i18n.format_number(len(pasted.proposals)))
        )
        st.button(
            _("Berikutnya"), disabled=last == len(pasted.proposals), on_click=_turn,
            args=(pasted, SCREENFUL), key="pesan_sesudah",
        )  # fmt: skip


def _turn(pasted: Pasted, by: int) -> None:
    pasted.first += by
