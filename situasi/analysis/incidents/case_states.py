"""The newest state of cases, in columns of numbers: the quick way of analysis.incidents.cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents.cases import STATED_ONCE
from situasi.analysis.incidents.encoded_rows import MISSING, Array, Coded, Mask, Numbers, Words
from situasi.analysis.timestamps import NEVER, Micros
from situasi.domain.feed_schemas import STATUS_CLOSED

# Whether a case is work for somebody: no row of it stands (any more); nothing happened; closed.
GONE, NIHIL, CLOSED, OPEN = range(4)
_OF_NEWEST = ("kecamatan", "jenis", "status")


@dataclass(frozen=True)
class States:
    """One cell for each case. row: where its newest row lies.

    told, known, occurred: of that row; first_known, situasi_at: as of incidents.cases. life:
    OPEN and the others. codes: coded.WORDS, what was stated once with its last word.
    """

    row: Array
    told: Micros
    known: Micros
    occurred: Micros
    first_known: Micros
    situasi_at: Micros
    life: Array
    codes: Mapping[str, Array]
    words: Mapping[str, Words]

    def __len__(self) -> int:
        return len(self.row)

    def among(self, column: str, wanted: Any) -> Mask:
        """Of which cases the column holds one of these words."""
        return self.words[column].among(self.codes[column], wanted)

    def put(self, number: Numbers, fresh: States, size: int) -> States:
        """The same with other states for the cases of these numbers, for so many cases."""
        cells = {name: _put(array, number, fresh.cells[name], size) for name, array in
                 self.cells.items()}  # fmt: skip
        codes = {name: _put(array, number, fresh.codes[name], size) for name, array in
                 self.codes.items()}  # fmt: skip
        return States(**cells, codes=codes, words=self.words)

    @property
    def cells(self) -> dict[str, Array]:
        return {one.name: getattr(self, one.name) for one in fields(self)[:-2]}


def _put(array: Array, number: Numbers, fresh: Array, size: int) -> Array:
    whole = np.zeros(size, dtype=fresh.dtype)
    whole[: len(array)] = array
    whole[number] = fresh
    return whole


def none(rows: Coded) -> States:
    """Of no case."""
    return of_rows(rows, np.array([], dtype=np.intp), np.array([], dtype=np.intp))


def of_rows(rows: Coded, at: Numbers, number: Numbers) -> States:
    """The states of the cases of these numbers (ascending) that these rows tell, all of them.

    at: positions of rows of no other cases.
    """
    order = at[np.lexsort((rows.seq[at], rows.told[at]))]
    spot = np.empty(rows.size, dtype=np.intp)
    spot[number] = np.arange(len(number))
    case = spot[rows.case[order]]
    newest = np.full(len(number), MISSING, dtype="int32")
    newest[case] = order  # of several for one case the last stays
    codes = {name: cells[newest] for name, cells in rows.codes.items()}
    for name in STATED_ONCE:
        codes[name] = _last_stated(rows.codes[name][order], case, len(number))
    first = np.full(len(number), np.iinfo("int64").max)
    np.minimum.at(first, case, rows.known[order])
    spoken = (rows.codes["situasi"][order] != MISSING) | rows.words["jenis"].among(
        rows.codes["jenis"][order], ["nihil"]
    )
    stated = np.full(len(number), NEVER)
    np.maximum.at(stated, case[spoken], rows.told[order][spoken])
    return States(
        row=newest,
        told=_of(rows.told, newest),
        known=_of(rows.known, newest),
        occurred=_of(rows.occurred, newest),
        first_known=first,
        situasi_at=stated,
        life=_life(newest, codes, rows.words),
        codes=codes,
        words=rows.words,
    )


def _of(cells: Micros, newest: Array) -> Micros:
    """The cell of each newest row; a case that is gone has any."""
    return cells[newest] if len(cells) else np.full(len(newest), NEVER)


def _last_stated(codes: Array, case: Numbers, size: int) -> Array:
    stated = codes != MISSING
    last = np.full(size, MISSING, dtype=codes.dtype)
    last[case[stated]] = codes[stated]
    return last


def _life(newest: Array, codes: Mapping[str, Array], words: Mapping[str, Words]) -> Array:
    life = np.full(len(newest), OPEN, dtype="int8")
    life[words["status"].among(codes["status"], STATUS_CLOSED)] = CLOSED
    life[words["jenis"].among(codes["jenis"], ["nihil"])] = NIHIL
    life[words["status"].among(codes["status"], ["nihil"])] = NIHIL
    life[newest == MISSING] = GONE
    return life


def framed(rows: Coded, parts: list[tuple[States, Numbers]]) -> pd.DataFrame:
    """The cases at these positions of each part, as incidents.cases gives them."""

    def joined(cells: list[Array]) -> Array:
        return np.concatenate(cells)

    row = joined([states.row[at] for states, at in parts])
    order = np.lexsort((rows.seq[row], joined([states.told[at] for states, at in parts])))
    found = rows.frame.take(row[order]).reset_index(drop=True)
    first = joined([states.first_known[at] for states, at in parts])[order]
    stated = joined([states.situasi_at[at] for states, at in parts])[order]
    found["first_known"] = timestamps.moments(first)
    found["situasi_at"] = timestamps.moments(stated)
    for name in STATED_ONCE:
        if name in found:
            codes = joined([states.codes[name][at] for states, at in parts])[order]
            told: npt.NDArray[np.object_] = rows.words[name].told(codes)
            found[name] = pd.Series(told, found.index, dtype="object")
    return found
