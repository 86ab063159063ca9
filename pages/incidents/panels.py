"""The list of cases, and which of them is looked at: kept in the address as `kasus`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import tables as incidents_tables
from situasi.analysis.situation.worklist import Worklist
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


def keep_within(found: Worklist) -> None:
    """A guest looks closely only at cases that the link shows."""
    if url_state.is_bound() and looked_at() not in {
        *found.selected_cases["case"],
        *found.overdue_cases["case"],
    }:
        selectable.forget(_NAME)


def bound(found: Worklist) -> Worklist:
    """What the page speaks of: for a guest no pair of which the link leaves one out."""
    if not url_state.is_bound():
        return found
    shown = set(found.selected_cases["case"])
    twins = [pair for pair in found.duplicate_candidates if {pair.first, pair.second} <= shown]
    return replace(
        found,
        duplicate_candidates=twins,
        pair_count=len(twins),
        orphan_merges=found.orphan_merges.head(0),
    )


def list_panel(found: Worklist) -> None:
    """The selected cases, newest first."""
    with markup.bar():
        title = _("{n} kejadian dari {reports} laporan").format(
            n=i18n.format_number(len(found.selected_cases)),
            reports=i18n.format_number(found.report_count),
        )
        page_layout.section(title)
        if found.outside_window_count:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=i18n.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
    if found.selected_cases.empty:
        markup.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    newest, table = render_cache.once(
        "kejadian", None, (found.selected_cases, found.overdue_cases), _newest_first
    )
    choosable(table, newest, "daftar", title)


def _newest_first(shown: pd.DataFrame, overdue: pd.DataFrame) -> tuple[pd.Series, Table]:
    newest = shown.iloc[::-1]
    return newest["case"], incidents_tables.listed(newest, overdue)


def overdue_panel(found: Worklist) -> None:
    """What is late, the latest first."""
    with markup.bar():
        page_layout.section(_("Lewat waktu: langkah berikut yang ditunggu"))
    if found.overdue_cases.empty:
        markup.empty(_("Tidak ada kejadian terbuka yang lewat batas waktu."))
    else:
        table = render_cache.once("lewat", None, (found.overdue_cases,), incidents_tables.overdue)
        choosable(table, found.overdue_cases["case"], "lewat", _("Kejadian lewat waktu"))
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


def kinds_panel(found: Worklist) -> None:
    with markup.bar():
        page_layout.section(_("Jenis menurut kecamatan"))
        if len(found.kind_counts):
            title = _("Jenis menurut kecamatan sebagai tabel")
            table_view.opens(title, partial(incidents_tables.kinds, found), "jenis_kecamatan")
    if found.kind_counts.empty:
        markup.empty(_("Tidak ada kejadian pada pilihan ini."))
        return
    alt = _("Banyak kejadian tiap jenis di tiap kecamatan")
    chart("jenis_peta", alt, (found.kind_counts,), _figure)
    st.caption(
        _("Kosong: tidak ada kejadian terpilih. Garis: belum ada laporan apa pun, bukan nol.")
    )


def _figure(kinds: pd.DataFrame, theme: Theme) -> go.Figure:
    silence = _("belum ada laporan")
    return figure_kinds.build_incident_heatmap(
        kinds, partial(label, "jenis"), _area, silence, theme
    )


def _area(code: str) -> str:
    return board().register.name_of(code) if code else _("seluruh kabupaten")
