"""By what a map of kecamatan can be coloured: how a measure paints one, and its legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.overview import Overview
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import label
from situasi.domain.register import Kecamatan
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import SITUASI, Theme, select_step_colour, select_strength_colour
from situasi.presentation.model import Mark
from situasi.presentation.numbers import percent

# Hijau is the ordinary: drawn faint, so that kuning and merah are seen at once.
CALM = 95

Legend = list[tuple[Mark, str]]


@dataclass(frozen=True)
class Measure:
    """paint: how one kecamatan is drawn. marks: the legend. nothing: what dashed means."""

    paint: Callable[[Kecamatan], AreaStyle]
    marks: Legend
    nothing: str


@dataclass(frozen=True)
class _Shown:
    """What a measure paints from. places: every kecamatan that the viewer may see, by code."""

    found: Overview
    day: AreaSummary
    places: Mapping[str, Kecamatan]
    theme: Theme


NAMES = ("situasi", "terbuka", "perhatian", "partisipasi", "fase", "personel", "tps")


def name_of(code: str) -> str:
    """The measure in words."""
    return {
        "situasi": _("Situasi"),
        "terbuka": _("Kejadian terbuka"),
        "perhatian": _("Perlu perhatian"),
        "partisipasi": _("Partisipasi"),
        "fase": _("Fase TPS"),
        "personel": _("Personel hadir"),
        "tps": _("Jumlah TPS"),
    }[code]


def measure(
    name: str, found: Overview, day: AreaSummary, places: Mapping[str, Kecamatan], theme: Theme
) -> Measure:
    """The measure of this name (NAMES). places: the kecamatan that the viewer may see."""
    return _MEASURES[name](_Shown(found, day, places, theme))


def shade(count: int, most: int, theme: Theme) -> str:
    """The colour of a count between none and the most."""
    steps = theme.counts
    return steps[0] if not count else steps[1 + (count * (len(steps) - 2)) // max(most, 1)]


def turnout_area(place: Kecamatan, one: Any, theme: Theme) -> AreaStyle:
    """How the map draws the turnout of a kecamatan. one: its row of turnout.by_kecamatan."""
    if pd.isna(one.rate):
        return AreaStyle(place.name, fill_mode="silent")
    said = percent(one.rate, estimated=bool(one.told_estimated))
    return AreaStyle(place.name, said, select_step_colour(one.rate / 100, theme.turnout))


def _situasi(of: _Shown) -> Measure:
    found = of.found
    states = dict(zip(found.crowd_states["kecamatan"], found.crowd_states["situasi"], strict=True))
    opened = cases.count_by_kecamatan(found.open_cases)

    def paint(place: Kecamatan) -> AreaStyle:
        state, count = states[place.code], opened.get(place.code, 0)
        value = i18n.format_number(count) if count else ""
        if not isinstance(state, str):
            return AreaStyle(place.name, value, fill_mode="silent")
        return AreaStyle(place.name, value, SITUASI[state], CALM if state == "hijau" else 255)

    marks = [(Mark("situasi", code), label("situasi", code)) for code in SITUASI]
    return Measure(paint, marks, _("belum dinyatakan"))


def _open(of: _Shown) -> Measure:
    opened = cases.count_by_kecamatan(of.found.open_cases)

    def paint(place: Kecamatan) -> AreaStyle:
        count = opened.get(place.code, 0)
        if not count and place.code not in of.found.reporting_kecamatan:
            return AreaStyle(place.name, fill_mode="silent")
        most = max(opened.values(), default=0)
        return AreaStyle(place.name, i18n.format_number(count), shade(count, most, of.theme))

    return Measure(paint, few_to_many(of.theme), _("belum ada laporan"))


def _tps(of: _Shown) -> Measure:
    most = max(k.tps for k in of.places.values())

    def paint(place: Kecamatan) -> AreaStyle:
        return AreaStyle(
            place.name, i18n.format_number(place.tps), shade(place.tps, most, of.theme)
        )

    return Measure(paint, few_to_many(of.theme), "")


def few_to_many(theme: Theme) -> Legend:
    """The legend of `shade`."""
    return [
        (Mark("colour", theme.counts[0]), _("sedikit")),
        (Mark("colour", theme.counts[-1]), _("banyak")),
    ]


def _attention(of: _Shown) -> Measure:
    scores = of.day.priority_scores.set_index("kecamatan")["score"]

    def paint(place: Kecamatan) -> AreaStyle:
        score = scores[place.code]
        if pd.isna(score):
            return AreaStyle(place.name, fill_mode="silent")
        return AreaStyle(
            place.name,
            i18n.format_number(round(score)),
            select_step_colour(score / 100, of.theme.counts),
        )

    return Measure(paint, _fifths(of.theme.counts), _("belum dinilai"))


def _turnout(of: _Shown) -> Measure:
    def paint(place: Kecamatan) -> AreaStyle:
        return turnout_area(place, of.day.turnout.loc[place.code], of.theme)

    return Measure(paint, _fifths(of.theme.turnout, " %"), _("belum ada hitungan"))


def _fifths(colours: tuple[str, ...], unit: str = "") -> Legend:
    return [
        (
            Mark("colour", colour),
            f"{i18n.format_number(20 * n)}–{i18n.format_number(20 * n + 20)}{unit}",
        )
        for n, colour in enumerate(colours)
    ]


def _phases(of: _Shown) -> Measure:
    furthest = find_phases_reached(of.day.phases)
    rows: dict[str, Any] = {str(one.Index): one for one in furthest.itertuples()}
    colours = of.theme.phases

    def paint(place: Kecamatan) -> AreaStyle:
        one = rows[place.code]
        if not isinstance(one.fase, str):
            return AreaStyle(place.name, fill_mode="silent")
        value = f"{i18n.format_number(one.by)}/{i18n.format_number(one.tps)}"
        return AreaStyle(place.name, value, colours[FASE.index(one.fase)])

    met = [fase for fase in FASE if fase in set(furthest["fase"])]
    marks = [(Mark("colour", colours[FASE.index(fase)]), label("fase", fase)) for fase in met]
    return Measure(paint, marks, _("belum ada fase"))


def _personnel(of: _Shown) -> Measure:
    rows: dict[str, Any] = {str(one.Index): one for one in of.day.coverage_gaps.itertuples()}

    def paint(place: Kecamatan) -> AreaStyle:
        one = rows[place.code]
        if not one.known or pd.isna(one.ratio_present):
            return AreaStyle(place.name, fill_mode="silent")
        value = f"{i18n.format_number(one.present)}/≈{i18n.format_number(one.required)}"
        return AreaStyle(
            place.name, value, select_strength_colour(float(one.ratio_present), of.theme)
        )

    names = (_("jauh kurang"), _("kurang"), _("sesuai pola"), _("lebih"), _("jauh lebih"))
    marks = [
        (Mark("colour", colour), name)
        for colour, name in zip(of.theme.strength, names, strict=True)
    ]
    return Measure(paint, marks, _("belum ada plotting"))


_MEASURES: dict[str, Callable[[_Shown], Measure]] = {
    "situasi": _situasi,
    "terbuka": _open,
    "perhatian": _attention,
    "partisipasi": _turnout,
    "fase": _phases,
    "personel": _personnel,
    "tps": _tps,
}
