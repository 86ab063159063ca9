"""Script of a recorded day: which rows are due between two moments."""

import csv
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from situasi.domain.feed_schemas import FEEDS


@dataclass(frozen=True)
class ScriptRow:
    """One raw row of a feed file, and the timezone-aware moment when it was reported."""

    reported_time: datetime
    feed: str
    row: dict[str, str]


def load_script(folder: Path) -> list[ScriptRow]:
    """Load all rows of FEED.csv in this folder, by waktu_lapor, then in file order.

    Raises FileNotFoundError if the folder has no feed file, ValueError with file and row if a
    waktu_lapor is missing, unreadable or without a UTC offset.
    """
    files = [(feed, folder / f"{feed}.csv") for feed in FEEDS]
    present = [(feed, path) for feed, path in files if path.is_file()]
    if not present:
        names = ", ".join(path.name for _, path in files)
        raise FileNotFoundError(f"{folder}: tidak ada satu pun dari {names}")
    script = [row for feed, path in present for row in _read_rows(feed, path)]
    return sorted(script, key=lambda row: row.reported_time)


def _read_rows(feed: str, path: Path) -> Iterator[ScriptRow]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            yield ScriptRow(
                _parse_reported_time(row.get("waktu_lapor") or "", path, number), feed, row
            )


def _parse_reported_time(text: str, path: Path, number: int) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        problem = f'waktu_lapor "{text}" bukan waktu seperti 2024-11-27T07:30:00+07:00'
        raise ValueError(f"{path}, baris {number}: {problem}")
    return at


def find_start_time(script: Sequence[ScriptRow]) -> datetime:
    """Return the first report time on the busiest date, where the replay begins.

    Activities of the days before are reported long before it; they are due at once. Raises
    ValueError for an empty script.
    """
    if not script:
        raise ValueError("naskah latihan kosong")
    busiest, _ = Counter(row.reported_time.date() for row in script).most_common(1)[0]
    return next(row.reported_time for row in script if row.reported_time.date() == busiest)


def select_due_rows(
    script: Sequence[ScriptRow], after: datetime | None, until: datetime
) -> dict[str, list[dict[str, str]]]:
    """Select rows by feed reported after one moment (None: from the start) until another.

    The end is included; feeds without due rows are left out. `script`: as from load_script.
    """
    start = 0 if after is None else bisect_right(script, after, key=lambda row: row.reported_time)
    end = bisect_right(script, until, key=lambda row: row.reported_time)
    due: dict[str, list[dict[str, str]]] = {}
    for script_row in script[start:end]:
        due.setdefault(script_row.feed, []).append(script_row.row)
    return due
