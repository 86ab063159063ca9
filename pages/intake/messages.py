"""A file of messages among those that wait: moved to the tray of Lapor, where they are read."""

from collections.abc import Sequence

import streamlit as st

from pages.intake import actions
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.ingest import waiting_messages
from situasi.ingest.readers.grid import Sheet
from situasi.store.model import WaitingItem
from situasi.ui.page_context import PageContext


def render_messages(context: PageContext, item: WaitingItem, sheets: Sequence[Sheet]) -> None:
    """Draw the button that moves the messages of a file; nothing where it holds none."""
    messages = board().analysis_cache.get_or_make(
        "waiting messages",
        context.snapshot,
        lambda: waiting_messages.find_messages(sheets, board().ingest_context),
        item.number,
    )
    if not messages:
        return
    st.text(_("Tiap baris berkas ini pesan. Di Lapor pesan dibaca satu per satu, lalu diputuskan."))
    st.button(
        format_counts(_("Pindahkan {n} pesan ke Lapor"), n=len(messages)),
        type="primary", key=f"pesan_{item.number}",
        on_click=actions.move_messages, args=(item, messages),
    )  # fmt: skip
