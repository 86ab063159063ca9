"""The incidents of the watched day, each counted once, and where they became more than usual.

Alert, picture and statement follow from this one result.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.case_history import CaseHistory, compute_case_history
from situasi.analysis.alerts.intervals import FOREVER
from situasi.analysis.as_of import FeedFrames
from situasi.analysis.hotspots.counts import (
    COLUMNS,
    CountChanges,
    find_excesses,
    state_rates,
)
from situasi.analysis.queries import reads
from situasi.domain.register import Register


@dataclass(frozen=True)
class Excess:
    """A number of incidents of a kecamatan that became known and that chance gives seldom.

    begin, end: of its window; known: when it was reached (all microseconds). usual: number.
    per_day: such calls that chance makes in a day of looking, at most.
    """

    kecamatan: str
    begin: int
    end: int
    known: int
    count: int
    usual: float
    per_day: float

    @property
    def window(self) -> tuple[str, int, int]:
        """The kecamatan and the window."""
        return self.kecamatan, self.begin, self.end


@dataclass(frozen=True)
class IncidentCounts:
    """The incidents of the watched day, and in which windows they became more than chance.

    incidents: one row each, in the order known: case, kecamatan, occurred, known (microseconds),
    seq, latihan, until (since when it counts no more, FOREVER: it counts). excesses: in the order
    known, of each window the rarer and rarer. marked_per_day: so many of them chance makes in a day
    of looking, at most. uncounted, without_hour, without_place: how many more were reported that
    day and cannot count, each under the first of these reasons; uncounted: merged or not true.
    """

    incidents: pd.DataFrame
    excesses: tuple[Excess, ...]
    marked_per_day: float
    uncounted: int
    without_hour: int
    without_place: int

    @property
    def counted(self) -> pd.DataFrame:
        """The incidents that count now."""
        return self.incidents[self.incidents["until"] == FOREVER]

    @property
    def reported_count(self) -> int:
        """Number of all reports of the day, counted or not."""
        return len(self.counted) + self.uncounted + self.without_hour + self.without_place

    def members_of(self, excess: Excess) -> pd.DataFrame:
        """Return the incidents of the window of an excess."""
        rows = self.incidents
        inside = (rows["occurred"] >= excess.begin) & (rows["occurred"] < excess.end)
        return rows[inside & (rows["kecamatan"] == excess.kecamatan)]

    def list_current(self) -> list[Excess]:
        """Return the rarest excess of each window that still has as many, the rarest first."""
        one_by_window = {excess.window: excess for excess in self.excesses}
        left = {
            window: (self.members_of(excess)["until"] == FOREVER).sum()
            for window, excess in one_by_window.items()
        }
        current = {e.window: e for e in self.excesses if e.count <= left[e.window]}
        return sorted(current.values(), key=lambda excess: (excess.per_day, excess.begin))


@reads(depends_on=(compute_case_history,))
def compute_counts(
    _frames: FeedFrames, register: Register, _at: datetime, history: CaseHistory
) -> IncidentCounts:
    """Compute the counts of the watched day as known then, and all excesses until then."""
    election, rules = register.election, register.election.rules.counts
    start, end = timestamps.to_us(election.day_start), timestamps.to_us(election.day_end)
    rows = history.first_reports.sort_values(["known", "seq"], kind="stable")
    rows = rows.assign(occurred=np.minimum(rows["occurred"], rows["known"]))
    step_us = rules.step_us
    midnight = timestamps.to_us(election.midnight)
    rows = rows[(rows["occurred"] >= np.where(rows["has_minute"], start, midnight))
                & (rows["occurred"] < end)]  # fmt: skip
    spans = _join_spans(history.uncounted_intervals, set(rows["case"]))
    ended = {case: begin for case, begin, until in spans if until == FOREVER}
    rows = rows.assign(until=[ended.get(case, FOREVER) for case in rows["case"]])
    is_placed = rows["kecamatan"].isin(list(register.kecamatan))
    incidents = rows[rows["has_minute"] & is_placed].reset_index(drop=True)
    left = rows[rows["until"] == FOREVER]
    codes = list(register.kecamatan)
    tps_counts = np.bincount(
        pd.Index(codes).get_indexer(pd.Index(register.tps["kecamatan"])), minlength=len(codes)
    ).astype("float64")
    changes = _list_changes(incidents, spans, codes, start, step_us)
    step_count = -((start - end) // step_us)
    excesses = find_excesses(changes, tps_counts, step_count, rules)
    return IncidentCounts(
        incidents.drop(columns="has_minute"),
        tuple(
            Excess(
                codes[place],
                start + first * step_us,
                start + until * step_us,
                start + known,
                count,
                usual,
                per_day,
            )
            for place, first, until, known, count, usual, per_day in zip(
                *(excesses[name].tolist() for name in COLUMNS), strict=True
            )
        ),
        marked_per_day=float(state_rates(rules.marked_chance * len(codes) * step_count)),
        uncounted=len(rows) - len(left),
        without_hour=int((~left["has_minute"]).sum()),
        without_place=int((left["has_minute"] & ~is_placed[left.index]).sum()),
    )


def _join_spans(spans: list[tuple[str, int, int]], cases: set[str]) -> list[tuple[str, int, int]]:
    """Join the spans of these cases that touch or overlap."""
    joined: list[tuple[str, int, int]] = []
    for case, begin, end in sorted(span for span in spans if span[0] in cases):
        if joined and joined[-1][0] == case and begin <= joined[-1][2]:
            joined[-1] = (case, joined[-1][1], max(end, joined[-1][2]))
        else:
            joined.append((case, begin, end))
    return joined


def _list_changes(
    incidents: pd.DataFrame,
    spans: list[tuple[str, int, int]],
    codes: list[str],
    start: int,
    step_us: int,
) -> CountChanges:
    """Return when each incident began to count and ceased to, in the order known."""
    position = {case: index for index, case in enumerate(incidents["case"])}
    known = incidents["known"].to_numpy("int64")
    changes = [
        change
        for case, begin, end in spans
        if (at := position.get(case)) is not None and end > known[at]
        for change in ((at, max(begin, int(known[at])), -1), (at, end, 1))
        if change[1] != FOREVER
    ]
    later = np.array(changes, dtype="int64").reshape(-1, 3)
    row = np.concatenate([np.arange(len(incidents)), later[:, 0]])
    known_us = np.concatenate([known, later[:, 1]]) - start
    change = np.concatenate([np.ones(len(incidents), dtype="int64"), later[:, 2]])
    place = pd.Index(codes).get_indexer(pd.Index(incidents["kecamatan"]))
    step = (incidents["occurred"].to_numpy("int64") - start) // step_us
    order = np.argsort(known_us, kind="stable")
    return CountChanges(
        place[row][order].astype("int64"), step[row][order], known_us[order], change[order]
    )
