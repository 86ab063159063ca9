"""Rows in quarantine: their reasons, the correction of one row, and files for the senders."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.intake import actions, data, tables
from pages.intake.data import QuarantineRows
from pages.intake.remap import render_remap_button
from situasi.access.roles import Viewer
from situasi.analysis.deliveries import DeliverySummary
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.ingest import quarantine
from situasi.ingest.readers import reserved_columns
from situasi.ingest.validation.column_mapping import EXPORT_HEADINGS
from situasi.store.model import QuarantinedRow, StoreError
from situasi.ui import audit, page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

# Longest list to choose from; the filters shorten it.
_MAX_CHOICES = 300
_MAX_DROPPED = 1_000  # at once


def render_quarantine_panel(
    context: PageContext, intake: DeliverySummary, feeds: tuple[str, ...]
) -> None:
    """Draw the rows in quarantine, and the form that corrects one."""
    page_layout.render_section_title(_("Karantina: baris yang belum dapat diterima"))
    if not data.can_show_quarantine(context):
        st.caption(_("Dalam latihan, karantina hanya ditunjukkan untuk keadaan sekarang."))
        return
    try:
        quarantined = data.load_quarantine(context, feeds)
    except StoreError as error:
        markup.render_empty_state(_("Karantina tidak terbaca: {why}").format(why=error))
        return
    if quarantined.rows.empty:
        markup.render_empty_state(
            _("Tidak ada baris yang menunggu. Baris yang ditolak muncul di sini.")
        )
        return
    audit.log_viewed(set(quarantined.rows["feed"]), "masukan")
    left, right = st.columns([3, 2])
    with left:
        rows = _render_reason_filter(quarantined)
        _render_rows(rows, intake)
        with markup.row():
            _render_return_file(context.viewer, rows)
            if context.may_act("perbaiki"):
                _render_drop_popover(context.viewer, rows)
    with right:
        _render_correction(context, rows)


def _render_reason_filter(quarantine_rows: QuarantineRows) -> pd.DataFrame:
    """Draw the reasons with their counts; return the rows of the chosen one, or all."""
    rows, reasons = quarantine_rows.rows, quarantine_rows.reasons
    counts = reasons.groupby("kind", sort=False)["rows"].sum().to_dict()
    with markup.row():
        kind = st.selectbox(
            _("Alasan"),
            ["", *counts],
            format_func=lambda kind: (
                f"{format_number(counts[kind])} · {kind}" if kind else _("semua alasan")
            ),
            key="alasan",
            label_visibility="collapsed",
        )
        table_view.render_table_popover(
            _("Alasan dan jumlahnya"), lambda: tables.build_reason_table(reasons), "alasan_jumlah"
        )
    if not kind:
        return rows
    return render_cache.get_or_build("alasan", kind, (rows,), partial(_select_reason, str(kind)))


def _select_reason(reason_kind: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[reason_kind in kinds for kinds in rows["kinds"]]]


def _render_rows(rows: pd.DataFrame, intake: DeliverySummary) -> None:
    table = render_cache.get_or_build("menunggu", None, (rows, intake.batches), _build_table)
    table_view.render_table(table, "menunggu", _("Baris menunggu"))


def _build_table(rows: pd.DataFrame, deliveries: pd.DataFrame) -> Table:
    withdrawn = set(deliveries.loc[deliveries["withdrawn_by"].notna(), "batch"])
    exercise_batches = set(deliveries.loc[deliveries["is_exercise"], "batch"])
    return tables.build_quarantine_table(rows.iloc[::-1], withdrawn, exercise_batches)


def _render_return_file(viewer: Viewer, rows: pd.DataFrame) -> None:
    """Draw the download of the rows of one sender, with their reasons."""
    files = list(dict.fromkeys(zip(rows["feed"], rows["source"], strict=True)))
    feed, source = st.selectbox(
        _("Kembalikan ke pengirim"),
        files,
        format_func=lambda item: f"{item[1]} · {label('feed', item[0])}",
        key="pengirim",
    )
    source_rows = rows[(rows["feed"] == feed) & (rows["source"] == source)]
    audit.render_download_button(
        format_counts(_("Unduh {n} baris untuk diperbaiki"), n=len(source_rows)),
        partial(_build_return_file, viewer, source_rows["number"].tolist()),
        {"table": "karantina", "feed": feed, "source": source},
        "csv",
        len(source_rows),
        file_name=f"karantina_{feed}_{source.rpartition('.')[0] or source}.csv",
        mime="text/csv",
        key="kembalikan",
    )


def _build_return_file(viewer: Viewer, numbers: Sequence[int]) -> bytes:
    rows = quarantine.find_visible_rows(board().store, viewer, numbers)
    return quarantine.format_csv(rows).encode("utf-8-sig", "replace")


def _render_drop_popover(viewer: Viewer, rows: pd.DataFrame) -> None:
    """Draw the form that takes the listed rows out of quarantine as no reports."""
    numbers = rows["number"].tolist()[:_MAX_DROPPED]
    title = format_counts(_("Sisihkan {n} baris"), n=len(numbers))
    with st.popover(title, key="sisihkan"), st.form("sisihkan_baris", border=False):
        st.text(
            _("Baris ini bukan laporan dan tidak menunggu lagi. Tidak ada yang dihapus: menarik "
              "kirimannya di Buku kiriman mengembalikannya ke karantina.")
        )  # fmt: skip
        reason = st.text_input(_("Alasan"), max_chars=200)
        if st.form_submit_button(title):
            if not reason.strip():
                st.warning(_("Tulis alasan."))
                return
            actions.drop(viewer, numbers, reason.strip())
            st.rerun()


def _render_correction(context: PageContext, rows: pd.DataFrame) -> None:
    """Draw one row with its cells, to be corrected and released."""
    newest = rows.iloc[::-1].head(_MAX_CHOICES)
    text = _("{no} · {source} baris {row}")
    names = {
        number: text.format(no=number, source=source, row=row)
        for number, source, row in zip(
            newest["number"], newest["source"], newest["row"], strict=True
        )
    }
    number = st.selectbox(
        _("Perbaiki baris"), list(names), format_func=names.__getitem__, key="perbaiki"
    )
    if len(rows) > _MAX_CHOICES:
        text = _("{n} terbaru dari {all}; pilih alasan atau jenis laporan untuk yang lain")
        st.caption(format_counts(text, n=_MAX_CHOICES, all=len(rows)))
    try:
        visible = quarantine.find_visible_rows(board().store, context.viewer, [number])
    except StoreError as error:
        markup.render_empty_state(_("Baris ini tidak terbaca: {why}").format(why=error))
        return
    if not visible:
        st.caption(_("Baris ini baru saja dilepaskan."))
        return
    render_row_form(visible[0], may_correct=context.may_act("perbaiki"))
    render_remap_button(context, visible[0].batch, visible[0].source, "baris")


_LONG_CELL_CHARS = 60  # longer cells need a whole line
# Columns that ingest fills by itself.
_COMPUTED_COLUMNS = {"flags", "latihan", "precision"}


def render_row_form(row: QuarantinedRow, *, may_correct: bool) -> None:
    """Draw the row; a viewer who may correct it can change its cells and release it."""
    for reason in row.reasons:
        st.text("▸ " + reason)
    for heading in sorted(set(row.raw) & reserved_columns.ALL):
        st.caption(_("Isi lain dari baris ini"))
        st.text(reserved_columns.excerpt(row.raw[heading], 300))
    with st.form(f"baris_{row.number}", border=False):
        changed = _render_cell_inputs(row, may_correct=may_correct)
        changed |= _render_extra_cell(row) if may_correct else {}
        if st.form_submit_button(
            _("Periksa dan lepaskan"), type="primary", disabled=not may_correct
        ):
            actions.release(row, changed)
            st.rerun()
    if not may_correct:
        st.caption(_("Peran ini melihat karantina, tidak memperbaikinya."))


def _render_cell_inputs(row: QuarantinedRow, *, may_correct: bool) -> dict[str, str]:
    """Draw an input for each cell; return the changed ones."""
    texts: dict[str, str] = {}
    columns = st.columns(2)
    headings = [
        heading for heading in row.raw if heading not in (*EXPORT_HEADINGS, *reserved_columns.ALL)
    ]
    short = [heading for heading in headings if len(row.raw[heading]) <= _LONG_CELL_CHARS]
    for position, heading in enumerate(short):
        texts[heading] = columns[position % 2].text_input(
            heading or "–",
            row.raw[heading],
            key=f"sel_{row.number}_{heading}",
            disabled=not may_correct,
        )
    for heading in headings:
        if heading not in texts:
            texts[heading] = st.text_area(
                heading or "–",
                row.raw[heading],
                key=f"sel_{row.number}_{heading}",
                disabled=not may_correct,
                height=80,
            )
    return {name: text.strip() for name, text in texts.items() if text != row.raw[name]}


def _render_extra_cell(row: QuarantinedRow) -> dict[str, str]:
    """Draw an input for a column that the sender's file does not have."""
    column_of = board().ingest_context.vocabulary.find_column
    present = {column_of(row.feed, heading) for heading in row.raw}
    missing = [
        column.heading
        for column in feed_schemas.FEEDS[row.feed].columns
        if column.name not in present | _COMPUTED_COLUMNS and column.heading not in row.raw
    ]
    left, right = st.columns(2)
    heading = left.selectbox(
        _("Kolom yang tidak ada"),
        ["", *missing],
        key=f"tambah_{row.number}",
        placeholder=_("pilih kolom"),
    )
    cell = right.text_input(_("Isinya"), key=f"isi_{row.number}")
    return {heading: cell.strip()} if heading and cell.strip() else {}
