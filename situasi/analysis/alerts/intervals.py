"""Intervals of time in which, by what was known then, a rule called for an alert.

All times are those at which the command post knew something: an interval that held at a moment
keeps holding at that moment, whatever is reported later about earlier hours.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.runs import is_last_of_run, next_in_run
from situasi.analysis.timestamps import Micros
from situasi.domain.register import Register

FOREVER = np.iinfo("int64").max
MINUTE_US = 60_000_000

# begin, end: microseconds, end excluded. subject: its intervals form one alert; member: part of
# the subject. level: at least this grave by itself; -1: only the number of members decides.
# value: shown in the alert's text. seq: the feed row that began it; -1: none.
COLUMNS = (
    "rule", "subject", "kecamatan", "member", "begin", "end", "level", "value", "feed", "seq",
    "latihan",
)  # fmt: skip


def build_intervals(
    rule: str,
    *,
    member: Sequence[Any] | npt.NDArray[Any],
    begin: Sequence[int] | Micros,
    end: Sequence[int] | Micros,
    subject: Any = None,
    kecamatan: Any = None,
    level: Any = -1,
    value: Any = None,
    feed: str | None = None,
    seq: Any = -1,
    latihan: Any = False,
) -> pd.DataFrame:
    """Build the intervals of one rule as a frame of COLUMNS; empty intervals are left out."""
    size = len(member)
    cells: dict[str, Any] = {
        "rule": rule, "subject": subject, "kecamatan": kecamatan, "member": member,
        "begin": begin, "end": end, "level": level, "value": value, "feed": feed, "seq": seq,
        "latihan": latihan,
    }  # fmt: skip
    table = {name: _fill_column(name, cells[name], size) for name in COLUMNS}
    intervals = pd.DataFrame(table, columns=list(COLUMNS))
    return intervals[intervals["begin"] < intervals["end"]]


def build_station_intervals(
    rule: str, register: Register, station: npt.NDArray[Any], **cells: Any
) -> pd.DataFrame:
    """Build the intervals of TPS (by position in the register), joined by kecamatan."""
    area = register.tps["kecamatan"].to_numpy("object")[station]
    member = register.tps["code"].to_numpy("object")[station]
    return build_intervals(rule, subject=area, kecamatan=area, member=member, **cells)


_DTYPES = {"begin": "int64", "end": "int64", "level": "int64", "seq": "int64", "latihan": "bool"}


def _fill_column(name: str, value: Any, size: int) -> npt.NDArray[Any]:
    dtype = _DTYPES.get(name, "object")
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return np.asarray(value, dtype=dtype) if len(value) else np.empty(0, dtype=dtype)
    return np.full(size, value, dtype=dtype)


def empty_intervals() -> pd.DataFrame:
    """Return a frame of COLUMNS without rows."""
    return build_intervals("", member=[], begin=[], end=[])


def concat_intervals(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return all parts as one frame."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else empty_intervals()


def filter_known_by(rows: pd.DataFrame, at: datetime) -> tuple[pd.DataFrame, Micros]:
    """Return the rows that were known by `at`, and when each was known.

    A page computes for the whole minute while rows arrive within it: these count as known at the
    minute.
    """
    now_us = timestamps.to_us(at)
    known_us = timestamps.column_to_us(rows["known_at"])
    mask = known_us < now_us + MINUTE_US
    if not mask.all():
        rows, known_us = rows[mask], known_us[mask]
    return rows, np.minimum(known_us, now_us)


def find_uncovered(
    place: npt.NDArray[np.int64],
    begin: Micros,
    end: Micros,
    weight: npt.NDArray[np.float64],
    need: npt.NDArray[np.float64],
    start: Micros,
    stop: int,
) -> tuple[npt.NDArray[np.int64], Micros, Micros]:
    """Return where and when the coverage of a place is less than it needs: place, begin, end.

    begin, end, weight: of each thing that covers a place. start: by place, from when it needs
    coverage (`stop`: not at all); stop: until when.
    """
    size = len(need)
    places = np.arange(size)
    place_start = start[place]
    inside = (np.maximum(begin, place_start) < np.minimum(end, stop)) & (begin < end)
    place, begin, end, weight = place[inside], begin[inside], end[inside], weight[inside]
    times = np.concatenate([np.maximum(begin, start[place]), np.minimum(end, stop), start])
    where = np.concatenate([place, place, places])
    change = np.concatenate([weight, -weight, np.zeros(size)])
    order = np.lexsort((times, where))
    times, where, change = times[order], where[order], change[order]
    total = np.cumsum(change)
    last = is_last_of_run(where)
    before = np.concatenate([[0.0], total[last][:-1]])  # what earlier places leave: almost 0
    covered = total - before[where]
    until = np.where(last, stop, np.append(times[1:], stop))
    is_short = (covered < need[where] - 1e-9) & (times < until)
    return where[is_short], times[is_short], until[is_short]


def find_newest_rows(
    source: npt.NDArray[np.intp], known_us: Micros, rank: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], Micros]:
    """Return which rows were, once known, the newest of their source, and until when they were.

    rank: the order of all rows by the time they are about. Rows are given by position, by source
    and then by when they were known.
    """
    order = np.lexsort((rank, known_us, source))
    sources, ranked = source[order], rank[order].astype("int64")
    size = len(rank) + 1
    newest = np.maximum.accumulate(ranked + sources * size) - sources * size == ranked
    chosen = order[newest]
    return chosen, next_in_run(known_us[chosen], FOREVER, source[chosen])


def first_known_times(place_count: int, place: npt.NDArray[Any], known_us: Micros) -> Micros:
    """Return by place when the first of these rows was known; FOREVER where there is none."""
    first = np.full(place_count, FOREVER)
    np.minimum.at(first, place, known_us)
    return first
