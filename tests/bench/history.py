"""A long history behind the same day: what one new report costs, in time, bytes and memory."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.area_summary import compute_area_summary
from situasi.analysis.situation.overview import compute_case_overview, compute_feed_states
from situasi.analysis.view_time import apply_window
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.settings import ROOT
from situasi.ingest.pipeline import ingest_rows
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from tests import queries
from tests.bench import made
from tests.bench.machine import megabytes, processor, spread
from tests.bench.server import served, shown_from
from tests.bench.viewer import Run, Viewer
from tests.builders import unbounded

TODAY = 2_000
SIZES = (2_000, 10_000, 100_000, 1_000_000)
AGAINST = 10_000
TURNS = 12

_number = itertools.count(1)


@dataclass
class Measured:
    """What was measured of a board with so many reports. Seconds; bytes are of a Run.

    spent: processor of the server for all of `fresh`.
    """

    count: int
    start: float = 0.0
    read: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    still: list[Run] = field(default_factory=list)
    fresh: list[Run] = field(default_factory=list)
    spent: float = 0.0
    resident: tuple[float, float] | None = None


def run(folder: Path) -> None:
    """Print the figures. The boards take turns, so that the machine's noise falls on all."""
    print(f"\nHistory: {TODAY:,} reports of the day, all others of the months before")
    with ExitStack() as open_boards:
        boards = []
        for count in SIZES:
            place = _filled(folder, count)
            found = Measured(count)
            started = time.perf_counter()
            port, pid = open_boards.enter_context(
                served(ROOT / "dashboard.py", made.environment(place))
            )
            page = Viewer(port)
            page.run()
            found.start = time.perf_counter() - started
            board = made.board(place)
            board.snapshot_reader.refresh()
            boards.append((found, board, page, pid))
        for _ in range(TURNS):
            for found, board, page, pid in boards:
                _turn(found, board, page, pid)
        for found, board, page, pid in boards:
            found.resident = megabytes(pid)
            page.close()
            board.close()
    _tell([found for found, *_ in boards])


def _filled(folder: Path, count: int) -> Path:
    place = folder / f"history-{count}"
    place.mkdir(parents=True)
    return made.filled(place, made.history(place / "reports.csv", count, min(TODAY, count)))


def _turn(found: Measured, board: Board, page: Viewer, pid: int) -> None:
    page.beat()  # the first after a whole run still settles what that run left
    found.still.append(page.beat())
    # With what the lookout does of it before the page asks.
    before = processor(pid)
    _deliver(board)
    shown_from(page.port, board.store.version())
    found.fresh.append(page.beat())
    found.spent += processor(pid) - before
    found.read.append(_timed(board.snapshot_reader.refresh))
    found.found.append(_timed(lambda: _computed(board)))


def _deliver(board: Board) -> None:
    told = f"{time.time_ns()}-{next(_number)}"
    row = {"id": told, "waktu": "27/11/2024 21.00", "kecamatan": "Kandis", "jenis": "banjir"}
    row |= {"uraian": told, "latihan": "ya"}
    ledger = ingest_rows(
        [row],
        "bench",
        board.store,
        board.ingest_context,
        unbounded("b"),
        feed="incidents",
        now=made.EVENING,
    )
    assert ledger.accepted == 1, ledger


def _computed(board: Board) -> None:
    """All that the Situasi page shows, as somebody sees it who may see everything."""
    snapshot, register = board.snapshot_reader.refresh().snapshot, board.register
    at = made.EVENING.astimezone(register.election.zone)
    known = access_scope.filter_known(
        snapshot.frames, snapshot.cases, AccessScope(tuple(FEEDS)), None
    )
    wanted = apply_window(Selection(), "hari", at, register.election)
    compute_case_overview(known, register.election, list(register.kecamatan), wanted, at)
    compute_feed_states(known, register.election, at)
    queries.run(compute_area_summary, known, register, at)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _tell(measured: list[Measured]) -> None:
    against = next(one for one in measured if one.count == AGAINST)
    for one in measured:
        print(f"  {one.count:,} reports")
        print(f"    {'a new version read':<38}{spread(one.read)}")
        print(f"    {'overview and day found':<38}{spread(one.found)}")
        print(f"    {'refresh after one new report':<38}{spread([r.seconds for r in one.fresh])}")
        for what, best in (("best", min), ("median", _median)):
            ratio = best(r.seconds for r in one.fresh) / best(r.seconds for r in against.fresh)
            print(f"    {f'that : with {AGAINST:,} ({what})':<38}{ratio:.2f} × time")
        if against.spent:
            each, ratio = one.spent / len(one.fresh), one.spent / against.spent
            print(f"    {'processor of the server for it':<38}{each * 1e3:,.0f} ms, {ratio:.2f} ×")
        print(f"    {'bytes, nothing new':<38}{_bytes(one.still)}")
        print(f"    {'bytes, one new report':<38}{_bytes(one.fresh)}")
        print(f"    {'start to a drawn page':<38}{one.start:.1f} s")
        if one.resident:
            now, peak = one.resident
            print(f"    {'memory of the server':<38}{now:,.0f} MB, at most {peak:,.0f} MB")


def _bytes(runs: list[Run]) -> str:
    """The most; a large message that a browser kept is not in it, as it is not sent."""
    size, wire = max(run.size for run in runs) / 1024, max(run.wire for run in runs) / 1024
    return f"{size:,.1f} KB, compressed {wire:,.1f} KB"


def _median(seconds: Iterable[float]) -> float:
    return statistics.median(list(seconds))
