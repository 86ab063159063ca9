"""The history of each case as intervals: its state from one known report until the next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts import case_replay
from situasi.analysis.alerts.case_replay import HANDLED_STATUSES, VERIFIED_STATUSES
from situasi.analysis.alerts.intervals import FOREVER, filter_known_by
from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import case_index
from situasi.analysis.queries import reads
from situasi.analysis.runs import is_first_of_run, next_in_run
from situasi.analysis.timestamps import Micros
from situasi.domain.feed_schemas import INCIDENTS, MERGES, STATUS_CLOSED
from situasi.domain.register import Register

# Cases and alerts that ended longer than this before the watched day are left out.
LOOKBACK = timedelta(days=1)

_CELL_COLUMNS = (
    "case",
    "kecamatan",
    "jenis",
    "tingkat",
    "situasi",
    "status",
    "precision",
    "latihan",
)


@dataclass(frozen=True)
class CaseHistory:
    """The intervals of all cases, their first reports, and when cases were merged.

    table: one row per interval: case, kecamatan, jenis, begin, end, tingkat, situasi (None: never
    stated), open, start (when first reported), verified, handled (whether that step is reached),
    seq (the row that began the interval), latihan. Merged cases have the intervals of their
    canonical case.

    first_reports: one row per case that ever happened: case, kecamatan, occurred, has_minute (of
    occurred), known, seq, latihan. uncounted_intervals: when a case was merged into another, or
    was not true: case, begin, end.
    """

    table: pd.DataFrame
    first_reports: pd.DataFrame
    uncounted_intervals: list[tuple[str, int, int]]


@reads(INCIDENTS, MERGES)
def compute_case_history(frames: FeedFrames, register: Register, at: datetime) -> CaseHistory:
    """Compute the history of the day's cases, and of older ones that are still open."""
    rows = frames[INCIDENTS.name]
    oldest = timestamps.to_us(register.election.day_start - LOOKBACK)
    recent = rows["case"][timestamps.column_to_us(rows["known_at"]) >= oldest].unique()
    if len(recent) < rows["case"].nunique():
        older = frames.cases.to_frame(case_index.is_open)["case"]
        rows = rows[rows["case"].isin({*recent, *older})]
    return build_case_history(rows, frames[MERGES.name], at)


def drop_kind(history: CaseHistory, jenis: str) -> CaseHistory:
    """Return the history without the intervals in which a case is of this kind."""
    table, reports = history.table, history.first_reports
    last = table.sort_values(["end", "seq"]).drop_duplicates("case", keep="last")
    dropped = last.loc[last["jenis"] == jenis, "case"]
    return replace(
        history,
        table=table[table["jenis"] != jenis],
        first_reports=reports[~reports["case"].isin(dropped)],
    )


def build_case_history(rows: pd.DataFrame, merges: pd.DataFrame, at: datetime) -> CaseHistory:
    """Build the history of all these cases as known by `at`; all times are in microseconds."""
    rows, known_us = filter_known_by(rows, at)
    reported_us = timestamps.reported_us(rows)
    case_codes, case_keys = pd.factorize(rows["case"])
    seq = rows["seq"].to_numpy("int64")
    order = np.lexsort((seq, known_us, case_codes))
    case_codes, known_us = case_codes[order], known_us[order]
    reported_us, seq = reported_us[order], seq[order]
    cells = {name: rows[name].to_numpy("object")[order] for name in _CELL_COLUMNS}
    occurred_us = timestamps.column_to_us(rows["occurred_at"])[order]
    decisions = _known_decisions(merges, at)
    needs_replay = _is_out_of_order(case_codes, reported_us, seq) | np.isin(
        case_keys, [*decisions["kasus"], *decisions["ke"]]
    )
    replay = needs_replay[case_codes] if len(case_keys) else np.zeros(0, dtype=bool)
    table = _build_in_order_table(case_codes, known_us, reported_us, seq, cells, ~replay)
    reports = case_replay.build_reports(
        known_us[replay], reported_us[replay], seq[replay], {n: c[replay] for n, c in cells.items()}
    )
    replayed, merged_intervals = case_replay.replay_cases(reports, decisions)
    parts = [part for part in (table, replayed) if len(part)]
    return CaseHistory(
        pd.concat(parts, ignore_index=True) if parts else table,
        _build_first_reports(case_codes, known_us, occurred_us, seq, cells),
        [*merged_intervals, *_find_untrue_intervals(case_codes, known_us, cells)],
    )


