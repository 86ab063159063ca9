"""The page of a higher command: its kabupaten side by side, with links to their boards."""

from datetime import datetime

import streamlit as st

from pages.higher_command import kpis, tables, wording
from pages.higher_command import markup as higher_command_markup
from pages.higher_command.markup import Tile
from situasi.analysis.view_time import ViewTime
from situasi.common.formats import format_counts, format_relative_time, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.label_placement import place_labels
from situasi.figures.maps.situation_map import HEIGHT, build_situation_map
from situasi.figures.theme import SITUASI
from situasi.higher_command import app, comparison
from situasi.higher_command.comparison import UnitSummary
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.higher_command.rollups.model import CriticalCase
from situasi.presentation.incident_item import IncidentItem, shorten_text
from situasi.ui import filters, higher_command_session, session, tenant
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_layout import render_title
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, time_column
from situasi.ui.tables.table_view import Table, make_table

MAX_CASES = 12
_MAP_KEY = "peta_wilayah"
_CLICK_COUNT_KEY = "_peta_wilayah"


def show() -> None:
    """Draw the page of a higher command."""
    overview, province = higher_command_session.get_overview(), tenant.get_province()
    view_time = higher_command_session.get_view_time()
    units = comparison.build_unit_summaries(
        overview, province, higher_command_session.get_estimated_kabupaten()
    )
    render_title(view_time, format_title(province), session.viewer())
    render_kpi_row(kpis.build_kpis(higher_command_session.compute_totals(), units))

    render_controls(view_time)
    with st.container(key="wilayah_dan_serius"):
        left, right = st.columns([13, 7], gap="medium")
    with left:
        render_map_panel(units)
        render_tiles(units)
    with right:
        render_critical_panel(overview, province)
    tables.render_table_panel(units)


def render_critical_panel(overview: HigherCommandOverview, part: str) -> None:
    """Draw the open cases with tingkat tinggi or situasi merah."""
    cases = overview.critical_cases(part, MAX_CASES)
    with markup.row():
        st.markdown("**" + _("Kejadian serius terbaru") + "**", width="content")
        if cases:
            title = format_counts(_("{n} kejadian serius"), n=len(cases))
            table_view.render_table_popover(title, lambda: _build_table(overview, cases), "serius")
    with st.container(key="serius_terbaru"):
        if cases:
            items = [_build_item(overview, case) for case in cases]
            markup.render(markup.build_report_list(items, _("LATIHAN")))
        elif overview.total(part).counts["critical_open"] is None:
            markup.render_empty_state(_("Belum ada laporan kejadian dari kabupaten mana pun."))
        else:
            markup.render_empty_state(
                _("Tidak ada kejadian serius yang terbuka pada yang melapor.")
            )


def _build_item(overview: HigherCommandOverview, case: CriticalCase) -> IncidentItem:
    known_at, now = (
        moment.astimezone(overview.command.zone)
        for moment in (case.known_at, _get_reference_time(overview, case))
    )
    last_report = format_relative_time(known_at, now)
    return IncidentItem(
        tingkat=case.tingkat,
        tingkat_label=label("tingkat", case.tingkat),
        title=label("jenis", case.jenis),
        place=_format_place(overview, case),
        text=shorten_text(case.uraian or ""),
        status=label("status", case.status),
        time_text=last_report,
        last_report=last_report,
        occurrence="",
        is_exercise=case.rehearsal,
    )


def _get_reference_time(overview: HigherCommandOverview, case: CriticalCase) -> datetime:
    rollup = overview.rollups[case.kabupaten]
    return rollup.at if rollup.exercise else overview.at


def _format_place(overview: HigherCommandOverview, case: CriticalCase) -> str:
    command = app.current_higher_command()
    kecamatan_names = command.kecamatan if command else {}
    parts = (
        overview.command.member(case.kabupaten).name,
        kecamatan_names.get(case.kecamatan or "", case.kecamatan or ""),
        case.desa_text or "",
        f"TPS {case.tps}" if case.tps else "",
    )
    return " · ".join(filter(None, parts))


