"""Situasi: what is happening, where, and whether it gets worse; at any minute of the day."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st
from markupsafe import Markup
from pydeck import Deck

from pages.situation import tables
from pages.situation.attention import render_attention_panel
from pages.situation.kpis import build_kpis, compute_baseline
from pages.situation.marks import CasesByMark, build_marks, place_cases
from situasi.analysis.incidents import cases
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations.places import compute_station_places
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.figures.charts.incident_timeline import build_incident_timeline
from situasi.figures.theme import TINGKAT, UNRATED
from situasi.presentation.incident_item import build_item
from situasi.presentation.map_measures import MapMeasure, build_measure
from situasi.presentation.station_measures import StationMeasure, build_station_measure
from situasi.ui import filters, playback, render_cache, url_state
from situasi.ui.components import area_map, case_links, markup
from situasi.ui.components.chart import render_chart
from situasi.ui.components.kpi_row import render_kpi_row, reserve_row
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header
from situasi.ui.tables import table_view
from situasi.ui.tables.incidents import render_incidents_popover

MAX_LISTED = 40
# The height of the map and its legend beside it.
HEIGHT_PX = 478


def show(context: PageContext) -> None:
    """Draw the page Situasi."""
    render_header(context, label("screen", "situasi"))

    row = reserve_row()
    top_row = markup.inline_row("saring_dan_perhatian")
    with top_row:
        filter_row = markup.inline_row("saringan")
    selected, window = filters.render_filters(filter_row, context.register)
    selected = filters.apply_window(selected, window, context.view_time)
    context = replace(context, kecamatan=tuple(selected.kecamatan))
    overview = context.compute_overview(selected)
    summary = context.compute(area_summary.compute_area_summary)
    render_kpi_row(build_kpis(context, overview, summary), compute_baseline(context, selected), row)
    with top_row:
        render_attention_panel(summary, list(overview.crowd_states["kecamatan"]))

    with st.container(key="peta_dan_laporan"):
        left, right = st.columns([9, 11], gap="medium")
    with left:
        render_map_panel(context, overview, summary)
    with right:
        render_newest_panel(overview, context.view_time)

    render_timeline_panel(context, overview)


def render_newest_panel(overview: Overview, view_time: ViewTime) -> None:
    """Draw the newest reports, newest first."""
    now = cache_minute(view_time)
    prefix, opened = case_links.build_url_prefix(), area_map.get_opened_cases("peta")
    report_list = render_cache.get_or_build(
        "terbaru",
        (now, prefix, opened),
        (overview,),
        partial(_build_report_list, now=now, prefix=prefix, opened=opened),
    )
    with markup.row():
        title = _("Kejadian di tanda yang dipilih") if opened else _("Laporan terbaru")
        st.markdown(f"**{title}**", width="content")
        if opened:
            st.button(
                _("tampilkan semua"), on_click=area_map.close_mark, args=("peta",), type="tertiary"
            )
        filters.render_outside_window_button(overview.outside_window_count)
        render_incidents_popover(_("Semua {n} laporan"), overview.selected_cases, "semua_laporan")
    with st.container(height=HEIGHT_PX, border=False, key="laporan"):
        if report_list is None:
            markup.render_empty_state(
                _("Belum ada laporan pada pilihan ini. "
                  "Letakkan berkas laporan di folder data/inbox/.")
            )  # fmt: skip
        else:
            markup.render(report_list)


def _build_report_list(
    overview: Overview, *, now: datetime, prefix: str, opened: tuple[str, ...]
) -> Markup | None:
    """Build the list as HTML; None if there is nothing to list. opened: list these cases alone."""
    listed = overview.selected_cases
    if opened:
        listed = listed[listed["case"].isin(opened)]
    newest = cases.list_newest(listed, MAX_LISTED)
    items = [build_item(row, board().register, now) for row in newest.itertuples()]
    return markup.build_report_list(items, _("LATIHAN"), prefix) if items else None


def render_timeline_panel(context: PageContext, overview: Overview) -> None:
    """Draw the timeline with slider and playback."""
    election, view_time = board().register.election, context.view_time
    marks = [
        (election.local_time(moment.at), _(moment.label)) for moment in election.timeline_marks
    ]
    past = None if view_time.live else view_time.at
    names = {code: label("tingkat", None if code == UNRATED else code) for code in TINGKAT}
    render_chart(
        "garis_waktu",
        _("Kejadian tiap 15 menit pada hari pemungutan, bertumpuk menurut tingkat"),
        (overview,),
        lambda overview, theme: build_incident_timeline(overview.slots, names, marks, past, theme),
        dependencies=past,
    )
    filters.render_time_slider()
    note = _(
        "Geser untuk melihat papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."
    )
    if overview.without_hour_count:
        note += " " + format_counts(
            _("{n} laporan tanpa jam tidak digambar."), n=overview.without_hour_count
        )
    with markup.row():
        status = playback.render_controls(context)
        table_view.render_table_popover(
            _("Garis waktu sebagai tabel"),
            lambda: tables.build_timeline_table(overview),
            "angka_garis",
        )
        if not view_time.live:
            st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)
    st.caption(status or note)


def render_map_panel(context: PageContext, overview: Overview, day_summary: AreaSummary) -> None:
    """Draw the map with its measure filter, tables and legend."""
    with markup.row():
        name = filters.render_measure_filter(context.viewer.role)
        table_view.render_table_popover(
            _("Angka peta"),
            lambda: tables.build_areas_table(overview, day_summary, context.has_exercise_rows),
            "angka_peta",
        )
        unplaced = render_cache.get_or_build("tanpa_lokasi", None, (overview,), _select_unplaced)
        if len(unplaced):
            render_incidents_popover(_("{n} tanpa lokasi"), unplaced, "tanpa_lokasi")
    kecamatan, theme = context.register.kecamatan, context.theme
    key = (name, theme, tuple(url_state.get_selected("kec")), area_map.get_layer_id("peta"))

    places = context.compute(compute_station_places)

    def build(
        overview: Overview, day_summary: AreaSummary, places: pd.DataFrame
    ) -> tuple[MapMeasure, StationMeasure, Deck, CasesByMark]:
        measure = build_measure(name, overview, day_summary, kecamatan, theme)
        visible_codes = list(overview.crowd_states["kecamatan"])
        colours = build_station_measure(
            name, day_summary.stations, list(board().register.tps["code"]), visible_codes, theme
        )
        cells = board().cell_files.get_or_build(board().register, board().geography, places)
        points, cases_by_mark = build_marks(place_cases(overview.open_cases))
        areas = area_map.build_areas(visible_codes, measure.build_area)
        deck = area_map.build_deck(areas, "peta", points, cells=(cells, colours.style))
        return measure, colours, deck, cases_by_mark

    measure, cells, deck, cases_by_mark = render_cache.get_or_build(
        "peta", key, (overview, day_summary, places), build
    )
    area_map.render_deck(
        deck,
        "peta",
        _("Peta {n} kecamatan dengan {open} kejadian terbuka").format(
            n=len(overview.crowd_states), open=len(overview.open_cases)
        ),
        cases_by_mark,
    )
    drawn_count = sum(map(len, cases_by_mark.values()))
    has_groups = any(len(case_keys) > 1 for case_keys in cases_by_mark.values())
    _render_legend(
        measure, cells, drawn_count, len(overview.open_cases) - len(unplaced), has_groups=has_groups
    )


def _select_unplaced(overview: Overview) -> pd.DataFrame:
    """Return the open cases of the whole kabupaten, which have no place on the map."""
    placed = place_cases(overview.open_cases)
    return overview.open_cases.drop(index=placed.index)


def _render_legend(
    map_measure: MapMeasure,
    cells: StationMeasure,
    drawn_count: int,
    placed_count: int,
    *,
    has_groups: bool,
) -> None:
    """Draw the legend. has_groups: some mark stands for several cases."""
    marks = [
        (markup.build_tingkat_mark(level), label("tingkat", level)) for level in reversed(LEVELS)
    ]
    marks.append((markup.build_estimate_mark(), _("letak perkiraan")))
    if has_groups:
        marks.append((markup.build_number_mark(), _("beberapa kejadian: klik untuk daftarnya")))
    marks += [(markup.build_mark(mark), word) for mark, word in map_measure.legend]
    if map_measure.no_data_label:
        marks.append((markup.build_situasi_mark(None), map_measure.no_data_label))
    if map_measure.hatch_label:
        marks.append((markup.build_hatch_mark(), map_measure.hatch_label))
    named = [mark for mark, _word in map_measure.legend]
    marks.append((markup.build_situasi_mark(None), _("sel TPS bila diperbesar, putus: perkiraan")))
    marks += [(markup.build_mark(mark), word) for mark, word in cells.legend if mark not in named]
    area_map.render_legend(marks)
    if drawn_count < placed_count:
        st.caption(
            format_counts(_("{n} dari {all} kejadian digambar"), n=drawn_count, all=placed_count)
        )
