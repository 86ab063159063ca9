"""Run as a program: ingest one file into a new store; print time and peak memory."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from situasi.board import tune_gc
from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.bench import made
from tests.bench.machine import peak_megabytes
from tests.builders import unbounded


def main(source: Path, folder: Path) -> None:
    board = made.board(folder)
    tune_gc()  # as the command line and the server do
    started, spent = time.perf_counter(), time.process_time()
    ledger = ingest_file(
        IngestRequest(
            source, board.store, board.ingest_context, unbounded("bench"), now=made.EVENING
        )
    )
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    assert ledger.read == ledger.accepted + ledger.duplicate + ledger.quarantined
    board.close()
    peak = peak_megabytes()
    print(json.dumps({"rows": ledger.read, "seconds": seconds, "cpu": processor, "peak": peak}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
