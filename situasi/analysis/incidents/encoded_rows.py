"""Incident rows beside which their words stand as numbers: a million are compared at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents.cases import STATED_ONCE
from situasi.analysis.timestamps import Micros
from situasi.common.growable_frame import GrowableFrame
from situasi.domain.row_order import reported_time

# The words by which cases are chosen, and those that hold until another is told.
WORDS = tuple(dict.fromkeys(("kecamatan", "jenis", "status", *STATED_ONCE)))
MISSING = -1

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]
Array = npt.NDArray[Any]


class Words:
    """The different words of a column, each with a number that it keeps."""

    def __init__(self) -> None:
        self._code: dict[Any, int] = {}
        self._words: list[Any] = []

    def codes(self, cells: pd.Series[Any]) -> Array:
        """The number of each cell; MISSING where nothing is said. New words get the next."""
        local, different = pd.factorize(cells)
        known = [self._coded(word) for word in different.tolist()]
        return np.array([*known, MISSING], dtype="int64")[local]

    def _coded(self, word: Any) -> int:
        if word not in self._code:
            self._words.append(word)
            self._code[word] = len(self._words) - 1
        return self._code[word]

    def among(self, codes: Array, words: Iterable[Any]) -> Mask:
        """Which of these numbers stand for one of the words."""
        wanted = [self._code[word] for word in words if word in self._code]
        table = np.zeros(len(self._words) + 1, dtype=bool)  # the last: MISSING
        table[wanted] = True
        return table[codes]

    def told(self, codes: Array) -> npt.NDArray[np.object_]:
        """The words again; None where MISSING."""
        if len(codes) < len(self._words):
            return np.array([self._words[c] if c >= 0 else None for c in codes], dtype=object)
        return np.array([*self._words, None], dtype=object)[codes]

    def number(self, word: Any) -> int:
        """The number of this word; MISSING where nobody said it."""
        return self._code.get(word, MISSING)

    def __len__(self) -> int:
        return len(self._words)


class Coder:
    """Numbers rows as they come; what it numbered once stays so.

    words: by column. cases: the keys of all cases; a case is called by its number.
    """

    def __init__(self) -> None:
        self.words = {name: Words() for name in WORDS}
        self.cases = Words()
        self._rows = GrowableFrame(
            {"case": "int32", "told": "int64"} | dict.fromkeys(WORDS, "int32")
        )

    def number(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Take in incident rows with `case`; the same with one object for each case."""
        case = self.cases.codes(rows["case"])
        told = reported_time(rows).astype(timestamps.DTYPE)
        codes = {name: self._codes(rows, name) for name in WORDS}
        self._rows.add({"case": case, "told": timestamps.column(told), **codes})
        return rows.assign(case=pd.Series(self.cases.told(case), rows.index, dtype="object"))

    def _codes(self, rows: pd.DataFrame, name: str) -> Array:
        if name not in rows:  # frames of an older kind, in tests too
            return np.full(len(rows), MISSING)
        return self.words[name].codes(rows[name])

    def coded(self, frame: pd.DataFrame) -> Coded:
        """The rows so far. frame: all that were taken in, as they stand now."""
        assert len(frame) == len(self._rows), "each row is numbered"
        codes = {name: self._rows.array(name) for name in WORDS}
        case, told = self._rows.array("case"), self._rows.array("told")
        return Coded(frame, case, told, codes, self.words, self.cases, len(self.cases))


@dataclass(frozen=True)
class Coded:
    """All rows of a snapshot. case: the number of each row's case; size: how many there are.

    told: incidents.told_at. codes: by WORDS, numbers of Coder.words.
    """

    frame: pd.DataFrame
    case: Array
    told: Micros
    codes: Mapping[str, Array]
    words: Mapping[str, Words]
    cases: Words
    size: int

    @cached_property
    def seq(self) -> Array:
        return self.frame["seq"].to_numpy("int64")

    @cached_property
    def known(self) -> Micros:
        return timestamps.column(self.frame["known_at"])

    @cached_property
    def occurred(self) -> Micros:
        return timestamps.column(self.frame["occurred_at"])

    @cached_property
    def withdrawn(self) -> Micros:
        return timestamps.column(self.frame["withdrawn_at"])

    @cached_property
    def standing(self) -> Mask:
        """The rows that nobody has taken back."""
        found: Mask = self.withdrawn == timestamps.NEVER
        return found

    def stand(self, at: int | None) -> Mask:
        """Which rows the command post knew, and had not taken back (incidents.known)."""
        if at is None:
            return self.standing
        return (self.known <= at) & (self.standing | (self.withdrawn > at))

    def since(self, at: int) -> Mask:
        """Rows for which that differs between this moment and now."""
        return (self.known > at) | (self.withdrawn > at)

    def numbers(self, keys: Collection[str]) -> Numbers:
        """The numbers of these cases, those that are known here."""
        found = [self.cases.number(key) for key in keys]
        return np.array([n for n in found if MISSING < n < self.size], dtype=np.intp)
