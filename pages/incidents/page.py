"""Kejadian: all reports and their status, overdue cases, duplicates and hotspots."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.incidents.detail import render_detail_panel
from pages.incidents.duplicates import render_duplicates_panel
from pages.incidents.hotspots import render_hotspots_panel
from pages.incidents.kpis import build_kpis
from pages.incidents.panels import (
    get_selected_case,
    render_kinds_panel,
    render_list_panel,
    render_overdue_panel,
    restrict_selection_to_link,
    restrict_to_link,
)
from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.worklist import Worklist, compute_worklist
from situasi.analysis.view_time import cache_minute
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, filters, page_layout
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Kejadian."""
    context, selection = begin_incidents_page(context, label("screen", "kejadian"))
    worklist = restrict_to_link(context.compute(compute_worklist, selection))
    if worklist.rows.empty:
        page_layout.render_missing_data(_("Belum ada laporan kejadian."))
        return
    restrict_selection_to_link(worklist)
    shift = partial(moments.shift_window, selection)
    build = partial(build_kpis, critical=context.register.election.rules.critical)
    baseline = comparison.compute_baseline(
        context,
        "kejadian",
        lambda past: (
            past.compute(compute_worklist, shift(context.view_time.at - past.view_time.at)),
        ),
        build,
    )
    render_kpi_row(build(worklist), baseline)

    left, right = st.columns([8, 5], gap="small")
    with left:
        render_list_panel(worklist, partial(_compute_all_times, context, selection))
    with right:
        if get_selected_case() is None:
            render_overdue_panel(worklist)
        else:
            render_detail_panel(worklist, context)

    render_duplicates_panel(worklist, context)
    render_kinds_panel(worklist)
    render_hotspots_panel(context, selection)


def begin_incidents_page(context: PageContext, title: str) -> tuple[PageContext, Selection]:
    """Draw header and filters; return the context and the selection."""
    draw_filters: list[Callable[[DeltaGenerator], Any]] = [
        filters.render_jenis_filter,
        filters.render_tingkat_filter,
        filters.render_status_filter,
        filters.render_window_filter,
    ]
    context, values = page_layout.begin_filtered_page(context, title, *draw_filters)
    jenis, tingkat, status, window = values
    selection = Selection(context.kecamatan, tuple(jenis), tuple(tingkat), tuple(status))
    # Rounded to the minute, so that viewers of the same minute share results.
    minute = replace(context.view_time, at=cache_minute(context.view_time))
    return context, filters.apply_window(selection, window, minute)


def _compute_all_times(context: PageContext, selection: Selection) -> Worklist:
    """Compute the worklist of this selection without its time window."""
    return context.compute(compute_worklist, replace(selection, since=None, until=None))
