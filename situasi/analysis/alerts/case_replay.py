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
VERIFIED = ("diverifikasi", "ditangani", "diteruskan", *STATUS_CLOSED)
HANDLED = ("ditangani", "diteruskan", *STATUS_CLOSED)
COLUMNS = (
    "case", "kecamatan", "jenis", "begin", "end", "tingkat", "situasi", "open", "start",
    "verified", "handled", "seq", "latihan",
)  # fmt: skip


@dataclass(frozen=True)
class Word:
    """One row of a case."""

    known: int
    told: int
    seq: int
    case: str
    kecamatan: str | None
    jenis: str
    tingkat: str | None
    situasi: str | None
    status: str
    latihan: bool


@dataclass(frozen=True)
class Decision:
    """One row of records.MERGES."""

    known: int
    told: int
    seq: int
    one: str
    other: str
    binds: bool
    latihan: bool


def words(
    known: npt.NDArray[Any],
    told: npt.NDArray[Any],
    seq: npt.NDArray[Any],
    cells: Mapping[str, npt.NDArray[Any]],
) -> list[Word]:
    names = ("case", "kecamatan", "jenis", "tingkat", "situasi", "status", "latihan")
    columns = (cells[name].tolist() for name in names)
    rows = zip(known.tolist(), told.tolist(), seq.tolist(), *columns, strict=True)
    return [
        Word(k, t, n, case, _text(area), kind, _text(weight), _text(state), status, bool(made))
        for k, t, n, case, area, kind, weight, state, status, made in rows
    ]


def _text(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def replayed(
    told: Sequence[Word], merges: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[str, int, int]]]:
    """Pieces of these cases as a frame of COLUMNS, and when each was merged into another.

    merges: kasus, ke, tindakan, latihan, seq, known, told.
    """
    every: list[Any] = list(merges.itertuples())
    decisions = [
        Decision(row.known, row.told, row.seq, row.kasus, row.ke, row.tindakan == "gabung",
                 bool(row.latihan))
        for row in every
    ]  # fmt: skip
    replay = _Replay()
    replay.run([*told, *decisions])
    return pd.DataFrame(replay.pieces, columns=list(COLUMNS)), replay.away


class _Case:
    """What is known of one case; each word changes it, none is looked at again."""

    def __init__(self, first: Word) -> None:
        self.key, self.known, self.latihan = first.case, first.known, first.latihan
        self.last = first
        self.start = first.told
        self.newest = (first.known, first.seq)
        self.stated: dict[str, tuple[tuple[int, int], str | None]] = {}
        self.verified = self.handled = False
        self.bound: set[str] = set()

    def hear(self, word: Word) -> None:
        order = (word.told, word.seq)
        if order >= (self.last.told, self.last.seq):
            self.last = word
        for name in ("tingkat", "situasi"):
            value = getattr(word, name)
            if value is not None and order >= self.stated.get(name, (order, None))[0]:
                self.stated[name] = (order, value)
        self.start = min(self.start, word.told)
        self.newest = max(self.newest, (word.known, word.seq))
        self.verified |= word.status in VERIFIED
        self.handled |= word.status in HANDLED

    def signs(self) -> tuple[tuple[str, str | None], ...]:
        """Return what of it a group counts, as it stands now."""
        return (
            ("open", None if self.last.status in STATUS_CLOSED else "open"),
            *((name, self.stated.get(name, (None, None))[1]) for name in ("tingkat", "situasi")),
        )


class _Group:
    """Cases that are one for now. since: when the piece began that is not told yet."""

    def __init__(self, cases: Iterable[_Case], since: int) -> None:
        self.since = since
        self.members: dict[str, _Case] = {}
        self.counts: Counter[tuple[str, str | None]] = Counter()
        for one in cases:
            self.members[one.key] = one
            self.counts.update(one.signs())
        everyone = self.members.values()
        self.head = min(everyone, key=lambda case: (case.known, case.key))
        self.start = min(case.start for case in everyone)
        self.newest = max(case.newest for case in everyone)
        self.verified = any(case.verified for case in everyone)
        self.handled = any(case.handled for case in everyone)

    def hear(self, case: _Case, word: Word) -> None:
        self.counts.subtract(case.signs())
        case.hear(word)
        self.counts.update(case.signs())
        self._with(case)

    def join(self, other: _Group) -> None:
        """Take all cases of a smaller group."""
        self.members |= other.members
        self.counts.update(other.counts)
        self.head = min(self.head, other.head, key=lambda case: (case.known, case.key))
        self._with(other)

    def _with(self, one: _Case | _Group) -> None:
        self.start, self.newest = min(self.start, one.start), max(self.newest, one.newest)
        self.verified |= one.verified
        self.handled |= one.handled

    def piece(self, end: int) -> tuple[Any, ...]:
        """Return how the group stood until now, by all words known of its members."""
        last = self.head.last
        return (
            self.head.key, last.kecamatan, last.jenis, self.since, end,
            self._gravest("tingkat", TINGKAT), self._gravest("situasi", SITUASI),
            self.counts["open", "open"] > 0 and last.jenis != "nihil",
            self.start, self.verified, self.handled, self.newest[1], last.latihan,
        )  # fmt: skip

    def _gravest(self, name: str, scale: tuple[str, ...]) -> str | None:
        return next((one for one in reversed(scale) if self.counts[name, one] > 0), None)