def _known_decisions(merges: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """Return the merge decisions known by `at`, with known_us and reported_us."""
    rows, known_us = filter_known_by(merges, at)
    reported_us = timestamps.reported_us(rows)
    return rows[["kasus", "ke", "tindakan", "latihan", "seq"]].assign(
        known_us=known_us, reported_us=reported_us
    )


def _is_out_of_order(
    case_codes: npt.NDArray[np.intp], reported_us: Micros, seq: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Return by case whether a report was known before one that was reported earlier."""
    is_late = (case_codes[1:] == case_codes[:-1]) & (
        (reported_us[1:] < reported_us[:-1])
        | ((reported_us[1:] == reported_us[:-1]) & (seq[1:] < seq[:-1]))
    )
    out_of_order = np.zeros(case_codes.max(initial=-1) + 1, dtype=bool)
    out_of_order[case_codes[1:][is_late]] = True
    return out_of_order


def _build_in_order_table(
    case_codes: npt.NDArray[np.intp],
    known_us: Micros,
    reported_us: Micros,
    seq: npt.NDArray[np.int64],
    cells: dict[str, npt.NDArray[Any]],
    mask: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Build the intervals of cases whose reports were known in reported order: one per row."""
    case_codes, known_us = case_codes[mask], known_us[mask]
    reported_us, seq = reported_us[mask], seq[mask]
    cells = {name: column[mask] for name, column in cells.items()}
    is_first = is_first_of_run(case_codes)
    start = np.maximum.accumulate(np.where(is_first, np.arange(len(case_codes)), 0))
    status = cells["status"]
    happened = (cells["jenis"] != "nihil") & (status != "nihil")
    return pd.DataFrame(
        {
            "case": cells["case"],
            "kecamatan": cells["kecamatan"],
            "jenis": cells["jenis"],
            "begin": known_us,
            "end": next_in_run(known_us, FOREVER, case_codes),
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
    """Return the value last stated for the case up to each row; None where there is none."""
    stated = pd.notna(values)
    last_position = np.maximum.accumulate(np.where(stated, np.arange(len(values)), -1))
    filled: npt.NDArray[Any] = np.full(len(values), None, dtype=object)
    has_value = last_position >= start
    filled[has_value] = values[last_position[has_value]]
    return filled


def _has_reached(
    status: npt.NDArray[Any], start: npt.NDArray[np.int64], statuses: tuple[str, ...]
) -> npt.NDArray[np.bool_]:
    matches = np.isin(status.astype("U"), statuses)
    last_position = np.maximum.accumulate(np.where(matches, np.arange(len(status)), -1))
    reached: npt.NDArray[np.bool_] = last_position >= start
    return reached


def _find_untrue_intervals(
    case_codes: npt.NDArray[np.intp], known_us: Micros, cells: dict[str, npt.NDArray[Any]]
) -> Iterator[tuple[str, int, int]]:
    until = next_in_run(known_us, FOREVER, case_codes)
    for row in np.flatnonzero(cells["status"] == "tidak_terbukti").tolist():
        yield cells["case"][row], int(known_us[row]), int(until[row])


def _build_first_reports(
    case_codes: npt.NDArray[np.intp],
    known_us: Micros,
    occurred_us: Micros,
    seq: npt.NDArray[np.int64],
    cells: dict[str, npt.NDArray[Any]],
) -> pd.DataFrame:
    """Build the first report of each case in which something happened."""
    happened = (cells["jenis"] != "nihil") & (cells["status"] != "nihil")
    positions = np.flatnonzero(is_first_of_run(case_codes) & happened)
    return pd.DataFrame(
        {
            "case": cells["case"][positions],
            "kecamatan": cells["kecamatan"][positions],
            "occurred": occurred_us[positions],
            "has_minute": cells["precision"][positions] == "menit",
            "known": known_us[positions],
            "seq": seq[positions],
            "latihan": cells["latihan"][positions].astype(bool),
        }
    )
