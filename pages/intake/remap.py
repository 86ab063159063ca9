"""A delivered file that was read wrongly, opened for a mapping that replaces what was read."""

from functools import partial

import pandas as pd
import streamlit as st

from pages.intake import actions
from pages.intake.mapping import render_mapping
from pages.intake.messages import render_messages
from situasi.board import current_board as board
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest import withdrawal, write_scope
from situasi.ingest.remapping.delivered_files import open_delivered_file
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.ingest.withdrawal import WithdrawalRefused
from situasi.ingest.write_scope import WriteRefused
from situasi.store.model import StoreError
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext


def render_remap_panel(context: PageContext) -> bool:
    """Draw the file that is open for another mapping; return whether one is."""
    batch = st.session_state.get(actions.REMAP_KEY)
    if batch is None or not context.may_act("perbaiki"):
        return False
    with markup.row():
        title = _("Petakan ulang kiriman {no}").format(no=batch)
        page_layout.render_section_title(title)
        st.button(_("Tutup, tanpa mengubah"), key="tutup_petakan", on_click=actions.close_remap)
    try:
        file = _load_file(context, batch)
        scope = write_scope.build_viewer_scope(context.viewer, "perbaiki")
        for number in file.replaces:
            withdrawal.check_withdrawal(board().store, scope, number)
    except (StoreError, WriteRefused, WithdrawalRefused) as error:
        markup.render_empty_state(str(error))
        return True
    st.text("▸ " + _describe(context.snapshot.batches, file))
    render_messages(context, file)
    render_mapping(context, file)
    return True


def _load_file(context: PageContext, batch: int) -> WaitingFile:
    current, viewer = board(), context.viewer
    return current.analysis_cache.get_or_make(
        "delivered file",
        context.snapshot,
        lambda: open_delivered_file(current.store, current.ingest_context, viewer, batch),
        viewer.name, viewer.role.name, viewer.area, batch,
    )  # fmt: skip


def _describe(batches: pd.DataFrame, file: WaitingFile) -> str:
    """Return what becomes of the deliveries by which a file was read before."""
    theirs = batches[batches["batch"].isin(list(file.replaces))]
    if theirs.empty:
        text = _("{name}: kirimannya sudah ditarik; dengan pemetaan ini berkasnya dibaca lagi.")
        return text.format(name=file.item.source)
    text = _(
        "{name}: saat disimpan, kiriman {no} ditarik ({a} baris diterima, {q} di karantina) dan "
        "seluruh berkas dibaca lagi dengan pemetaan ini. Tanpa disimpan tidak ada yang berubah."
    )
    accepted, held = (format_number(int(theirs[n].sum())) for n in ("accepted", "quarantined"))
    numbers = ", ".join(map(str, theirs["batch"]))
    return text.format(name=file.item.source, no=numbers, a=accepted, q=held)


def render_remap_button(context: PageContext, batch: int, source: str, key: str) -> None:
    """Draw the button that opens the file of a delivery for another mapping."""
    if context.may_act("perbaiki"):
        st.button(
            _("Petakan ulang berkas ini"), key=f"petakan_{key}", help=source,
            on_click=partial(actions.open_remap, batch),
        )  # fmt: skip


def render_remap_form(deliveries: pd.DataFrame) -> None:
    """Draw the choice of a delivery whose file is opened for another mapping."""
    names = {
        int(batch): f"{batch} · {source} · {label('feed', feed)}"
        for batch, source, feed in deliveries[["batch", "source", "feed"]].to_numpy()
    }
    with st.popover(_("Petakan ulang"), key="petakan_ulang", disabled=deliveries.empty):
        st.text(
            _("Berkas yang terbaca keliru atau sebagian dibaca lagi menurut kolom yang Anda pilih; "
              "kirimannya yang lama ditarik. Sebelum disimpan tampak apa jadinya.")
        )  # fmt: skip
        batch = st.selectbox(
            _("Kiriman yang dipetakan ulang"), list(names), index=None,
            format_func=names.__getitem__, placeholder=_("pilih kiriman"),
            key="petakan_kiriman",
        )  # fmt: skip
        if batch is not None:
            st.button(
                _("Buka pemetaannya"), key="petakan_buka",
                on_click=partial(actions.open_remap, batch),
            )  # fmt: skip
