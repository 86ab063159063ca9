"""TPS: all stations at once, by phase and by whether they report."""

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
from situasi.ui.tables import stations as tables_stations
from situasi.ui.tables import table_view


def show() -> None:
    chosen: dict[str, str] = {}
    view = page_layout.begin_page(
        label("screen", "tps"),
        stations_panels.make_colour_filter(chosen),
        stations_panels.make_station_filter(chosen),
    )
    every = view.compute(build_station_table)

    def of_chosen(tps: pd.DataFrame) -> pd.DataFrame:
        return tps[tps["kecamatan"].isin(view.selected_kecamatan())]

    found = render_cache.get_or_build("tps", tuple(view.selected_kecamatan()), (every,), of_chosen)
    if every["last_at"].isna().all():
        page_layout.render_missing_data(_("Belum ada laporan TPS."))
    before = comparison.compute_baseline(
        view,
        "tps",
        lambda past: (past.compute(build_station_table),),
        lambda tps: build_kpis(of_chosen(tps)),
    )
    render_kpi_row(build_kpis(found), before)
    if chosen["tps"]:
        stations_panels.render_detail_panel(view, every, chosen["tps"])

    left, right = st.columns([11, 9], gap="medium")
    with left:
        stations_panels.render_grid_panel(found, chosen["warna"], chosen["tps"])
    with right:
        stations_panels.render_late_panel(found)
        stations_panels.render_box_panel(found)
        table_view.render_table_popover(
            _("Semua TPS"), lambda: tables_stations.build_stations_table(found), "semua_tps"
        )
        stray = view.compute(find_unmatched_reports)
        if len(stray):
            title = _("{n} laporan di luar daftar TPS").format(n=i18n.format_number(len(stray)))
            table_view.render_table_popover(
                title, lambda: tables_stations.build_reports_table(stray), "di_luar_daftar"
            )
