"""The list of cases, and which of them is looked at: kept in the address as `kasus`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import tables as incidents_tables
from situasi.analysis.situation.worklist import Casework
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.charts import incident_heatmap as figure_kinds
from situasi.figures.theme import Theme
from situasi.ui import filters, page_layout, render_cache, url_state
from situasi.ui.components import markup
from situasi.ui.components.chart import chart
from situasi.ui.tables import selectable, table_view
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
            n=i18n.format_number(len(found.shown)), reports=i18n.format_number(found.reports)
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
    newest, table = render_cache.once("kejadian", None, (found.shown, found.overdue), _newest_first)
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
        table = render_cache.once("lewat", None, (found.overdue,), incidents_tables.overdue)
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


def kinds_panel(found: Casework) -> None:
    with markup.bar():
        page_layout.section(_("Jenis menurut kecamatan"))
        if len(found.kinds):
            title = _("Jenis menurut kecamatan sebagai tabel")
            table_view.opens(title, partial(incidents_tables.kinds, found), "jenis_kecamatan")
    if found.kinds.empty:
        markup.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    alt = _("Banyak kejadian tiap jenis di tiap kecamatan")
    chart("jenis_peta", alt, (found.kinds,), _figure)
    st.caption(
        _("Kosong: tidak ada kejadian terpilih. Garis: belum ada laporan apa pun, bukan nol.")
    )


def _figure(kinds: pd.DataFrame, theme: Theme) -> go.Figure:
    silence = _("belum ada laporan")
    return figure_kinds.kinds(kinds, partial(label, "jenis"), _area, silence, theme)


def _area(code: str) -> str:
    return board().register.name_of(code) if code else _("seluruh kabupaten")
