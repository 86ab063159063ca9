"""The panels of Personel: the table by area or agency, the map, the curve through the day."""

from __future__ import annotations

import math
from functools import partial

import streamlit as st

from pages.personnel.data import Work
from situasi.analysis.personnel.officers import UNKNOWN, count_by_last_checkin
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.register import Kecamatan
from situasi.figures import theme as colours
from situasi.figures.charts.attendance import build_attendance_chart
from situasi.figures.maps.area_style import AreaStyle
from situasi.ui import filters, page_layout, render_cache, session
from situasi.ui.components import area_map, markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import personnel as readable
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

BY = ("kecamatan", "polsek", "instansi")
# Up to so many areas the table is as tall as they need; more are scrolled.
MOST_AREAS = 24


def table_panel(found: Work) -> None:
    with markup.row():
        page_layout.render_section_title(_("Perlu, diplot, hadir"))
        by = filters.render_single_filter(
            st.segmented_control, "menurut", _("Menurut"), BY, _by_name, required=True
        )
    table = render_cache.get_or_build("personel", by, (found,), partial(_by, by))
    title = _("Personel menurut {by}").format(by=_by_name(by))
    table_view.render_table(table, f"personel_{by}", title, visible_rows=MOST_AREAS)
    st.caption(" ".join(_notes(found)))


def _by(by: str, found: Work) -> Table:
    if by == "instansi":
        return readable.build_agencies_table(found.agencies, found.coverage.has_roster)
    if by == "polsek":
        return readable.build_areas_table(found.polsek, _("polsek"), readable.polsek_name)
    return readable.build_areas_table(found.kecamatan, _("kecamatan"), readable.kecamatan_name)


def checkins_panel(found: Work) -> None:
    """Where nobody is posted: only who spoke, and how."""
    page_layout.render_section_title(_("Kabar terakhir petugas"))
    table = readable.build_checkins_table(count_by_last_checkin(found.coverage.officers))
    title = _("Kabar terakhir petugas menurut kecamatan")
    table_view.render_table(table, "personel_kabar", title, visible_rows=MOST_AREAS)
    if not found.coverage.has_roster:
        st.caption(_without_roster())


def _without_roster() -> str:
    return _("Daftar personel belum ada: instansi diambil dari lapor diri.")


def _by_name(code: str) -> str:
    return {"kecamatan": _("kecamatan"), "polsek": _("polsek"), "instansi": _("instansi")}[code]


def _notes(found: Work) -> list[str]:
    """What the numbers rest on."""
    patterns = board().register.election.rules.staffing_patterns
    said = []
    if patterns.estimated:
        said.append(_("≈ perkiraan menurut pola {basis}.").format(basis=patterns.basis))
    if found.coverage.tps["assumed"].any():
        default = patterns.by_kerawanan[patterns.default_kerawanan]
        said.append(
            _("TPS yang belum dinilai dihitung {polri}-{tps}-{linmas}.").format(
                polri=default.polri, tps=default.tps, linmas=default.linmas
            )
        )
    if not found.coverage.has_roster:
        said.append(_without_roster())
    if UNKNOWN in found.agencies.index:
        said.append(_("Petugas tanpa instansi dihitung sebagai polisi."))
    return said


def map_panel(view: PageContext, found: Work) -> None:
    """Strength of each kecamatan around what is required."""
    by_presence = found.coverage.is_arrival_due
    page_layout.render_section_title(
        _("Kekuatan: hadir terhadap perlu, di TPS yang ada kabarnya") if by_presence
        else _("Kekuatan: diplot terhadap perlu (kehadiran belum dinilai)")
    )  # fmt: skip
    drawn = area_map.build_areas(
        view.selected_kecamatan(), lambda place: _area(found, place, by_presence)
    )
    area_map.render_area_map(
        drawn,
        "peta_personel",
        _("Peta kecamatan menurut kekuatan polisi terhadap yang diperlukan"),
    )
    steps = session.get_theme().strength
    names = (_("di bawah setengah"), _("di bawah pola"), _("sesuai"), _("di atas"),
             _("jauh di atas pola"))  # fmt: skip
    marks = [(markup.build_colour_mark(c), name) for c, name in zip(steps, names, strict=True)]
    area_map.render_legend(
        [*marks, (markup.build_situasi_mark(None), _("belum ada plotting atau kabar"))]
    )


def _area(found: Work, place: Kecamatan, by_presence: bool) -> AreaStyle:
    row = found.kecamatan.loc[place.code].to_dict()
    if not row["known"]:
        return AreaStyle(place.name, fill_mode="silent")
    if not by_presence:
        return _painted(place, row["posted"], row["required"], row["ratio_posted"])
    if row["released"] == row["tps"]:
        return AreaStyle(place.name, _("selesai"), session.get_theme().counts[0])
    if math.isnan(row["ratio_present"]):  # whoever is left there is silent
        return AreaStyle(place.name, fill_mode="silent")
    return _painted(place, row["present"], row["required_now"], row["ratio_present"])


def _painted(place: Kecamatan, count: int, required: int, ratio: float) -> AreaStyle:
    value = f"{i18n.format_number(count)}/≈{i18n.format_number(required)}"
    return AreaStyle(place.name, value, colours.select_strength_colour(ratio, session.get_theme()))


def curve_panel(view: PageContext, found: Work) -> None:
    """Present and silent through the day, against what is posted and required."""
    election = board().register.election
    with markup.row():
        page_layout.render_section_title(_("Hadir sepanjang hari"))
        table_view.render_table_popover(
            _("Tabel"), lambda: readable.build_presence_curve_table(found.curve), "kurva_personel"
        )
    levels, total = {}, found.total
    if found.coverage.has_postings:
        levels = {"posted": int(total["posted"]), "required": int(total["required"])}
    names = {
        "present": _("hadir"),
        "silent": _("tanpa kabar"),
        "posted": _("diplot {n}").format(n=i18n.format_number(total["posted"])),
        "required": _("≈ perlu {n}").format(n=i18n.number(total["required"])),
    }
    moments = [
        (election.local_time(moment.at), _(moment.label)) for moment in election.timeline_marks
    ]
    day = (election.day_start, election.day_end)
    render_chart(
        "garis_personel",
        _("Polisi yang hadir di TPS sepanjang hari, terhadap yang diplot dan yang diperlukan"),
        (found,),
        lambda found, theme: build_attendance_chart(
            found.curve, levels, names, moments, day, theme
        ),
    )
    whose = _("Polisi yang lapor diri; bergaris: tiba, tetapi lama tanpa kabar.")
    if found.coverage.has_postings:
        whose = _("Polisi yang diplot di TPS pada {time}; bergaris: tiba, tetapi lama tanpa kabar.")
    st.caption(whose.format(time=f"{i18n.format_time(view.view_time.at)} {election.zone_label}"))
