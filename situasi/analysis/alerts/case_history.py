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
from situasi.analysis.alerts.case_replay import HANDLED_STATUSES, VERIFIED_STATUSES
from situasi.analysis.alerts.intervals import FOREVER, filter_known_by
from situasi.analysis.timestamps import Micros
from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.row_order import reported_time

_CELL_COLUMNS = ("case", "kecamatan", "jenis", "tingkat", "situasi", "status", "latihan")


@dataclass(frozen=True)
class CaseHistory:
    """table: one row per piece: case, kecamatan, jenis, begin, end, tingkat, situasi (None: never
    stated), open, start (when it was first told), verified, handled (whether that step is
    reached), seq (the row by which the piece began), latihan. Merged cases are pieces of the one
    that stands for them.

    first: one row per case that ever happened: case, kecamatan, known, seq, latihan. away: when
    a case was merged into another: case, begin, end.
    """

    table: pd.DataFrame
    first_reports: pd.DataFrame
    merged_intervals: list[tuple[str, int, int]]


def build_case_history(rows: pd.DataFrame, merges: pd.DataFrame, at: datetime) -> CaseHistory:
    """The pieces of all these cases, as known by `at`. Microseconds throughout."""
    rows, known = filter_known_by(rows, at)
    told = timestamps.column_to_us(reported_time(rows).astype(timestamps.DTYPE))
    number, names = pd.factorize(rows["case"])
    seq = rows["seq"].to_numpy("int64")
    order = np.lexsort((seq, known, number))
    number, known, told, seq = number[order], known[order], told[order], seq[order]
    cells = {name: rows[name].to_numpy("object")[order] for name in _CELL_COLUMNS}
    decided = _known_decisions(merges, at)
    knotted = _is_out_of_order(number, told, seq) | np.isin(
        names, [*decided["kasus"], *decided["ke"]]
    )
    slow = knotted[number] if len(names) else np.zeros(0, dtype=bool)
    table = _build_in_order_table(number, known, told, seq, cells, ~slow)
    words = case_replay.build_reports(
        known[slow], told[slow], seq[slow], {n: c[slow] for n, c in cells.items()}
    )
    replayed, away = case_replay.replay_cases(words, decided)
    both = [part for part in (table, replayed) if len(part)]
    return CaseHistory(
        pd.concat(both, ignore_index=True) if both else table,
        _build_first_reports(number, known, seq, cells),
        away,
    )


def _known_decisions(merges: pd.DataFrame, at: datetime) -> pd.DataFrame:
    rows, known = filter_known_by(merges, at)
    told = timestamps.column_to_us(reported_time(rows).astype(timestamps.DTYPE))
    return rows[["kasus", "ke", "tindakan", "latihan", "seq"]].assign(known=known, told=told)


def _is_out_of_order(
    case_codes: npt.NDArray[np.intp], reported_us: Micros, seq: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Cases of which a word was known before one that was told earlier."""
    back = (case_codes[1:] == case_codes[:-1]) & (
        (reported_us[1:] < reported_us[:-1])
        | ((reported_us[1:] == reported_us[:-1]) & (seq[1:] < seq[:-1]))
    )
    found = np.zeros(case_codes.max(initial=-1) + 1, dtype=bool)
    found[case_codes[1:][back]] = True
    return found


def _build_in_order_table(
    case_codes: npt.NDArray[np.intp],
    known_us: Micros,
    reported_us: Micros,
    seq: npt.NDArray[np.int64],
    cells: dict[str, npt.NDArray[Any]],
    mask: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Of cases whose words were known in the order told: each row begins a piece."""
    case_codes, known_us, reported_us, seq = (
        case_codes[mask],
        known_us[mask],
        reported_us[mask],
        seq[mask],
    )
    cells = {name: column[mask] for name, column in cells.items()}
    begins = np.append(True, case_codes[1:] != case_codes[:-1])[: len(case_codes)]
    start = np.maximum.accumulate(np.where(begins, np.arange(len(case_codes)), 0))
    same = np.append(~begins[1:], False)[: len(case_codes)]
    until = np.where(same, np.append(known_us[1:], FOREVER)[: len(case_codes)], FOREVER)
    status = cells["status"]
    happened = (cells["jenis"] != "nihil") & (status != "nihil")
    return pd.DataFrame(
        {
            "case": cells["case"],
            "kecamatan": cells["kecamatan"],
            "jenis": cells["jenis"],
            "begin": known_us,
            "end": until,
            "tingkat": _forward_fill(cells["tingkat"], start),
            "situasi": _forward_fill(cells["situasi"], start),
            "open": happened & ~np.isin(status.astype("U"), STATUS_CLOSED),
            "start": reported_us[start] if len(reported_us) else reported_us,
            "verified": _has_reached(status, start, VERIFIED_STATUSES),
            "handled": _has_reached(status, start, HANDLED_STATUSES),
            "seq": seq,
            "latihan": cells["latihan"].astype(bool),
        }
    )


def _forward_fill(values: npt.NDArray[Any], start: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """What was last stated of the case so far; None where nothing was."""
    stated = pd.notna(values)
    at = np.maximum.accumulate(np.where(stated, np.arange(len(values)), -1))
    found: npt.NDArray[Any] = np.full(len(values), None, dtype=object)
    known = at >= start
    found[known] = values[at[known]]
    return found


def _has_reached(
    status: npt.NDArray[Any], start: npt.NDArray[np.int64], statuses: tuple[str, ...]
) -> npt.NDArray[np.bool_]:
    told = np.isin(status.astype("U"), statuses)
    at = np.maximum.accumulate(np.where(told, np.arange(len(status)), -1))
    reached: npt.NDArray[np.bool_] = at >= start
    return reached


def _build_first_reports(
    case_codes: npt.NDArray[np.intp],
    known_us: Micros,
    seq: npt.NDArray[np.int64],
    cells: dict[str, npt.NDArray[Any]],
) -> pd.DataFrame:
    """The first word on each case in which something happened, of a kecamatan."""
    begins = np.append(True, case_codes[1:] != case_codes[:-1])[: len(case_codes)]
    happened = (cells["jenis"] != "nihil") & (cells["status"] != "nihil")
    which = np.flatnonzero(begins & happened & pd.notna(cells["kecamatan"]))
    return pd.DataFrame(
        {
            "case": cells["case"][which],
            "kecamatan": cells["kecamatan"][which],
            "known": known_us[which],
            "seq": seq[which],
            "latihan": cells["latihan"][which].astype(bool),
        }
    )
