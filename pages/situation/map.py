"""The map panel: kecamatan by a measure, open incidents as markers, source of the boundaries."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from pydeck import Deck

from pages.situation import tables as situation_tables
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.figures.maps.markers import MAX_POINTS
from situasi.presentation.map_measures import MapMeasure, build_measure
from situasi.ui import filters, render_cache, url_state
from situasi.ui.components import area_map, markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.incidents import render_incidents_popover


def render_map_panel(context: PageContext, overview: Overview, day_summary: AreaSummary) -> None:
    """Draw the map with its measure filter, tables and legend."""
    with markup.row():
        name = filters.render_measure_filter(context.viewer.role)
        table_view.render_table_popover(
            _("Angka peta"),
            lambda: situation_tables.build_areas_table(
                overview, day_summary, context.has_exercise_rows
            ),
            "angka_peta",
        )
        if len(overview.unlocated_cases):
            render_incidents_popover(
                _("{n} tanpa lokasi"), overview.unlocated_cases, "tanpa_lokasi"
            )
    kecamatan, theme = context.register.kecamatan, context.theme
    key = (name, theme, tuple(url_state.get_selected("kec")), area_map.get_layer_id("peta"))

    def build(overview: Overview, day_summary: AreaSummary) -> tuple[MapMeasure, Deck]:
        measure = build_measure(name, overview, day_summary, kecamatan, theme)
        points = overview.located_cases.tail(MAX_POINTS)
        areas = area_map.build_areas(list(overview.crowd_states["kecamatan"]), measure.build_area)
        return measure, area_map.build_deck(
            areas, "peta", points.assign(label=_build_point_labels(points))
        )

    measure, deck = render_cache.get_or_build("peta", key, (overview, day_summary), build)
    area_map.render_deck(
        deck,
        "peta",
        _("Peta {n} kecamatan dengan {open} kejadian terbuka").format(
            n=len(overview.crowd_states), open=len(overview.open_cases)
        ),
    )
    _render_legend(overview, measure, min(len(overview.located_cases), MAX_POINTS))


def _build_point_labels(points: pd.DataFrame) -> list[str]:
    register = board().register
    local = points["occurred_at"].dt.tz_convert(register.election.zone)
    columns = zip(points["jenis"], points["kecamatan"], local, points["status"], strict=True)
    return [
        " · ".join(
            (
                label("jenis", kind),
                register.name_of(code),
                i18n.format_time(at),
                label("status", status),
            )
        )
        for kind, code, at, status in columns
    ]


def _render_legend(overview: Overview, map_measure: MapMeasure, point_count: int) -> None:
    marks = [
        (markup.build_tingkat_mark(level), label("tingkat", level)) for level in reversed(LEVELS)
    ]
    marks += [(markup.build_mark(mark), word) for mark, word in map_measure.legend]
    if map_measure.no_data_label:
        marks.append((markup.build_situasi_mark(None), map_measure.no_data_label))
    area_map.render_legend(marks)
    if point_count < len(overview.located_cases):
        st.caption(
            i18n.format_counts(
                _("{n} dari {all} titik digambar"), n=point_count, all=len(overview.located_cases)
            )
        )
