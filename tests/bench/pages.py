"""Every page at the full rehearsal day: seconds and bytes of a script run on the server."""

from __future__ import annotations

from pathlib import Path

from situasi import settings
from situasi.board import open_board
from situasi.roles import SCREENS
from situasi.settings import ROOT
from tests.bench import made
from tests.bench.machine import spread
from tests.bench.server import serving
from tests.bench.viewer import Run, Viewer

RUNS = 10
VERSIONS = 5


def run(folder: Path) -> None:
    """Print, page by page, a run that finds nothing new, and one that finds a new version."""
    asked = {**made.environment(folder), "SITUASI_REHEARSAL": "yes"}
    print("\nEvery page, the full rehearsal day")
    with serving(ROOT / "dashboard.py", asked) as port:
        board = open_board(settings.load(asked), lambda: made.EVENING)
        rows = sum(map(len, board.live.picture().snapshot.frames.values()))
        print(f"  {rows:,} rows, {len(board.register.tps)} TPS")
        for name in SCREENS:
            page = Viewer(port, name)
            page.run()
            still = [page.run() for _ in range(RUNS)]
            fresh = []
            for turn in range(VERSIONS):
                board.store.note("bench", turn, made.EVENING, "bench")
                fresh.append(page.run())
            page.close()
            _tell(name, still, fresh)
        board.close()


def _tell(name: str, still: list[Run], fresh: list[Run]) -> None:
    size = max(one.size for one in still) / 1024
    print(
        f"  {name:<14}{spread([one.seconds for one in still])}, {size:,.0f} KB; "
        f"new version {spread([one.seconds for one in fresh])}"
    )
