"""Posts of the rehearsal day: what was told when, silences, numbering and the files."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from situasi.common import atomic_files
from situasi.simulation.context import SimulationContext

CATCH_UP_TIME = timedelta(minutes=20)  # after a silence, what waited comes in within this time


@dataclass(frozen=True)
class FeedRow:
    """One row as it reaches the command post. `key`: rows with the same key share an id."""

    reported_time: datetime
    kecamatan: str
    case_key: str
    cells: dict[str, str]


@dataclass(frozen=True)
class KecamatanOutage:
    """A kecamatan from which nothing is heard between two moments."""

    kecamatan: str
    start: datetime
    end: datetime

    def is_active(self, kecamatan: str, at: datetime) -> bool:
        return kecamatan == self.kecamatan and self.start <= at < self.end

    def delay(self, at: datetime) -> datetime:
        """When a post of this moment comes through; order is kept."""
        return delay_past_outage(at, self.start, self.end)


def delay_past_outage(at: datetime, start: datetime, end: datetime) -> datetime:
    """When a post of this moment comes through a break of the line; order is kept."""
    caught_up = end + CATCH_UP_TIME
    if not start <= at < caught_up:
        return at
    share = (at - start) / (caught_up - start)
    return end + timedelta(seconds=int(share * CATCH_UP_TIME.total_seconds()))


def draw_kecamatan_outages(
    context: SimulationContext, busy_kecamatan: set[str], rng: random.Random
) -> list[KecamatanOutage]:
    """An eighth of the kecamatan, not the busy ones, fall silent for two to three hours."""
    calm = [code for code in sorted(context.register.kecamatan) if code not in busy_kecamatan]
    count = max(1, len(context.register.kecamatan) // 8)
    found = []
    for number, code in enumerate(rng.sample(calm, min(count, len(calm)))):
        # One in the morning, one while counting, and so on.
        anchor = context.clock.opens if number % 2 == 0 else context.clock.closes
        start = anchor + timedelta(minutes=rng.randint(70, 150))
        found.append(KecamatanOutage(code, start, start + timedelta(minutes=rng.randint(125, 170))))
    return found


def delay_rows(rows: Iterable[FeedRow], outages: Sequence[KecamatanOutage]) -> list[FeedRow]:
    """The posts as they come through the silences."""
    delays = {silence.kecamatan: silence for silence in outages}
    return [
        replace(post, reported_time=delays[post.kecamatan].delay(post.reported_time))
        if post.kecamatan in delays
        else post
        for post in rows
    ]


def write_feed_file(
    path: Path, headings: Sequence[str], rows: Iterable[FeedRow], prefix: str, seed: int
) -> Path:
    """Write one feed's file, ordered by the moment of telling; ids count in that order."""
    ordered = sorted(rows, key=lambda post: post.reported_time)
    ids: dict[str, str] = {}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, headings, restval="", lineterminator="\n")
    writer.writeheader()
    for post in ordered:
        number = ids.setdefault(post.case_key, f"L{seed}-{prefix}{len(ids) + 1:04d}")
        writer.writerow(
            post.cells
            | {
                "id": number,
                "waktu_lapor": post.reported_time.isoformat(timespec="seconds"),
                "sumber": f"simulasi latihan (seed {seed})",
                "latihan": "ya",
            }
        )
    atomic_files.write(path, buffer.getvalue().encode("utf-8"), atomic_files.READABLE_MODE)
    return path
