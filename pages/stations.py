"""TPS: all stations at once, by phase and by whether they report."""

from __future__ import annotations

import streamlit as st

from situasi import words
from situasi.analysis.station_reports import unmatched
from situasi.analysis.stations import stations
from situasi.labels import label
from situasi.screen import page, stations_panel, stations_tables, tables
from situasi.screen.stations_figures import key_figures
from situasi.words import _


def show() -> None:
    chosen: dict[str, str] = {}
    view = page.opened(
        label("screen", "tps"),
        stations_panel.colour_filter(chosen),
        stations_panel.station_filter(chosen),
    )
    every = view.compute(stations)
    found = every[every["kecamatan"].isin(view.chosen())]
    if every["last_at"].isna().all():
        page.nothing(_("Belum ada laporan TPS."))
    key_figures(found)
    if chosen["tps"]:
        stations_panel.detail_panel(view, every, chosen["tps"])

    left, right = st.columns([11, 9], gap="medium")
    with left:
        stations_panel.grid_panel(found, chosen["warna"], chosen["tps"])
    with right:
        stations_panel.late_panel(found)
        stations_panel.box_panel(found)
        tables.opens(_("Semua TPS"), lambda: stations_tables.stations(found), "semua_tps")
        stray = view.compute(unmatched)
        if len(stray):
            title = _("{n} laporan di luar daftar TPS").format(n=words.number(len(stray)))
            tables.opens(title, lambda: stations_tables.reports(stray), "di_luar_daftar")
