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
from situasi.presentation.numbers import format_percent

# Hijau is the ordinary: drawn faint, so that kuning and merah are seen at once.
GREEN_OPACITY = 95

Legend = list[tuple[Mark, str]]


@dataclass(frozen=True)
class MapMeasure:
    """paint: how one kecamatan is drawn. marks: the legend. nothing: what dashed means."""

    build_area: Callable[[Kecamatan], AreaStyle]
    legend: Legend
    no_data_label: str


@dataclass(frozen=True)
class _MeasureInputs:
    """What a measure paints from. places: every kecamatan that the viewer may see, by code."""

    overview: Overview
    area_summary: AreaSummary
    places: Mapping[str, Kecamatan]
    theme: Theme


MEASURE_CODES = ("situasi", "terbuka", "perhatian", "partisipasi", "fase", "personel", "tps")


def format_name(code: str) -> str:
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


def build_measure(
    code: str,
    overview: Overview,
    area_summary: AreaSummary,
    places: Mapping[str, Kecamatan],
    theme: Theme,
) -> MapMeasure:
    """The measure of this name (NAMES). places: the kecamatan that the viewer may see."""
    return _BUILDERS[code](_MeasureInputs(overview, area_summary, places, theme))


def choose_shade(count: int, maximum: int, theme: Theme) -> str:
    """The colour of a count between none and the most."""
    steps = theme.counts
    return steps[0] if not count else steps[1 + (count * (len(steps) - 2)) // max(maximum, 1)]


def build_turnout_area(place: Kecamatan, row: Any, theme: Theme) -> AreaStyle:
    """How the map draws the turnout of a kecamatan. one: its row of turnout.by_kecamatan."""
    if pd.isna(row.rate):
        return AreaStyle(place.name, fill_mode="silent")
    said = format_percent(row.rate, is_estimated=bool(row.told_estimated))
    return AreaStyle(place.name, said, select_step_colour(row.rate / 100, theme.turnout))


def _build_situasi_measure(inputs: _MeasureInputs) -> MapMeasure:
    found = inputs.overview
    states = dict(zip(found.crowd_states["kecamatan"], found.crowd_states["situasi"], strict=True))
    opened = cases.count_by_kecamatan(found.open_cases)

    def paint(place: Kecamatan) -> AreaStyle:
        state, count = states[place.code], opened.get(place.code, 0)
        value = i18n.format_number(count) if count else ""
        if not isinstance(state, str):
            return AreaStyle(place.name, value, fill_mode="silent")
        return AreaStyle(
            place.name, value, SITUASI[state], GREEN_OPACITY if state == "hijau" else 255
        )

    marks = [(Mark("situasi", code), label("situasi", code)) for code in SITUASI]
    return MapMeasure(paint, marks, _("belum dinyatakan"))


def _build_open_measure(inputs: _MeasureInputs) -> MapMeasure:
    opened = cases.count_by_kecamatan(inputs.overview.open_cases)

    def paint(place: Kecamatan) -> AreaStyle:
        count = opened.get(place.code, 0)
        if not count and place.code not in inputs.overview.reporting_kecamatan:
            return AreaStyle(place.name, fill_mode="silent")
        most = max(opened.values(), default=0)
        return AreaStyle(
            place.name, i18n.format_number(count), choose_shade(count, most, inputs.theme)
        )

    return MapMeasure(paint, build_count_legend(inputs.theme), _("belum ada laporan"))


def _build_tps_measure(inputs: _MeasureInputs) -> MapMeasure:
    most = max(k.tps for k in inputs.places.values())

    def paint(place: Kecamatan) -> AreaStyle:
        return AreaStyle(
            place.name, i18n.format_number(place.tps), choose_shade(place.tps, most, inputs.theme)
        )

    return MapMeasure(paint, build_count_legend(inputs.theme), "")


def build_count_legend(theme: Theme) -> Legend:
    """The legend of `shade`."""
    return [
        (Mark("colour", theme.counts[0]), _("sedikit")),
        (Mark("colour", theme.counts[-1]), _("banyak")),
    ]


def _build_priority_measure(inputs: _MeasureInputs) -> MapMeasure:
    scores = inputs.area_summary.priority_scores.set_index("kecamatan")["score"]

    def paint(place: Kecamatan) -> AreaStyle:
        score = scores[place.code]
        if pd.isna(score):
            return AreaStyle(place.name, fill_mode="silent")
        return AreaStyle(
            place.name,
            i18n.format_number(round(score)),
            select_step_colour(score / 100, inputs.theme.counts),
        )

    return MapMeasure(paint, _build_fifths_legend(inputs.theme.counts), _("belum dinilai"))


def _build_turnout_measure(inputs: _MeasureInputs) -> MapMeasure:
    def paint(place: Kecamatan) -> AreaStyle:
        return build_turnout_area(place, inputs.area_summary.turnout.loc[place.code], inputs.theme)

    return MapMeasure(
        paint, _build_fifths_legend(inputs.theme.turnout, " %"), _("belum ada hitungan")
    )


def _build_fifths_legend(colours: tuple[str, ...], unit: str = "") -> Legend:
    return [
        (
            Mark("colour", colour),
            f"{i18n.format_number(20 * n)}–{i18n.format_number(20 * n + 20)}{unit}",
        )
        for n, colour in enumerate(colours)
    ]


def _build_phase_measure(inputs: _MeasureInputs) -> MapMeasure:
    furthest = find_phases_reached(inputs.area_summary.phases)
    rows: dict[str, Any] = {str(one.Index): one for one in furthest.itertuples()}
    colours = inputs.theme.phases

    def paint(place: Kecamatan) -> AreaStyle:
        one = rows[place.code]
        if not isinstance(one.fase, str):
            return AreaStyle(place.name, fill_mode="silent")
        value = f"{i18n.format_number(one.by)}/{i18n.format_number(one.tps)}"
        return AreaStyle(place.name, value, colours[FASE.index(one.fase)])

    met = [fase for fase in FASE if fase in set(furthest["fase"])]
    marks = [(Mark("colour", colours[FASE.index(fase)]), label("fase", fase)) for fase in met]
    return MapMeasure(paint, marks, _("belum ada fase"))


def _build_officer_measure(inputs: _MeasureInputs) -> MapMeasure:
    rows: dict[str, Any] = {
        str(one.Index): one for one in inputs.area_summary.coverage_gaps.itertuples()
    }

    def paint(place: Kecamatan) -> AreaStyle:
        one = rows[place.code]
        if not one.known or pd.isna(one.ratio_present):
            return AreaStyle(place.name, fill_mode="silent")
        value = f"{i18n.format_number(one.present)}/≈{i18n.format_number(one.required)}"
        return AreaStyle(
            place.name, value, select_strength_colour(float(one.ratio_present), inputs.theme)
        )

    names = (_("jauh kurang"), _("kurang"), _("sesuai pola"), _("lebih"), _("jauh lebih"))
    marks = [
        (Mark("colour", colour), name)
        for colour, name in zip(inputs.theme.strength, names, strict=True)
    ]
    return MapMeasure(paint, marks, _("belum ada plotting"))


_BUILDERS: dict[str, Callable[[_MeasureInputs], MapMeasure]] = {
    "situasi": _build_situasi_measure,
    "terbuka": _build_open_measure,
    "perhatian": _build_priority_measure,
    "partisipasi": _build_turnout_measure,
    "fase": _build_phase_measure,
    "personel": _build_officer_measure,
    "tps": _build_tps_measure,
}
