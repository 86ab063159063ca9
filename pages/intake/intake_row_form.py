"""One row of quarantine as a form: its reasons, its cells, and the way back to the door."""

from __future__ import annotations

import streamlit as st

from pages.intake import actions as intake_actions
from situasi.board import current as board
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.ingest.readers import reserved_columns
from situasi.ingest.validation.column_mapping import OURS
from situasi.store.interface import Quarantined

_LONG = 60  # characters of a cell that needs a whole line
# Columns that the door fills by itself.
_NOT_ASKED = {"flags", "latihan", "precision"}


def row_form(row: Quarantined, *, may: bool) -> None:
    """Draw the row; with the right to correct, its cells can be changed and tried again."""
    for reason in row.reasons:
        st.text("▸ " + reason)
    for heading in sorted(set(row.raw) & reserved_columns.ALL):
        st.caption(_("Isi lain dari baris ini"))
        st.text(reserved_columns.excerpt(row.raw[heading], 300))
    with st.form(f"baris_{row.number}", border=False):
        changed = _cells(row, may=may)
        changed |= _one_more(row) if may else {}
        if st.form_submit_button(_("Periksa dan lepaskan"), type="primary", disabled=not may):
            intake_actions.release(row, changed)
            st.rerun()
    if not may:
        st.caption(_("Peran ini melihat karantina, tidak memperbaikinya."))


def _cells(row: Quarantined, *, may: bool) -> dict[str, str]:
    """An input for each cell; those that were changed."""
    written: dict[str, str] = {}
    columns = st.columns(2)
    asked = [heading for heading in row.raw if heading not in (*OURS, *reserved_columns.ALL)]
    short = [heading for heading in asked if len(row.raw[heading]) <= _LONG]
    for at, heading in enumerate(short):
        written[heading] = columns[at % 2].text_input(
            heading or "–", row.raw[heading], key=f"sel_{row.number}_{heading}", disabled=not may
        )
    for heading in asked:
        if heading not in written:
            written[heading] = st.text_area(
                heading or "–",
                row.raw[heading],
                key=f"sel_{row.number}_{heading}",
                disabled=not may,
                height=80,
            )
    return {name: text.strip() for name, text in written.items() if text != row.raw[name]}


def _one_more(row: Quarantined) -> dict[str, str]:
    """A cell for a column that the sender's file does not have at all."""
    column_of = board().context.vocabulary.column_of
    there = {column_of(row.feed, heading) for heading in row.raw}
    missing = [
        column.heading
        for column in feed_schemas.FEEDS[row.feed].columns
        if column.name not in there | _NOT_ASKED and column.heading not in row.raw
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
