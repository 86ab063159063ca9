"""The map panel: kecamatan by a measure, open incidents as marks, and who drew the lines."""

from __future__ import annotations

from dataclasses import replace

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
from situasi.screen import address, filters, parts, session, tables
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
    clicks = st.session_state.setdefault("_clicks", 0)
    deck = figure_map.situation_map(
        board().boundaries,
        board().boundaries.address,
        _areas(found, measure, theme),
        drawn.assign(label=_point_labels(drawn)),
        theme,
        layer_id=f"kecamatan-{clicks}",
    )
    st.pydeck_chart(
        deck,
        height=figure_map.HEIGHT,
        on_select=_clicked,
        key="peta",
        alt=_("Peta {n} kecamatan dengan {open} kejadian terbuka").format(
            n=len(found.states), open=len(found.open)
        ),
    )
    _under_map(found, measure, theme, len(drawn))


def _clicked() -> None:
    """A click on a kecamatan filters the page; on a report, its kecamatan too."""
    objects = st.session_state["peta"]["selection"]["objects"]
    for layer, picked in objects.items():
        if layer.startswith("kecamatan") and picked:
            filters.toggle_kecamatan(picked[0]["properties"]["kode"])
    st.session_state["_clicks"] = st.session_state.get("_clicks", 0) + 1


def _areas(found: Overview, measure: str, theme: Theme) -> dict[str, Area]:
    register = board().register
    states = dict(zip(found.states["kecamatan"], found.states["situasi"], strict=True))
    opened = incidents.by_kecamatan(found.open)
    chosen = set(address.current("kec"))
    areas = {}
    for code, place in register.kecamatan.items():
        if code not in states:
            areas[code] = Area(place.name, drawn="filtered")
        elif measure == "situasi":
            areas[code] = _by_situasi(place, states[code], opened.get(code, 0))
        elif measure == "terbuka":
            areas[code] = _by_open(place, found, opened, theme)
        else:
            most = max(k.tps for k in register.kecamatan.values())
            fill = _shade(place.tps, most, theme)
            areas[code] = Area(place.name, words.number(place.tps), fill)
        areas[code] = replace(areas[code], chosen=code in chosen)
    return areas


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
        _shade(count, max(opened.values()), theme) if count else theme.counts[0],
    )


def _shade(count: int, most: int, theme: Theme) -> str:
    steps = theme.counts
    return steps[0] if not count else steps[1 + (count * (len(steps) - 2)) // max(most, 1)]


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
        marks += [
            (parts.colour_swatch(theme.counts[0]), _("sedikit")),
            (parts.colour_swatch(theme.counts[-1]), _("banyak")),
        ]
    nothing = _("belum dinyatakan") if measure == "situasi" else _("belum ada laporan")
    marks.append((parts.swatch(None), nothing))
    source = board().boundaries
    parts.legend(marks, f"{source.credit}. {source.caution}.")
    if drawn < len(found.drawn):
        st.caption(
            _("{n} dari {all} titik digambar").format(
                n=words.number(drawn), all=words.number(len(found.drawn))
            )
        )
