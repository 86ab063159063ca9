"""What one more delivery costs the picture, after few deliveries and after many."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from situasi.domain import election, settings
from situasi.live.snapshot import SnapshotReader
from situasi.store import Store, open_store
from tests.bench import made
from tests.bench.machine import spread
from tests.store.builders import delivery, frame, rejection, row

COUNTS = (500, 20_000)
TURNS = 30


def run() -> None:
    """Print how long a new version is read, and how that grows with the deliveries before it."""
    print("\nA new version after so many deliveries, each with one row and one in quarantine")
    medians = []
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="situasi-bench-") as name:
            seconds = _refreshed(Path(name), count)
        medians.append(statistics.median(seconds))
        print(f"  {count:>6,}: {spread(seconds)}")
    few, many = medians
    print(f"  ratio {many / few:.2f}")


def _refreshed(folder: Path, count: int) -> list[float]:
    store = open_store(f"sqlite:///{(folder / 'situasi.db').as_posix()}")
    engine = store._backend.engine  # type: ignore[attr-defined]
    engine.dispose()
    # What is measured is reading: nothing here need survive a power cut.
    sa.event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
    for number in range(count):
        _deliver(store, number)
    live = SnapshotReader(store, election.load(settings.load({}).election_folder), _now)
    live.refresh()
    seconds = []
    for number in range(count, count + TURNS):
        _deliver(store, number)
        started = time.perf_counter()
        shown = live.refresh()
        seconds.append(time.perf_counter() - started)
        assert len(shown.snapshot.batches) == number + 1
        assert sum(shown.snapshot.quarantine_counts.values()) == number + 1
    store.close()
    return seconds


def _deliver(store: Store, number: int) -> None:
    with store.deliver(delivery(source=f"{number}.csv")) as writing:
        writing.add(frame(row(id=f"K{number}")), [rejection(raw={"no": str(number)})])


def _now() -> datetime:
    return made.EVENING
