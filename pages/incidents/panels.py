"""The list of cases and the selected one, kept in the URL as `kasus`."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import tables
from pages.incidents.kpis import format_empty_selection
from situasi.analysis.incidents.cases import list_newest
from situasi.analysis.situation.worklist import Worklist
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.charts import incident_heatmap
from situasi.figures.theme import Theme
from situasi.ui import filters, page_layout, render_cache, url_state
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.tables import selectable, table_view
from situasi.ui.tables.table_view import Table

VISIBLE_ROWS = 9
_URL_PARAMETER = "kasus"


def get_selected_case() -> str | None:
    """Return the case that the URL names."""
    return selectable.get_selected(_URL_PARAMETER)


def restrict_selection_to_link(worklist: Worklist) -> None:
    """Clear the selection of a guest if the link does not show that case."""
    if url_state.is_fixed_by_link() and get_selected_case() not in {
        *worklist.selected_cases["case"],
        *worklist.overdue_cases["case"],
    }:
        selectable.clear_selection(_URL_PARAMETER)


def restrict_to_link(worklist: Worklist) -> Worklist:
    """Return the worklist; for a guest without pairs that the link does not fully show."""
    if not url_state.is_fixed_by_link():
        return worklist
    visible = set(worklist.selected_cases["case"])
    pairs = [pair for pair in worklist.duplicate_candidates if {pair.first, pair.second} <= visible]
    return replace(
        worklist,
        duplicate_candidates=pairs,
        pair_count=len(pairs),
        orphan_merges=worklist.orphan_merges.head(0),
    )


def render_list_panel(worklist: Worklist, compute_all_times: Callable[[], Worklist]) -> None:
    """Draw the selected cases, newest first; those outside the time window are one click away."""
    with markup.row():
        title = _format_list_title(worklist)
        page_layout.render_section_title(title)
        filters.render_outside_window_button(worklist.outside_window_count)
        _render_all_times_downloads(compute_all_times)
    if worklist.selected_cases.empty:
        markup.render_empty_state(format_empty_selection(worklist))
        return
    newest, table = render_cache.get_or_build(
        "kejadian", None, (worklist.selected_cases, worklist.overdue_cases), _build_list
    )
    render_selectable_cases(table, newest, "daftar", title)


def _format_list_title(worklist: Worklist) -> str:
    if worklist.selected_cases.empty:
        return label("screen", "kejadian")
    cases, reports = len(worklist.selected_cases), worklist.report_count
    return format_counts(_("{n} kejadian dari {reports} laporan"), n=cases, reports=reports)


def _render_all_times_downloads(compute_all_times: Callable[[], Worklist]) -> None:
    """Draw files of all days, whatever window the page shows: of all cases, and of each kind.

    A guest has the window of the link.
    """
    if url_state.is_fixed_by_link():
        return
    popover = st.popover(_("XLSX semua hari"), key="semua_hari", on_change="rerun", type="tertiary")
    if not popover.open:
        return
    every = compute_all_times()
    kinds = every.selected_cases["jenis"].value_counts()
    with popover, st.container(gap=None):
        _render_kind_download(every, None, len(every.selected_cases))
        for kind, count in kinds.items():
            _render_kind_download(every, str(kind), int(count))


def _render_kind_download(worklist: Worklist, kind: str | None, count: int) -> None:
    """Draw the file of all selected cases of a kind; None: of every kind."""
    name = _("semua kejadian") if kind is None else label("jenis", kind)
    title = _("Kejadian semua hari: {kind}").format(kind=name)
    filter_text = filters.format_active_filters(("rentang",))
    if kind is not None:
        kind_text = ": ".join([_("Jenis"), name])
        filter_text = filters.format_active_filters(("rentang", "jenis"), [kind_text])

    def build() -> Table:
        cases = worklist.selected_cases
        own = cases if kind is None else cases[cases["jenis"] == kind]
        return _build_list(own, worklist.overdue_cases)[1]

    table_view.render_deferred_download(
        f"{name} · {format_number(count)}", build, title, filter_text,
        f"semua_hari_{kind or ''}", count, explanation_key="daftar",
    )  # fmt: skip


def _build_list(cases: pd.DataFrame, overdue: pd.DataFrame) -> tuple[pd.Series, Table]:
    newest = list_newest(cases, len(cases))
    return newest["case"], tables.build_cases_table(newest, overdue)


def render_overdue_panel(worklist: Worklist) -> None:
    """Draw the overdue cases, the latest first."""
    with markup.row():
        page_layout.render_section_title(_("Lewat waktu: langkah berikut yang ditunggu"))
    if worklist.overdue_cases.empty:
        markup.render_empty_state(_("Tidak ada kejadian terbuka yang lewat batas waktu."))
    else:
        table = render_cache.get_or_build(
            "lewat", None, (worklist.overdue_cases,), tables.build_overdue_table
        )
        render_selectable_cases(
            table,
            worklist.overdue_cases["case"],
            "lewat",
            _("Kejadian lewat waktu"),
        )
    st.caption(
        _("Batas waktu adalah usulan, menurut tingkat; yang belum dinilai sebagai "
          "sedang.")
    )  # fmt: skip


def render_selectable_cases(table: Table, cases: pd.Series, name: str, title: str) -> None:
    """Draw a table whose selected row opens its case; cases: in the order of the rows."""
    selectable.render_selectable_table(
        table,
        cases.tolist(),
        _URL_PARAMETER,
        name,
        title,
        visible_rows=VISIBLE_ROWS,
    )


def select_case(case: str | None) -> None:
    """Select a case (a callback): the next run writes it into the URL."""
    selectable.select(_URL_PARAMETER, case)


def render_kinds_panel(worklist: Worklist) -> None:
    """Draw the number of cases of each kind in each kecamatan."""
    with markup.row():
        page_layout.render_section_title(_("Jenis menurut kecamatan"))
        if len(worklist.kind_counts):
            title = _("Jenis menurut kecamatan sebagai tabel")
            table_view.render_table_popover(
                title, partial(tables.build_kinds_table, worklist), "jenis_kecamatan"
            )
    if worklist.kind_counts.empty:
        markup.render_empty_state(format_empty_selection(worklist))
        return
    alt = _("Banyak kejadian tiap jenis di tiap kecamatan")
    render_chart("jenis_peta", alt, (worklist.kind_counts,), _build_figure)
    st.caption(
        _("Kosong: tidak ada kejadian terpilih. Garis: belum ada laporan apa pun, bukan nol.")
    )


def _build_figure(kinds: pd.DataFrame, theme: Theme) -> go.Figure:
    no_data_text = _("belum ada laporan")
    return incident_heatmap.build_incident_heatmap(
        kinds, partial(label, "jenis"), _area_name, no_data_text, theme
    )


def _area_name(code: str) -> str:
    return board().register.name_of(code) if code else _("seluruh kabupaten")
