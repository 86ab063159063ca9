"""First start: an empty store receives the public reports and the rehearsal day."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from situasi.board import Board
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.write_scope import CorrectionRights, build_program_scope

ACTOR = "pembukaan"
SCOPE = build_program_scope(ACTOR, CorrectionRights.NOTHING)
SEED = 2024
JOB = "pembukaan"  # the job that only one of several servers does
_MAX_WAIT_S = 300.0  # seconds that the other servers wait for it
_POLL_INTERVAL_S = 0.2


def seed_store(
    board: Board, now: datetime, on_message: Callable[[str], None]
) -> list[IngestResult]:
    """Fill the store once, if nobody has used it yet; return the results of the ingest.

    An unfinished run is completed at the next start; a store with other content is left alone. Of
    servers that start at once one fills the store; the others wait, and take over if it dies.
    """
    if not _is_needed(board) or not _acquire_job(board, on_message) or not _is_needed(board):
        return []
    board.store.put_note("opening", "begun", now, ACTOR)
    results = [_ingest(board, path, now) for path in _list_public_files(board)]
    if board.settings.has_rehearsal:
        on_message("LATIHAN: menyiapkan satu hari pemungutan suara buatan ...")
        results += _seed_rehearsal_day(board, now)
    board.store.put_note("opening", "done", now, ACTOR)
    for result in results:
        name = Path(result.path).name
        on_message(f"{name}: {result.accepted} diterima, {result.quarantined} karantina")
    return results


def _is_needed(board: Board) -> bool:
    # In this order: a server that begins in between is then seen to have begun.
    is_empty, notes = not board.store.version(), board.store.latest_notes()
    return notes.get("opening") != "done" and (is_empty or "opening" in notes)


def _acquire_job(board: Board, on_message: Callable[[str], None]) -> bool:
    """Return whether this process must fill the store; wait while another does it."""
    deadline_s = time.monotonic() + _MAX_WAIT_S
    is_announced = False
    while not board.store.is_leader(JOB):
        if not _is_needed(board):
            return False
        if time.monotonic() > deadline_s:
            on_message(
                "Server lain belum selesai menyiapkan penyimpanan; papan dibuka tanpa menunggu."
            )
            return False
        if not is_announced:
            on_message("Server lain sedang menyiapkan penyimpanan ini; menunggu ...")
            is_announced = True
        time.sleep(_POLL_INTERVAL_S)
    return True


def _list_public_files(board: Board) -> list[Path]:
    """List public reports; they belong to one kabupaten, so other elections may have none."""
    return sorted(
        (board.settings.sample_folder / "public" / board.register.election.slug).glob("*.csv")
    )


def _seed_rehearsal_day(board: Board, now: datetime) -> list[IngestResult]:
    # Imported here because it is needed once in the life of a store: later starts stay fast.
    from situasi.simulation.generate import generate_day

    folder = board.settings.data_folder / "latihan"
    files = generate_day(board.register, board.boundaries, SEED, folder)
    results = [_ingest(board, path, now) for path in files]
    end = _find_last_report_time(board)
    if end:
        board.store.put_note("exercise", {"at": end.isoformat()}, now, ACTOR)
    return results


def _find_last_report_time(board: Board) -> datetime | None:
    """Find the last report: the exercise clock stands there."""
    frames = board.snapshot_reader.refresh().snapshot.frames.values()
    moments = [frame.loc[frame["latihan"], "known_at"].max() for frame in frames]
    times = [moment.to_pydatetime() for moment in moments if moment == moment]
    return max(times, default=None)


def _ingest(board: Board, path: Path, now: datetime) -> IngestResult:
    return ingest_file(IngestRequest(path, board.store, board.ingest_context, SCOPE, now=now))
