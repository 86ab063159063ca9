"""The kabupaten on a map, where somebody brought their boundaries; a click opens one."""

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
    """By the worst situasi; nothing where no boundaries are known: the tiles say the same."""
    there = app.current_higher_command()
    shapes = there.boundaries if there else None
    drawn = {one.code: one for one in units if shapes and one.code in shapes.codes}
    if shapes is None or not drawn:
        return
    names = tuple((code, one.name) for code, one in drawn.items())
    areas = {
        code: _build_area(drawn[code]) if code in drawn else AreaStyle("", fill_mode="filtered")
        for code in shapes.codes
    }
    clicks = st.session_state.setdefault(_CLICK_COUNT_KEY, 0)
    made = build_situation_map(
        place_labels(shapes, names, HEIGHT),
        shapes.url,
        areas,
        None,
        session.get_theme(),
        layer_id=f"kabupaten-{clicks}",
    )
    alt = _("Peta {n} kabupaten menurut situasi terberat").format(n=len(drawn))
    chosen = st.pydeck_chart(made, height=HEIGHT, on_select="rerun", key=_MAP_KEY, alt=alt)
    marks = [
        (markup.build_situasi_mark(state), label("situasi", state)) for state in reversed(SITUASI)
    ]
    marks.append((markup.build_situasi_mark(None), _("belum dinyatakan")))
    markup.render_legend(marks, f"{shapes.credit}. {shapes.caution}.")
    for picked in (one for some in chosen["selection"]["objects"].values() for one in some):
        line = drawn.get(picked["properties"]["kode"])
        if line is not None and line.is_openable:
            higher_command_tables.open_unit(line)


def _build_area(unit: UnitSummary) -> AreaStyle:
    value = wording.format_turnout(unit)
    if unit.state is None:
        return AreaStyle(unit.name, value, fill_mode="silent")
    strength = 90 if unit.state == "hijau" else 255
    return AreaStyle(unit.name, value, SITUASI[unit.state], strength)
