"""Rows of the rehearsal day: report times, outages, ids and files."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from situasi.common import atomic_files
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import SimulationContext

CATCH_UP_TIME = timedelta(minutes=20)  # rows delayed by an outage arrive within this time after it


@dataclass(frozen=True)
class FeedRow:
    """One row as it reaches the command post. case_key: rows with the same key share an id."""

    reported_time: datetime
    kecamatan: str
    case_key: str
    cells: dict[str, str]


@dataclass(frozen=True)
class KecamatanOutage:
    """A kecamatan without any report between two moments."""

    kecamatan: str
    start: datetime
    end: datetime

    def is_active(self, kecamatan: str, at: datetime) -> bool:
        """Return whether this kecamatan has an outage at this moment."""
        return kecamatan == self.kecamatan and self.start <= at < self.end

    def delay(self, at: datetime) -> datetime:
        """Return when a row of this moment arrives; order is kept."""
        return delay_past_outage(at, self.start, self.end)


def delay_past_outage(at: datetime, start: datetime, end: datetime) -> datetime:
    """Return when a row of this moment arrives after an outage; order is kept."""
    caught_up = end + CATCH_UP_TIME
    if not start <= at < caught_up:
        return at
    share = (at - start) / (caught_up - start)
    return end + timedelta(seconds=int(share * CATCH_UP_TIME.total_seconds()))


def draw_kecamatan_outages(
    context: SimulationContext, busy_kecamatan: set[str], rng: random.Random
) -> list[KecamatanOutage]:
    """Draw outages of two to three hours for an eighth of the kecamatan, not the busy ones."""
    candidates = [code for code in sorted(context.register.kecamatan) if code not in busy_kecamatan]
    count = max(1, len(context.register.kecamatan) // 8)
    drawn = []
    for number, code in enumerate(rng.sample(candidates, min(count, len(candidates)))):
        # Alternately in the morning and while counting.
        anchor = context.clock.opens if number % 2 == 0 else context.clock.closes
        start = anchor + draw_minutes(rng, 70, 150)
        drawn.append(KecamatanOutage(code, start, start + draw_minutes(rng, 125, 170)))
    return drawn


def delay_rows(rows: Iterable[FeedRow], outages: Sequence[KecamatanOutage]) -> list[FeedRow]:
    """Delay the rows past the outages."""
    by_kecamatan = {outage.kecamatan: outage for outage in outages}
    return [
        replace(row, reported_time=by_kecamatan[row.kecamatan].delay(row.reported_time))
        if row.kecamatan in by_kecamatan
        else row
        for row in rows
    ]


def write_feed_file(
    path: Path, headings: Sequence[str], rows: Iterable[FeedRow], prefix: str, seed: int
) -> Path:
    """Write the file of one feed, ordered by report time; ids are numbered in that order."""
    ordered = sorted(rows, key=lambda row: row.reported_time)
    marks = {"sumber": f"simulasi latihan (seed {seed})", "latihan": "ya"}
    ids: dict[str, str] = {}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, headings, restval="", lineterminator="\n")
    writer.writeheader()
    for row in ordered:
        number = ids.setdefault(row.case_key, f"L{seed}-{prefix}{len(ids) + 1:04d}")
        reported = row.reported_time.isoformat(timespec="seconds")
        writer.writerow(row.cells | marks | {"id": number, "waktu_lapor": reported})
    atomic_files.write(path, buffer.getvalue().encode("utf-8"), atomic_files.READABLE_MODE)
    return path
