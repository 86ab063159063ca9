"""What the views of the wall are made of: the data of the selection, figures, lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import pandas as pd

from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_list import AlertList
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations.status import count_by_kecamatan
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime
from situasi.domain.feed_schemas import FASE, STATUS_CLOSED
from situasi.domain.register import Register
from situasi.figures.theme import Theme
from situasi.presentation import kpis
from situasi.presentation.decisions import DecisionText
from situasi.presentation.model import KpiText

MAX_LINES = 6
_TREND_POINTS = 6
MAX_KPIS = 4


@dataclass(frozen=True)
class ViewData:
    """What the views show of the selection.

    acknowledged: by case. alerts: None if the viewer may not see them. with_names: show names.
    """

    overview: Overview
    day: AreaSummary
    critical_cases: pd.DataFrame
    decisions: Sequence[DecisionText]
    acknowledged: Mapping[str, Acknowledgement]
    alerts: AlertList | None
    with_names: bool
    register: Register
    view_time: ViewTime
    theme: Theme

    # Several views need these; each takes milliseconds.
    @cached_property
    def codes(self) -> list[str]:
        """Return the kecamatan of the selection."""
        return list(self.overview.crowd_states["kecamatan"])

    @property
    def rates(self) -> pd.Series:
        """Return the turnout of the selection."""
        return summary.compute_total(self.day.turnout.loc[self.codes])

    @cached_property
    def tps(self) -> pd.DataFrame:
        """Return the polling stations of the selection."""
        return self.day.stations[self.day.stations["kecamatan"].isin(self.codes)]

    @cached_property
    def stations_kpi(self) -> KpiText:
        """Return the phase that most of these have reached."""
        return kpis.format_stations(self.tps, lacks_reports=self.day.lacks_station_reports)

    @cached_property
    def open_trend(self) -> list[float]:
        """Return how many cases were open at each of the last hours."""
        return _compute_open_trend(self)

    @cached_property
    def phase_trend(self) -> list[float]:
        """Return how many polling stations had reached that phase."""
        return _compute_phase_trend(self)


@dataclass(frozen=True)
class ListLine:
    """One line of a list: main text, text at its end, and rows below: place, note, what next.

    tingkat: of a report; its mark is drawn.
    """

    title: str
    end: str = ""
    note: str = ""
    place: str = ""
    act: str = ""
    tingkat: str | None = None


@dataclass(frozen=True)
class WallView:
    """One view. kpis: at most MAX_KPIS; lines: None: critical cases; empty_text: if it is empty.

    is_quiet: it has nothing to say now, so the rotation skips it. trends: by key of a figure, its
    values up to now, the oldest first.
    """

    title: str
    kpis: Sequence[KpiText]
    measure: str
    heading: str
    lines: Sequence[ListLine] | None = None
    empty_text: str = ""
    is_quiet: bool = False
    trends: Mapping[str, Sequence[float]] = field(default_factory=dict)


def _compute_open_trend(data: ViewData) -> list[float]:
    """Return how many cases were open at each of the last hours; closed ones till their end."""
    rows, now = data.overview.selected_cases, pd.Timestamp(data.view_time.at)
    if rows.empty:
        return []
    is_closed = rows["status"].isin(STATUS_CLOSED)
    hours = [now - timedelta(hours=n) for n in range(_TREND_POINTS, 0, -1)]
    counts = [
        float(((rows["first_known"] <= at) & ~(is_closed & (rows["known_at"] <= at))).sum())
        for at in hours
    ]
    return [*counts, float(len(data.overview.open_cases))]


def _compute_phase_trend(data: ViewData) -> list[float]:
    """Return how many TPS had reached the furthest common phase, half an hour apart."""
    row = find_phases_reached(count_by_kecamatan(data.tps.assign(kecamatan=""))).iloc[0]
    if not isinstance(row["fase"], str):
        return []
    later = data.tps[list(FASE[FASE.index(row["fase"]) :])].min(axis=1)
    now = pd.Timestamp(data.view_time.at)
    times = [now - timedelta(minutes=30 * n) for n in range(_TREND_POINTS, -1, -1)]
    return [float((later <= at).sum()) for at in times]
