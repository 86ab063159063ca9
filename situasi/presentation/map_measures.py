"""The measures by which a map of kecamatan is coloured: area styles and legends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.silent_places import SILENT_SHARE
from situasi.analysis.stations.status import SILENT_STATES
from situasi.common.formats import format_number, format_time
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import N_, format_situasi_letter, label
from situasi.domain.register import Kecamatan
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.hatching import MIN_SHARE
from situasi.figures.theme import SITUASI, Theme, select_step_colour, select_strength_colour
from situasi.presentation.model import Mark
from situasi.presentation.numbers import format_percent

# Hijau is the normal state: drawn faint, so that kuning and merah stand out.
GREEN_OPACITY = 95

Legend = list[tuple[Mark, str]]


@dataclass(frozen=True)
class MapMeasure:
    """build_area: style of one kecamatan. no_data_label: what a dashed area means; hatch_label:
    what a hatched one does."""

    build_area: Callable[[Kecamatan], AreaStyle]
    legend: Legend
    no_data_label: str
    hatch_label: str = ""


@dataclass(frozen=True)
class _MeasureInputs:
    """The data of a measure. places: every kecamatan that the viewer may see, by code."""

    overview: Overview
    area_summary: AreaSummary
    places: Mapping[str, Kecamatan]
    theme: Theme


def format_name(code: str) -> str:
    """Return the label of a measure."""
    return _(_MEASURES[code][0])


def build_measure(
    code: str,
    overview: Overview,
    area_summary: AreaSummary,
    places: Mapping[str, Kecamatan],
    theme: Theme,
) -> MapMeasure:
    """Build the measure of this code (MEASURE_CODES). places: the kecamatan the viewer may see."""
    return _MEASURES[code][1](_MeasureInputs(overview, area_summary, places, theme))


def choose_shade(count: int, maximum: int, theme: Theme) -> str:
    """Return the colour of a count between 0 and `maximum`."""
    steps = theme.counts
    return steps[0] if not count else steps[1 + (count * (len(steps) - 2)) // max(maximum, 1)]


def build_turnout_area(place: Kecamatan, row: Any, theme: Theme) -> AreaStyle:
    """Return the map style of a kecamatan by turnout at the common hour, as lists compare it.

    row: of summary.build_turnout_table.
    """
    if pd.isna(row.rate):
        return AreaStyle(place.name, fill_mode="silent")
    rate = row.rate if pd.isna(row.common_rate) else row.common_rate
    value = format_percent(rate, is_estimated=bool(row.rate_estimated))
    if row.is_stale:  # no colour beside those of a later hour: it would be read as low
        value += f" ({format_time(row.count_hour)})"
        return AreaStyle(place.name, value, hatch=1.0)
    hatch = row.stale / row.tps_counted
    return AreaStyle(place.name, value, select_step_colour(rate / 100, theme.turnout), hatch=hatch)


def _build_situasi_measure(inputs: _MeasureInputs) -> MapMeasure:
    overview = inputs.overview
    states = dict(
        zip(overview.crowd_states["kecamatan"], overview.crowd_states["situasi"], strict=True)
    )
    open_counts = cases.count_by_kecamatan(overview.open_cases)
    places = inputs.area_summary.silent_places
    silent = places.groupby("kecamatan")["share"].max().to_dict()

    def build_area(place: Kecamatan) -> AreaStyle:
        state, count = states[place.code], open_counts.get(place.code, 0)
        # What is neither dashed nor lettered is hijau.
        letter = format_situasi_letter(state) if state in ("kuning", "merah") else ""
        value = f"{letter} {format_number(count) if count else ''}".strip()
        if not isinstance(state, str):
            return AreaStyle(place.name, value, fill_mode="silent")
        alpha = GREEN_OPACITY if state == "hijau" else 255
        # Whatever was stated, hijau too: where half is silent that is not all there is.
        hatch = silent.get(place.code, 0.0)
        return AreaStyle(place.name, value, SITUASI[state], alpha, hatch=hatch, situasi=state)

    legend = [(Mark("situasi", code), label("situasi", code)) for code in SITUASI]
    hatch_label = _("separuhnya senyap") if silent else ""
    return MapMeasure(build_area, legend, _("belum dinyatakan"), hatch_label)


def build_count_measure(
    counts: Mapping[str, int],
    theme: Theme,
    no_data_label: str,
    format_value: Callable[[str], str] | None = None,
) -> MapMeasure:
    """Build the measure of a count by kecamatan; of one that has none nothing is known.

    format_value: gives the text of a kecamatan by its code; by default its count.
    """
    maximum = max(counts.values(), default=0)

    def build_area(place: Kecamatan) -> AreaStyle:
        if place.code not in counts:
            return AreaStyle(place.name, fill_mode="silent")
        count = counts[place.code]
        value = format_value(place.code) if format_value else format_number(count)
        return AreaStyle(place.name, value, choose_shade(count, maximum, theme))

    return MapMeasure(build_area, build_count_legend(theme), no_data_label)


def _build_open_measure(inputs: _MeasureInputs) -> MapMeasure:
    counts = cases.count_by_kecamatan(inputs.overview.open_cases)
    told = {code: counts.get(code, 0) for code in inputs.overview.reporting_kecamatan}
    return build_count_measure(counts | told, inputs.theme, _("belum ada laporan"))


def _build_tps_measure(inputs: _MeasureInputs) -> MapMeasure:
    return build_count_measure({k.code: k.tps for k in inputs.places.values()}, inputs.theme, "")


def build_count_legend(theme: Theme) -> Legend:
    """Build the legend of `choose_shade`."""
    return [
        (Mark("colour", theme.counts[0]), _("sedikit")),
        (Mark("colour", theme.counts[-1]), _("banyak")),
    ]


def _build_priority_measure(inputs: _MeasureInputs) -> MapMeasure:
    scores = inputs.area_summary.priority_scores.set_index("kecamatan")["score"]

    def build_area(place: Kecamatan) -> AreaStyle:
        score = scores[place.code]
        if pd.isna(score):
            return AreaStyle(place.name, fill_mode="silent")
        return AreaStyle(
            place.name,
            format_number(round(score)),
            select_step_colour(score / 100, inputs.theme.counts),
        )

    return MapMeasure(build_area, _build_fifths_legend(inputs.theme.counts), _("belum dinilai"))


def _build_turnout_measure(inputs: _MeasureInputs) -> MapMeasure:
    def build_area(place: Kecamatan) -> AreaStyle:
        return build_turnout_area(place, inputs.area_summary.turnout.loc[place.code], inputs.theme)

    return MapMeasure(
        build_area,
        _build_fifths_legend(inputs.theme.turnout, " %"),
        _("belum ada hitungan"),
        _("hitungan lama") if inputs.area_summary.turnout["stale"].any() else "",
    )


def _build_fifths_legend(colours: tuple[str, ...], unit: str = "") -> Legend:
    return [
        (
            Mark("colour", colour),
            f"{format_number(20 * n)}–{format_number(20 * n + 20)}{unit}",
        )
        for n, colour in enumerate(colours)
    ]


def _build_phase_measure(inputs: _MeasureInputs) -> MapMeasure:
    phases = inputs.area_summary.phases
    phases_reached = find_phases_reached(phases)
    # What a TPS once told stays true; that it owes a word since must not look as calm.
    silent_counts = phases[list(SILENT_STATES)].sum(axis="columns")
    is_known = not inputs.area_summary.lacks_station_reports
    silent = (silent_counts / phases["tps"] * is_known).to_dict()
    rows: dict[str, Any] = {str(row.Index): row for row in phases_reached.itertuples()}
    colours = inputs.theme.phases

    def build_area(place: Kecamatan) -> AreaStyle:
        row = rows[place.code]
        hatch = float(silent[place.code])
        if not isinstance(row.fase, str):
            return AreaStyle(place.name, fill_mode="silent", hatch=hatch)
        value = f"{format_number(row.reached)}/{format_number(row.tps)}"
        return AreaStyle(place.name, value, colours[FASE.index(row.fase)], hatch=hatch)

    reached = [fase for fase in FASE if fase in set(phases_reached["fase"])]
    legend = [(Mark("colour", colours[FASE.index(fase)]), label("fase", fase)) for fase in reached]
    hatch_label = _("TPS terlambat") if max(silent.values(), default=0) >= MIN_SHARE else ""
    return MapMeasure(build_area, legend, _("belum ada fase"), hatch_label)


def build_strength_area(place: Kecamatan, row: Any, theme: Theme) -> AreaStyle:
    """Return the map style of a kecamatan by officers present against what its TPS need.

    row: of personnel.coverage.build_area_table. Where TPS are silent nobody knows who is there: so
    much of the area is hatched, and where it is half or more no strength is claimed.
    """
    if _is_duty_over(row):  # the few that are left are in the list
        # Short: it stands beside the name, also on a map of 424 px.
        left = row.tps - row.released
        value = _("sisa {n}").format(n=format_number(left)) if left else _("usai")
        return AreaStyle(place.name, value, theme.counts[0])
    if not row.known or pd.isna(row.ratio_present):
        return AreaStyle(place.name, fill_mode="silent")
    value = f"{format_number(row.present)}/≈{format_number(row.required_now)}"
    hatch = float(row.share_unknown)
    if hatch >= SILENT_SHARE:
        return AreaStyle(place.name, value, fill_mode="silent", hatch=hatch)
    return AreaStyle(
        place.name, value, select_strength_colour(float(row.ratio_present), theme), hatch=hatch
    )


def _is_duty_over(row: Any) -> bool:
    """Return whether at least half of the TPS of a kecamatan need nobody any more."""
    return bool(row.known) and 2 * row.released >= row.tps


def build_strength_legend(
    area_table: pd.DataFrame, names: Sequence[str], theme: Theme
) -> list[tuple[str, str]]:
    """Return the colours of build_strength_area and their words: those of the shown kecamatan.

    area_table: of personnel.coverage.build_area_table. names: of the steps of strength.
    """
    over = [_is_duty_over(row) for row in area_table.itertuples()]
    steps = [] if over and all(over) else list(zip(theme.strength, names, strict=True))
    return [*steps, (theme.counts[0], _("usai, sisa: TPS masih dijaga"))] if any(over) else steps


def _build_officer_measure(inputs: _MeasureInputs) -> MapMeasure:
    rows: dict[str, Any] = {
        str(row.Index): row for row in inputs.area_summary.coverage_gaps.itertuples()
    }

    def build_area(place: Kecamatan) -> AreaStyle:
        row = rows[place.code]
        return build_strength_area(place, row, inputs.theme)

    names = (_("jauh kurang"), _("kurang"), _("sesuai pola"), _("lebih"), _("jauh lebih"))
    area_table = inputs.area_summary.coverage_gaps.loc[list(inputs.places)]
    legend = [
        (Mark("colour", colour), name)
        for colour, name in build_strength_legend(area_table, names, inputs.theme)
    ]
    label_text = _("belum ada plotting atau kabar")
    return MapMeasure(build_area, legend, label_text, _("TPS tanpa kabar"))


# The label of each measure, and what builds it.
_MEASURES: dict[str, tuple[str, Callable[[_MeasureInputs], MapMeasure]]] = {
    "situasi": (N_("Situasi"), _build_situasi_measure),
    "terbuka": (N_("Kejadian terbuka"), _build_open_measure),
    "perhatian": (N_("Perlu perhatian"), _build_priority_measure),
    "partisipasi": (N_("Partisipasi"), _build_turnout_measure),
    "fase": (N_("Fase TPS"), _build_phase_measure),
    "personel": (N_("Personel hadir"), _build_officer_measure),
    "tps": (N_("Jumlah TPS"), _build_tps_measure),
}
MEASURE_CODES = tuple(_MEASURES)
