"""By what the map of Situasi can be coloured: how a measure paints a kecamatan, its legend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from situasi import words
from situasi.analysis import incidents
from situasi.analysis.day import Day, reached
from situasi.analysis.overview import Overview
from situasi.figures.area import Area
from situasi.figures.theme import SITUASI, Theme, step, strength
from situasi.labels import label
from situasi.records import FASE
from situasi.regions import Kecamatan
from situasi.screen import area_map, parts, session, turnout_tables
from situasi.words import _

# Hijau is the ordinary: drawn faint, so that kuning and merah are seen at once.
CALM = 95

Marks = list[tuple[Markup, str]]


@dataclass(frozen=True)
class Measure:
    """paint: how one kecamatan is drawn. marks: the legend. nothing: what dashed means."""

    paint: Callable[[Kecamatan], Area]
    marks: Marks
    nothing: str


def measure(name: str, found: Overview, day: Day, theme: Theme) -> Measure:
    """The measure of this name (filters.MEASURES)."""
    return _MEASURES[name](found, day, theme)


def _situasi(found: Overview, _day: Day, _theme: Theme) -> Measure:
    states = dict(zip(found.states["kecamatan"], found.states["situasi"], strict=True))
    opened = incidents.by_kecamatan(found.open)

    def paint(place: Kecamatan) -> Area:
        state, count = states[place.code], opened.get(place.code, 0)
        value = words.number(count) if count else ""
        if not isinstance(state, str):
            return Area(place.name, value, drawn="silent")
        return Area(place.name, value, SITUASI[state], CALM if state == "hijau" else 255)

    marks = [(parts.swatch(code), label("situasi", code)) for code in SITUASI]
    return Measure(paint, marks, _("belum dinyatakan"))


def _open(found: Overview, _day: Day, theme: Theme) -> Measure:
    opened = incidents.by_kecamatan(found.open)

    def paint(place: Kecamatan) -> Area:
        count = opened.get(place.code, 0)
        if not count and place.code not in found.heard:
            return Area(place.name, drawn="silent")
        shade = area_map.shade(count, max(opened.values()), theme) if count else theme.counts[0]
        return Area(place.name, words.number(count), shade)

    return Measure(paint, area_map.few_to_many(theme), _("belum ada laporan"))


def _tps(_found: Overview, _day: Day, theme: Theme) -> Measure:
    most = max(k.tps for k in session.register().kecamatan.values())

    def paint(place: Kecamatan) -> Area:
        return Area(place.name, words.number(place.tps), area_map.shade(place.tps, most, theme))

    return Measure(paint, area_map.few_to_many(theme), "")


def _attention(_found: Overview, day: Day, theme: Theme) -> Measure:
    scores = day.attention.set_index("kecamatan")["score"]

    def paint(place: Kecamatan) -> Area:
        score = scores[place.code]
        if pd.isna(score):
            return Area(place.name, drawn="silent")
        return Area(place.name, words.number(round(score)), step(score / 100, theme.counts))

    marks = [
        (parts.colour_swatch(colour), f"{words.number(20 * n)}–{words.number(20 * n + 20)}")
        for n, colour in enumerate(theme.counts)
    ]
    return Measure(paint, marks, _("belum dinilai"))


def _turnout(_found: Overview, day: Day, theme: Theme) -> Measure:
    def paint(place: Kecamatan) -> Area:
        return turnout_tables.area(place, day.turnout.loc[place.code], theme)

    marks = [
        (parts.colour_swatch(colour), f"{words.number(20 * n)}–{words.number(20 * n + 20)} %")
        for n, colour in enumerate(theme.turnout)
    ]
    return Measure(paint, marks, _("belum ada hitungan"))


def _phases(_overview: Overview, day: Day, theme: Theme) -> Measure:
    furthest = reached(day.phases)
    rows: dict[str, Any] = {str(one.Index): one for one in furthest.itertuples()}

    def paint(place: Kecamatan) -> Area:
        one = rows[place.code]
        if not isinstance(one.fase, str):
            return Area(place.name, drawn="silent")
        value = f"{words.number(one.by)}/{words.number(one.tps)}"
        return Area(place.name, value, theme.phases[FASE.index(one.fase)])

    met = [fase for fase in FASE if fase in set(furthest["fase"])]
    marks = [
        (parts.colour_swatch(theme.phases[FASE.index(fase)]), label("fase", fase)) for fase in met
    ]
    return Measure(paint, marks, _("belum ada fase"))


def _personnel(_found: Overview, day: Day, theme: Theme) -> Measure:
    rows: dict[str, Any] = {str(one.Index): one for one in day.gaps.itertuples()}

    def paint(place: Kecamatan) -> Area:
        one = rows[place.code]
        if not one.known or pd.isna(one.ratio_present):
            return Area(place.name, drawn="silent")
        value = f"{words.number(one.present)}/≈{words.number(one.required)}"
        return Area(place.name, value, strength(float(one.ratio_present), theme))

    names = (_("jauh kurang"), _("kurang"), _("sesuai pola"), _("lebih"), _("jauh lebih"))
    marks = [
        (parts.colour_swatch(colour), name)
        for colour, name in zip(theme.strength, names, strict=True)
    ]
    return Measure(paint, marks, _("belum ada plotting"))


_MEASURES: dict[str, Callable[[Overview, Day, Theme], Measure]] = {
    "situasi": _situasi,
    "terbuka": _open,
    "perhatian": _attention,
    "partisipasi": _turnout,
    "fase": _phases,
    "personel": _personnel,
    "tps": _tps,
}
