"""The list of cases, and which of them is looked at: kept in the address as `kasus`."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.incidents import tables as incidents_tables
from situasi.analysis.situation.worklist import Casework
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ui import drawn, filters, page_layout, url_state
from situasi.ui.components import markup
from situasi.ui.tables import selectable
from situasi.ui.tables.table_view import Table

MOST = 12  # rows in sight
_NAME = "kasus"


def looked_at() -> str | None:
    """The case that the address names."""
    return selectable.picked(_NAME)


def keep_within(found: Casework) -> None:
    """A guest looks closely only at cases that the link shows."""
    if url_state.is_bound() and looked_at() not in {*found.shown["case"], *found.overdue["case"]}:
        selectable.forget(_NAME)


def bound(found: Casework) -> Casework:
    """What the page speaks of: for a guest no pair of which the link leaves one out."""
    if not url_state.is_bound():
        return found
    shown = set(found.shown["case"])
    twins = [pair for pair in found.twins if {pair.first, pair.second} <= shown]
    return replace(found, twins=twins, pairs=len(twins), strangers=found.strangers.head(0))


def list_panel(found: Casework) -> None:
    """The selected cases, newest first."""
    with markup.bar():
        title = _("{n} kejadian dari {reports} laporan").format(
            n=i18n.number(len(found.shown)), reports=i18n.number(found.reports)
        )
        page_layout.section(title)
        if found.elsewhen:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=i18n.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
    if found.shown.empty:
        markup.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    newest, table = drawn.once("kejadian", None, (found.shown, found.overdue), _newest_first)
    choosable(table, newest, "daftar", title)


def _newest_first(shown: pd.DataFrame, overdue: pd.DataFrame) -> tuple[pd.Series, Table]:
    newest = shown.iloc[::-1]
    return newest["case"], incidents_tables.listed(newest, overdue)


def overdue_panel(found: Casework) -> None:
    """What is late, the latest first."""
    with markup.bar():
        page_layout.section(_("Lewat waktu: langkah berikut yang ditunggu"))
    if found.overdue.empty:
        markup.empty(_("Tidak ada kejadian terbuka yang lewat batas waktu."))
    else:
        table = drawn.once("lewat", None, (found.overdue,), incidents_tables.overdue)
        choosable(table, found.overdue["case"], "lewat", _("Kejadian lewat waktu"))
    st.caption(
        _("Batas waktu adalah usulan (rules.toml), menurut tingkat; yang belum dinilai sebagai "
          "sedang.")
    )  # fmt: skip


def choosable(table: Table, cases: pd.Series, name: str, title: str) -> None:
    """A table of which a row opens its case. cases: in the order of the table."""
    selectable.choosable(table, cases.tolist(), _NAME, name, title, most=MOST)


def look_at(case: str | None) -> None:
    """Open a case (a callback): the run that follows writes it into the address."""
    selectable.pick(_NAME, case)
