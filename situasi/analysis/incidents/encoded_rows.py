"""Incident rows with their words encoded as numbers, so that a million are compared at once."""

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

# The columns by which cases are selected, and those carried forward.
ENCODED_COLUMNS = tuple(dict.fromkeys(("kecamatan", "jenis", "status", *CARRIED_FORWARD_COLUMNS)))
MISSING = -1

Mask = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]
Array = npt.NDArray[Any]


class Vocabulary:
    """The distinct words of a column, each with a fixed number."""

    def __init__(self) -> None:
        self._code_by_word: dict[Any, int] = {}
        self._words: list[Any] = []

    def encode(self, cells: pd.Series[Any]) -> Array:
        """Return the number of each cell, MISSING for empty ones; new words get the next number."""
        positions, distinct = pd.factorize(cells)
        word_codes = [self._get_or_add_code(word) for word in distinct.tolist()]
        return np.array([*word_codes, MISSING], dtype="int64")[positions]

    def _get_or_add_code(self, word: Any) -> int:
        if word not in self._code_by_word:
            self._words.append(word)
            self._code_by_word[word] = len(self._words) - 1
        return self._code_by_word[word]

    def is_any_of(self, codes: Array, words: Iterable[Any]) -> Mask:
        """Return which of these numbers stand for one of the words."""
        wanted = [self._code_by_word[word] for word in words if word in self._code_by_word]
        is_wanted = np.zeros(len(self._words) + 1, dtype=bool)  # the last: MISSING
        is_wanted[wanted] = True
        return is_wanted[codes]

    def decode(self, codes: Array) -> npt.NDArray[np.object_]:
        """Return the words of these numbers; None for MISSING."""
        if len(codes) < len(self._words):
            return np.array([self._words[c] if c >= 0 else None for c in codes], dtype=object)
        return np.array([*self._words, None], dtype=object)[codes]

    def code_of(self, word: Any) -> int:
        """Return the number of this word; MISSING for an unknown one."""
        return self._code_by_word.get(word, MISSING)

    def __len__(self) -> int:
        return len(self._words)


class DictionaryEncoder:
    """Encodes rows as they arrive; a number once assigned does not change.

    vocabularies: by column. case_vocabulary: the keys of all cases, each identified by its number.
    """

    def __init__(self) -> None:
        self.vocabularies = {name: Vocabulary() for name in ENCODED_COLUMNS}
        self.case_vocabulary = Vocabulary()
        self._rows = GrowableFrame(
            {"case": "int32", "reported_us": "int64"} | dict.fromkeys(ENCODED_COLUMNS, "int32")
        )

    def add_rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add incident rows with `case`; return them with one shared key object for each case."""
        case_codes = self.case_vocabulary.encode(rows["case"])
        codes = {name: self._encode_column(rows, name) for name in ENCODED_COLUMNS}
        self._rows.add({"case": case_codes, "reported_us": timestamps.reported_us(rows), **codes})
        return rows.assign(
            case=pd.Series(self.case_vocabulary.decode(case_codes), rows.index, dtype="object")
        )

    def _encode_column(self, rows: pd.DataFrame, name: str) -> Array:
        if name not in rows:  # older frames, also in tests
            return np.full(len(rows), MISSING)
        return self.vocabularies[name].encode(rows[name])

    def build_encoded_rows(self, frame: pd.DataFrame) -> EncodedRows:
        """Return the rows so far. frame: all added rows with their present values."""
        assert len(frame) == len(self._rows), "each row is numbered"
        codes = {name: self._rows.array(name) for name in ENCODED_COLUMNS}
        case_codes, reported = self._rows.array("case"), self._rows.array("reported_us")
        return EncodedRows(
            frame,
            case_codes,
            reported,
            codes,
            self.vocabularies,
            self.case_vocabulary,
            len(self.case_vocabulary),
        )


@dataclass(frozen=True)
class EncodedRows:
    """All rows of a snapshot. case_codes: number of each row's case; case_count: of all cases.

    reported_us: row_order.reported_time. codes: by ENCODED_COLUMNS, numbers of `vocabularies`.
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
        """The sequence number of each row."""
        return self.frame["seq"].to_numpy("int64")

    @cached_property
    def known_us(self) -> Micros:
        """When each row became known."""
        return timestamps.column_to_us(self.frame["known_at"])

    @cached_property
    def occurred_us(self) -> Micros:
        """When each row's event occurred."""
        return timestamps.column_to_us(self.frame["occurred_at"])

    @cached_property
    def withdrawn_us(self) -> Micros:
        """When each row was withdrawn; NEVER where it was not."""
        return timestamps.column_to_us(self.frame["withdrawn_at"])

    @cached_property
    def not_withdrawn(self) -> Mask:
        """Which rows are not withdrawn."""
        mask: Mask = self.withdrawn_us == timestamps.NEVER
        return mask

    def known_mask(self, at_us: int | None) -> Mask:
        """Return which rows were known and not withdrawn (as cases.filter_known)."""
        if at_us is None:
            return self.not_withdrawn
        return (self.known_us <= at_us) & (self.not_withdrawn | (self.withdrawn_us > at_us))

    def changed_since_mask(self, at_us: int) -> Mask:
        """Return the rows for which known_mask differs between this moment and now."""
        return (self.known_us > at_us) | (self.withdrawn_us > at_us)

    def find_case_codes(self, keys: Collection[str]) -> IntArray:
        """Return the numbers of those of these cases that are known here."""
        codes = [self.case_vocabulary.code_of(key) for key in keys]
        return np.array([code for code in codes if MISSING < code < self.case_count], dtype=np.intp)