class _Replay:
    """Cases and decisions in the order known; a piece is told when its group changes.

    What a word or a merge costs does not grow with its group; parting costs as much as the
    smaller of what is parted, and the group once.
    """

    def __init__(self) -> None:
        self.pieces: list[tuple[Any, ...]] = []
        self.away: list[tuple[str, int, int]] = []
        self._group: dict[str, _Group] = {}
        self._newest: dict[frozenset[str], Decision] = {}
        self._of: dict[str, set[frozenset[str]]] = {}
        self._left: dict[str, int] = {}

    def run(self, events: Iterable[Word | Decision]) -> None:
        for event in sorted(events, key=lambda one: (one.known, one.seq)):
            if isinstance(event, Word):
                self._hear(event)
            else:
                self._decide(event)
        for group in {id(one): one for one in self._group.values()}.values():
            self.pieces.append(group.piece(FOREVER))
        self.away += [(case, since, FOREVER) for case, since in self._left.items()]

    def _hear(self, word: Word) -> None:
        group = self._group.get(word.case)
        if group is not None:
            self._told(group, word.known)
            group.hear(group.members[word.case], word)
            return
        case = _Case(word)
        case.hear(word)
        self._group[word.case] = _Group([case], word.known)
        for pair in sorted(self._of.get(word.case, ()), key=sorted):
            self._bind(pair, word.known)

    def _decide(self, event: Decision) -> None:
        pair = frozenset((event.one, event.other))
        held = self._newest.get(pair)
        if held is not None and (event.told, event.seq) <= (held.told, held.seq):
            return
        self._newest[pair] = event
        for case in pair:
            self._of.setdefault(case, set()).add(pair)
        self._part(pair, event.known)
        self._bind(pair, event.known)

    def _bind(self, pair: frozenset[str], at: int) -> None:
        """Make two cases one where the newest word on them says so, and both are known."""
        if len(pair) != 2 or not all(case in self._group for case in pair):
            return
        held = self._newest[pair]
        one, other = sorted(
            (self._group[case] for case in pair), key=lambda group: len(group.members)
        )
        exercise = {self._group[case].members[case].latihan for case in pair} | {held.latihan}
        if not held.binds or len(exercise) != 1:
            return
        first, second = pair
        self._group[first].members[first].bound.add(second)
        self._group[second].members[second].bound.add(first)
        if one is other:
            return
        for group in (one, other):
            self._told(group, at)
        heads = {one.head.key, other.head.key}
        other.join(one)
        self._group.update(dict.fromkeys(one.members, other))
        self._away((heads - {other.head.key}).pop(), at)

    def _part(self, pair: frozenset[str], at: int) -> None:
        """Take the bond of two cases away, and part their group where nothing else holds it."""
        if len(pair) != 2 or not all(case in self._group for case in pair):
            return
        first, second = pair
        group = self._group[first]
        if second not in group.members or second not in group.members[first].bound:
            return
        group.members[first].bound.discard(second)
        group.members[second].bound.discard(first)
        gone = _parted(group, first, second)
        if gone is None:
            return
        self._told(group, at)
        rest = [case for key, case in group.members.items() if key not in gone]
        for cases in (rest, [group.members[key] for key in gone]):
            made = _Group(cases, at)
            self._group.update(dict.fromkeys(made.members, made))
            if made.head is not group.head:
                self._back(made.head.key, at)

    def _told(self, group: _Group, at: int) -> None:
        """Tell the piece that ends here, unless it began only now."""
        if group.since < at:
            self.pieces.append(group.piece(at))
            group.since = at

    def _away(self, case: str, at: int) -> None:
        self._left[case] = at

    def _back(self, case: str, at: int) -> None:
        since = self._left.pop(case)
        if since < at:
            self.away.append((case, since, at))


def _parted(group: _Group, first: str, second: str) -> set[str] | None:
    """Find the smaller of the two parts of a group; None where they still hang together.

    Both are walked in turn, so that it costs no more than the smaller.
    """
    reached, left = ({first}, {second}), ([first], [second])
    while True:
        for mine, others, todo in ((0, 1, left[0]), (1, 0, left[1])):
            if not todo:
                return reached[mine]
            for near in group.members[todo.pop()].bound:
                if near in reached[others]:
                    return None
                if near not in reached[mine]:
                    reached[mine].add(near)
                    todo.append(near)
