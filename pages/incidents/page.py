"""Kejadian: every report, its life, what is overdue, which are one, and where they lie close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

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
from situasi.analysis.situation.worklist import compute_worklist
from situasi.analysis.view_time import cache_minute
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, filters, page_layout
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_layout import PageContext


def show() -> None:
    view, wanted = begin_incidents_page(label("screen", "kejadian"))
    found = restrict_to_link(view.compute(compute_worklist, wanted))
    if found.rows.empty:
        page_layout.render_missing_data(_("Belum ada laporan kejadian."))
        return
    restrict_selection_to_link(found)
    asked = partial(moments.shift_window, wanted)
    before = comparison.compute_baseline(
        view,
        "kejadian",
        lambda past: (
            past.compute(compute_worklist, asked(view.view_time.at - past.view_time.at)),
        ),
        build_kpis,
    )
    render_kpi_row(build_kpis(found), before)

    left, right = st.columns(2, gap="medium")
    with left:
        render_list_panel(found)
    with right:
        if get_selected_case() is None:
            render_overdue_panel(found)
        else:
            render_detail_panel(found, view)

    render_duplicates_panel(found, view)
    render_kinds_panel(found)
    render_hotspots_panel(view, wanted)


def begin_incidents_page(title: str) -> tuple[PageContext, Selection]:
    """Draw heading and filters; the view, and what of it was asked for."""
    picked: dict[str, Any] = {}

    def kept(name: str, draw: Callable[[Any], Any]) -> Callable[[Any], None]:
        return lambda place: picked.update({name: draw(place)})

    view = page_layout.begin_page(
        title,
        kept("jenis", filters.render_jenis_filter),
        kept("tingkat", filters.render_tingkat_filter),
        kept("status", filters.render_status_filter),
        kept("window", filters.render_window_filter),
    )
    wanted = Selection(
        kecamatan=view.kecamatan,
        jenis=tuple(picked["jenis"]),
        tingkat=tuple(picked["tingkat"]),
        status=tuple(picked["status"]),
    )
    # To the minute, so that viewers of the same minute share what is computed.
    minute = replace(view.view_time, at=cache_minute(view.view_time))
    return view, filters.apply_window(wanted, picked["window"], minute)
