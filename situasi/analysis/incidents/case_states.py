"""The newest state of cases, in columns of numbers: the quick way of analysis.incidents.cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents.cases import CARRIED_FORWARD_COLUMNS
from situasi.analysis.incidents.encoded_rows import (
    MISSING,
    Array,
    EncodedRows,
    IntArray,
    Mask,
    Vocabulary,
)
from situasi.analysis.timestamps import NEVER, Micros
from situasi.domain.feed_schemas import STATUS_CLOSED

# Whether a case is work for somebody: no row of it stands (any more); nothing happened; closed.
NO_ROWS, NIHIL, CLOSED, OPEN = range(4)
_NEWEST_ROW_COLUMNS = ("kecamatan", "jenis", "status")


@dataclass(frozen=True)
class CaseStates:
    """One cell for each case. row: where its newest row lies.

    told, known, occurred: of that row; first_known, situasi_at: as of incidents.cases. life:
    OPEN and the others. codes: coded.WORDS, what was stated once with its last word.
    """

    newest_row: Array
    reported_us: Micros
    known_us: Micros
    occurred_us: Micros
    first_known_us: Micros
    situasi_stated_us: Micros
    lifecycle: Array
    codes: Mapping[str, Array]
    vocabularies: Mapping[str, Vocabulary]

    def __len__(self) -> int:
        return len(self.newest_row)

    def is_any_of(self, column: str, words: Any) -> Mask:
        """Of which cases the column holds one of these words."""
        return self.vocabularies[column].is_any_of(self.codes[column], words)

    def scatter(self, case_codes: IntArray, delta: CaseStates, case_count: int) -> CaseStates:
        """The same with other states for the cases of these numbers, for so many cases."""
        cells = {
            name: _scatter(array, case_codes, delta.arrays[name], case_count)
            for name, array in self.arrays.items()
        }
        codes = {name: _scatter(array, case_codes, delta.codes[name], case_count) for name, array in
                 self.codes.items()}  # fmt: skip
        return CaseStates(**cells, codes=codes, vocabularies=self.vocabularies)

    @property
    def arrays(self) -> dict[str, Array]:
        return {one.name: getattr(self, one.name) for one in fields(self)[:-2]}


def _scatter(array: Array, case_codes: IntArray, values: Array, size: int) -> Array:
    whole = np.zeros(size, dtype=values.dtype)
    whole[: len(array)] = array
    whole[case_codes] = values
    return whole


def empty_states(rows: EncodedRows) -> CaseStates:
    """Of no case."""
    return compute_states(rows, np.array([], dtype=np.intp), np.array([], dtype=np.intp))


def compute_states(rows: EncodedRows, row_positions: IntArray, case_codes: IntArray) -> CaseStates:
    """The states of the cases of these numbers (ascending) that these rows tell, all of them.

    at: positions of rows of no other cases.
    """
    order = row_positions[np.lexsort((rows.seq[row_positions], rows.reported_us[row_positions]))]
    spot = np.empty(rows.case_count, dtype=np.intp)
    spot[case_codes] = np.arange(len(case_codes))
    case = spot[rows.case_codes[order]]
    newest = np.full(len(case_codes), MISSING, dtype="int32")
    newest[case] = order  # of several for one case the last stays
    codes = {name: cells[newest] for name, cells in rows.codes.items()}
    for name in CARRIED_FORWARD_COLUMNS:
        codes[name] = _last_stated(rows.codes[name][order], case, len(case_codes))
    first = np.full(len(case_codes), np.iinfo("int64").max)
    np.minimum.at(first, case, rows.known_us[order])
    spoken = (rows.codes["situasi"][order] != MISSING) | rows.vocabularies["jenis"].is_any_of(
        rows.codes["jenis"][order], ["nihil"]
    )
    stated = np.full(len(case_codes), NEVER)
    np.maximum.at(stated, case[spoken], rows.reported_us[order][spoken])
    return CaseStates(
        newest_row=newest,
        reported_us=_take_newest(rows.reported_us, newest),
        known_us=_take_newest(rows.known_us, newest),
        occurred_us=_take_newest(rows.occurred_us, newest),
        first_known_us=first,
        situasi_stated_us=stated,
        lifecycle=_compute_lifecycle(newest, codes, rows.vocabularies),
        codes=codes,
        vocabularies=rows.vocabularies,
    )


def _take_newest(cells: Micros, newest: Array) -> Micros:
    """The cell of each newest row; a case that is gone has any."""
    return cells[newest] if len(cells) else np.full(len(newest), NEVER)


def _last_stated(codes: Array, case: IntArray, size: int) -> Array:
    stated = codes != MISSING
    last = np.full(size, MISSING, dtype=codes.dtype)
    last[case[stated]] = codes[stated]
    return last


def _compute_lifecycle(
    newest: Array, codes: Mapping[str, Array], vocabularies: Mapping[str, Vocabulary]
) -> Array:
    life = np.full(len(newest), OPEN, dtype="int8")
    life[vocabularies["status"].is_any_of(codes["status"], STATUS_CLOSED)] = CLOSED
    life[vocabularies["jenis"].is_any_of(codes["jenis"], ["nihil"])] = NIHIL
    life[vocabularies["status"].is_any_of(codes["status"], ["nihil"])] = NIHIL
    life[newest == MISSING] = NO_ROWS
    return life


def build_frame(rows: EncodedRows, parts: list[tuple[CaseStates, IntArray]]) -> pd.DataFrame:
    """The cases at these positions of each part, as incidents.cases gives them."""

    def joined(cells: list[Array]) -> Array:
        return np.concatenate(cells)

    row = joined([states.newest_row[at] for states, at in parts])
    order = np.lexsort((rows.seq[row], joined([states.reported_us[at] for states, at in parts])))
    found = rows.frame.take(row[order]).reset_index(drop=True)
    first = joined([states.first_known_us[at] for states, at in parts])[order]
    stated = joined([states.situasi_stated_us[at] for states, at in parts])[order]
    found["first_known"] = timestamps.index_from_us(first)
    found["situasi_at"] = timestamps.index_from_us(stated)
    for name in CARRIED_FORWARD_COLUMNS:
        if name in found:
            codes = joined([states.codes[name][at] for states, at in parts])[order]
            told: npt.NDArray[np.object_] = rows.vocabularies[name].decode(codes)
            found[name] = pd.Series(told, found.index, dtype="object")
    return found
