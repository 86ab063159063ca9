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
from situasi.analysis.incidents.case_states import GONE, NIHIL, OPEN, States
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.encoded_rows import MISSING, Array, Coded, Coder, Mask, Numbers
from situasi.analysis.timestamps import NEVER
from situasi.domain.feed_schemas import SITUASI

# States that moved are kept apart until there are so many: to settle them costs a copy of all.
_APART = 256

Keep = Callable[[States], Mask]
Veil = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Cases:
    """The cases as they were known at one moment, to one who may see these.

    settled: by the number of the case. moved: of which cases that no longer holds; fresh: their
    states, in order of their numbers. at: the moment, in microseconds; None: now. now: the same
    with all that is known by now. area: only cases of these kecamatan, and of none; None: all.
    veil: what the viewer may not read, taken out of rows.
    """

    rows: Coded
    settled: States
    moved: Mask
    fresh: States
    at: int | None = None
    now: Cases | None = None
    area: tuple[str, ...] | None = None
    veil: Veil | None = None

    def known(self, at: datetime | None) -> Cases:
        """The same cases as the command post knew them at a moment; None: all known by now."""
        present = self.now or self
        if at is None:
            return present
        moment = timestamps.of(at)
        moved = present.moved.copy()
        moved[self.rows.case[self.rows.since(moment)]] = True
        fresh = _states(self.rows, moved, moment)
        return replace(present, moved=moved, fresh=fresh, at=moment, now=present)

    def grown(self, rows: Coded, touched: Numbers) -> Cases:
        """The cases after rows of these cases came, or were taken back. Only of now."""
        assert self.at is None, "what was known at a moment does not grow"
        moved = np.zeros(rows.size, dtype=bool)
        moved[: len(self.moved)] = self.moved
        moved[touched] = True
        found = replace(self, rows=rows, moved=moved, fresh=_states(rows, moved, None))
        return found if np.count_nonzero(moved) <= _APART else found._settled()

    def _settled(self) -> Cases:
        number = np.flatnonzero(self.moved)
        settled = self.settled.put(number, self.fresh, len(self.moved))
        nothing = np.zeros(len(self.moved), dtype=bool)
        return replace(self, settled=settled, moved=nothing, fresh=case_states.none(self.rows))

    def seen(self, area: tuple[str, ...], veil: Veil | None) -> Cases:
        """Only cases of these kecamatan (none: all) and of no one kecamatan, behind a veil."""
        assert self.at is None, "what is seen is chosen before the moment"
        return replace(self, area=area or None, veil=veil)

    def frame(self, keep: Keep | None = None, also: Collection[str] = ()) -> pd.DataFrame:
        """The cases that `keep` says, and these besides, as analysis.incidents.cases has them."""
        named = self._named(also)
        parts = [
            (part, np.flatnonzero(valid if keep is None else valid & (keep(part) | named[number])))
            for part, number, valid in self._parts()
        ]
        found = case_states.framed(self.rows, parts)
        return self.veil(found) if self.veil else found

    def count(self, keep: Keep, without: Collection[str] = ()) -> int:
        """How many cases `keep` says, these left out."""
        named = self._named(without)
        return sum(
            int(np.count_nonzero(valid & keep(part) & ~named[number]))
            for part, number, valid in self._parts()
        )

    def _named(self, keys: Collection[str]) -> Mask:
        named = np.zeros(self.rows.size, dtype=bool)
        named[self.rows.numbers(keys)] = True
        return named

    def _parts(self) -> list[tuple[States, slice | Numbers, Mask]]:
        """Of what is settled and what moved since: the states, their cases, which hold."""
        settled, moved = slice(len(self.settled)), np.flatnonzero(self.moved)
        return [
            (self.settled, settled, self._hold(self.settled) & ~self.moved[settled]),
            (self.fresh, moved, self._hold(self.fresh)),
        ]

    def _hold(self, part: States) -> Mask:
        there: Mask = part.life != GONE
        return there if self.area is None else there & self._inside(part.codes["kecamatan"])

    def _inside(self, kecamatan: Array) -> Mask:
        """A word that names no kecamatan is of the whole kabupaten, and concerns everyone."""
        assert self.area is not None, "asked only where there is one"
        nowhere: Mask = kecamatan == MISSING
        return nowhere | self.rows.words["kecamatan"].among(kecamatan, self.area)

    def heard(self, wanted: Selection) -> pd.DataFrame:
        """When each row of the selection was known, and how exactly: for silence.newest_of."""
        keep = self._standing() & _within(self.rows.occurred, wanted)
        for name in _CHOSEN:
            if getattr(wanted, name):
                codes = self.rows.codes[name]
                keep &= self.rows.words[name].among(codes, getattr(wanted, name))
        return self.rows.frame[["known_at", "recorded_at", "precision"]].take(np.flatnonzero(keep))

    def last_known(self) -> datetime | None:
        """When the newest row became known; None where there is none."""
        last = int(np.where(self._standing(), self.rows.known, NEVER).max(initial=NEVER))
        return None if last == NEVER else timestamps.moment(last)

    def has(self, keys: Iterable[str]) -> list[bool]:
        """Which of these are cases here, though perhaps no row of theirs stands any more."""
        numbers = [self.rows.cases.number(key) for key in keys]
        there = np.zeros(self.rows.size + 1, dtype=bool)  # the last: MISSING
        there[self.rows.case] = (
            True if self.area is None else self._inside(self.rows.codes["kecamatan"])
        )
        return [n < self.rows.size and bool(there[n]) for n in numbers]

    def _standing(self) -> Mask:
        """The rows that count at this moment."""
        stand = self.rows.stand(self.at)
        return stand if self.area is None else stand & self._inside(self.rows.codes["kecamatan"])


