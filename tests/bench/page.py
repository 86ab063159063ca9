"""The Situation page: seconds and bytes of a script run, beside a plain page on the same file."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from situasi.analysis.incidents import Selection
from situasi.analysis.overview import overview
from situasi.board import Board
from situasi.settings import ROOT
from tests.bench import made, viewer
from tests.bench.machine import spread
from tests.bench.server import serving
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
        crowd = viewer.together(port, CROWD, 5)
    board.close()
    naive_runs = 3 if count > 10_000 else RUNS
    with serving(Path(__file__).with_name("naive.py"), {"NAIVE_CSV": str(source)}) as port:
        plain = viewer.alone(port, naive_runs)
        plain_crowd = viewer.together(port, CROWD, 1)
    _tell("run, nothing changed", ours)
    _tell("run, new version of the store", fresh)
    _tell("the plain page", plain)
    print(f"  {f'{CROWD} viewers':<34}{crowd:>8.1f} runs/s; the plain page {plain_crowd:.1f}")
    print(f"  {'plain page : ours, nothing changed':<34}{_best(plain) / _best(ours):>8.1f} × time")
    print(f"  {'plain page : ours, new version':<34}{_best(plain) / _best(fresh):>8.1f} × time")


def _in_process(board: Board) -> None:
    """What is computed once for each version, without Streamlit around it."""
    election = board.register.election
    started = time.perf_counter()
    frames = board.live.picture().snapshot.frames
    print(f"  {'whole store read at start':<34}{(time.perf_counter() - started) * 1e3:,.0f} ms")
    midnight = datetime.combine(election.day, datetime.min.time(), election.zone)
    wanted = Selection(since=midnight, until=midnight + timedelta(days=1))
    at = made.EVENING.astimezone(election.zone)
    codes = list(board.register.kecamatan)
    for live, what in ((True, "overview, now"), (False, "overview, as known at a past minute")):
        taken = _timed(lambda live=live: overview(frames, election, codes, wanted, at, live=live))
        print(f"  {what:<34}{spread(taken)}")


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
        board.store.note("bench", turn, made.EVENING, "bench")
        done.append(page.run())
    page.close()
    return done


def _best(runs: list[Run]) -> float:
    return min(one.seconds for one in runs)


def _tell(what: str, runs: list[Run]) -> None:
    size = max(one.size for one in runs) / 1024
    print(f"  {what:<34}{spread([one.seconds for one in runs])}, {size:,.0f} KB")
