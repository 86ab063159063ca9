"""Two hundred open pages: how soon each is refreshed while reports come in, and the memory."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from situasi.board import Board, open_board
from situasi.domain import settings
from situasi.domain.settings import ROOT
from situasi.ingest.pipeline import ingest_rows
from tests.bench import made
from tests.bench.machine import megabytes, processor
from tests.bench.server import served
from tests.bench.viewer import Viewer
from tests.builders import unbounded

VIEWERS = 200
EVERY = 5.0
SECONDS = 60.0
# Seconds between two reports: at the last every refresh draws the whole page.
QUIET, BUSY, PEAK = 60.0, 15.0, 5.0


def run(folder: Path) -> None:
    """Print what viewers of the rehearsal day wait for, as pages that are left open ask."""
    print(f"\n{VIEWERS} open pages of Situasi, each refreshed every {EVERY:.0f} s, rehearsal day")
    asked = {**made.environment(folder), "SITUASI_REHEARSAL": "yes"}
    with served(ROOT / "dashboard.py", asked) as (port, pid):
        board = open_board(settings.load(asked), lambda: made.EVENING)
        pages = [Viewer(port, "situasi") for _ in range(VIEWERS)]
        with ThreadPoolExecutor(VIEWERS) as pool:
            for at in range(0, VIEWERS, 10):  # they come one after another, as people do
                list(pool.map(Viewer.run, pages[at : at + 10]))
            for pause in (QUIET, BUSY, PEAK):
                _tell(pool, pages, board, pause, pid)
        for page in pages:
            page.close()
        board.close()
        held = megabytes(pid)
    if held:
        print(f"  memory of the server {held[0]:,.0f} MB, at most {held[1]:,.0f} MB")


def _tell(
    pool: ThreadPoolExecutor, pages: list[Viewer], board: Board, pause: float, pid: int
) -> None:
    over, used, before = threading.Event(), time.monotonic(), processor(pid)
    bringing = threading.Thread(target=_bring, args=(board, pause, over))
    bringing.start()
    begins = time.monotonic() + 1
    waits = sorted(
        wait
        for some in pool.map(
            lambda one: _watch(one[1], begins + EVERY * one[0] / VIEWERS), enumerate(pages)
        )
        for wait in some
    )
    over.set()
    bringing.join()
    busy = (processor(pid) - before) / (time.monotonic() - used)
    middle, late = (waits[len(waits) * share // 100] * 1e3 for share in (50, 95))
    print(
        f"  {f'a report every {pause:.0f} s':<26}{len(waits):,} refreshes, none failed: "
        f"p50 {middle:,.0f} ms, p95 {late:,.0f}, worst {waits[-1] * 1e3:,.0f}; "
        f"{busy:.0%} of a processor"
    )


def _watch(page: Viewer, begins: float) -> list[float]:
    """Seconds that each refresh took from the moment when it was due; any that fails raises."""
    waits = []
    for turn in range(int(SECONDS / EVERY)):
        due = begins + turn * EVERY
        time.sleep(max(0.0, due - time.monotonic()))
        page.beat()
        waits.append(time.monotonic() - due)
    return waits


def _bring(board: Board, pause: float, over: threading.Event) -> None:
    while not over.wait(pause):
        name = f"ramai {time.time_ns()}"
        row = {"id": name, "waktu": "27/11/2024 21.00", "kecamatan": "Kandis", "jenis": "banjir",
               "uraian": name, "latihan": "ya"}  # fmt: skip
        ledger = ingest_rows(
            [row],
            "bench",
            board.store,
            board.ingest_context,
            unbounded("bench"),
            feed="incidents",
            now=made.EVENING,
        )
        assert ledger.accepted == 1, ledger
