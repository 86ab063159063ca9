"""Cases that were merged, or told in another order than known: replayed word by word.

What holds after each word is kept, not made anew of all words: of a group of thousands each
word or decision costs as little as of one.
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

# Words that show a step reached, as in analysis.lives.
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
    """One row of records.MERGES."""

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
    names = ("case", "kecamatan", "jenis", "tingkat", "situasi", "status", "latihan")
    columns = (cells[name].tolist() for name in names)
    rows = zip(known_us.tolist(), reported_us.tolist(), seq.tolist(), *columns, strict=True)
    return [
        CaseReport(
            k,
            t,
            n,
            case,
            _text_or_none(area),
            kind,
            _text_or_none(weight),
            _text_or_none(state),
            status,
            bool(made),
        )
        for k, t, n, case, area, kind, weight, state, status, made in rows
    ]


def _text_or_none(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def replay_cases(
    reports: Sequence[CaseReport], merges: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[str, int, int]]]:
    """Pieces of these cases as a frame of COLUMNS, and when each was merged into another.

    merges: kasus, ke, tindakan, latihan, seq, known, told.
    """
    every: list[Any] = list(merges.itertuples())
    decisions = [
        MergeDecision(row.known, row.told, row.seq, row.kasus, row.ke, row.tindakan == "gabung",
                 bool(row.latihan))
        for row in every
    ]  # fmt: skip
    replay = _Replay()
    replay.run([*reports, *decisions])
    return pd.DataFrame(replay.intervals, columns=list(COLUMNS)), replay.merged_intervals


class _CaseState:
    """What is known of one case; each word changes it, none is looked at again."""

    def __init__(self, first_report: CaseReport) -> None:
        self.key, self.known_us, self.latihan = (
            first_report.case,
            first_report.known_us,
            first_report.latihan,
        )
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
        """Return what of it a group counts, as it stands now."""
        return (
            ("open", None if self.last_report.status in STATUS_CLOSED else "open"),
            *((name, self.stated.get(name, (None, None))[1]) for name in ("tingkat", "situasi")),
        )


class _CaseGroup:
    """Cases that are one for now. since: when the piece began that is not told yet."""

    def __init__(self, cases: Iterable[_CaseState], since_us: int) -> None:
        self.since_us = since_us
        self.members: dict[str, _CaseState] = {}
        self.counts: Counter[tuple[str, str | None]] = Counter()
        for one in cases:
            self.members[one.key] = one
            self.counts.update(one.counted_states())
        everyone = self.members.values()
        self.canonical_case = min(everyone, key=lambda case: (case.known_us, case.key))
        self.start_us = min(case.start_us for case in everyone)
        self.newest = max(case.newest for case in everyone)
        self.verified = any(case.verified for case in everyone)
        self.handled = any(case.handled for case in everyone)

    def add_report(self, case: _CaseState, report: CaseReport) -> None:
        self.counts.subtract(case.counted_states())
        case.add_report(report)
        self.counts.update(case.counted_states())
        self._extend(case)

    def merge(self, other: _CaseGroup) -> None:
        """Take all cases of a smaller group."""
        self.members |= other.members
        self.counts.update(other.counts)
        self.canonical_case = min(
            self.canonical_case, other.canonical_case, key=lambda case: (case.known_us, case.key)
        )
        self._extend(other)

    def _extend(self, added: _CaseState | _CaseGroup) -> None:
        self.start_us, self.newest = (
            min(self.start_us, added.start_us),
            max(self.newest, added.newest),
        )
        self.verified |= added.verified
        self.handled |= added.handled

    def build_interval(self, end_us: int) -> tuple[Any, ...]:
        """Return how the group stood until now, by all words known of its members."""
        last = self.canonical_case.last_report
        return (
            self.canonical_case.key, last.kecamatan, last.jenis, self.since_us, end_us,
            self._highest_level("tingkat", TINGKAT), self._highest_level("situasi", SITUASI),
            self.counts["open", "open"] > 0 and last.jenis != "nihil",
            self.start_us, self.verified, self.handled, self.newest[1], last.latihan,
        )  # fmt: skip

    def _highest_level(self, name: str, scale: tuple[str, ...]) -> str | None:
        return next((one for one in reversed(scale) if self.counts[name, one] > 0), None)


class _Replay:
    """Cases and decisions in the order known; a piece is told when its group changes.

    What a word or a merge costs does not grow with its group; parting costs as much as the
    smaller of what is parted, and the group once.
    """

    def __init__(self) -> None:
        self.intervals: list[tuple[Any, ...]] = []
        self.merged_intervals: list[tuple[str, int, int]] = []
        self._group_by_case: dict[str, _CaseGroup] = {}
        self._decision_by_pair: dict[frozenset[str], MergeDecision] = {}
        self._pairs_by_case: dict[str, set[frozenset[str]]] = {}
        self._merged_since_us: dict[str, int] = {}

    def run(self, events: Iterable[CaseReport | MergeDecision]) -> None:
        for event in sorted(events, key=lambda one: (one.known_us, one.seq)):
            if isinstance(event, CaseReport):
                self._apply_report(event)
            else:
                self._apply_decision(event)
        for group in {id(one): one for one in self._group_by_case.values()}.values():
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
        held = self._decision_by_pair.get(pair)
        if held is not None and (decision.reported_us, decision.seq) <= (
            held.reported_us,
            held.seq,
        ):
            return
        self._decision_by_pair[pair] = decision
        for case in pair:
            self._pairs_by_case.setdefault(case, set()).add(pair)
        self._split_group(pair, decision.known_us)
        self._merge_groups(pair, decision.known_us)

    def _merge_groups(self, pair: frozenset[str], at_us: int) -> None:
        """Make two cases one where the newest word on them says so, and both are known."""
        if len(pair) != 2 or not all(case in self._group_by_case for case in pair):
            return
        held = self._decision_by_pair[pair]
        one, other = sorted(
            (self._group_by_case[case] for case in pair), key=lambda group: len(group.members)
        )
        exercise = {self._group_by_case[case].members[case].latihan for case in pair} | {
            held.latihan
        }
        if not held.is_merge or len(exercise) != 1:
            return
        first, second = pair
        self._group_by_case[first].members[first].merged_with.add(second)
        self._group_by_case[second].members[second].merged_with.add(first)
        if one is other:
            return
        for group in (one, other):
            self._close_interval(group, at_us)
        heads = {one.canonical_case.key, other.canonical_case.key}
        other.merge(one)
        self._group_by_case.update(dict.fromkeys(one.members, other))
        self._start_merged((heads - {other.canonical_case.key}).pop(), at_us)

    def _split_group(self, pair: frozenset[str], at_us: int) -> None:
        """Take the bond of two cases away, and part their group where nothing else holds it."""
        if len(pair) != 2 or not all(case in self._group_by_case for case in pair):
            return
        first, second = pair
        group = self._group_by_case[first]
        if second not in group.members or second not in group.members[first].merged_with:
            return
        group.members[first].merged_with.discard(second)
        group.members[second].merged_with.discard(first)
        gone = _find_split(group, first, second)
        if gone is None:
            return
        self._close_interval(group, at_us)
        rest = [case for key, case in group.members.items() if key not in gone]
        for cases in (rest, [group.members[key] for key in gone]):
            made = _CaseGroup(cases, at_us)
            self._group_by_case.update(dict.fromkeys(made.members, made))
            if made.canonical_case is not group.canonical_case:
                self._end_merged(made.canonical_case.key, at_us)

    def _close_interval(self, group: _CaseGroup, at_us: int) -> None:
        """Tell the piece that ends here, unless it began only now."""
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
    """Find the smaller of the two parts of a group; None where they still hang together.

    Both are walked in turn, so that it costs no more than the smaller.
    """
    reached, left = ({first}, {second}), ([first], [second])
    while True:
        for mine, others, todo in ((0, 1, left[0]), (1, 0, left[1])):
            if not todo:
                return reached[mine]
            for near in group.members[todo.pop()].merged_with:
                if near in reached[others]:
                    return None
                if near not in reached[mine]:
                    reached[mine].add(near)
                    todo.append(near)
