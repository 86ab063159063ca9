"""The Situation page: seconds and bytes of a script run, beside a plain page on the same file."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.overview import compute_case_overview, compute_feed_states
from situasi.analysis.view_time import apply_window
from situasi.board import Board
from situasi.domain import feed_schemas
from situasi.domain.settings import ROOT
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from tests.bench import made, viewer
from tests.bench.machine import spread
from tests.bench.server import serving, shown_from
from tests.bench.viewer import Run

RUNS = 12
CROWD = 20


def run(source: Path, folder: Path, count: int) -> None:
    """Print the figures of a board with so many reports."""
    made.filled(folder, source)
    print(f"\nSituation page, {count:,} reports")
    board = made.board(folder)
    _in_process(board)
    with serving(ROOT / "dashboard.py", made.environment(folder)) as port:
        ours = viewer.alone(port, RUNS)
        fresh = _fresh(port, board)
        crowd = viewer.together(CROWD, 5, port)
    shared = _on_two_processes(folder)
    board.close()
    naive_runs = 3 if count > 10_000 else RUNS
    with serving(Path(__file__).with_name("naive.py"), {"NAIVE_CSV": str(source)}) as port:
        plain = viewer.alone(port, naive_runs)
        plain_crowd = viewer.together(CROWD, 1, port)
    _tell("run, nothing changed", ours)
    _tell("run, new version of the store", fresh)
    _tell("the plain page", plain)
    print(f"  {f'{CROWD} viewers':<34}{crowd:>8.1f} runs/s; the plain page {plain_crowd:.1f}")
    print(f"  {f'ours : plain page, {CROWD} viewers':<34}{crowd / plain_crowd:>8.1f} × runs")
    print(f"  {'the same, two processes':<34}{shared:>8.1f} runs/s")
    print(f"  {'two processes : plain page':<34}{shared / plain_crowd:>8.1f} × runs")
    print(f"  {'plain page : ours, nothing changed':<34}{_best(plain) / _best(ours):>8.1f} × time")
    print(f"  {'plain page : ours, new version':<34}{_best(plain) / _best(fresh):>8.1f} × time")


def _on_two_processes(folder: Path) -> float:
    """Runs per second of two processes on the same store, as deploy/ puts them on one machine.

    Viewers are spread here: what a proxy takes is its own, and it asks everybody to sign in.
    """
    asked, script = made.environment(folder), ROOT / "dashboard.py"
    with serving(script, asked) as one, serving(script, asked) as other:
        return viewer.together(CROWD, 5, one, other)


def _in_process(board: Board) -> None:
    """What is computed once for each version, without Streamlit around it."""
    election = board.register.election
    started = time.perf_counter()
    snapshot = board.snapshot_reader.refresh().snapshot
    print(f"  {'whole store read at start':<34}{(time.perf_counter() - started) * 1e3:,.0f} ms")
    at = made.EVENING.astimezone(election.zone)
    wanted = apply_window(Selection(), "hari", at, election)
    codes, reach = list(board.register.kecamatan), AccessScope(tuple(feed_schemas.FEEDS))
    for limit, what in ((None, "overview, now"), (at, "overview, as known at a past minute")):

        def found(limit: datetime | None = limit) -> None:
            known = access_scope.filter_known(snapshot.frames, snapshot.cases, reach, limit)
            compute_case_overview(known, election, codes, wanted, at)
            compute_feed_states(known, election, at)

        print(f"  {what:<34}{spread(_timed(found))}")


def _timed(work: Callable[[], object], times: int = 5) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return taken


def _fresh(port: int, board: Board) -> list[Run]:
    """Runs each of which finds a new version: what is cached by version is of no use."""
    page = viewer.Viewer(port)
    page.run()
    done = []
    for turn in range(RUNS // 2):
        board.store.put_note("bench", turn, made.EVENING, "bench")
        shown_from(port, board.store.version())
        done.append(page.run())
    page.close()
    return done


def _best(runs: list[Run]) -> float:
    return min(one.seconds for one in runs)


def _tell(what: str, runs: list[Run]) -> None:
    size, wire = max(one.size for one in runs) / 1024, max(one.wire for one in runs) / 1024
    seconds = spread([one.seconds for one in runs])
    print(f"  {what:<34}{seconds}, {size:,.0f} KB, compressed {wire:,.0f} KB")
