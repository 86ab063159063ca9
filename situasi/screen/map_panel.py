"""The map panel: kecamatan by a measure, open incidents as marks, and who drew the lines."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from situasi import words
from situasi.analysis import incidents
from situasi.analysis.overview import Overview
from situasi.board import current as board
from situasi.figures import map as figure_map
from situasi.figures.map import Area
from situasi.figures.theme import SITUASI, Theme
from situasi.labels import label
from situasi.records import TINGKAT as LEVELS
from situasi.regions import Kecamatan
from situasi.screen import area_map, filters, parts, session, tables
from situasi.words import _

# Hijau is the ordinary: drawn faint, so that kuning and merah are seen at once.
CALM = 95


def map_panel(found: Overview) -> None:
    with parts.bar():
        measure = filters.measure()
        if len(found.undrawn):
            tables.behind(_("{n} tanpa lokasi"), found.undrawn, "tanpa_lokasi")
    theme = session.viewer_theme()
    drawn = found.drawn.tail(figure_map.MOST_POINTS)
    area_map.area_map(
        _areas(found, measure, theme),
        "peta",
        _("Peta {n} kecamatan dengan {open} kejadian terbuka").format(
            n=len(found.states), open=len(found.open)
        ),
        drawn.assign(label=_point_labels(drawn)),
    )
    _under_map(found, measure, theme, len(drawn))


def _areas(found: Overview, measure: str, theme: Theme) -> dict[str, Area]:
    states = dict(zip(found.states["kecamatan"], found.states["situasi"], strict=True))
    opened = incidents.by_kecamatan(found.open)
    most = max(k.tps for k in board().register.kecamatan.values())

    def paint(place: Kecamatan) -> Area:
        if measure == "situasi":
            return _by_situasi(place, states[place.code], opened.get(place.code, 0))
        if measure == "terbuka":
            return _by_open(place, found, opened, theme)
        fill = area_map.shade(place.tps, most, theme)
        return Area(place.name, words.number(place.tps), fill)

    return area_map.areas(states, paint)


def _by_situasi(place: Kecamatan, state: object, count: int) -> Area:
    value = words.number(count) if count else ""
    if not isinstance(state, str):
        return Area(place.name, value, drawn="silent")
    return Area(place.name, value, SITUASI[state], CALM if state == "hijau" else 255)


def _by_open(place: Kecamatan, found: Overview, opened: dict[str, int], theme: Theme) -> Area:
    count = opened.get(place.code, 0)
    if not count and place.code not in found.heard:
        return Area(place.name, drawn="silent")
    return Area(
        place.name,
        words.number(count),
        area_map.shade(count, max(opened.values()), theme) if count else theme.counts[0],
    )


def _point_labels(drawn: pd.DataFrame) -> list[str]:
    register = board().register
    local = drawn["occurred_at"].dt.tz_convert(register.election.zone)
    told = zip(drawn["jenis"], drawn["kecamatan"], local, drawn["status"], strict=True)
    return [
        " · ".join(
            (label("jenis", kind), register.name_of(code), words.clock(at), label("status", status))
        )
        for kind, code, at, status in told
    ]


def _under_map(found: Overview, measure: str, theme: Theme, drawn: int) -> None:
    marks = [(parts.sign(level), label("tingkat", level)) for level in reversed(LEVELS)]
    if measure == "situasi":
        marks += [(parts.swatch(code), label("situasi", code)) for code in SITUASI]
    else:
        marks += area_map.few_to_many(theme)
    nothing = _("belum dinyatakan") if measure == "situasi" else _("belum ada laporan")
    marks.append((parts.swatch(None), nothing))
    area_map.legend(marks)
    if drawn < len(found.drawn):
        st.caption(
            _("{n} dari {all} titik digambar").format(
                n=words.number(drawn), all=words.number(len(found.drawn))
            )
        )
