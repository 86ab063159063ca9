"""The kabupaten on a map, if their boundaries are installed; a click opens one."""

from __future__ import annotations

import streamlit as st

from pages.higher_command import tables as higher_command_tables
from pages.higher_command import wording
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.label_placement import place_labels
from situasi.figures.maps.situation_map import HEIGHT, build_situation_map
from situasi.figures.theme import SITUASI
from situasi.higher_command import app
from situasi.higher_command.comparison import UnitSummary
from situasi.ui import session
from situasi.ui.components import markup

_MAP_KEY = "peta_wilayah"
_CLICK_COUNT_KEY = "_peta_wilayah"


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
        boundaries.url,
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
    markup.render_legend(marks, f"{boundaries.credit}. {boundaries.caution}.")
    for item in (unit for objects in event["selection"]["objects"].values() for unit in objects):
        unit = units_by_code.get(item["properties"]["kode"])
        if unit is not None and unit.is_openable:
            higher_command_tables.open_unit(unit)


def _build_area(unit: UnitSummary) -> AreaStyle:
    value = wording.format_turnout(unit)
    if unit.state is None:
        return AreaStyle(unit.name, value, fill_mode="silent")
    opacity = 90 if unit.state == "hijau" else 255
    return AreaStyle(unit.name, value, SITUASI[unit.state], opacity)