_CHOSEN = ("kecamatan", "jenis", "tingkat", "status")


def of(rows: pd.DataFrame) -> Cases:
    """The cases of incident rows, all that were ever stored; with `case` and `withdrawn_at`."""
    coder = Coder()
    coder.number(rows)
    return begun(coder.coded(rows))


def of_known(rows: pd.DataFrame) -> Cases:
    """The same of rows all of which are known, though some may be taken back later."""
    standing = pd.Series(pd.NaT, rows.index, timestamps.DTYPE)
    return of(rows.assign(withdrawn_at=standing))


def begun(rows: Coded) -> Cases:
    """The cases of rows none of which was looked at before."""
    nothing = case_states.none(rows)
    before = Cases(rows, nothing, np.zeros(0, dtype=bool), nothing)
    return before.grown(rows, np.arange(rows.size))


def _states(rows: Coded, moved: Mask, at: int | None) -> States:
    which = np.flatnonzero(moved[rows.case] & rows.stand(at))
    return case_states.of_rows(rows, which, np.flatnonzero(moved))


def _within(occurred: timestamps.Micros, wanted: Selection) -> Mask:
    keep = np.ones(len(occurred), dtype=bool)
    if wanted.since is not None:
        keep &= occurred >= timestamps.of(wanted.since)
    if wanted.until is not None:
        keep &= (occurred < timestamps.of(wanted.until)) & (occurred != NEVER)
    return keep


def selected(wanted: Selection) -> Keep:
    """The cases that a viewer asked for, of those in which something happened."""

    def keep(part: States) -> Mask:
        chosen = happened(part) & _within(part.occurred, wanted)
        for name in _CHOSEN:
            if getattr(wanted, name):
                chosen &= part.among(name, getattr(wanted, name))
        return chosen

    return keep


def happened(part: States) -> Mask:
    """Cases in which something happened."""
    there: Mask = part.life > NIHIL
    return there


def still_open(part: States) -> Mask:
    """Cases that are still work for somebody."""
    there: Mask = part.life == OPEN
    return there


def none(part: States) -> Mask:
    """No case."""
    return np.zeros(len(part), dtype=bool)


def heard_since(since: datetime) -> Keep:
    """Cases of which anything was known, or a situasi stated, since this moment."""
    at = timestamps.of(since)
    return lambda part: (part.known >= at) | (part.situasi_at >= at)


def both(one: Keep, other: Keep) -> Keep:
    return lambda part: one(part) & other(part)


def either(one: Keep, other: Keep) -> Keep:
    return lambda part: one(part) | other(part)


def alarming(part: States) -> Mask:
    """Open cases with a stated kuning or merah."""
    return still_open(part) & part.among("situasi", SITUASI[1:])
