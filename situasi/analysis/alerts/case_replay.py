"""Replay of cases that were merged, or whose reports were known in another order than reported.

The state after each report is kept and not computed again from all reports: in a group of
thousands, each report or decision costs as little as for a single case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pandas as pd

from situasi.analysis.alerts.intervals import FOREVER
from situasi.domain.feed_schemas import SITUASI, STATUS_CLOSED, TINGKAT

# Statuses that show a step as reached, as in incidents.milestones.
VERIFIED_STATUSES = ("diverifikasi", "ditangani", "diteruskan", *STATUS_CLOSED)
HANDLED_STATUSES = ("ditangani", "diteruskan", *STATUS_CLOSED)
COLUMNS = (
    "case", "kecamatan", "jenis", "begin", "end", "tingkat", "situasi", "open", "start",
    "verified", "handled", "seq", "latihan",
)  # fmt: skip


@dataclass(frozen=True)
class CaseReport:
    """One row of a case."""

    known_us: int
    reported_us: int
    seq: int
    case: str
    kecamatan: str | None
    jenis: str
    tingkat: str | None
    situasi: str | None
    status: str
    latihan: bool


@dataclass(frozen=True)
class MergeDecision:
    """One row of the MERGES feed."""

    known_us: int
    reported_us: int
    seq: int
    case: str
    other_case: str
    is_merge: bool
    latihan: bool


def build_reports(
    known_us: npt.NDArray[Any],
    reported_us: npt.NDArray[Any],
    seq: npt.NDArray[Any],
    cells: Mapping[str, npt.NDArray[Any]],
) -> list[CaseReport]:
    """Build one CaseReport per row from these columns."""
    names = ("case", "kecamatan", "jenis", "tingkat", "situasi", "status")
    texts = ([cell if isinstance(cell, str) else None for cell in cells[name]] for name in names)
    latihan = cells["latihan"].astype(bool)
    numbers = (known_us.tolist(), reported_us.tolist(), seq.tolist())
    return [CaseReport(*row) for row in zip(*numbers, *texts, latihan.tolist(), strict=True)]


def replay_cases(
    reports: Sequence[CaseReport], merges: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[str, int, int]]]:
    """Return the intervals of these cases (a frame of COLUMNS), and when each was merged away.

    merges: kasus, ke, tindakan, latihan, seq, known_us, reported_us.
    """
    merge_rows: list[Any] = list(merges.itertuples())
    decisions = [
        MergeDecision(row.known_us, row.reported_us, row.seq, row.kasus, row.ke,
                      row.tindakan == "gabung", bool(row.latihan))
        for row in merge_rows
    ]  # fmt: skip
    replay = _Replay()
    replay.run([*reports, *decisions])
    return pd.DataFrame(replay.intervals, columns=list(COLUMNS)), replay.merged_intervals


class _CaseState:
    """What is known of one case; each report updates it and is not read again."""

    def __init__(self, first_report: CaseReport) -> None:
        self.key, self.known_us = first_report.case, first_report.known_us
        self.latihan = first_report.latihan
        self.last_report = first_report
        self.start_us = first_report.reported_us
        self.newest = (first_report.known_us, first_report.seq)
        self.stated: dict[str, tuple[tuple[int, int], str | None]] = {}
        self.verified = self.handled = False
        self.merged_with: set[str] = set()

    def add_report(self, report: CaseReport) -> None:
        order = (report.reported_us, report.seq)
        if order >= (self.last_report.reported_us, self.last_report.seq):
            self.last_report = report
        for name in ("tingkat", "situasi"):
            value = getattr(report, name)
            if value is not None and order >= self.stated.get(name, (order, None))[0]:
                self.stated[name] = (order, value)
        self.start_us = min(self.start_us, report.reported_us)
        self.newest = max(self.newest, (report.known_us, report.seq))
        self.verified |= report.status in VERIFIED_STATUSES
        self.handled |= report.status in HANDLED_STATUSES

    def counted_states(self) -> tuple[tuple[str, str | None], ...]:
        """Return the values of the case, as it stands now, that its group counts."""
        return (
            ("open", None if self.last_report.status in STATUS_CLOSED else "open"),
            *((name, self.stated.get(name, (None, None))[1]) for name in ("tingkat", "situasi")),
        )


class _CaseGroup:
    """Cases that are merged at present. since_us: begin of the interval not yet written."""

    def __init__(self, cases: Iterable[_CaseState], since_us: int) -> None:
        self.since_us = since_us
        self.members: dict[str, _CaseState] = {}
        self.counts: Counter[tuple[str, str | None]] = Counter()
        for case in cases:
            self.members[case.key] = case
            self.counts.update(case.counted_states())
        members = self.members.values()
        self.canonical_case = min(members, key=lambda case: (case.known_us, case.key))
        self.start_us = min(case.start_us for case in members)
        self.newest = max(case.newest for case in members)
        self.verified = any(case.verified for case in members)
        self.handled = any(case.handled for case in members)

    def add_report(self, case: _CaseState, report: CaseReport) -> None:
        self.counts.subtract(case.counted_states())
        case.add_report(report)
        self.counts.update(case.counted_states())
        self._extend(case)

    def merge(self, other: _CaseGroup) -> None:
        """Add all cases of a smaller group."""
        self.members |= other.members
        self.counts.update(other.counts)
        self.canonical_case = min(
            self.canonical_case, other.canonical_case, key=lambda case: (case.known_us, case.key)
        )
        self._extend(other)

    def _extend(self, added: _CaseState | _CaseGroup) -> None:
        self.start_us = min(self.start_us, added.start_us)
        self.newest = max(self.newest, added.newest)
        self.verified |= added.verified
        self.handled |= added.handled

    def build_interval(self, end_us: int) -> tuple[Any, ...]:
        """Return the state of the group until `end_us`, by all known reports of its members."""
        last = self.canonical_case.last_report
        return (
            self.canonical_case.key, last.kecamatan, last.jenis, self.since_us, end_us,
            self._highest_level("tingkat", TINGKAT), self._highest_level("situasi", SITUASI),
            self.counts["open", "open"] > 0 and last.jenis != "nihil",
            self.start_us, self.verified, self.handled, self.newest[1], last.latihan,
        )  # fmt: skip

    def _highest_level(self, name: str, scale: tuple[str, ...]) -> str | None:
        return next((level for level in reversed(scale) if self.counts[name, level] > 0), None)


class _Replay:
    """Reports and decisions in the order known; an interval is written when its group changes.

    The cost of a report or a merge does not grow with its group; a split costs as much as the
    smaller part, and the group once.
    """

    def __init__(self) -> None:
        self.intervals: list[tuple[Any, ...]] = []
        self.merged_intervals: list[tuple[str, int, int]] = []
        self._group_by_case: dict[str, _CaseGroup] = {}
        self._decision_by_pair: dict[frozenset[str], MergeDecision] = {}
        self._pairs_by_case: dict[str, set[frozenset[str]]] = {}
        self._merged_since_us: dict[str, int] = {}

    def run(self, events: Iterable[CaseReport | MergeDecision]) -> None:
        """Replay the events in the order known, then write the intervals that are still open."""
        for event in sorted(events, key=lambda item: (item.known_us, item.seq)):
            if isinstance(event, CaseReport):
                self._apply_report(event)
            else:
                self._apply_decision(event)
        for group in {id(g): g for g in self._group_by_case.values()}.values():
            self.intervals.append(group.build_interval(FOREVER))
        self.merged_intervals += [
            (case, since, FOREVER) for case, since in self._merged_since_us.items()
        ]

    def _apply_report(self, report: CaseReport) -> None:
        group = self._group_by_case.get(report.case)
        if group is not None:
            self._close_interval(group, report.known_us)
            group.add_report(group.members[report.case], report)
            return
        case = _CaseState(report)
        case.add_report(report)
        self._group_by_case[report.case] = _CaseGroup([case], report.known_us)
        for pair in sorted(self._pairs_by_case.get(report.case, ()), key=sorted):
            self._merge_groups(pair, report.known_us)

    def _apply_decision(self, decision: MergeDecision) -> None:
        pair = frozenset((decision.case, decision.other_case))
        previous = self._decision_by_pair.get(pair)
        if previous is not None and (decision.reported_us, decision.seq) <= (
            previous.reported_us,
            previous.seq,
        ):
            return
        self._decision_by_pair[pair] = decision
        for case in pair:
            self._pairs_by_case.setdefault(case, set()).add(pair)
        self._split_group(pair, decision.known_us)
        self._merge_groups(pair, decision.known_us)

    def _merge_groups(self, pair: frozenset[str], at_us: int) -> None:
        """Merge the groups of two cases if the newest decision says so and both cases are known."""
        if len(pair) != 2 or not all(case in self._group_by_case for case in pair):
            return
        decision = self._decision_by_pair[pair]
        smaller, larger = sorted(
            (self._group_by_case[case] for case in pair), key=lambda group: len(group.members)
        )
        exercise_flags = {self._group_by_case[case].members[case].latihan for case in pair} | {
            decision.latihan
        }
        if not decision.is_merge or len(exercise_flags) != 1:
            return
        first, second = pair
        self._group_by_case[first].members[first].merged_with.add(second)
        self._group_by_case[second].members[second].merged_with.add(first)
        if smaller is larger:
            return
        for group in (smaller, larger):
            self._close_interval(group, at_us)
        canonical_keys = {smaller.canonical_case.key, larger.canonical_case.key}
        larger.merge(smaller)
        self._group_by_case.update(dict.fromkeys(smaller.members, larger))
        self._start_merged((canonical_keys - {larger.canonical_case.key}).pop(), at_us)

    def _split_group(self, pair: frozenset[str], at_us: int) -> None:
        """Remove the link of two cases, and split their group if nothing else connects it."""
        if len(pair) != 2 or not all(case in self._group_by_case for case in pair):
            return
        first, second = pair
        group = self._group_by_case[first]
        if second not in group.members or second not in group.members[first].merged_with:
            return
        group.members[first].merged_with.discard(second)
        group.members[second].merged_with.discard(first)
        split_keys = _find_split(group, first, second)
        if split_keys is None:
            return
        self._close_interval(group, at_us)
        remaining = [case for key, case in group.members.items() if key not in split_keys]
        for cases in (remaining, [group.members[key] for key in split_keys]):
            new_group = _CaseGroup(cases, at_us)
            self._group_by_case.update(dict.fromkeys(new_group.members, new_group))
            if new_group.canonical_case is not group.canonical_case:
                self._end_merged(new_group.canonical_case.key, at_us)

    def _close_interval(self, group: _CaseGroup, at_us: int) -> None:
        """Write the interval that ends here, unless it began only now."""
        if group.since_us < at_us:
            self.intervals.append(group.build_interval(at_us))
            group.since_us = at_us

    def _start_merged(self, case: str, at_us: int) -> None:
        self._merged_since_us[case] = at_us

    def _end_merged(self, case: str, at_us: int) -> None:
        since = self._merged_since_us.pop(case)
        if since < at_us:
            self.merged_intervals.append((case, since, at_us))


def _find_split(group: _CaseGroup, first: str, second: str) -> set[str] | None:
    """Return the smaller of the two parts of a group; None if they are still connected.

    Both parts are searched in turn, so that the cost is that of the smaller one.
    """
    reached, queues = ({first}, {second}), ([first], [second])
    while True:
        for side, other_side, pending in ((0, 1, queues[0]), (1, 0, queues[1])):
            if not pending:
                return reached[side]
            for neighbour in group.members[pending.pop()].merged_with:
                if neighbour in reached[other_side]:
                    return None
                if neighbour not in reached[side]:
                    reached[side].add(neighbour)
                    pending.append(neighbour)
