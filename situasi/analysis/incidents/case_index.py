"""All cases and their newest states, of which each delivery changes only those that it tells of.

analysis.incidents.cases is the obvious way, and what tests hold this against.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents import case_states
from situasi.analysis.incidents.case_states import NIHIL, NO_ROWS, OPEN, CaseStates
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.encoded_rows import (
    MISSING,
    Array,
    DictionaryEncoder,
    EncodedRows,
    IntArray,
    Mask,
)
from situasi.analysis.timestamps import NEVER
from situasi.domain.feed_schemas import SITUASI

# States that moved are kept apart until there are so many: to settle them costs a copy of all.
_COMPACT_AFTER = 256

CasePredicate = Callable[[CaseStates], Mask]
Redaction = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class CaseIndex:
    """The cases as they were known at one moment, to one who may see these.

    settled: by the number of the case. moved: of which cases that no longer holds; fresh: their
    states, in order of their numbers. at: the moment, in microseconds; None: now. now: the same
    with all that is known by now. area: only cases of these kecamatan, and of none; None: all.
    veil: what the viewer may not read, taken out of rows.
    """

    rows: EncodedRows
    base: CaseStates
    dirty: Mask
    delta: CaseStates
    at_us: int | None = None
    current: CaseIndex | None = None
    area: tuple[str, ...] | None = None
    redaction: Redaction | None = None

    def as_of(self, at: datetime | None) -> CaseIndex:
        """The same cases as the command post knew them at a moment; None: all known by now."""
        present = self.current or self
        if at is None:
            return present
        moment = timestamps.to_us(at)
        moved = present.dirty.copy()
        moved[self.rows.case_codes[self.rows.changed_since_mask(moment)]] = True
        fresh = _compute_states(self.rows, moved, moment)
        return replace(present, dirty=moved, delta=fresh, at_us=moment, current=present)

    def with_updates(self, rows: EncodedRows, touched_cases: IntArray) -> CaseIndex:
        """The cases after rows of these cases came, or were taken back. Only of now."""
        assert self.at_us is None, "what was known at a moment does not grow"
        moved = np.zeros(rows.case_count, dtype=bool)
        moved[: len(self.dirty)] = self.dirty
        moved[touched_cases] = True
        found = replace(self, rows=rows, dirty=moved, delta=_compute_states(rows, moved, None))
        return found if np.count_nonzero(moved) <= _COMPACT_AFTER else found._compact()

    def _compact(self) -> CaseIndex:
        number = np.flatnonzero(self.dirty)
        settled = self.base.scatter(number, self.delta, len(self.dirty))
        nothing = np.zeros(len(self.dirty), dtype=bool)
        return replace(self, base=settled, dirty=nothing, delta=case_states.empty_states(self.rows))

    def restrict(self, area: tuple[str, ...], redaction: Redaction | None) -> CaseIndex:
        """Only cases of these kecamatan (none: all) and of no one kecamatan, behind a veil."""
        assert self.at_us is None, "what is seen is chosen before the moment"
        return replace(self, area=area or None, redaction=redaction)

    def to_frame(
        self, predicate: CasePredicate | None = None, extra_cases: Collection[str] = ()
    ) -> pd.DataFrame:
        """The cases that `keep` says, and these besides, as analysis.incidents.cases has them."""
        named = self._case_mask(extra_cases)
        parts = [
            (
                part,
                np.flatnonzero(
                    valid if predicate is None else valid & (predicate(part) | named[number])
                ),
            )
            for part, number, valid in self._parts()
        ]
        found = case_states.build_frame(self.rows, parts)
        return self.redaction(found) if self.redaction else found

    def count(self, predicate: CasePredicate, excluded_cases: Collection[str] = ()) -> int:
        """How many cases `keep` says, these left out."""
        named = self._case_mask(excluded_cases)
        return sum(
            int(np.count_nonzero(valid & predicate(part) & ~named[number]))
            for part, number, valid in self._parts()
        )

    def _case_mask(self, keys: Collection[str]) -> Mask:
        named = np.zeros(self.rows.case_count, dtype=bool)
        named[self.rows.find_case_codes(keys)] = True
        return named

    def _parts(self) -> list[tuple[CaseStates, slice | IntArray, Mask]]:
        """Of what is settled and what moved since: the states, their cases, which hold."""
        settled, moved = slice(len(self.base)), np.flatnonzero(self.dirty)
        return [
            (self.base, settled, self._visible_cases_mask(self.base) & ~self.dirty[settled]),
            (self.delta, moved, self._visible_cases_mask(self.delta)),
        ]

    def _visible_cases_mask(self, states: CaseStates) -> Mask:
        there: Mask = states.lifecycle != NO_ROWS
        return there if self.area is None else there & self._in_area_mask(states.codes["kecamatan"])

    def _in_area_mask(self, kecamatan: Array) -> Mask:
        """A word that names no kecamatan is of the whole kabupaten, and concerns everyone."""
        assert self.area is not None, "asked only where there is one"
        nowhere: Mask = kecamatan == MISSING
        return nowhere | self.rows.vocabularies["kecamatan"].is_any_of(kecamatan, self.area)

    def list_known_times(self, selection: Selection) -> pd.DataFrame:
        """When each row of the selection was known, and how exactly: for silence.newest_of."""
        keep = self._visible_rows_mask() & _in_window(self.rows.occurred_us, selection)
        for name in _SELECTION_COLUMNS:
            if getattr(selection, name):
                codes = self.rows.codes[name]
                keep &= self.rows.vocabularies[name].is_any_of(codes, getattr(selection, name))
        return self.rows.frame[["known_at", "recorded_at", "precision"]].take(np.flatnonzero(keep))

    def last_known(self) -> datetime | None:
        """When the newest row became known; None where there is none."""
        last = int(
            np.where(self._visible_rows_mask(), self.rows.known_us, NEVER).max(initial=NEVER)
        )
        return None if last == NEVER else timestamps.from_us(last)

    def contains_each(self, keys: Iterable[str]) -> list[bool]:
        """Which of these are cases here, though perhaps no row of theirs stands any more."""
        numbers = [self.rows.case_vocabulary.code_of(key) for key in keys]
        there = np.zeros(self.rows.case_count + 1, dtype=bool)  # the last: MISSING
        there[self.rows.case_codes] = (
            True if self.area is None else self._in_area_mask(self.rows.codes["kecamatan"])
        )
        return [n < self.rows.case_count and bool(there[n]) for n in numbers]

    def _visible_rows_mask(self) -> Mask:
        """The rows that count at this moment."""
        stand = self.rows.known_mask(self.at_us)
        return (
            stand if self.area is None else stand & self._in_area_mask(self.rows.codes["kecamatan"])
        )


_SELECTION_COLUMNS = ("kecamatan", "jenis", "tingkat", "status")


def build(rows: pd.DataFrame) -> CaseIndex:
    """The cases of incident rows, all that were ever stored; with `case` and `withdrawn_at`."""
    coder = DictionaryEncoder()
    coder.add_rows(rows)
    return build_from_encoded(coder.build_encoded_rows(rows))


def build_from_known(rows: pd.DataFrame) -> CaseIndex:
    """The same of rows all of which are known, though some may be taken back later."""
    standing = pd.Series(pd.NaT, rows.index, timestamps.DTYPE)
    return build(rows.assign(withdrawn_at=standing))


def build_from_encoded(rows: EncodedRows) -> CaseIndex:
    """The cases of rows none of which was looked at before."""
    nothing = case_states.empty_states(rows)
    before = CaseIndex(rows, nothing, np.zeros(0, dtype=bool), nothing)
    return before.with_updates(rows, np.arange(rows.case_count))


def _compute_states(rows: EncodedRows, dirty: Mask, at_us: int | None) -> CaseStates:
    which = np.flatnonzero(dirty[rows.case_codes] & rows.known_mask(at_us))
    return case_states.compute_states(rows, which, np.flatnonzero(dirty))


def _in_window(occurred_us: timestamps.Micros, selection: Selection) -> Mask:
    keep = np.ones(len(occurred_us), dtype=bool)
    if selection.since is not None:
        keep &= occurred_us >= timestamps.to_us(selection.since)
    if selection.until is not None:
        keep &= (occurred_us < timestamps.to_us(selection.until)) & (occurred_us != NEVER)
    return keep


def matches_selection(selection: Selection) -> CasePredicate:
    """The cases that a viewer asked for, of those in which something happened."""

    def keep(part: CaseStates) -> Mask:
        chosen = is_not_nihil(part) & _in_window(part.occurred_us, selection)
        for name in _SELECTION_COLUMNS:
            if getattr(selection, name):
                chosen &= part.is_any_of(name, getattr(selection, name))
        return chosen

    return keep


def is_not_nihil(states: CaseStates) -> Mask:
    """Cases in which something happened."""
    there: Mask = states.lifecycle > NIHIL
    return there


def is_open(states: CaseStates) -> Mask:
    """Cases that are still work for somebody."""
    there: Mask = states.lifecycle == OPEN
    return there


def match_none(states: CaseStates) -> Mask:
    """No case."""
    return np.zeros(len(states), dtype=bool)


def is_known_since(since: datetime) -> CasePredicate:
    """Cases of which anything was known, or a situasi stated, since this moment."""
    at = timestamps.to_us(since)
    return lambda part: (part.known_us >= at) | (part.situasi_stated_us >= at)


def all_of(left: CasePredicate, right: CasePredicate) -> CasePredicate:
    return lambda part: left(part) & right(part)


def any_of(left: CasePredicate, right: CasePredicate) -> CasePredicate:
    return lambda part: left(part) | right(part)


def has_elevated_situasi(states: CaseStates) -> Mask:
    """Open cases with a stated kuning or merah."""
    return is_open(states) & states.is_any_of("situasi", SITUASI[1:])
