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
from situasi.simulation.context import Scene

CATCHING_UP = timedelta(minutes=20)  # after a silence, what waited comes in within this time


@dataclass(frozen=True)
class Post:
    """One row as it reaches the command post. `key`: rows with the same key share an id."""

    at: datetime
    kecamatan: str
    key: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Silence:
    """A kecamatan from which nothing is heard between two moments."""

    kecamatan: str
    start: datetime
    end: datetime

    def holds(self, kecamatan: str, at: datetime) -> bool:
        return kecamatan == self.kecamatan and self.start <= at < self.end

    def delayed(self, at: datetime) -> datetime:
        """When a post of this moment comes through; order is kept."""
        return held_back(at, self.start, self.end)


def held_back(at: datetime, start: datetime, end: datetime) -> datetime:
    """When a post of this moment comes through a break of the line; order is kept."""
    caught_up = end + CATCHING_UP
    if not start <= at < caught_up:
        return at
    share = (at - start) / (caught_up - start)
    return end + timedelta(seconds=int(share * CATCHING_UP.total_seconds()))


def silences(scene: Scene, busy: set[str], rng: random.Random) -> list[Silence]:
    """An eighth of the kecamatan, not the busy ones, fall silent for two to three hours."""
    calm = [code for code in sorted(scene.register.kecamatan) if code not in busy]
    count = max(1, len(scene.register.kecamatan) // 8)
    found = []
    for number, code in enumerate(rng.sample(calm, min(count, len(calm)))):
        # One in the morning, one while counting, and so on.
        anchor = scene.clock.opens if number % 2 == 0 else scene.clock.closes
        start = anchor + timedelta(minutes=rng.randint(70, 150))
        found.append(Silence(code, start, start + timedelta(minutes=rng.randint(125, 170))))
    return found


def hushed(posts: Iterable[Post], quiet: Sequence[Silence]) -> list[Post]:
    """The posts as they come through the silences."""
    delays = {silence.kecamatan: silence for silence in quiet}
    return [
        replace(post, at=delays[post.kecamatan].delayed(post.at))
        if post.kecamatan in delays
        else post
        for post in posts
    ]


def write(
    path: Path, headings: Sequence[str], posts: Iterable[Post], prefix: str, seed: int
) -> Path:
    """Write one feed's file, ordered by the moment of telling; ids count in that order."""
    ordered = sorted(posts, key=lambda post: post.at)
    ids: dict[str, str] = {}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, headings, restval="", lineterminator="\n")
    writer.writeheader()
    for post in ordered:
        number = ids.setdefault(post.key, f"L{seed}-{prefix}{len(ids) + 1:04d}")
        writer.writerow(
            post.cells
            | {
                "id": number,
                "waktu_lapor": post.at.isoformat(timespec="seconds"),
                "sumber": f"simulasi latihan (seed {seed})",
                "latihan": "ya",
            }
        )
    atomic_files.write(path, buffer.getvalue().encode("utf-8"), atomic_files.READABLE_MODE)
    return path
