"""Each case piece by piece: how it stood from one word known of it until the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts import case_replay
from situasi.analysis.alerts.case_replay import HANDLED, VERIFIED
from situasi.analysis.alerts.intervals import FOREVER, heard
from situasi.analysis.timestamps import Micros
from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.row_order import reported_time

_CELLS = ("case", "kecamatan", "jenis", "tingkat", "situasi", "status", "latihan")


@dataclass(frozen=True)
class Pieces:
    """table: one row per piece: case, kecamatan, jenis, begin, end, tingkat, situasi (None: never
    stated), open, start (when it was first told), verified, handled (whether that step is
    reached), seq (the row by which the piece began), latihan. Merged cases are pieces of the one
    that stands for them.

    first: one row per case that ever happened: case, kecamatan, known, seq, latihan. away: when
    a case was merged into another: case, begin, end.
    """

    table: pd.DataFrame
    first: pd.DataFrame
    away: list[tuple[str, int, int]]


def pieces(rows: pd.DataFrame, merges: pd.DataFrame, at: datetime) -> Pieces:
    """The pieces of all these cases, as known by `at`. Microseconds throughout."""
    rows, known = heard(rows, at)
    told = timestamps.column(reported_time(rows).astype(timestamps.DTYPE))
    number, names = pd.factorize(rows["case"])
    seq = rows["seq"].to_numpy("int64")
    order = np.lexsort((seq, known, number))
    number, known, told, seq = number[order], known[order], told[order], seq[order]
    cells = {name: rows[name].to_numpy("object")[order] for name in _CELLS}
    decided = _decisions(merges, at)
    knotted = _knotted(number, told, seq) | np.isin(names, [*decided["kasus"], *decided["ke"]])
    slow = knotted[number] if len(names) else np.zeros(0, dtype=bool)
    table = _plain(number, known, told, seq, cells, ~slow)
    words = case_replay.words(
        known[slow], told[slow], seq[slow], {n: c[slow] for n, c in cells.items()}
    )
    replayed, away = case_replay.replayed(words, decided)
    both = [part for part in (table, replayed) if len(part)]
    return Pieces(
        pd.concat(both, ignore_index=True) if both else table,
        _first(number, known, seq, cells),
        away,
    )


def _decisions(merges: pd.DataFrame, at: datetime) -> pd.DataFrame:
    rows, known = heard(merges, at)
    told = timestamps.column(reported_time(rows).astype(timestamps.DTYPE))
    return rows[["kasus", "ke", "tindakan", "latihan", "seq"]].assign(known=known, told=told)


def _knotted(
    number: npt.NDArray[np.intp], told: Micros, seq: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Cases of which a word was known before one that was told earlier."""
    back = (number[1:] == number[:-1]) & (
        (told[1:] < told[:-1]) | ((told[1:] == told[:-1]) & (seq[1:] < seq[:-1]))
    )
    found = np.zeros(number.max(initial=-1) + 1, dtype=bool)
    found[number[1:][back]] = True
    return found


def _plain(
    number: npt.NDArray[np.intp],
    known: Micros,
    told: Micros,
    seq: npt.NDArray[np.int64],
    cells: dict[str, npt.NDArray[Any]],
    keep: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Of cases whose words were known in the order told: each row begins a piece."""
    number, known, told, seq = number[keep], known[keep], told[keep], seq[keep]
    cells = {name: column[keep] for name, column in cells.items()}
    begins = np.append(True, number[1:] != number[:-1])[: len(number)]
    start = np.maximum.accumulate(np.where(begins, np.arange(len(number)), 0))
    same = np.append(~begins[1:], False)[: len(number)]
    until = np.where(same, np.append(known[1:], FOREVER)[: len(number)], FOREVER)
    status = cells["status"]
    happened = (cells["jenis"] != "nihil") & (status != "nihil")
    return pd.DataFrame(
        {
            "case": cells["case"],
            "kecamatan": cells["kecamatan"],
            "jenis": cells["jenis"],
            "begin": known,
            "end": until,
            "tingkat": _held(cells["tingkat"], start),
            "situasi": _held(cells["situasi"], start),
            "open": happened & ~np.isin(status.astype("U"), STATUS_CLOSED),
            "start": told[start] if len(told) else told,
            "verified": _reached(status, start, VERIFIED),
            "handled": _reached(status, start, HANDLED),
            "seq": seq,
            "latihan": cells["latihan"].astype(bool),
        }
    )


def _held(values: npt.NDArray[Any], start: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """What was last stated of the case so far; None where nothing was."""
    stated = pd.notna(values)
    at = np.maximum.accumulate(np.where(stated, np.arange(len(values)), -1))
    found: npt.NDArray[Any] = np.full(len(values), None, dtype=object)
    known = at >= start
    found[known] = values[at[known]]
    return found


def _reached(
    status: npt.NDArray[Any], start: npt.NDArray[np.int64], steps: tuple[str, ...]
) -> npt.NDArray[np.bool_]:
    told = np.isin(status.astype("U"), steps)
    at = np.maximum.accumulate(np.where(told, np.arange(len(status)), -1))
    reached: npt.NDArray[np.bool_] = at >= start
    return reached


def _first(
    number: npt.NDArray[np.intp],
    known: Micros,
    seq: npt.NDArray[np.int64],
    cells: dict[str, npt.NDArray[Any]],
) -> pd.DataFrame:
    """The first word on each case in which something happened, of a kecamatan."""
    begins = np.append(True, number[1:] != number[:-1])[: len(number)]
    happened = (cells["jenis"] != "nihil") & (cells["status"] != "nihil")
    which = np.flatnonzero(begins & happened & pd.notna(cells["kecamatan"]))
    return pd.DataFrame(
        {
            "case": cells["case"][which],
            "kecamatan": cells["kecamatan"][which],
            "known": known[which],
            "seq": seq[which],
            "latihan": cells["latihan"][which].astype(bool),
        }
    )
