"""Asked by tests.forks: take in all that lies in an inbox; what came of it, and the memory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from situasi.board import open_board, tune_gc
from situasi.ingest.inbox import LONG_SETTLE_TIME, Inbox
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from tests.builders import unbounded
from tests.builders_files import csv_file, report
from tests.conftest import NOON, settings_in
from tests.ingest.readers.measure import peak_megabytes


def measure(folder: Path) -> dict[str, Any]:
    now = [NOON]
    board = open_board(settings_in(folder), lambda: now[0])
    tune_gc()
    # A small file first: what the first delivery loads is no cost of a large one.
    first = csv_file(folder / "pertama.csv", report(id="K-0"))
    ingest_file(IngestRequest(first, board.store, board.ingest_context, unbounded("uji"), now=NOON))
    before = peak_megabytes()
    told: dict[str, str | int] = {}

    def tell(ledger: IngestResult) -> None:
        told[Path(ledger.path).name] = ledger.refused or ledger.accepted

    inbox = Inbox(
        board.settings.inbox_folder, board.store, board.ingest_context, lambda: now[0], tell
    )
    for _ in range(3):
        inbox.sweep()
        now[0] += LONG_SETTLE_TIME + timedelta(seconds=1)
    left = [path.name for path in inbox.folder.iterdir() if path.is_file()]
    stored = len(board.store.batches())
    board.close()
    peak = peak_megabytes()
    return {"before": before, "peak": peak, "told": told, "left": left, "stored": stored}
