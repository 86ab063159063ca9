"""The map panel: kecamatan by a measure, open incidents as marks, and who drew the lines."""

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
from situasi.presentation.map_measures import Measure, measure
from situasi.ui import filters, render_cache, session, url_state
from situasi.ui.components import area_map, markup
from situasi.ui.tables import table_view


def map_panel(found: Overview, day: AreaSummary) -> None:
    with markup.bar():
        name = filters.measure()
        table_view.opens(_("Angka peta"), lambda: situation_tables.areas(found, day), "angka_peta")
        if len(found.unlocated_cases):
            table_view.behind(_("{n} tanpa lokasi"), found.unlocated_cases, "tanpa_lokasi")
    wide, theme = session.register().kecamatan, session.viewer_theme()
    asked = (name, theme, tuple(url_state.current("kec")), area_map.layer_id("peta"))

    def make(found: Overview, day: AreaSummary) -> tuple[Measure, Deck]:
        by = measure(name, found, day, wide, theme)
        points = found.located_cases.tail(MAX_POINTS)
        areas = area_map.areas(list(found.crowd_states["kecamatan"]), by.paint)
        return by, area_map.deck(areas, "peta", points.assign(label=_point_labels(points)))

    by, deck = render_cache.once("peta", asked, (found, day), make)
    area_map.show(
        deck,
        "peta",
        _("Peta {n} kecamatan dengan {open} kejadian terbuka").format(
            n=len(found.crowd_states), open=len(found.open_cases)
        ),
    )
    _under_map(found, by, min(len(found.located_cases), MAX_POINTS))


def _point_labels(drawn: pd.DataFrame) -> list[str]:
    register = board().register
    local = drawn["occurred_at"].dt.tz_convert(register.election.zone)
    told = zip(drawn["jenis"], drawn["kecamatan"], local, drawn["status"], strict=True)
    return [
        " · ".join(
            (
                label("jenis", kind),
                register.name_of(code),
                i18n.format_time(at),
                label("status", status),
            )
        )
        for kind, code, at, status in told
    ]


def _under_map(found: Overview, by: Measure, drawn: int) -> None:
    marks = [(markup.sign(level), label("tingkat", level)) for level in reversed(LEVELS)]
    marks += [(markup.drawn(mark), word) for mark, word in by.marks]
    if by.nothing:
        marks.append((markup.swatch(None), by.nothing))
    area_map.legend(marks)
    if drawn < len(found.located_cases):
        st.caption(
            _("{n} dari {all} titik digambar").format(
                n=i18n.format_number(drawn), all=i18n.format_number(len(found.located_cases))
            )
        )
