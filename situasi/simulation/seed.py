"""The first opening: an empty store receives the public reports and the rehearsal day."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from situasi.board import Board
from situasi.ingest.pipeline import IngestResult, ingest_file
from situasi.ingest.write_scope import CorrectionRights, build_program_scope

ACTOR = "pembukaan"
SCOPE = build_program_scope(ACTOR, CorrectionRights.NOTHING)
SEED = 2024
JOB = "pembukaan"  # what one of several servers does alone
_MAX_WAIT_S = 300.0  # seconds that the others wait for it
_POLL_INTERVAL_S = 0.2


def seed_store(
    board: Board, now: datetime, on_message: Callable[[str], None]
) -> list[IngestResult]:
    """Fill the store once, where nobody has used it yet; what was brought in.

    Safe to break off and to repeat: what was begun is finished at the next opening, and
    a store that holds anything else is left alone. Of several servers that start at once one
    fills it; the others wait for that, and take over where that one dies.
    """
    if not _is_needed(board) or not _acquire_job(board, on_message) or not _is_needed(board):
        return []
    board.store.put_note("opening", "begun", now, ACTOR)
    ledgers = [_ingest(board, path, now) for path in _list_public_files(board)]
    if board.settings.has_rehearsal:
        on_message("LATIHAN: menyiapkan satu hari pemungutan suara buatan ...")
        ledgers += _seed_rehearsal_day(board, now)
    board.store.put_note("opening", "done", now, ACTOR)
    for ledger in ledgers:
        on_message(
            f"{Path(ledger.path).name}: {ledger.accepted} diterima, {ledger.quarantined} karantina"
        )
    return ledgers


def _is_needed(board: Board) -> bool:
    # In this order: whoever begins meanwhile is then seen to have begun.
    empty, notes = not board.store.version(), board.store.latest_notes()
    return notes.get("opening") != "done" and (empty or "opening" in notes)


def _acquire_job(board: Board, on_message: Callable[[str], None]) -> bool:
    """Whether this process is to fill the store; waits while another does it."""
    until = time.monotonic() + _MAX_WAIT_S
    told = False
    while not board.store.is_leader(JOB):
        if not _is_needed(board):
            return False
        if time.monotonic() > until:
            on_message(
                "Server lain belum selesai menyiapkan penyimpanan; papan dibuka tanpa menunggu."
            )
            return False
        if not told:
            on_message("Server lain sedang menyiapkan penyimpanan ini; menunggu ...")
            told = True
        time.sleep(_POLL_INTERVAL_S)
    return True


def _list_public_files(board: Board) -> list[Path]:
    """Public reports belong to one kabupaten; another election has its own folder or none."""
    return sorted(
        (board.settings.sample_folder / "public" / board.register.election.slug).glob("*.csv")
    )


def _seed_rehearsal_day(board: Board, now: datetime) -> list[IngestResult]:
    # Loaded once in the life of a store: a second start is to be soon.
    from situasi.simulation.generate import generate_day

    folder = board.settings.data_folder / "latihan"
    files = generate_day(board.register, board.boundaries, SEED, folder)
    ledgers = [_ingest(board, path, now) for path in files]
    end = _find_last_report_time(board)
    if end:
        board.store.put_note("exercise", {"at": end.isoformat()}, now, ACTOR)
    return ledgers


def _find_last_report_time(board: Board) -> datetime | None:
    """Where the clock of the rehearsal stands: at its last report."""
    frames = board.snapshot_reader.refresh().snapshot.frames.values()
    moments = [frame.loc[frame["latihan"], "known_at"].max() for frame in frames]
    known = [moment.to_pydatetime() for moment in moments if moment == moment]
    return max(known, default=None)


def _ingest(board: Board, path: Path, now: datetime) -> IngestResult:
    return ingest_file(path, board.store, board.ingest_context, SCOPE, now=now)
