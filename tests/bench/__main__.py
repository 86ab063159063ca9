"""`make bench`: every figure of docs/performance.md, in a folder that is gone afterwards.

`python -m tests.bench outlook` measures that alone (names: ALONE).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import (
    alerts,
    alike,
    api,
    crowd,
    deliveries,
    documents,
    first,
    flood,
    history,
    hot,
    ingest,
    judgements,
    live,
    made,
    moves,
    outlook,
    outlook_levels,
    outlook_real,
    page,
    pages,
    polda,
    soak,
    sources,
    start,
    wall,
)
from tests.bench.machine import described

MANY, FEW = 100_000, 2_000
# What needs no board, by the name it is asked for.
ALONE = {
    "alerts": alerts.run,
    "alike": alike.run,
    "deliveries": deliveries.run,
    "first": first.run,
    "flood": flood.run,
    "hot": hot.run,
    "judgements": judgements.run,
    "moves": moves.run,
    "outlook": outlook.run,
    "outlook_levels": outlook_levels.run,
    "outlook_real": outlook_real.run,
    "polda": polda.run,
    "sources": sources.run,
}


def main(asked: list[str]) -> None:
    print(described())
    if asked:
        for name in asked:
            ALONE[name]()
        return
    with tempfile.TemporaryDirectory(prefix="situasi-bench-") as name:
        folder = Path(name)
        many = made.file(folder / "many.csv", MANY)
        few = made.file(folder / "few.csv", FEW)
        book = made.file(folder / "many.xlsx", MANY)
        print(f"\nIngest of {MANY:,} incident rows")
        ingest.run(many, book, folder / "stores")
        page.run(few, folder / "board-few", FEW)
        page.run(many, folder / "board-many", MANY)
        api.run(folder / "board-few", FEW)
        api.run(folder / "board-many", MANY)
        pages.run(folder / "rehearsal")
        live.run(folder / "live")
        history.run(folder)
        crowd.run(folder / "crowd")
        wall.run(folder / "wall")
        documents.run(folder / "documents")
        start.run(folder, folder / "board-many")
        soak.run(folder / "soak")
    for run in ALONE.values():
        run()


if __name__ == "__main__":
    main(sys.argv[1:])
