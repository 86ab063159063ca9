"""Files of messages: one that waits is moved to the tray of Lapor; those moved are listed."""

import streamlit as st
from markupsafe import Markup

from pages.intake import actions, tables
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest import message_delivery, waiting, waiting_messages
from situasi.ingest.message_delivery import MessageFile
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.store.model import WAITING_FILE, StoreError
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view


def render_messages(context: PageContext, file: WaitingFile) -> None:
    """Draw the button that moves the messages of a file; nothing where it holds none.

    What its rows were read as before is withdrawn then.
    """
    messages = board().analysis_cache.get_or_make(
        "waiting messages",
        context.snapshot,
        lambda: waiting_messages.find_messages(file.sheets, board().ingest_context),
        file.item.number,
    )
    if not messages:
        return
    st.text(_("Tiap baris berkas ini pesan. Di Lapor pesan dibaca satu per satu, lalu diputuskan."))
    st.button(
        format_counts(_("Pindahkan {n} pesan ke Lapor"), n=len(messages)),
        type="primary", key=f"pesan_{file.item.number}",
        on_click=actions.move_messages, args=(file, messages),
    )  # fmt: skip


def render_message_files(context: PageContext) -> None:
    """Draw the files of messages and the way to the tray; nothing where none came."""
    if not context.view_time.live:
        return
    try:
        files = _load_message_files(context)
    except StoreError as error:
        markup.render_empty_state(_("Berkas pesan tidak terbaca: {why}").format(why=error))
        return
    if not files:
        return
    title = format_counts(_("{n} berkas pesan"), n=len(files))
    with markup.inline_row("jalan_berkas_pesan", "content"):
        table_view.render_table_popover(
            title, lambda: tables.build_message_file_table(files), "berkas_pesan"
        )
        if context.viewer.may_open("lapor") and context.may_act("masukkan"):
            url = f"lapor?isi=baki&lang={i18n.current_language()}"
            link = markup.build_header_link(label("lapor_isi", "baki"), url)
            markup.render(Markup('<span class="si-tray">{}</span>').format(link))


def _load_message_files(context: PageContext) -> list[MessageFile]:
    """Return the files of messages that this viewer may see, newest first. Raises StoreError."""
    store = board().store
    items = board().analysis_cache.get_or_make(
        "files of messages",
        context.snapshot,
        lambda: [
            file.item
            for file in message_delivery.list_message_files(
                store.waiting_items(WAITING_FILE, include_settled=True)
            )
        ],
    )
    visible = waiting.filter_visible(items, context.viewer)
    return message_delivery.list_message_files(visible)[::-1]