def _build_table(overview: HigherCommandOverview, cases: list[CriticalCase]) -> Table:
    columns: dict[str, Cells] = {
        _("diketahui"): time_column(case.known_at for case in cases),
        _("terjadi"): time_column(case.occurred_at for case in cases),
        _("tempat"): [_format_place(overview, case) for case in cases],
        _("jenis"): [label("jenis", case.jenis) for case in cases],
        _("tingkat"): [label("tingkat", case.tingkat) for case in cases],
        _("situasi"): [label("situasi", case.situasi) if case.situasi else "" for case in cases],
        _("status"): [label("status", case.status) for case in cases],
        _("uraian"): [case.uraian for case in cases],
    }
    return make_table(columns, [case.rehearsal for case in cases])


def format_title(part: str) -> str:
    """Return the title of the page: the province, or "Wilayah"."""
    return higher_command_session.get_command().subdivisions[part] if part else _("Wilayah")


def render_controls(view_time: ViewTime) -> None:
    """Draw the control of the view time, behind one button."""
    zone = tenant.get_info().zone_label
    text = _("Langsung") if view_time.live else f"{format_time(view_time.at)} {zone}"
    with markup.row():
        st.markdown(f"**{wording.format_unit_kind()}**", width="content")
        with st.popover(text, key="pilih_saat"):
            st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
            filters.render_time_slider()
            if not view_time.live:
                st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)


def render_tiles(units: list[UnitSummary]) -> None:
    """Draw one tile for each unit; a click opens its board."""
    higher_command_markup.render_tiles([_build_tile(unit) for unit in units])


def _build_tile(unit: UnitSummary) -> Tile:
    return Tile(
        title=unit.name,
        url=tenant.url_of(unit.code) if unit.is_openable else "",
        closed_reason="" if unit.is_openable else _("papan tidak ada di sini"),
        state=unit.state,
        state_label=_format_state(unit),
        lines=tuple(wording.format_tile_lines(unit)),
        critical_text=wording.format_critical(unit),
        reported_share=wording.compute_reported_share(unit),
        copy_age_text=wording.format_copy_age(unit),
        silence_text=wording.format_silence(unit),
        exercise_label=_("LATIHAN") if unit.rehearsal else "",
    )


def _format_state(unit: UnitSummary) -> str:
    if unit.state is None:
        return _("situasi belum dinyatakan") if unit.reporting_count else ""
    return label("situasi", unit.state)


def render_map_panel(units: list[UnitSummary]) -> None:
    """Draw the map by the highest situasi; nothing without boundaries: the tiles show the same."""
    command = app.current_higher_command()
    boundaries = command.boundaries if command else None
    units_by_code = {
        unit.code: unit for unit in units if boundaries and unit.code in boundaries.codes
    }
    if boundaries is None or not units_by_code:
        return
    names = tuple((code, unit.name) for code, unit in units_by_code.items())
    areas = {
        code: _build_area(units_by_code[code])
        if code in units_by_code
        else AreaStyle("", fill_mode="filtered")
        for code in boundaries.codes
    }
    clicks = st.session_state.setdefault(_CLICK_COUNT_KEY, 0)
    deck = build_situation_map(
        place_labels(boundaries, names, HEIGHT),
        boundaries,
        areas,
        None,
        session.get_theme(),
        layer_id=f"kabupaten-{clicks}",
    )
    alt = _("Peta {n} kabupaten menurut situasi terberat").format(n=len(units_by_code))
    event = st.pydeck_chart(deck, height=HEIGHT, on_select="rerun", key=_MAP_KEY, alt=alt)
    marks = [
        (markup.build_situasi_mark(state), label("situasi", state)) for state in reversed(SITUASI)
    ]
    marks.append((markup.build_situasi_mark(None), _("belum dinyatakan")))
    markup.render_legend(marks, boundaries.credit_line)
    for item in (unit for objects in event["selection"]["objects"].values() for unit in objects):
        unit = units_by_code.get(item["properties"]["kode"])
        if unit is not None and unit.is_openable:
            tables.open_unit(unit)


def _build_area(unit: UnitSummary) -> AreaStyle:
    value = wording.format_turnout(unit)
    if unit.state is None:
        return AreaStyle(unit.name, value, fill_mode="silent")
    opacity = 90 if unit.state == "hijau" else 255
    return AreaStyle(unit.name, value, SITUASI[unit.state], opacity)
