"""The page of a command above: its kabupaten side by side, and the way into each."""

from __future__ import annotations

import streamlit as st

from situasi.higher_command import comparison
from situasi.screen import (
    abreast_figures,
    abreast_map,
    abreast_panel,
    abreast_serious,
    abreast_tables,
    upper,
    whose,
)
from situasi.screen.figure_row import figure_row
from situasi.screen.heading import header


def show() -> None:
    found, at, part = upper.overview(), upper.moment(), whose.part()
    every, whole = comparison.lines(found, part, upper.estimated()), upper.sums()
    header(at, abreast_panel.title(part))
    figure_row(abreast_figures.figures(whole, every))

    abreast_panel.controls(at)
    with st.container(key="wilayah_dan_serius"):
        left, right = st.columns([13, 7], gap="medium")
    with left:
        abreast_map.map_panel(every)
        abreast_panel.tiles(every)
    with right:
        abreast_serious.serious_panel(found, part)
    abreast_tables.table_panel(every)
