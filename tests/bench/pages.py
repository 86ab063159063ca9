"""Every page at the full rehearsal day: seconds and bytes of a script run on the server."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from situasi.access.roles import SCREENS
from situasi.board import Board, open_board
from situasi.domain import settings
from situasi.domain.settings import ROOT
from situasi.ingest.pipeline import ingest_rows
from tests.bench import made
from tests.bench.machine import spread
from tests.bench.server import serving, shown_from
from tests.bench.viewer import Run, Viewer
from tests.builders import unbounded

RUNS = 10
TURNS = 5
# A small delivery: so many rows. They are told again under another id, and so are new.
ROWS = 3
# So many times a new minute is waited for.
MINUTES = 3

Day = Mapping[str, list[dict[str, Any]]]


def run(folder: Path) -> None:
    """Print, page by page, runs that find nothing new, and the first after something changed."""
    asked = {**made.environment(folder), "SITUASI_REHEARSAL": "yes"}
    print("\nEvery page, the full rehearsal day")
    with serving(ROOT / "dashboard.py", asked) as port:
        board = open_board(settings.load(asked), lambda: made.EVENING)
        day = _day(board.settings.data_folder / "latihan")
        rows = sum(map(len, board.snapshot_reader.refresh().snapshot.frames.values()))
        print(f"  {rows:,} rows, {len(board.register.tps)} TPS")
        pages = {name: Viewer(port, name) for name in SCREENS}
        for name, page in pages.items():
            page.run()
            still = [page.run() for _ in range(RUNS)]
            alone = {feed: _after(port, page, board, day, [feed]) for feed in day}
            _tell(name, still, alone, _after(port, page, board, day, list(day)))
        _minutes(pages)
        for page in pages.values():
            page.close()
        board.close()


def _minutes(pages: Mapping[str, Viewer]) -> None:
    """The first run of each page in a new minute: what depends on the clock is another then."""
    done: dict[str, list[Run]] = {name: [] for name in pages}
    for _ in range(MINUTES):
        for page in pages.values():
            page.run()
        time.sleep(60 - time.time() % 60)
        for name, page in pages.items():
            done[name].append(page.run())
    for name, runs in done.items():
        print(f"  {name:<14}first run of a minute {spread([one.seconds for one in runs])}")


def _day(folder: Path) -> Day:
    """The rows of the rehearsal, by feed."""
    day = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            day[path.stem] = list(csv.DictReader(file))
    return day


def _after(port: int, page: Viewer, board: Board, day: Day, feeds: list[str]) -> list[Run]:
    """Runs each of which is the first after a small delivery of these feeds."""
    done = []
    for turn in range(TURNS):
        for feed in feeds:
            _deliver(board, feed, day[feed], turn)
        shown_from(port, board.store.version())
        done.append(page.run())
    return done


def _deliver(board: Board, feed: str, rows: list[dict[str, Any]], turn: int) -> None:
    version = board.store.version()
    told = [
        {**rows[(turn * ROWS + at) % len(rows)], "id": f"B{version}-{at}", "uraian": f"B{version}"}
        for at in range(ROWS)
    ]
    ledger = ingest_rows(
        told,
        "bench",
        board.store,
        board.ingest_context,
        unbounded("bench"),
        feed=feed,
        now=made.EVENING,
    )
    assert ledger.accepted, f"nothing new came in of {feed}: {ledger}"


def _tell(name: str, still: list[Run], alone: Mapping[str, list[Run]], every: list[Run]) -> None:
    size = max(one.size for one in still) / 1024
    dearest = max(alone, key=lambda feed: min(one.seconds for one in alone[feed]))
    print(
        f"  {name:<14}{spread([one.seconds for one in still])}, {size:,.0f} KB; "
        f"a delivery of {dearest} {spread([one.seconds for one in alone[dearest]])}; "
        f"of all feeds {spread([one.seconds for one in every])}"
    )
