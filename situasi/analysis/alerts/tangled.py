"""Cases that were merged, or told in another order than known: replayed word by word.

The obvious way for any case: what holds after each word is made of all words known by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy.typing as npt
import pandas as pd

from situasi.analysis.alerts.spells import FOREVER
from situasi.records import SITUASI, STATUS_CLOSED, TINGKAT

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
    found: list[tuple[Any, ...]] = []
    away: list[tuple[str, int, int]] = []
    for some, bonds in _groups(told, decisions):
        _replay(some, bonds, found, away)
    return pd.DataFrame(found, columns=list(COLUMNS)), away


def _groups(
    told: Sequence[Word], decisions: Sequence[Decision]
) -> Iterable[tuple[list[Word], list[Decision]]]:
    """Cases that any decision joins are replayed together, every other alone."""
    group: dict[str, str] = {}

    def root(case: str) -> str:
        while group.setdefault(case, case) != case:
            case = group[case]
        return case

    for one in decisions:
        group[root(one.one)] = root(one.other)
    mine: dict[str, tuple[list[Word], list[Decision]]] = {}
    for word in told:
        mine.setdefault(root(word.case), ([], []))[0].append(word)
    for one in decisions:
        if root(one.one) in mine:
            mine[root(one.one)][1].append(one)
    return mine.values()


def _replay(
    told: list[Word],
    decisions: list[Decision],
    found: list[tuple[Any, ...]],
    away: list[tuple[str, int, int]],
) -> None:
    events: list[Word | Decision] = sorted([*told, *decisions], key=lambda e: (e.known, e.seq))
    times = sorted({event.known for event in events})
    until = dict(zip(times, [*times[1:], FOREVER], strict=True))
    cases: dict[str, list[Word]] = {}
    newest: dict[frozenset[str], Decision] = {}
    for known, some in groupby(events, key=lambda event: event.known):
        for event in some:
            if isinstance(event, Word):
                cases.setdefault(event.case, []).append(event)
            else:
                pair = frozenset((event.one, event.other))
                held = newest.get(pair)
                if held is None or (event.told, event.seq) > (held.told, held.seq):
                    newest[pair] = event
        for head, members in _heads(cases, newest.values()).items():
            found.append(_piece(head, [cases[case] for case in members], known, until[known]))
            away += [(case, known, until[known]) for case in members if case != head]


def _heads(cases: Mapping[str, list[Word]], decisions: Iterable[Decision]) -> dict[str, list[str]]:
    """The cases of each that stands, itself first."""
    groups = {case: {case} for case in cases}
    for one in decisions:
        if not one.binds or one.one not in cases or one.other not in cases:
            continue
        made = {cases[case][0].latihan for case in (one.one, one.other)} | {one.latihan}
        if len(made) == 1:
            joined = groups[one.one] | groups[one.other]
            groups |= dict.fromkeys(joined, joined)
    found = {}
    for group in {id(one): one for one in groups.values()}.values():
        ordered = sorted(group, key=lambda case: (min(w.known for w in cases[case]), case))
        found[ordered[0]] = ordered
    return found


def _piece(head: str, members: list[list[Word]], begin: int, end: int) -> tuple[Any, ...]:
    """How a group stands, by all words known of its members (the head's first)."""
    inturn = [sorted(one, key=lambda word: (word.told, word.seq)) for one in members]
    last = [one[-1] for one in inturn]
    every = [word for one in members for word in one]
    said = {word.status for word in every}
    lively = any(one.status not in STATUS_CLOSED for one in last)
    return (
        head, last[0].kecamatan, last[0].jenis, begin, end,
        _gravest((_stated([w.tingkat for w in one]) for one in inturn), TINGKAT),
        _gravest((_stated([w.situasi for w in one]) for one in inturn), SITUASI),
        lively and last[0].jenis != "nihil",
        min(word.told for word in every),
        not said.isdisjoint(VERIFIED), not said.isdisjoint(HANDLED),
        max(every, key=lambda word: (word.known, word.seq)).seq,
        last[0].latihan,
    )  # fmt: skip


def _stated(words: Sequence[str | None]) -> str | None:
    return next((word for word in reversed(words) if word is not None), None)


def _gravest(stated: Iterable[str | None], scale: tuple[str, ...]) -> str | None:
    return max((word for word in stated if word is not None), key=scale.index, default=None)
