"""All cases and their newest states; each delivery changes only the cases that it is about.

tests/analysis/slow.py computes the same in the simple way; tests compare the two.
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

# What is asked of the time at which rows became known: find_newest_time, cases.drop_nihil.
KNOWN_TIME_COLUMNS = ("known_at", "recorded_at", "precision", "jenis", "status")
# Changed states are kept apart up to this number, as merging them copies all states.
_COMPACT_AFTER = 256

CasePredicate = Callable[[CaseStates], Mask]
Redaction = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class CaseIndex:
    """The cases as known at one moment, as far as one viewer may see them.

    base: by case code. dirty: cases whose `base` state is outdated; delta: their states, in order
    of their codes. at_us: the moment, in microseconds; None: now. current: the same index with all
    that is known by now. area: only cases of these kecamatan and of none; None: all. redaction:
    removes from rows what the viewer may not read.
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
        """Return the same cases as known at a moment; None: by all that is known now."""
        present = self.current or self
        if at is None:
            return present
        at_us = timestamps.to_us(at)
        dirty = present.dirty.copy()
        dirty[self.rows.case_codes[self.rows.changed_since_mask(at_us)]] = True
        delta = _compute_states(self.rows, dirty, at_us)
        return replace(present, dirty=dirty, delta=delta, at_us=at_us, current=present)

    def with_updates(self, rows: EncodedRows, touched_cases: IntArray) -> CaseIndex:
        """Return the cases after rows of these cases arrived or were withdrawn; only for now."""
        assert self.at_us is None, "what was known at a moment does not grow"
        dirty = np.zeros(rows.case_count, dtype=bool)
        dirty[: len(self.dirty)] = self.dirty
        dirty[touched_cases] = True
        index = replace(self, rows=rows, dirty=dirty, delta=_compute_states(rows, dirty, None))
        return index if np.count_nonzero(dirty) <= _COMPACT_AFTER else index._compact()

    def _compact(self) -> CaseIndex:
        codes = np.flatnonzero(self.dirty)
        base = self.base.scatter(codes, self.delta, len(self.dirty))
        clean = np.zeros(len(self.dirty), dtype=bool)
        return replace(self, base=base, dirty=clean, delta=case_states.empty_states(self.rows))

    def restrict(self, area: tuple[str, ...], redaction: Redaction | None) -> CaseIndex:
        """Return only cases of these kecamatan (empty: all) and of none, with rows redacted."""
        assert self.at_us is None, "what is seen is chosen before the moment"
        return replace(self, area=area or None, redaction=redaction)

    def to_frame(
        self, predicate: CasePredicate | None = None, extra_cases: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the cases that match the predicate (None: all), and `extra_cases`.

        One row per case, the last reported case last: its newest row, with the last stated values
        of CARRIED_FORWARD_COLUMNS, `first_known`, and `situasi_at`, when its situasi was stated.
        """
        named = self._case_mask(extra_cases)
        parts = [
            (
                part,
                np.flatnonzero(
                    valid if predicate is None else valid & (predicate(part) | named[codes])
                ),
            )
            for part, codes, valid in self._parts()
        ]
        frame = case_states.build_frame(self.rows, parts)
        return self.redaction(frame) if self.redaction else frame

    def count(self, predicate: CasePredicate, excluded_cases: Collection[str] = ()) -> int:
        """Count the cases that match the predicate, without `excluded_cases`."""
        excluded = self._case_mask(excluded_cases)
        return sum(
            int(np.count_nonzero(valid & predicate(part) & ~excluded[codes]))
            for part, codes, valid in self._parts()
        )

    def _case_mask(self, keys: Collection[str]) -> Mask:
        mask = np.zeros(self.rows.case_count, dtype=bool)
        mask[self.rows.find_case_codes(keys)] = True
        return mask

    def _parts(self) -> list[tuple[CaseStates, slice | IntArray, Mask]]:
        """Return for `base` and `delta` the states, the codes of their cases, and which count."""
        settled, dirty_codes = slice(len(self.base)), np.flatnonzero(self.dirty)
        return [
            (self.base, settled, self._visible_cases_mask(self.base) & ~self.dirty[settled]),
            (self.delta, dirty_codes, self._visible_cases_mask(self.delta)),
        ]

    def _visible_cases_mask(self, states: CaseStates) -> Mask:
        known: Mask = states.lifecycle != NO_ROWS
        return known if self.area is None else known & self._in_area_mask(states.codes["kecamatan"])

    def _in_area_mask(self, kecamatan: Array) -> Mask:
        """Return which are in the area; one without kecamatan concerns the whole kabupaten."""
        assert self.area is not None, "asked only where there is one"
        no_area: Mask = kecamatan == MISSING
        return no_area | self.rows.vocabularies["kecamatan"].is_any_of(kecamatan, self.area)

    def list_known_times(self, selection: Selection) -> pd.DataFrame:
        """Return the rows of the selection: when each was known, how exactly, and what it tells."""
        mask = self._visible_rows_mask() & _in_window(self.rows.occurred_us, selection)
        for name in _SELECTION_COLUMNS:
            if getattr(selection, name):
                codes = self.rows.codes[name]
                mask &= self.rows.vocabularies[name].is_any_of(codes, getattr(selection, name))
        return self.rows.frame[list(KNOWN_TIME_COLUMNS)].take(np.flatnonzero(mask))

    def last_known(self, until: datetime) -> datetime | None:
        """Return when the newest row became known, by `until`; None where none did."""
        counts = self._visible_rows_mask() & (self.rows.known_us <= timestamps.to_us(until))
        last_us = int(np.where(counts, self.rows.known_us, NEVER).max(initial=NEVER))
        return None if last_us == NEVER else timestamps.from_us(last_us)

    def contains_each(self, keys: Iterable[str]) -> list[bool]:
        """Return which of these are cases here, even if all their rows were withdrawn."""
        codes = [self.rows.case_vocabulary.code_of(key) for key in keys]
        known = np.zeros(self.rows.case_count + 1, dtype=bool)  # the last: MISSING
        known[self.rows.case_codes] = (
            True if self.area is None else self._in_area_mask(self.rows.codes["kecamatan"])
        )
        return [n < self.rows.case_count and bool(known[n]) for n in codes]

    def _visible_rows_mask(self) -> Mask:
        """Return which rows count at this moment."""
        known = self.rows.known_mask(self.at_us)
        return (
            known if self.area is None else known & self._in_area_mask(self.rows.codes["kecamatan"])
        )


_SELECTION_COLUMNS = ("kecamatan", "jenis", "tingkat", "status")


def build(rows: pd.DataFrame) -> CaseIndex:
    """Build the index of all incident rows ever stored; with `case` and `withdrawn_at`."""
    encoder = DictionaryEncoder()
    encoder.add_rows(rows)
    return build_from_encoded(encoder.build_encoded_rows(rows))


def build_from_known(rows: pd.DataFrame) -> CaseIndex:
    """Build the index of known rows; later withdrawals are ignored."""
    not_withdrawn = pd.Series(pd.NaT, rows.index, timestamps.DTYPE)
    return build(rows.assign(withdrawn_at=not_withdrawn))


def build_from_encoded(rows: EncodedRows) -> CaseIndex:
    """Build the index of rows that no index holds yet."""
    no_states = case_states.empty_states(rows)
    index = CaseIndex(rows, no_states, np.zeros(0, dtype=bool), no_states)
    return index.with_updates(rows, np.arange(rows.case_count))


def _compute_states(rows: EncodedRows, dirty: Mask, at_us: int | None) -> CaseStates:
    positions = np.flatnonzero(dirty[rows.case_codes] & rows.known_mask(at_us))
    return case_states.compute_states(rows, positions, np.flatnonzero(dirty))


def _in_window(occurred_us: timestamps.Micros, selection: Selection) -> Mask:
    mask = np.ones(len(occurred_us), dtype=bool)
    if selection.since is not None:
        mask &= occurred_us >= timestamps.to_us(selection.since)
    if selection.until is not None:
        mask &= (occurred_us < timestamps.to_us(selection.until)) & (occurred_us != NEVER)
    return mask


def matches_selection(selection: Selection) -> CasePredicate:
    """Return the predicate of cases that a viewer selected and in which something happened."""

    def matches(states: CaseStates) -> Mask:
        mask = is_not_nihil(states) & _in_window(states.occurred_us, selection)
        for name in _SELECTION_COLUMNS:
            if getattr(selection, name):
                mask &= states.is_any_of(name, getattr(selection, name))
        return mask

    return matches


def is_not_nihil(states: CaseStates) -> Mask:
    """Return which cases are ones in which something happened."""
    mask: Mask = states.lifecycle > NIHIL
    return mask


def is_open(states: CaseStates) -> Mask:
    """Return which cases are still open work."""
    mask: Mask = states.lifecycle == OPEN
    return mask


def match_none(states: CaseStates) -> Mask:
    """Return a mask that matches no case."""
    return np.zeros(len(states), dtype=bool)


def is_known_since(since: datetime) -> CasePredicate:
    """Return the predicate of cases with a row known or a situasi stated since this moment."""
    since_us = timestamps.to_us(since)
    return lambda states: (states.known_us >= since_us) | (states.situasi_stated_us >= since_us)


def all_of(left: CasePredicate, right: CasePredicate) -> CasePredicate:
    """Return the predicate of cases that match both."""
    return lambda states: left(states) & right(states)


def any_of(left: CasePredicate, right: CasePredicate) -> CasePredicate:
    """Return the predicate of cases that match at least one."""
    return lambda states: left(states) | right(states)


def has_elevated_situasi(states: CaseStates) -> Mask:
    """Return which open cases have a stated kuning or merah."""
    return is_open(states) & states.is_any_of("situasi", SITUASI[1:])
