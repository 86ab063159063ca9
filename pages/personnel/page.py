"""Personel: required, posted and present officers, and TPS without officers."""

from functools import partial
from typing import Any

import streamlit as st

from pages.personnel.data import PersonnelData, compute_personnel
from pages.personnel.kpis import build_kpis
from pages.personnel.lists import render_lists_panel
from pages.personnel.officer import render_officer_filter, render_officer_panel
from situasi.analysis.personnel.officers import UNKNOWN, count_by_last_checkin
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Kecamatan
from situasi.figures.charts.attendance import build_attendance_chart
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import Theme, select_strength_colour
from situasi.presentation import definition_words
from situasi.presentation.map_measures import build_strength_area, build_strength_legend
from situasi.ui import comparison, filters, page_layout, render_cache
from situasi.ui.components import area_map, markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_context import PageContext
from situasi.ui.tables import personnel, table_view
from situasi.ui.tables.table_view import Table

GROUPINGS = ("kecamatan", "polsek", "instansi")
# The table shows up to so many areas; more are scrolled.
MAX_AREAS = 24


def show(context: PageContext) -> None:
    """Draw the page Personel."""
    context, (petugas,) = page_layout.begin_filtered_page(
        context, label("screen", "personel"), partial(render_officer_filter, context)
    )
    data = context.compute(compute_personnel, context.kecamatan)
    if data.coverage.officers.empty:
        page_layout.render_missing_data(_("Belum ada laporan personel pada pilihan ini."), context)
        return
    if not data.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; yang tampil hanya lapor diri.")
        )
    if petugas:
        render_officer_panel(context, petugas)
    comparison.render_kpis(
        context, "personel", data, build_kpis, compute_personnel, context.kecamatan
    )

    if data.coverage.has_postings:
        left, right = st.columns([13, 8], gap="medium")
        with left:
            render_table_panel(context, data)
        with right:
            render_map_panel(context, data)
    else:
        render_checkins_panel(context, data)
    render_curve_panel(context, data)
    render_lists_panel(data.coverage)


def render_table_panel(context: PageContext, data: PersonnelData) -> None:
    """Draw the table of personnel by kecamatan, Polsek or agency."""
    with markup.row():
        page_layout.render_section_title(_("Perlu, diplot, hadir"))
        by = filters.render_single_filter(
            st.segmented_control,
            "menurut",
            _("Menurut"),
            GROUPINGS,
            _format_grouping,
            required=True,
        )
    key = (by, context.has_exercise_rows)
    table = render_cache.get_or_build("personel", key, (data,), partial(_build_table, *key))
    title = _("Personel menurut {by}").format(by=_format_grouping(by))
    table_view.render_table(table, f"personel_{by}", title, visible_rows=MAX_AREAS)
    st.caption(" ".join(_list_notes(data)))


def _build_table(grouping: str, is_exercise: bool, data: PersonnelData) -> Table:
    if grouping == "instansi":
        return personnel.build_agencies_table(data.agencies, data.coverage.has_roster, is_exercise)
    if grouping == "polsek":
        return personnel.build_areas_table(
            data.polsek, _("polsek"), personnel.polsek_name, is_exercise
        )
    return personnel.build_areas_table(
        data.kecamatan, _("kecamatan"), personnel.kecamatan_name, is_exercise
    )


def render_checkins_panel(context: PageContext, data: PersonnelData) -> None:
    """Draw the last check-ins, for a day without postings."""
    page_layout.render_section_title(_("Kabar terakhir petugas"))
    table = personnel.build_checkins_table(
        count_by_last_checkin(data.coverage.officers), context.has_exercise_rows
    )
    title = _("Kabar terakhir petugas menurut kecamatan")
    table_view.render_table(table, "personel_kabar", title, visible_rows=MAX_AREAS)
    if not data.coverage.has_roster:
        st.caption(_format_missing_roster())


def _format_missing_roster() -> str:
    return _("Daftar personel belum ada: instansi diambil dari lapor diri.")


def _format_grouping(code: str) -> str:
    return {"kecamatan": _("kecamatan"), "polsek": _("polsek"), "instansi": _("instansi")}[code]


