"""The newest state of cases as numeric columns."""

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

# Lifecycle of a case: all rows withdrawn; nothing happened; closed; open.
NO_ROWS, NIHIL, CLOSED, OPEN = range(4)


@dataclass(frozen=True)
class CaseStates:
    """One cell per case. newest_row: position of its newest row.

    reported_us, known_us, occurred_us: of that row; first_known_us: of the first row known;
    situasi_stated_us: when its situasi was stated last. lifecycle: NO_ROWS, NIHIL, CLOSED or OPEN.
    codes: by ENCODED_COLUMNS; for CARRIED_FORWARD_COLUMNS the last stated value of the case holds:
    a status change does not cancel the tingkat or who handles the case.
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
        """Return for which cases the column holds one of these words."""
        return self.vocabularies[column].is_any_of(self.codes[column], words)

    def scatter(self, case_codes: IntArray, delta: CaseStates, case_count: int) -> CaseStates:
        """Return states for `case_count` cases in which `delta` replaces those of these codes."""
        cells = {
            name: _scatter(array, case_codes, delta.arrays[name], case_count)
            for name, array in self.arrays.items()
        }
        codes = {name: _scatter(array, case_codes, delta.codes[name], case_count) for name, array in
                 self.codes.items()}  # fmt: skip
        # No case yet: these may be the words of another store.
        return CaseStates(**cells, codes=codes, vocabularies=delta.vocabularies)

    @property
    def arrays(self) -> dict[str, Array]:
        """The numeric columns by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)[:-2]}


def _scatter(array: Array, case_codes: IntArray, values: Array, size: int) -> Array:
    result = np.zeros(size, dtype=values.dtype)
    result[: len(array)] = array
    result[case_codes] = values
    return result


def empty_states(rows: EncodedRows) -> CaseStates:
    """Return the states of no case."""
    return compute_states(rows, np.array([], dtype=np.intp), np.array([], dtype=np.intp))


def compute_states(rows: EncodedRows, row_positions: IntArray, case_codes: IntArray) -> CaseStates:
    """Compute the states of these cases (codes ascending) from all their rows.

    row_positions: positions of rows of no other cases.
    """
    order = row_positions[np.lexsort((rows.seq[row_positions], rows.reported_us[row_positions]))]
    position_by_code = np.empty(rows.case_count, dtype=np.intp)
    position_by_code[case_codes] = np.arange(len(case_codes))
    case = position_by_code[rows.case_codes[order]]
    newest = np.full(len(case_codes), MISSING, dtype="int32")
    newest[case] = order  # of several rows of one case the last one wins
    codes = {name: cells[newest] for name, cells in rows.codes.items()}
    for name in CARRIED_FORWARD_COLUMNS:
        codes[name] = _last_stated(rows.codes[name][order], case, len(case_codes))
    first = np.full(len(case_codes), np.iinfo("int64").max)
    np.minimum.at(first, case, rows.known_us[order])
    has_state = (rows.codes["situasi"][order] != MISSING) | rows.vocabularies["jenis"].is_any_of(
        rows.codes["jenis"][order], ["nihil"]
    )
    stated = np.full(len(case_codes), NEVER)
    np.maximum.at(stated, case[has_state], rows.reported_us[order][has_state])
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
    """Return the cell of each newest row; for a case without rows any value."""
    return cells[newest] if len(cells) else np.full(len(newest), NEVER)


def _last_stated(codes: Array, case: IntArray, size: int) -> Array:
    stated = codes != MISSING
    last = np.full(size, MISSING, dtype=codes.dtype)
    last[case[stated]] = codes[stated]
    return last


def _compute_lifecycle(
    newest: Array, codes: Mapping[str, Array], vocabularies: Mapping[str, Vocabulary]
) -> Array:
    lifecycle = np.full(len(newest), OPEN, dtype="int8")
    lifecycle[vocabularies["status"].is_any_of(codes["status"], STATUS_CLOSED)] = CLOSED
    lifecycle[vocabularies["jenis"].is_any_of(codes["jenis"], ["nihil"])] = NIHIL
    lifecycle[vocabularies["status"].is_any_of(codes["status"], ["nihil"])] = NIHIL
    lifecycle[newest == MISSING] = NO_ROWS
    return lifecycle


def build_frame(rows: EncodedRows, parts: list[tuple[CaseStates, IntArray]]) -> pd.DataFrame:
    """Build the frame of the cases at these positions of each part (see CaseIndex.to_frame)."""

    def concat(cells: list[Array]) -> Array:
        return np.concatenate(cells)

    row = concat([states.newest_row[at] for states, at in parts])
    order = np.lexsort((rows.seq[row], concat([states.reported_us[at] for states, at in parts])))
    frame = rows.frame.take(row[order]).reset_index(drop=True)
    first = concat([states.first_known_us[at] for states, at in parts])[order]
    stated = concat([states.situasi_stated_us[at] for states, at in parts])[order]
    frame["first_known"] = timestamps.index_from_us(first)
    frame["situasi_at"] = timestamps.index_from_us(stated)
    for name in CARRIED_FORWARD_COLUMNS:
        if name in frame:
            codes = concat([states.codes[name][at] for states, at in parts])[order]
            values: npt.NDArray[np.object_] = rows.vocabularies[name].decode(codes)
            frame[name] = pd.Series(values, frame.index, dtype="object")
    return frame
