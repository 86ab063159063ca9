"""A recorded day as a script: which rows are due between two moments."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from situasi.domain.feed_schemas import FEEDS


@dataclass(frozen=True)
class ScriptRow:
    """One row of a feed file, raw, and the aware moment at which it was told."""

    reported_time: datetime
    feed: str
    row: dict[str, str]


def load_script(folder: Path) -> list[ScriptRow]:
    """All rows of FEED.csv in this folder, ordered by waktu_lapor, within it as in the files.

    Raises FileNotFoundError when the folder holds no feed file, ValueError naming file
    and row when a waktu_lapor is missing, unreadable or without an offset.
    """
    files = [(feed, folder / f"{feed}.csv") for feed in FEEDS]
    present = [(feed, path) for feed, path in files if path.is_file()]
    if not present:
        wanted = ", ".join(path.name for _, path in files)
        raise FileNotFoundError(f"{folder}: tidak ada satu pun dari {wanted}")
    lines = [line for feed, path in present for line in _read_rows(feed, path)]
    return sorted(lines, key=lambda line: line.reported_time)


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
        wrong = f'waktu_lapor "{text}" bukan waktu seperti 2024-11-27T07:30:00+07:00'
        raise ValueError(f"{path}, baris {number}: {wrong}")
    return at


def find_start_time(script: Sequence[ScriptRow]) -> datetime:
    """The first moment told on the busiest date: where playing begins.

    Activities of the days before are told long before it; they are due at once.
    Raises ValueError for an empty script.
    """
    if not script:
        raise ValueError("naskah latihan kosong")
    busiest, _ = Counter(line.reported_time.date() for line in script).most_common(1)[0]
    return next(line.reported_time for line in script if line.reported_time.date() == busiest)


def select_due_rows(
    script: Sequence[ScriptRow], after: datetime | None, until: datetime
) -> dict[str, list[dict[str, str]]]:
    """Rows by feed told after one moment (None: from the beginning) up to and including another.

    `script` is ordered, as load_script gives it. A feed with nothing due is left out.
    """
    start = 0 if after is None else bisect_right(script, after, key=lambda line: line.reported_time)
    end = bisect_right(script, until, key=lambda line: line.reported_time)
    found: dict[str, list[dict[str, str]]] = {}
    for line in script[start:end]:
        found.setdefault(line.feed, []).append(line.row)
    return found


def generate_steps(
    script: Sequence[ScriptRow], start: datetime, step: timedelta
) -> Iterator[tuple[datetime, dict[str, list[dict[str, str]]]]]:
    """The script cut into steps: (moment, rows due by it), until its last row.

    The first slice holds everything told up to `start`, however long before.
    Raises ValueError for a step that does not go forward.
    """
    if step <= timedelta():
        raise ValueError(f"a step must go forward, not {step}")
    before: datetime | None = None
    moment = start
    while script:
        yield moment, select_due_rows(script, before, moment)
        if moment >= script[-1].reported_time:
            return
        before, moment = moment, moment + step
