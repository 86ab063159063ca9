"""Lifespan of the server: opens and closes the board or the command above, and its jobs."""

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

from situasi import board as board_module
from situasi.actions.exercise_controller import ExerciseController
from situasi.board import Board, open_board
from situasi.common import atomic_files, background_jobs, metrics
from situasi.common.background_jobs import Job
from situasi.common.disk_space import CHECK_INTERVAL_S, DISK_SPACE
from situasi.domain import settings
from situasi.domain.higher_command import is_higher_command
from situasi.domain.settings import Settings
from situasi.higher_command import app
from situasi.higher_command.app import HigherCommandApp, open_higher_command
from situasi.ingest.inbox import Inbox
from situasi.ingest.pipeline import IngestResult
from situasi.ingest.remapping import kept_sheets
from situasi.server import connection_limits, gc_tuning, health, logging_setup, startup_checks
from situasi.server.auth import login, sessions
from situasi.server.auth.sessions import SessionManager
from situasi.server.frontend import routes
from situasi.server.gc_tuning import COLLECT_EVERY_S, resume_gc
from situasi.server.nightly_backup import NightlyBackup
from situasi.server.wall.hourly_copies import HourlyCopies
from situasi.simulation.seed import seed_store
from situasi.store import open_store
from situasi.store import url as store_url
from situasi.store.model import Scope, StoreError
from situasi.store.replication import Replicator

# The server is ready only while these jobs are well.
_READINESS_JOBS = frozenset({"inbox", "refresher", "rollups", "sessions"})
_REVIVE_EVERY_S = 5.0  # seconds between two checks that all jobs are alive
_log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the board before the first request is served; close it at the end."""
    resume_gc()
    try:
        opened, _packed = await asyncio.gather(
            asyncio.to_thread(_open_board), asyncio.to_thread(routes.pack_first_page)
        )
        manager = SessionManager(opened.store, opened.settings.auth, _now)
        await manager.refresh()
    except (StoreError, OSError, KeyError, ValueError) as error:
        startup_checks.exit_with_error(error)
    sessions.set_current_manager(manager)
    login.login_throttle.delay_step_s = opened.settings.auth.login_delay_s
    connection_limits.TABLE.timeouts = opened.settings.connection_timeouts
    stop = threading.Event()
    tasks = [
        *manager.jobs,
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
    board_module.tune_gc()
    try:
        yield {}
    finally:
        health.set_readiness_jobs()
        stop.set()
        for job in tasks:
            job.cancel()
        await manager.close()
        for job in threads:
            await asyncio.to_thread(job.join, 10)
        opened.close()


def _build_tasks(board: Board) -> list[Job]:
    """Return the jobs of a Polres that run in the event loop."""
    nightly = NightlyBackup(board, _now, metrics.BACKUP)
    jobs = [nightly.job] if nightly.status.is_enabled else []
    return [*jobs, HourlyCopies(board, _now).job] if board.settings.has_hourly_copies else jobs


def _build_threads(board: Board) -> list[Job]:
    """Return the jobs of a Polres that run in threads."""
    conf = board.settings
    inbox = Inbox(
        conf.inbox_folder, board.store, board.ingest_context, _now, _count_ingest, metrics.INBOX
    )
    jobs = [inbox.job, board.refresher.job]
    if conf.has_rehearsal:
        jobs.append(ExerciseController(board, _now).job)
    if conf.upstream_url is not None:
        jobs.append(_build_replicator(board, conf.upstream_url).job)
    return jobs


def _writable_folders(app_settings: Settings) -> dict[str, Path]:
    """Return the folders that the board writes to, by what is written there."""
    url = store_url.parse_url(app_settings.store_url)
    database = url.database if url.get_backend_name() == "sqlite" else None
    return {
        "store": Path(database).parent if database else app_settings.data_folder,
        "inbox": app_settings.inbox_folder,
        "copies": app_settings.data_folder,
        "backup": app_settings.backup_folder,
        "upload": Path(tempfile.gettempdir()),
    }


def _open_board() -> Board | HigherCommandApp:
    app_settings = settings.load()
    logging_setup.set_up(app_settings.log_format, sys.stderr)
    data_folder = app_settings.data_folder
    names = ("salinan", "laporan", kept_sheets.FOLDER)
    own_folders = (*(data_folder / name for name in names), app_settings.backup_folder)
    for folder in (data_folder, *own_folders):
        atomic_files.remove_leftovers(folder)
    if is_higher_command(app_settings.election_folder):
        headquarters = open_higher_command(app_settings, _now)
        overview = headquarters.rollup_cache.current_overview()
        extra = {"members": len(overview.command.members), "reporting": len(overview.rollups)}
        _log.info("command opened", extra=extra)
        app.set_higher_command(headquarters)
        return headquarters
    board = open_board(app_settings, _now)
    seed_store(board, _now(), _log.info)
    snapshot = board.snapshot_reader.refresh().snapshot
    rows = sum(map(len, snapshot.frames.values()))
    _log.info("board opened", extra={"version": snapshot.version, "rows": rows})
    board_module.set_board(board)
    return board


def _build_replicator(board: Board, url: str) -> Replicator:
    """Return the job that sends rows to the upstream store."""
    election = board.register.election
    scope = Scope(election.contest, election.kabupaten_code)
    opener = partial(open_store, url, scope)
    return Replicator(board.store, opener, _now, metrics.UPSTREAM, leader_job="kirim")


def _now() -> datetime:
    return datetime.now(UTC)


def _count_ingest(result: IngestResult) -> None:
    metrics.record_ingest("inbox", result.feed or "unknown", result.as_json())
