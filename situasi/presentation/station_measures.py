"""What colours the cells of the TPS beside a measure of the map: phase, turnout, or silence."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.analysis.stations.reporting_status import STATES
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import label
from situasi.figures.maps.station_cells import CellStyle
from situasi.figures.theme import Theme, select_step_colour
from situasi.presentation.model import Mark


@dataclass(frozen=True)
class StationMeasure:
    """style: of the cells; legend: of their colours, where the measure's does not do for both."""

    style: CellStyle
    legend: list[tuple[Mark, str]]


def build_station_measure(
    measure: str,
    stations: pd.DataFrame,
    codes: Collection[str],
    visible_kecamatan: Collection[str],
    theme: Theme,
) -> StationMeasure:
    """Build the colours of the TPS beside a measure (map_measures.MEASURE_CODES).

    stations: of stations.status, as far as the viewer may see them. codes: of all TPS, in the
    register's order. TPS of other kecamatan are not drawn.
    """
    choose, legend = _SCALES.get(measure, _SILENCE)
    visible = stations[stations["kecamatan"].isin(list(visible_kecamatan))]
    rows: list[Any] = list(visible.itertuples())
    chosen = {row.code: choose(row, theme) for row in rows}
    by_code = [chosen.get(code) for code in codes]
    colours: list[str | None] = [None, *sorted({colour for colour in by_code if colour})]
    positions = tuple(map(colours.index, by_code))
    return StationMeasure(CellStyle(positions, tuple(colours)), legend(visible, theme))


def _choose_phase_colour(row: Any, theme: Theme) -> str:
    return theme.phases[FASE.index(row.fase)] if isinstance(row.fase, str) else theme.paper


def _choose_turnout_colour(row: Any, theme: Theme) -> str:
    """Return the colour of the newest count; paper where there is none of this round."""
    if pd.isna(row.hadir) or pd.isna(row.dpt) or not row.dpt or row.is_stale:
        return theme.paper
    return select_step_colour(float(row.hadir) / float(row.dpt), theme.turnout)


def _list_silence_colours(theme: Theme) -> dict[str, str]:
    """Return the colour of each reporting state; loud where nobody answers."""
    quiet, waiting = theme.present, theme.counts[2]
    colours = (theme.paper, waiting, theme.excess[1], theme.excess[2], quiet, theme.excess[0])
    return dict(zip(STATES, colours, strict=True))


def _build_silence_legend(stations: pd.DataFrame, theme: Theme) -> list[tuple[Mark, str]]:
    """Return the states that some TPS is in."""
    colours, current = _list_silence_colours(theme), set(stations["state"])
    return [
        (Mark("colour", colours[state]), _("TPS {state}").format(state=label("lapor", state)))
        for state in STATES
        if state in current
    ]


def _build_phase_legend(stations: pd.DataFrame, theme: Theme) -> list[tuple[Mark, str]]:
    """Return the phases that some TPS has reached."""
    reached = set(stations["fase"].dropna())
    return [
        (Mark("colour", colour), label("fase", fase))
        for fase, colour in zip(FASE, theme.phases, strict=True)
        if fase in reached
    ]


_Legend = Callable[[pd.DataFrame, Theme], list[tuple[Mark, str]]]
_SCALES: dict[str, tuple[Callable[[Any, Theme], str], _Legend]] = {
    "fase": (_choose_phase_colour, _build_phase_legend),
    # The cells have the colours of the measure, so they need no legend.
    "partisipasi": (_choose_turnout_colour, lambda _stations, _theme: []),
}
_SILENCE = (lambda row, theme: _list_silence_colours(theme)[row.state], _build_silence_legend)
