"""TPS: all polling stations, by phase and by reporting state."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.stations import panels as stations_panels
from pages.stations.kpis import build_kpis
from situasi.analysis.stations.reports import find_unmatched_reports
from situasi.analysis.stations.status import build_station_table
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import comparison, page_layout, render_cache
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext
from situasi.ui.tables import stations as tables_stations
from situasi.ui.tables import table_view


def show(context: PageContext) -> None:
    """Draw the page TPS."""
    selection: dict[str, str] = {}
    context = page_layout.begin_page(
        context,
        label("screen", "tps"),
        stations_panels.make_colour_filter(selection),
        stations_panels.make_station_filter(selection, context.register),
    )
    stations = context.compute(build_station_table)

    def select_tps(tps: pd.DataFrame) -> pd.DataFrame:
        return tps[tps["kecamatan"].isin(context.selected_kecamatan())]

    selected = render_cache.get_or_build(
        "tps", tuple(context.selected_kecamatan()), (stations,), select_tps
    )
    if stations["last_at"].isna().all():
        page_layout.render_missing_data(_("Belum ada laporan TPS."))
    baseline = comparison.compute_baseline(
        context,
        "tps",
        lambda past: (past.compute(build_station_table),),
        lambda tps: build_kpis(select_tps(tps)),
    )
    render_kpi_row(build_kpis(selected), baseline)
    if selection["tps"]:
        stations_panels.render_detail_panel(context, stations, selection["tps"])

    left, right = st.columns([11, 9], gap="medium")
    with left:
        stations_panels.render_grid_panel(
            selected, selection["warna"], selection["tps"], context.theme
        )
    with right:
        stations_panels.render_late_panel(selected)
        stations_panels.render_box_panel(selected)
        table_view.render_table_popover(
            _("Semua TPS"), lambda: tables_stations.build_stations_table(selected), "semua_tps"
        )
        unmatched = context.compute(find_unmatched_reports)
        if len(unmatched):
            title = i18n.format_counts(_("{n} laporan di luar daftar TPS"), n=len(unmatched))
            table_view.render_table_popover(
                title, lambda: tables_stations.build_reports_table(unmatched), "di_luar_daftar"
            )
