"""The overview: everything the Situasi page shows of one moment and selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import case_index, cases, merging, timeline
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.merging import MergedCases
from situasi.analysis.situation import crowd_state, feed_staleness
from situasi.analysis.situation.feed_staleness import FeedState, NewestTime
from situasi.analysis.view_time import shift_window
from situasi.domain.election import Election
from situasi.domain.feed_schemas import INCIDENTS, MERGES

HOUR = timedelta(hours=1)
# The feeds from which cases are built.
CASE_FEEDS = (INCIDENTS.name, MERGES.name)


@dataclass(frozen=True)
class Overview:
    """What is known at `at` of the selected cases.

    selected_cases: newest known last, merged ones as one (see merging); open_cases: part of them.
    critical_count: of open_cases (cases.is_critical).
    outside_window_count: cases that only the time window excludes. kabupaten_state: situasi of the
    whole kabupaten; crowd_states: by kecamatan (see crowd_state). reporting_kecamatan: with any
    recent report. slots: of timeline.count_by_slot. newest_time: when the newest row of the
    selection, nihil included, became known; is_newest_nihil: it is no report of a case.
    """

    at: datetime
    selected_cases: pd.DataFrame
    open_cases: pd.DataFrame
    critical_count: int
    open_count_hour_ago: int
    new_count: int
    outside_window_count: int
    kabupaten_state: str | None
    crowd_states: pd.DataFrame
    reporting_kecamatan: frozenset[str]
    slots: pd.DataFrame
    without_hour_count: int
    newest_time: NewestTime | None
    is_newest_nihil: bool
    feed_states: list[FeedState]

    @property
    def silent_feed_count(self) -> int | None:
        """Number of feeds that are silent; None where none is expected now."""
        if not any(feed.is_expected for feed in self.feed_states):
            return None
        return sum(feed.is_silent for feed in self.feed_states)


def compute_case_overview(
    view: AsOfView, election: Election, kecamatan: Sequence[str], selection: Selection, at: datetime
) -> Overview:
    """Compute the overview without its feed states: it depends on CASE_FEEDS alone."""
    return _OverviewInputs.build(view, election, at).compute(kecamatan, selection)


def compute_overviews_by_kecamatan(
    view: AsOfView, election: Election, kecamatan: Sequence[str], selection: Selection, at: datetime
) -> dict[str, Overview]:
    """Compute the overview of each kecamatan, as compute_case_overview gives for it alone."""
    inputs = _OverviewInputs.build(view, election, at)
    return {
        code: inputs.compute(kecamatan, replace(selection, kecamatan=(code,))) for code in kecamatan
    }


@dataclass(frozen=True)
class _OverviewInputs:
    """The inputs that all overviews of a moment share. merged_cases count once;
    merged_cases_hour_ago: as known an hour earlier. crowd_cases: unmerged cases that may state a
    situasi: a merged case still counts in its own kecamatan."""

    view: AsOfView
    election: Election
    at: datetime
    merged_cases: MergedCases
    merged_cases_hour_ago: MergedCases
    crowd_cases: pd.DataFrame

    @classmethod
    def build(cls, view: AsOfView, election: Election, at: datetime) -> _OverviewInputs:
        earlier, valid = view.as_of(at - HOUR), election.thresholds.situasi_valid
        is_current = case_index.any_of(
            case_index.has_elevated_situasi, case_index.is_known_since(at - valid)
        )
        return cls(
            view=view,
            election=election,
            at=at,
            merged_cases=merging.build_merged_cases(view.cases, view[MERGES.name]),
            merged_cases_hour_ago=merging.build_merged_cases(earlier.cases, earlier[MERGES.name]),
            crowd_cases=view.cases.to_frame(is_current),
        )

    def compute(self, kecamatan: Sequence[str], selection: Selection) -> Overview:
        """Compute the overview of one selection, without feed states."""
        election, at, crowd = self.election, self.at, self.crowd_cases
        timeless = replace(selection, since=None, until=None)
        selected = self.merged_cases.select(selection)
        open_cases = cases.filter_open(selected)
        chosen = [
            code for code in kecamatan if not selection.kecamatan or code in selection.kecamatan
        ]
        valid = election.thresholds.situasi_valid
        times = self.view.cases.list_known_times(selection)
        newest = feed_staleness.find_newest_time(times, at)
        return Overview(
            at=at,
            selected_cases=selected,
            open_cases=open_cases,
            critical_count=int(cases.is_critical(open_cases, election.rules.critical).sum()),
            # A window that moves with the clock lay elsewhere then.
            open_count_hour_ago=self.merged_cases_hour_ago.count_open(
                shift_window(selection, HOUR)
            ),
            new_count=len(cases.filter_newly_known(selected, at, HOUR)),
            outside_window_count=self.merged_cases.count(timeless) - len(selected),
            kabupaten_state=crowd_state.find_kabupaten_state(crowd),
            crowd_states=crowd_state.build_kecamatan_table(crowd, chosen, at, valid),
            reporting_kecamatan=frozenset(crowd_state.find_reporting_kecamatan(crowd, at, valid)),
            slots=timeline.count_by_slot(selected, election.day_start, election.day_end),
            without_hour_count=timeline.count_without_hour(
                selected, election.day_start, election.day_end
            ),
            newest_time=newest,
            is_newest_nihil=newest is not None
            and cases.drop_nihil(times[times["known_at"] == newest.at]).empty,
            feed_states=[],
        )


def compute_feed_states(view: AsOfView, election: Election, at: datetime) -> list[FeedState]:
    """Compute which of these feeds should deliver rows, and when each last did."""
    return feed_staleness.compute_states(
        {name: view.last_known_at(name, timestamps.minute_end(at)) for name in view},
        at,
        {f: limit for f, limit in election.thresholds.silent_after.items() if f in view},
        (election.day_start, election.day_end),
    )