def _list_notes(data: PersonnelData) -> list[str]:
    """Return what the numbers are based on."""
    patterns = board().register.election.rules.staffing_patterns
    notes = []
    if patterns.estimated:
        basis = definition_words.translate(board().register.election, patterns.basis)
        notes.append(_("≈ perkiraan menurut pola {basis}.").format(basis=basis))
    if data.coverage.tps["assumed"].any():
        default = patterns.by_kerawanan[patterns.default_kerawanan]
        notes.append(
            _("TPS yang belum dinilai dihitung {polri}-{tps}-{linmas}.").format(
                polri=default.polri, tps=default.tps, linmas=default.linmas
            )
        )
    if not data.coverage.has_roster:
        notes.append(_format_missing_roster())
    if UNKNOWN in data.agencies.index:
        notes.append(_("Petugas tanpa instansi dihitung sebagai polisi."))
    return notes


def render_map_panel(context: PageContext, data: PersonnelData) -> None:
    """Draw the strength of each kecamatan relative to what is required."""
    by_presence, theme = data.coverage.is_arrival_due, context.theme
    page_layout.render_section_title(
        _("Kekuatan: hadir terhadap perlu; arsir: TPS tanpa kabar") if by_presence
        else _("Kekuatan: diplot terhadap perlu (kehadiran belum dinilai)")
    )  # fmt: skip
    areas = area_map.build_areas(
        context.selected_kecamatan(),
        lambda kecamatan: _build_area(data, kecamatan, by_presence, theme),
    )
    area_map.render_area_map(
        areas, "peta_personel", _("Peta kecamatan menurut kekuatan polisi terhadap yang diperlukan")
    )
    names = (_("di bawah setengah"), _("di bawah pola"), _("sesuai"), _("di atas"),
             _("jauh di atas pola"))  # fmt: skip
    area_table = data.kecamatan.loc[context.selected_kecamatan()]
    entries = (
        build_strength_legend(area_table, names, theme) if by_presence
        else zip(theme.strength, names, strict=True)
    )  # fmt: skip
    marks = [(markup.build_colour_mark(colour), name) for colour, name in entries]
    area_map.render_legend(
        [
            *marks,
            (markup.build_situasi_mark(None), _("belum ada plotting atau kabar")),
            (markup.build_hatch_mark(), _("TPS tanpa kabar")),
        ]
    )


def _build_area(
    data: PersonnelData, area: Kecamatan, is_presence_due: bool, theme: Theme
) -> AreaStyle:
    row: Any = data.kecamatan.loc[area.code]
    if is_presence_due:
        return build_strength_area(area, row, theme)
    if not row["known"]:
        return AreaStyle(area.name, fill_mode="silent")
    value = f"{format_number(row['posted'])}/≈{format_number(row['required'])}"
    return AreaStyle(area.name, value, select_strength_colour(row["ratio_posted"], theme))


def render_curve_panel(context: PageContext, data: PersonnelData) -> None:
    """Draw presence and silence through the day, against posted and required officers."""
    election = board().register.election
    with markup.row():
        page_layout.render_section_title(_("Hadir sepanjang hari"))
        table_view.render_table_popover(
            _("Tabel"),
            lambda: personnel.build_presence_curve_table(data.curve, context.has_exercise_rows),
            "kurva_personel",
        )
    levels, total = {}, data.total
    if data.coverage.has_postings:
        levels = {"posted": int(total["posted"]), "required": int(total["required"])}
    names = {
        "present": _("hadir"),
        "silent": _("tanpa kabar"),
        "posted": format_counts(_("diplot {n}"), n=total["posted"]),
        "required": format_counts(_("≈ perlu {n}"), n=total["required"]),
    }
    marks = [
        (election.local_time(moment.at), _(moment.label)) for moment in election.timeline_marks
    ]
    day = (election.day_start, election.day_end)
    render_chart(
        "garis_personel",
        _("Polisi yang hadir di TPS sepanjang hari, terhadap yang diplot dan yang diperlukan"),
        (data,),
        lambda data, theme: build_attendance_chart(data.curve, levels, names, marks, day, theme),
    )
    text = _("Polisi yang lapor diri; bergaris: tiba, tetapi lama tanpa kabar.")
    if data.coverage.has_postings:
        text = _("Polisi yang diplot di TPS pada {time}; bergaris: tiba, tetapi lama tanpa kabar.")
    st.caption(text.format(time=f"{format_time(context.view_time.at)} {election.zone_label}"))
