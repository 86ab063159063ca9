"""Spells: stretches of time in which, by what was known then, something called for an alert.

All is told on the clock of what the command post knew: a spell that held at a moment holds at that
moment for ever after, whatever was told later of earlier hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.timestamps import Micros

FOREVER = np.iinfo("int64").max
MINUTE_US = 60_000_000

# begin, end: microseconds, end not inside. subject: whose spells are one alert; member: what of
# it. level: at least this grave by itself; -1: by the number of members alone. value: told in
# words. seq: the row of the feed by which it began; -1: none.
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
    """Spells of one rule as a frame of COLUMNS; those that last no time are left out."""
    size = len(member)
    cells: dict[str, Any] = {
        "rule": rule, "subject": subject, "kecamatan": kecamatan, "member": member,
        "begin": begin, "end": end, "level": level, "value": value, "feed": feed, "seq": seq,
        "latihan": latihan,
    }  # fmt: skip
    table = {name: _fill_column(name, cells[name], size) for name in COLUMNS}
    found = pd.DataFrame(table, columns=list(COLUMNS))
    return found[found["begin"] < found["end"]]


_DTYPES = {"begin": "int64", "end": "int64", "level": "int64", "seq": "int64", "latihan": "bool"}


def _fill_column(name: str, value: Any, size: int) -> npt.NDArray[Any]:
    kind = _DTYPES.get(name, "object")
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return np.asarray(value, dtype=kind) if len(value) else np.empty(0, dtype=kind)
    return np.full(size, value, dtype=kind)


def empty_intervals() -> pd.DataFrame:
    return build_intervals("", member=[], begin=[], end=[])


def concat_intervals(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All of them, one below the other."""
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else empty_intervals()


def filter_known_by(rows: pd.DataFrame, at: datetime) -> tuple[pd.DataFrame, Micros]:
    """The rows that were known by `at`, and when each was.

    A page reckons to the whole minute, its rows come within it: these are known at the minute.
    """
    now = timestamps.to_us(at)
    known = timestamps.column_to_us(rows["known_at"])
    there = known < now + MINUTE_US
    if not there.all():
        rows, known = rows[there], known[there]
    return rows, np.minimum(known, now)


def find_uncovered(
    place: npt.NDArray[np.int64],
    begin: Micros,
    end: Micros,
    weight: npt.NDArray[np.float64],
    need: npt.NDArray[np.float64],
    start: Micros,
    stop: int,
) -> tuple[npt.NDArray[np.int64], Micros, Micros]:
    """Where and when what covers each place adds up to less than it needs: place, begin, end.

    begin, end, weight: of what covers a place. start: of each place, from when it is asked (stop:
    not at all); stop: until when.
    """
    size = len(need)
    every = np.arange(size)
    asked = start[place]
    inside = (np.maximum(begin, asked) < np.minimum(end, stop)) & (begin < end)
    place, begin, end, weight = place[inside], begin[inside], end[inside], weight[inside]
    times = np.concatenate([np.maximum(begin, start[place]), np.minimum(end, stop), start])
    where = np.concatenate([place, place, every])
    change = np.concatenate([weight, -weight, np.zeros(size)])
    order = np.lexsort((times, where))
    times, where, change = times[order], where[order], change[order]
    total = np.cumsum(change)
    last = np.append(where[1:] != where[:-1], True)
    before = np.concatenate([[0.0], total[last][:-1]])  # what earlier places left: nothing, nearly
    held = total - before[where]
    until = np.where(last, stop, np.append(times[1:], stop))
    short = (held < need[where] - 1e-9) & (times < until)
    return where[short], times[short], until[short]


def find_newest_rows(
    source: npt.NDArray[np.intp], known_us: Micros, rank: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], Micros]:
    """Which rows were, once known, the newest word of their teller; and until when they were.

    rank: the order of all rows by what they tell of. Rows are given by position, by teller and
    then by when they were known.
    """
    order = np.lexsort((rank, known_us, source))
    mine, ranked = source[order], rank[order].astype("int64")
    size = len(rank) + 1
    newest = np.maximum.accumulate(ranked + mine * size) - mine * size == ranked
    chosen = order[newest]
    owner, since = source[chosen], known_us[chosen]
    following = np.append(since[1:], FOREVER)[: len(owner)]
    same = np.append(owner[1:] == owner[:-1], False)[: len(owner)]
    return chosen, np.where(same, following, FOREVER)


def first_known_times(place_count: int, place: npt.NDArray[Any], known_us: Micros) -> Micros:
    """When the first of these rows of each place was known; FOREVER where there is none."""
    found = np.full(place_count, FOREVER)
    np.minimum.at(found, place, known_us)
    return found
