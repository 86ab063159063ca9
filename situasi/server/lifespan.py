"""From start to end of the server: open the board, or that of a command above, and close it."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from situasi import board as house
from situasi.actions.exercise_controller import ExerciseController
from situasi.board import Board, open_board
from situasi.common import atomic_files, background_jobs, telemetry
from situasi.common.background_jobs import Job
from situasi.common.disk_space import CHECK_INTERVAL_S, DISK_SPACE
from situasi.domain import settings
from situasi.domain.higher_command import is_higher_command
from situasi.domain.settings import Settings
from situasi.higher_command import app
from situasi.higher_command.app import HigherCommandApp, open_higher_command
from situasi.ingest.inbox import Inbox
from situasi.ingest.pipeline import IngestResult
from situasi.server import gc_tuning, health, logging_setup, startup_checks
from situasi.server.auth import sessions
from situasi.server.auth.sessions import SessionManager
from situasi.server.gc_tuning import COLLECT_EVERY_S, resume_gc
from situasi.server.nightly_backup import NightlyBackup
from situasi.server.wall.hourly_copies import HourlyCopies
from situasi.simulation.seed import seed_store
from situasi.store import replication
from situasi.store import url as store_url
from situasi.store.interface import Scope, StoreError
from situasi.store.replication import Replicator
from situasi.streamlit_patches import tcp_nodelay

# Without these a server is not ready.
_READINESS_JOBS = frozenset({"inbox", "lookout", "overseeing", "keeper"})
_REVIVE_EVERY_S = 5.0  # seconds between two looks at whether all jobs are alive
_log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the board before the first request is served."""
    tcp_nodelay.set_tcp_nodelay()  # finds nothing of what is held aside by the next
    resume_gc()
    try:
        opened = await asyncio.to_thread(_open_board)
        keeping = SessionManager(opened.store, opened.settings.auth, _now)
        await keeping.refresh()
    except (StoreError, OSError, KeyError, ValueError) as error:
        startup_checks.exit_with_error(error)
    sessions.set_current_manager(keeping)
    stop = threading.Event()
    tasks = [
        *keeping.jobs,
        Job("supervisor", background_jobs.restart_dead_jobs, _REVIVE_EVERY_S),
        Job("collector", gc_tuning.collect, COLLECT_EVERY_S),
        Job("disks", partial(asyncio.to_thread, DISK_SPACE.check), CHECK_INTERVAL_S),
    ]
    if isinstance(opened, Board):
        tasks += _build_tasks(opened)
        threads = _build_threads(opened)
    else:
        threads = [opened.build_refresh_job()]
    await asyncio.to_thread(DISK_SPACE.watch, _writable_folders(opened.settings))
    for job in tasks:
        job.start_task()
    for job in threads:
        job.start_thread(stop)
    health.set_readiness_jobs(*(job for job in (*tasks, *threads) if job.name in _READINESS_JOBS))
    house.tune_gc()
    try:
        yield {}
    finally:
        health.set_readiness_jobs()
        stop.set()
        for job in tasks:
            job.cancel()
        await keeping.close()
        for job in threads:
            await asyncio.to_thread(job.join, 10)
        opened.close()


def _build_tasks(board: Board) -> list[Job]:
    """What a Polres does in the loop of its server, beside its pages."""
    nightly = NightlyBackup(board, _now, telemetry.BACKUP)
    found = [nightly.job] if nightly.status.is_enabled else []
    return [*found, HourlyCopies(board, _now).job] if board.settings.has_hourly_copies else found


def _build_threads(board: Board) -> list[Job]:
    """What a Polres does in threads, beside its pages."""
    found = [
        Inbox(
            board.settings.inbox_folder,
            board.store,
            board.ingest_context,
            _now,
            _count_ingest,
            telemetry.INBOX,
        ).job,
        board.refresher.job,
    ]
    if board.settings.has_rehearsal:
        found.append(ExerciseController(board, _now).job)
    if board.settings.upstream_url is not None:
        found.append(_build_replicator(board, board.settings.upstream_url).job)
    return found


def _writable_folders(app_settings: Settings) -> dict[str, Path]:
    """The folders that the board writes to, by what is written there."""
    store = store_url.parse_url(app_settings.store_url)
    own = store.get_backend_name() == "sqlite" and store.database
    return {
        "store": Path(store.database).parent
        if own and store.database
        else app_settings.data_folder,
        "inbox": app_settings.inbox_folder,
        "copies": app_settings.data_folder,
        "backup": app_settings.backup_folder,
        "upload": Path(tempfile.gettempdir()),
    }


def _open_board() -> Board | HigherCommandApp:
    asked = settings.load()
    logging_setup.set_up(asked.log_format, sys.stderr)
    for folder in (
        asked.data_folder,
        asked.data_folder / "salinan",
        asked.data_folder / "laporan",
        asked.backup_folder,
    ):
        atomic_files.remove_leftovers(folder)
    if is_higher_command(asked.election_folder):
        above = open_higher_command(asked, _now)
        found = above.rollup_cache.current_overview()
        told = {"members": len(found.command.members), "reporting": len(found.rollups)}
        _log.info("command opened", extra=told)
        app.set_higher_command(above)
        return above
    board = open_board(asked, _now)
    seed_store(board, _now(), _log.info)
    snapshot = board.snapshot_reader.refresh().snapshot
    rows = sum(map(len, snapshot.frames.values()))
    _log.info("board opened", extra={"version": snapshot.version, "rows": rows})
    house.set_board(board)
    return board


def _build_replicator(board: Board, url: str) -> Replicator:
    """What sends rows up, where somebody said whereto."""
    election = board.register.election
    scope = Scope(election.contest, election.kabupaten_code)
    return Replicator(
        board.store,
        replication.target_opener(url, scope),
        _now,
        telemetry.UPSTREAM,
        leader_job="kirim",
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _count_ingest(result: IngestResult) -> None:
    telemetry.record_ingest("inbox", result.feed or "unknown", result.as_json())
