"""The situation as one value: everything the Situasi page shows of one moment and selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.as_of import Known
from situasi.analysis.incidents import case_index, cases, merging, timeline
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.merging import Bound
from situasi.analysis.situation import crowd_state, feed_staleness
from situasi.analysis.situation.feed_staleness import FeedState, Newest
from situasi.domain.election import Election
from situasi.domain.feed_schemas import INCIDENTS, MERGES

HOUR = timedelta(hours=1)
# The feeds that cases are made of.
CASES = (INCIDENTS.name, MERGES.name)


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
    shown: pd.DataFrame
    open: pd.DataFrame
    open_before: int
    fresh: int
    drawn: pd.DataFrame
    undrawn: pd.DataFrame
    elsewhen: int
    everywhere: str | None
    states: pd.DataFrame
    heard: frozenset[str]
    slots: pd.DataFrame
    without_hour: int
    newest: Newest | None
    feeds: list[FeedState]


def overview(
    frames: Mapping[str, pd.DataFrame],
    election: Election,
    kecamatan: Sequence[str],
    wanted: Selection,
    at: datetime,
    *,
    live: bool,
) -> Overview:
    """Compute the overview.

    frames: of a snapshot. at: the moment against which ages and windows are reckoned.
    live: show all that is known by now; otherwise only what was known at `at`.
    """
    known = Known(frames, None if live else at)
    found = of_cases(known, election, kecamatan, wanted, at)
    return replace(found, feeds=feeds_heard(known, election, at))


def of_cases(
    known: Known, election: Election, kecamatan: Sequence[str], wanted: Selection, at: datetime
) -> Overview:
    """The overview but for its feeds: it rests on CASES alone."""
    return _Ground.of(known, election, at).overview(kecamatan, wanted)


def of_each(
    known: Known, election: Election, kecamatan: Sequence[str], wanted: Selection, at: datetime
) -> dict[str, Overview]:
    """By kecamatan the overview of each alone, which `of_cases` would give of it."""
    ground = _Ground.of(known, election, at)
    return {
        code: ground.overview(kecamatan, replace(wanted, kecamatan=(code,))) for code in kecamatan
    }


@dataclass(frozen=True)
class _Ground:
    """What every overview of a moment rests on. counted: merged cases count once; before: those
    known an hour earlier. spoken: cases that may tell a situasi: the word of each merged one on
    its own kecamatan still holds there."""

    known: Known
    election: Election
    at: datetime
    counted: Bound
    before: Bound
    spoken: pd.DataFrame

    @classmethod
    def of(cls, known: Known, election: Election, at: datetime) -> _Ground:
        earlier, valid = known.earlier(at - HOUR), election.thresholds.situasi_valid
        lively = case_index.either(case_index.alarming, case_index.heard_since(at - valid))
        return cls(
            known=known,
            election=election,
            at=at,
            counted=merging.of(known.cases, known[MERGES.name]),
            before=merging.of(earlier.cases, earlier[MERGES.name]),
            spoken=known.cases.frame(lively),
        )

    def overview(self, kecamatan: Sequence[str], wanted: Selection) -> Overview:
        election, at, spoken = self.election, self.at, self.spoken
        timeless = replace(wanted, since=None, until=None)
        shown = self.counted.selected(wanted)
        opened = cases.still_open(shown)
        drawn, undrawn = cases.located(opened)
        chosen = [code for code in kecamatan if not wanted.kecamatan or code in wanted.kecamatan]
        valid = election.thresholds.situasi_valid
        return Overview(
            at=at,
            shown=shown,
            open=opened,
            open_before=self.before.count_open(_an_hour_earlier(wanted)),
            fresh=len(cases.newly_known(shown, at, HOUR)),
            drawn=drawn,
            undrawn=undrawn,
            elsewhen=self.counted.count(timeless) - len(shown),
            everywhere=crowd_state.everywhere(spoken),
            states=crowd_state.by_kecamatan(spoken, chosen, at, valid),
            heard=frozenset(crowd_state.heard(spoken, at, valid)),
            slots=timeline.per_slot(shown, election.day_start, election.day_end),
            without_hour=timeline.without_hour(shown, election.day_start, election.day_end),
            newest=feed_staleness.newest_of(self.known.cases.heard(wanted)),
            feeds=[],
        )


def feeds_heard(known: Known, election: Election, at: datetime) -> list[FeedState]:
    """Which of these feeds should be speaking, and when each last did."""
    return feed_staleness.states(
        {name: known.last(name) for name in known},
        at,
        {f: limit for f, limit in election.thresholds.silent_after.items() if f in known},
        (election.day_start, election.day_end),
    )


def _an_hour_earlier(wanted: Selection) -> Selection:
    """A window that moves with the clock ("the last hour") was elsewhere an hour ago."""
    moving = wanted.since is not None and wanted.until is None
    return replace(wanted, since=wanted.since - HOUR) if moving and wanted.since else wanted
