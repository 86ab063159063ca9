"""Replay of a rehearsal: each row is ingested at the time when it was reported."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.ingest.write_scope import CorrectionRights, build_program_scope
from situasi.simulation.playback import find_start_time, load_script, select_due_rows

ACTOR = "latihan"
SCOPE = build_program_scope(ACTOR, CorrectionRights.NOTHING)


def replay(
    board: Board,
    folder: Path,
    *,
    speed: float,
    clock: Callable[[], datetime],
    start: datetime | None = None,
    wait: Callable[[float], None] = time.sleep,
    on_progress: Callable[[datetime, int], None] = lambda _at, _rows: None,
) -> int:
    """Replay the feed files of a folder into the store; return how many rows were new.

    speed: seconds of the exercise per second. start: replay from here on (default: the first report
    of the busiest day); earlier rows come at once. The exercise clock is kept in the store, so that
    every dashboard shows it. Raises ValueError without rows to replay.
    """
    script = load_script(folder)
    if not script:
        raise ValueError(f"{folder}: tidak ada berkas latihan yang dapat diputar")
    before: datetime | None = None
    at, end = start or find_start_time(script), script[-1].reported_time
    accepted = 0
    while True:
        rows = select_due_rows(script, before, at)
        accepted += sum(
            _ingest_due_rows(board, feed, part, at, clock()) for feed, part in rows.items()
        )
        board.store.put_note("exercise", {"at": at.isoformat()}, clock(), ACTOR)
        on_progress(at, accepted)
        if at >= end:
            return accepted
        wait(1)
        before, at = at, min(at + timedelta(seconds=speed), end)


def _ingest_due_rows(
    board: Board, feed: str, rows: list[dict[str, str]], at: datetime, now: datetime
) -> int:
    source = f"latihan {at:%H.%M.%S}"
    ledger = ingest_rows(rows, source, board.store, board.ingest_context, SCOPE, feed=feed, now=now)
    return ledger.accepted
