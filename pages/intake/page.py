"""Masukan: every source, its deliveries, silent feeds, and the rows in quarantine."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from pages.intake import actions, data, tables
from pages.intake.forms import render_forms_popover
from pages.intake.kpis import build_kpis
from pages.intake.messages import render_message_files
from pages.intake.quarantine import render_quarantine_panel
from pages.intake.remap import render_remap_form, render_remap_panel
from pages.intake.upload import render_upload_panel
from pages.intake.waiting import render_waiting_panel
from situasi.analysis.deliveries import DeliverySummary
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, inbox_failures, page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view


def show(context: PageContext) -> None:
    """Draw the page Masukan."""
    context = page_layout.begin_page(
        context, label("screen", "masukan"), partial(data.render_feed_filter, context.viewer)
    )
    feeds = data.selected_feeds(context.viewer)
    intake = data.compute_intake(context, feeds)
    past_context = replace(context, view_time=replace(context.view_time, live=False))
    baseline = comparison.compute_baseline(
        context,
        "masukan",
        lambda past: (data.compute_intake(past, feeds),),
        lambda past_intake: build_kpis(past_context, past_intake),
    )
    render_kpi_row(build_kpis(context, intake), baseline)
    actions.render_outcome()
    if context.kecamatan:
        st.caption(
            _("Saringan kecamatan tidak berlaku di sini: satu kiriman memuat banyak kecamatan, "
              "dan baris karantina sering tidak menyebut tempat.")
        )  # fmt: skip
    if render_remap_panel(context):
        return
    render_waiting_panel(context)
    left, right = st.columns([5, 2])
    with left:
        render_sources_panel(context, intake)
        inbox_failures.render_panel(context)
    with right:
        render_upload_panel(context)
        render_forms_popover(context)
        render_message_files(context)
    render_quarantine_panel(context, intake, feeds)
    render_delivery_panel(context, intake)


def render_delivery_panel(context: PageContext, intake: DeliverySummary) -> None:
    """Draw the deliveries, and the form that withdraws one."""
    batches = intake.batches
    with markup.row():
        page_layout.render_section_title(_("Buku kiriman"))
        if context.may_act("perbaiki"):
            # A batch without rows dropped rows of quarantine, which then wait again.
            has_rows = (batches[["valid", "duplicate"]] > 0).any(axis=1) | (batches["read"] == 0)
            with markup.inline_row("buku_kiriman", "content"):
                render_remap_form(batches[batches["read"] > 0])
                _render_withdrawal_form(batches[has_rows & batches["withdrawn_by"].isna()])
    if batches.empty:
        page_layout.render_missing_data(_("Belum ada kiriman."))
        return
    balance = tables.format_row_balance(
        batches[["read", "accepted", "duplicate", "quarantined"]].sum()
    )
    st.caption(balance + ". " + _("Kiriman ulang tanpa hal baru hanya dicatat dalam jejak."))
    if not context.view_time.live and (batches["recorded_at"] > context.view_time.at).any():
        st.caption(
            _("Kiriman latihan dan riwayat dicatat dengan jam sebenarnya, sesudah saat ini; ia "
              "ditunjukkan sejak baris pertamanya diketahui, dengan jumlah seluruh kirimannya.")
        )  # fmt: skip
    table = render_cache.get_or_build("kiriman", None, (batches,), tables.build_delivery_table)
    table_view.render_table(table, "kiriman", _("Buku kiriman"))


def _render_withdrawal_form(deliveries: pd.DataFrame) -> None:
    popover = st.popover(_("Tarik kiriman"), key="tarik", disabled=deliveries.empty)
    names = {
        int(batch): f"{batch} · {source} · {label('feed', feed)}"
        for batch, source, feed in deliveries[["batch", "source", "feed"]].to_numpy()
    }
    with popover, st.form("tarik_kiriman", border=False, clear_on_submit=True):
        st.text(
            _("Semua baris kiriman ini hilang dari papan, kecuali yang juga dibawa kiriman lain; "
              "tidak ada yang dihapus, dan berkasnya boleh dikirim lagi. Baris karantinanya tetap "
              "menunggu perbaikan.")
        )  # fmt: skip
        batch = st.selectbox(
            _("Kiriman"), list(names), format_func=names.__getitem__, index=None,
            placeholder=_("pilih kiriman"),
        )  # fmt: skip
        reason = st.text_input(_("Alasan"), max_chars=200)
        is_confirmed = st.checkbox(_("Ya, tarik kiriman ini"))
        if st.form_submit_button(_("Tarik kiriman")):
            if batch is None or not reason.strip() or not is_confirmed:
                st.warning(_("Pilih kiriman, tulis alasan, dan beri tanda setuju."))
                return
            actions.withdraw(batch, reason.strip())
            st.rerun()


def render_sources_panel(context: PageContext, intake: DeliverySummary) -> None:
    """Draw the feeds, and the sources by file."""
    with markup.row():
        page_layout.render_section_title(_("Sumber laporan"))
        table_view.render_table_popover(
            _("Menurut berkas"), lambda: tables.build_source_table(intake.sources), "sumber_berkas"
        )
    is_quarantine_known = data.can_show_quarantine(context)
    build = partial(tables.build_feed_table, waiting=is_quarantine_known)
    table = render_cache.get_or_build("sumber", is_quarantine_known, (intake.feeds,), build)
    # How many deliveries each had stands with their sources.
    table_view.render_table(table, "sumber", _("Sumber laporan"), file_only=[_("kiriman")])
