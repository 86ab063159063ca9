"""The situation as one value: everything the Situasi page shows of one moment and selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import case_index, cases, merging, timeline
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.merging import MergedCases
from situasi.analysis.situation import crowd_state, feed_staleness
from situasi.analysis.situation.feed_staleness import FeedState, NewestTime
from situasi.domain.election import Election
from situasi.domain.feed_schemas import INCIDENTS, MERGES

HOUR = timedelta(hours=1)
# The feeds that cases are made of.
CASE_FEEDS = (INCIDENTS.name, MERGES.name)


@dataclass(frozen=True)
class Overview:
    """What is known at `at` of the selected cases.

    shown: selected cases, newest known last, merged ones as one (analysis.merging). open,
    drawn, undrawn: parts of it.
    newest: when the newest row of the selection, nihil included, became known. elsewhen:
    cases that only the time window keeps out. slots: analysis.timeline.per_slot.
    states: analysis.situasi.by_kecamatan; everywhere: the same for the whole kabupaten.
    heard: kecamatan from which any word came of late.
    """

    at: datetime
    selected_cases: pd.DataFrame
    open_cases: pd.DataFrame
    open_count_hour_ago: int
    new_count: int
    located_cases: pd.DataFrame
    unlocated_cases: pd.DataFrame
    outside_window_count: int
    kabupaten_state: str | None
    crowd_states: pd.DataFrame
    reporting_kecamatan: frozenset[str]
    slots: pd.DataFrame
    without_hour_count: int
    newest_time: NewestTime | None
    feed_states: list[FeedState]


def compute_overview(
    frames: Mapping[str, pd.DataFrame],
    election: Election,
    kecamatan: Sequence[str],
    selection: Selection,
    at: datetime,
    *,
    live: bool,
) -> Overview:
    """Compute the overview.

    frames: of a snapshot. at: the moment against which ages and windows are reckoned.
    live: show all that is known by now; otherwise only what was known at `at`.
    """
    known = AsOfView(frames, None if live else at)
    found = compute_case_overview(known, election, kecamatan, selection, at)
    return replace(found, feed_states=compute_feed_states(known, election, at))


def compute_case_overview(
    view: AsOfView, election: Election, kecamatan: Sequence[str], selection: Selection, at: datetime
) -> Overview:
    """The overview but for its feeds: it rests on CASES alone."""
    return _OverviewInputs.build(view, election, at).compute(kecamatan, selection)


def compute_overviews_by_kecamatan(
    view: AsOfView, election: Election, kecamatan: Sequence[str], selection: Selection, at: datetime
) -> dict[str, Overview]:
    """By kecamatan the overview of each alone, which `of_cases` would give of it."""
    ground = _OverviewInputs.build(view, election, at)
    return {
        code: ground.compute(kecamatan, replace(selection, kecamatan=(code,))) for code in kecamatan
    }


@dataclass(frozen=True)
class _OverviewInputs:
    """What every overview of a moment rests on. counted: merged cases count once; before: those
    known an hour earlier. spoken: cases that may tell a situasi: the word of each merged one on
    its own kecamatan still holds there."""

    view: AsOfView
    election: Election
    at: datetime
    merged_cases: MergedCases
    merged_cases_hour_ago: MergedCases
    crowd_cases: pd.DataFrame

    @classmethod
    def build(cls, view: AsOfView, election: Election, at: datetime) -> _OverviewInputs:
        earlier, valid = view.as_of(at - HOUR), election.thresholds.situasi_valid
        lively = case_index.any_of(
            case_index.has_elevated_situasi, case_index.is_known_since(at - valid)
        )
        return cls(
            view=view,
            election=election,
            at=at,
            merged_cases=merging.build_merged_cases(view.cases, view[MERGES.name]),
            merged_cases_hour_ago=merging.build_merged_cases(earlier.cases, earlier[MERGES.name]),
            crowd_cases=view.cases.to_frame(lively),
        )

    def compute(self, kecamatan: Sequence[str], selection: Selection) -> Overview:
        election, at, spoken = self.election, self.at, self.crowd_cases
        timeless = replace(selection, since=None, until=None)
        shown = self.merged_cases.select(selection)
        opened = cases.filter_open(shown)
        drawn, undrawn = cases.split_by_location(opened)
        chosen = [
            code for code in kecamatan if not selection.kecamatan or code in selection.kecamatan
        ]
        valid = election.thresholds.situasi_valid
        return Overview(
            at=at,
            selected_cases=shown,
            open_cases=opened,
            open_count_hour_ago=self.merged_cases_hour_ago.count_open(
                _shift_window_back(selection)
            ),
            new_count=len(cases.filter_newly_known(shown, at, HOUR)),
            located_cases=drawn,
            unlocated_cases=undrawn,
            outside_window_count=self.merged_cases.count(timeless) - len(shown),
            kabupaten_state=crowd_state.find_kabupaten_state(spoken),
            crowd_states=crowd_state.build_kecamatan_table(spoken, chosen, at, valid),
            reporting_kecamatan=frozenset(crowd_state.find_reporting_kecamatan(spoken, at, valid)),
            slots=timeline.count_by_slot(shown, election.day_start, election.day_end),
            without_hour_count=timeline.count_without_hour(
                shown, election.day_start, election.day_end
            ),
            newest_time=feed_staleness.find_newest_time(
                self.view.cases.list_known_times(selection)
            ),
            feed_states=[],
        )


def compute_feed_states(view: AsOfView, election: Election, at: datetime) -> list[FeedState]:
    """Which of these feeds should be speaking, and when each last did."""
    return feed_staleness.compute_states(
        {name: view.last_known_at(name) for name in view},
        at,
        {f: limit for f, limit in election.thresholds.silent_after.items() if f in view},
        (election.day_start, election.day_end),
    )


def _shift_window_back(selection: Selection) -> Selection:
    """A window that moves with the clock ("the last hour") was elsewhere an hour ago."""
    moving = selection.since is not None and selection.until is None
    return (
        replace(selection, since=selection.since - HOUR)
        if moving and selection.since
        else selection
    )
