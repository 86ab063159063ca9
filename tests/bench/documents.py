"""Laporan of the full rehearsal day: seconds to build one and to make each of its files; bytes.

python -m tests.bench.documents runs it alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board, open_board
from situasi.domain import settings
from situasi.reports.sitrep import build as sitrep_build
from situasi.reports.sitrep import files
from situasi.reports.sitrep import request as sitrep_request
from situasi.reports.sitrep.data import SitrepSources
from situasi.reports.sitrep.request import KINDS
from situasi.simulation.seed import seed_store
from tests.bench import made
from tests.bench.machine import described, spread

RUNS = 5
_CHIEF = Viewer("kapolres", ROLES["pimpinan"])
Found = TypeVar("Found")


def run(folder: Path) -> None:
    """Print for each kind the seconds of building it, and of each file of it, and its bytes."""
    asked = {**made.environment(folder), "SITUASI_REHEARSAL": "yes"}
    board = open_board(settings.load(asked), lambda: made.EVENING)
    seed_store(board, made.EVENING, lambda _told: None)
    print("\nLaporan, the full rehearsal day, 16 kecamatan")
    for kind in KINDS:
        _of(board, kind)
    board.close()


def _of(board: Board, kind: str) -> None:
    election, shown = board.register.election, board.snapshot_reader.refresh()
    noon = election.local_time(election.tps_closes)
    short, build = [], []
    for minute in range(RUNS):
        # Another minute each time: of one that was asked for nothing is found anew.
        moment = noon - timedelta(minutes=minute)
        of = sitrep_request.build_request(kind, moment, election)
        at = sitrep_request.choose_view_time(moment, of, made.EVENING, shown.snapshot.exercise_at)
        sources = SitrepSources(board, _CHIEF, shown, at, of)
        short.append(_timed(partial(sitrep_build.build_short_text, sources))[0])
        took, laporan = _timed(partial(sitrep_build.build_sitrep, sources))
        build.append(took)
    print(f"  {kind}: text {spread(short)}; whole {spread(build)}")
    for form in files.FORMATS:
        make = partial(files.build_file, laporan, form, election.folder)
        every = [_timed(make) for _ in range(RUNS)]
        size = len(every[-1][1]) / 1000
        print(f"    {form}: {spread([took for took, _ in every])}, {size:,.0f} KB")


def _timed(make: Callable[[], Found]) -> tuple[float, Found]:
    begun = time.perf_counter()
    found = make()
    return time.perf_counter() - begun, found


if __name__ == "__main__":
    print(described())
    with tempfile.TemporaryDirectory(prefix="situasi-bench-") as name:
        run(Path(name))
