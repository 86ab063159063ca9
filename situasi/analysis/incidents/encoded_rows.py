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
from situasi.analysis.incidents.cases import CARRIED_FORWARD_COLUMNS
from situasi.analysis.timestamps import Micros
from situasi.common.growable_frame import GrowableFrame
from situasi.domain.row_order import reported_time

# The words by which cases are chosen, and those that hold until another is told.
ENCODED_COLUMNS = tuple(dict.fromkeys(("kecamatan", "jenis", "status", *CARRIED_FORWARD_COLUMNS)))
MISSING = -1

Mask = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]
Array = npt.NDArray[Any]


class Vocabulary:
    """The different words of a column, each with a number that it keeps."""

    def __init__(self) -> None:
        self._code_by_word: dict[Any, int] = {}
        self._words: list[Any] = []

    def encode(self, cells: pd.Series[Any]) -> Array:
        """The number of each cell; MISSING where nothing is said. New words get the next."""
        local, different = pd.factorize(cells)
        known = [self._get_or_add_code(word) for word in different.tolist()]
        return np.array([*known, MISSING], dtype="int64")[local]

    def _get_or_add_code(self, word: Any) -> int:
        if word not in self._code_by_word:
            self._words.append(word)
            self._code_by_word[word] = len(self._words) - 1
        return self._code_by_word[word]

    def is_any_of(self, codes: Array, words: Iterable[Any]) -> Mask:
        """Which of these numbers stand for one of the words."""
        wanted = [self._code_by_word[word] for word in words if word in self._code_by_word]
        table = np.zeros(len(self._words) + 1, dtype=bool)  # the last: MISSING
        table[wanted] = True
        return table[codes]

    def decode(self, codes: Array) -> npt.NDArray[np.object_]:
        """The words again; None where MISSING."""
        if len(codes) < len(self._words):
            return np.array([self._words[c] if c >= 0 else None for c in codes], dtype=object)
        return np.array([*self._words, None], dtype=object)[codes]

    def code_of(self, word: Any) -> int:
        """The number of this word; MISSING where nobody said it."""
        return self._code_by_word.get(word, MISSING)

    def __len__(self) -> int:
        return len(self._words)


class DictionaryEncoder:
    """Numbers rows as they come; what it numbered once stays so.

    words: by column. cases: the keys of all cases; a case is called by its number.
    """

    def __init__(self) -> None:
        self.vocabularies = {name: Vocabulary() for name in ENCODED_COLUMNS}
        self.case_vocabulary = Vocabulary()
        self._rows = GrowableFrame(
            {"case": "int32", "told": "int64"} | dict.fromkeys(ENCODED_COLUMNS, "int32")
        )

    def add_rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Take in incident rows with `case`; the same with one object for each case."""
        case = self.case_vocabulary.encode(rows["case"])
        told = reported_time(rows).astype(timestamps.DTYPE)
        codes = {name: self._encode_column(rows, name) for name in ENCODED_COLUMNS}
        self._rows.add({"case": case, "told": timestamps.column_to_us(told), **codes})
        return rows.assign(
            case=pd.Series(self.case_vocabulary.decode(case), rows.index, dtype="object")
        )

    def _encode_column(self, rows: pd.DataFrame, name: str) -> Array:
        if name not in rows:  # frames of an older kind, in tests too
            return np.full(len(rows), MISSING)
        return self.vocabularies[name].encode(rows[name])

    def build_encoded_rows(self, frame: pd.DataFrame) -> EncodedRows:
        """The rows so far. frame: all that were taken in, as they stand now."""
        assert len(frame) == len(self._rows), "each row is numbered"
        codes = {name: self._rows.array(name) for name in ENCODED_COLUMNS}
        case, told = self._rows.array("case"), self._rows.array("told")
        return EncodedRows(
            frame,
            case,
            told,
            codes,
            self.vocabularies,
            self.case_vocabulary,
            len(self.case_vocabulary),
        )


@dataclass(frozen=True)
class EncodedRows:
    """All rows of a snapshot. case: the number of each row's case; size: how many there are.

    told: incidents.told_at. codes: by WORDS, numbers of Coder.words.
    """

    frame: pd.DataFrame
    case_codes: Array
    reported_us: Micros
    codes: Mapping[str, Array]
    vocabularies: Mapping[str, Vocabulary]
    case_vocabulary: Vocabulary
    case_count: int

    @cached_property
    def seq(self) -> Array:
        return self.frame["seq"].to_numpy("int64")

    @cached_property
    def known_us(self) -> Micros:
        return timestamps.column_to_us(self.frame["known_at"])

    @cached_property
    def occurred_us(self) -> Micros:
        return timestamps.column_to_us(self.frame["occurred_at"])

    @cached_property
    def withdrawn_us(self) -> Micros:
        return timestamps.column_to_us(self.frame["withdrawn_at"])

    @cached_property
    def not_withdrawn(self) -> Mask:
        """The rows that nobody has taken back."""
        found: Mask = self.withdrawn_us == timestamps.NEVER
        return found

    def known_mask(self, at_us: int | None) -> Mask:
        """Which rows the command post knew, and had not taken back (incidents.known)."""
        if at_us is None:
            return self.not_withdrawn
        return (self.known_us <= at_us) & (self.not_withdrawn | (self.withdrawn_us > at_us))

    def changed_since_mask(self, at_us: int) -> Mask:
        """Rows for which that differs between this moment and now."""
        return (self.known_us > at_us) | (self.withdrawn_us > at_us)

    def find_case_codes(self, keys: Collection[str]) -> IntArray:
        """The numbers of these cases, those that are known here."""
        found = [self.case_vocabulary.code_of(key) for key in keys]
        return np.array([n for n in found if MISSING < n < self.case_count], dtype=np.intp)
