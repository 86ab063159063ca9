"""Files that wait for a mapping: who sent them and why they wait; one is opened, or dropped."""

import streamlit as st

from pages.intake import actions, tables
from pages.intake.mapping import render_mapping
from pages.intake.messages import render_messages
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.ingest import waiting
from situasi.ingest.readers.grid import Sheet
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.live.snapshot import Snapshot
from situasi.store.model import WAITING_FILE, StoreError, WaitingItem
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view


def render_waiting_panel(context: PageContext) -> None:
    """Draw the files that wait, and the one that is open; nothing where none waits."""
    if not context.view_time.live:
        return
    try:
        items = load_items(context.snapshot, context.viewer)
    except StoreError as error:
        markup.render_empty_state(_("Berkas yang menunggu tidak terbaca: {why}").format(why=error))
        return
    if not items:
        return
    with markup.row():
        page_layout.render_section_title(_("Menunggu pemetaan"))
        title = format_counts(_("{n} berkas yang belum dikenali"), n=len(items))
        table_view.render_table_popover(
            title, lambda: tables.build_waiting_table(items), "menunggu_pemetaan"
        )
    by_number = {item.number: item for item in items}
    number = st.selectbox(
        _("Buka berkas"),
        list(by_number),
        index=None,
        format_func=lambda number: _format_name(by_number[number]),
        key=actions.OPEN_FILE_KEY,
        placeholder=_("pilih berkas yang akan dipetakan"),
    )
    if number is not None:
        _render_file(context, by_number[number])


def load_items(snapshot: Snapshot, viewer: Viewer) -> list[WaitingItem]:
    """Return the files that this viewer may map, newest first. Raises StoreError."""
    store, cache = board().store, board().analysis_cache
    items = cache.get_or_make("waiting files", snapshot, lambda: store.waiting_items(WAITING_FILE))
    return waiting.filter_visible(items, viewer)[::-1]


def load_sheets(snapshot: Snapshot, number: int) -> list[Sheet]:
    """Return the sheets of a file. Raises StoreError."""
    store, cache = board().store, board().analysis_cache
    return cache.get_or_make(
        "waiting sheets", snapshot, lambda: waiting.load_sheets(store, number), number
    )


def _format_name(item: WaitingItem) -> str:
    text = _("{no} · {source} · {n} baris")
    return text.format(no=item.number, source=item.source, n=item.note["rows"])


def _render_file(context: PageContext, item: WaitingItem) -> None:
    """Draw why the file waits, its first rows, and the form that drops it."""
    st.text("▸ " + item.note["why"])
    for note in item.note["notes"]:
        st.caption(markup.escape_markdown(note))
    try:
        sheets = load_sheets(context.snapshot, item.number)
    except StoreError as error:
        markup.render_empty_state(_("Berkas ini tidak terbaca: {why}").format(why=error))
        return
    if context.may_act("perbaiki"):
        file = WaitingFile(item, sheets)
        render_messages(context, file)
        render_mapping(context, file)
        _render_drop_form(item)
    else:
        st.caption(_("Peran ini melihat berkas yang menunggu, tidak memetakannya."))


def _render_drop_form(item: WaitingItem) -> None:
    with (
        st.popover(_("Buang berkas"), key="buang_berkas"),
        st.form("buang", border=False, clear_on_submit=True),
    ):
        st.text(_("Berkas ini tidak lagi menunggu; tidak ada barisnya yang masuk."))
        reason = st.text_input(_("Alasan membuang"), max_chars=200)
        if st.form_submit_button(_("Buang berkas")):
            if not reason.strip():
                st.warning(_("Tulis alasannya."))
                return
            actions.drop_file(item.number, reason)
            st.rerun()
