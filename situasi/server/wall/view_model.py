"""What the views of the wall are made of: the data of the selection, figures, lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd

from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_list import AlertList
from situasi.actions.briefings import Briefing
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime
from situasi.domain.register import Register
from situasi.figures.theme import Theme
from situasi.live.analysis_cache import AnalysisView
from situasi.presentation import kpis
from situasi.presentation.decisions import DecisionText
from situasi.presentation.map_measures import MapMeasure
from situasi.presentation.model import KpiText
from situasi.server.wall.query import WallQuery

MAX_LINES = 6
# Of map_measures by its code, or one of a view's own with its name.
Measure = str | tuple[str, MapMeasure]


@dataclass(frozen=True)
class ViewData:
    """What the views show of the selection.

    acknowledged: by case. alerts: None if the viewer may not see them. with_names: show names.
    turnout_curve, attendance: of the selection up to now (turnout.summary, personnel.attendance).
    station_history, elevated_steps, staffing_intervals: of all kecamatan
    (stations.station_history, situation.elevated_history, alerts.engine). analysis_view, query,
    briefings: of what a list in full computes for itself.
    """

    overview: Overview
    day: AreaSummary
    turnout_curve: pd.DataFrame
    attendance: pd.DataFrame
    station_history: pd.DataFrame
    elevated_steps: pd.DataFrame
    staffing_intervals: pd.DataFrame
    critical_cases: pd.DataFrame
    decisions: Sequence[DecisionText]
    acknowledged: Mapping[str, Acknowledgement]
    alerts: AlertList | None
    with_names: bool
    register: Register
    view_time: ViewTime
    theme: Theme
    analysis_view: AnalysisView
    query: WallQuery
    briefings: Sequence[Briefing]

    # Several views need these; each takes milliseconds.
    @cached_property
    def codes(self) -> list[str]:
        """Return the kecamatan of the selection."""
        return list(self.overview.crowd_states["kecamatan"])

    @property
    def rates(self) -> pd.Series:
        """Return the turnout of the selection."""
        return summary.compute_shown_total(self.day.turnout, self.codes, self.register)

    @cached_property
    def tps(self) -> pd.DataFrame:
        """Return the polling stations of the selection."""
        return self.day.stations[self.day.stations["kecamatan"].isin(self.codes)]

    @cached_property
    def stations_kpi(self) -> KpiText:
        """Return the phase that most of these have reached."""
        return kpis.format_stations(
            self.tps, lacks_reports=self.day.lacks_station_reports, days_left=self.days_left
        )

    @property
    def exercise_at(self) -> datetime | None:
        """Return the time of the exercise clock; None if no exercise is running."""
        return self.analysis_view.snapshot.exercise_at

    @property
    def days_left(self) -> int:
        """Return the days until the voting."""
        return self.register.election.count_days_left(self.view_time.at)


@dataclass(frozen=True)
class ListLine:
    """One line of a list: main text, text at its end, and rows below: place, note, what next.

    tingkat: of a report; its mark is drawn. text: of a report, where a list is stacked. is_heading:
    of the lines below, where a list has parts.
    """

    title: str
    end: str = ""
    note: str = ""
    place: str = ""
    act: str = ""
    tingkat: str | None = None
    text: str = ""
    is_heading: bool = False


@dataclass(frozen=True)
class WallView:
    """One view. kpis: at most 4; lines: None: critical cases; empty_text: if it is empty.

    is_quiet: it has nothing to say now, so the rotation skips it. line_count: of a list of all that
    something holds for, how many lines it would have; 0: a list of the first few of everything.
    rest_text: says where those are that a stacked list does not show.
    """

    title: str
    kpis: Sequence[KpiText]
    measure: Measure
    heading: str
    lines: Sequence[ListLine] | None = None
    empty_text: str = ""
    is_quiet: bool = False
    line_count: int = 0
    rest_text: str = ""
