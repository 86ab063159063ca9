"""Background jobs: one bad turn never ends one; health, metrics and Kesehatan tell of it."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from starlette.requests import Request

from pages.system_health import jobs
from situasi.actions.exercise_controller import ExerciseController
from situasi.board import Board, set_board
from situasi.common import background_jobs
from situasi.common.background_jobs import IDLE, Job
from situasi.common.disk_space import DISK_SPACE
from situasi.common.metrics import JobStatus
from situasi.domain.settings import ROOT
from situasi.higher_command.app import BoardPool, HigherCommandApp
from situasi.higher_command.rollup_cache import RollupCache
from situasi.ingest.inbox import Inbox
from situasi.reports.sitrep.schedule import Schedule, parse_interval
from situasi.server import gc_tuning, health, lifespan
from situasi.server.auth import sessions
from situasi.server.auth.sessions import SessionManager
from situasi.server.metrics_endpoint import format_metrics
from situasi.server.nightly_backup import NightlyBackup
from situasi.server.wall.hourly_copies import HourlyCopies
from situasi.server.wall.service import WallService
from situasi.store import open_store, replication
from situasi.store.audit import audit_writer
from situasi.store.audit.audit_writer import AuditOutbox, AuditWriter
from situasi.store.engines import postgres_signals
from situasi.store.engines.postgres_signals import ChangeListener
from situasi.store.model import Scope, StoreError
from tests.conftest import NOON
from tests.product_code import in_one_worker, parse_product

ASKED = Request({"type": "http", "headers": []})
# Where threads, tasks and timers may be begun by name: the runner, and these.
MAY_BEGIN = {
    "situasi/common/background_jobs.py": {"Thread", "create_task"},
    # One whose answer is awaited.
    "situasi/server/fair_workers.py": {"ensure_future"},
    "situasi/server/wall/state_pool.py": {"ensure_future"},
    # A timer for one parked session; one that begins the next before it does anything.
    "situasi/server/parked_sessions.py": {"call_later"},
    "situasi/server/protocol_setup.py": {"call_later"},
}
BEGINS = {"Thread", "Timer", "create_task", "ensure_future", "start_new_thread", "call_later",
          "call_at", "run_coroutine_threadsafe", "Process"}  # fmt: skip


class Bug(Exception):
    """An unexpected error."""


def until(is_so: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def no_jobs_left() -> Iterator[None]:
    """Those of other tests do not count here, nor ours there."""
    before = background_jobs._running[:]
    background_jobs._running.clear()
    yield
    background_jobs._running[:] = before
    health.set_readiness_jobs()


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@in_one_worker
def test_every_thread_and_task_is_begun_by_the_runner() -> None:
    begun: dict[str, set[str]] = {}
    start = ROOT / "dashboard.py"
    trees = {**parse_product(), start: ast.parse(start.read_text("utf-8"))}
    for file, tree in trees.items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call):
                named = (
                    call.func.attr
                    if isinstance(call.func, ast.Attribute)
                    else getattr(call.func, "id", "")
                )
                if named in BEGINS:
                    begun.setdefault(file.relative_to(ROOT).as_posix(), set()).add(named)
    assert begun == MAY_BEGIN


def audit_job(board: Board) -> Job:
    return AuditWriter(AuditOutbox(board.store, lambda: NOON))._job


def upstream_job(board: Board) -> Job:
    def opened() -> Any:
        return open_store(f"sqlite:///{board.settings.data_folder / 'atas.db'}")

    return replication.Replicator(board.store, opened, lambda: NOON, JobStatus()).job


def rollups_job(board: Board) -> Job:
    class Above:
        rollup_cache = RollupCache.__new__(RollupCache)
        board_pool = BoardPool.__new__(BoardPool)
        _refresh = HigherCommandApp._refresh

    Above.board_pool._pool, Above.board_pool._lock = {}, threading.Lock()
    Above.board_pool._clock = time.monotonic
    return HigherCommandApp.build_refresh_job(Above())  # type: ignore[arg-type]


def changes_job(board: Board) -> Job:
    news = ChangeListener(sa.make_url("postgresql+psycopg://x@127.0.0.1:1/x"), Scope("a", "16.10"))
    news._stop.set()  # so that a turn that goes well ends at once
    return news._job


# Every job: how it is made, and what one of its turns asks first.
JOBS: dict[str, tuple[Callable[[Board], Job], str]] = {
    "inbox": (
        lambda b: (
            Inbox(
                b.settings.inbox_folder, b.store, b.ingest_context, lambda: NOON, lambda _: None
            ).job
        ),
        "situasi.ingest.inbox.Inbox.sweep",
    ),
    "refresher": (lambda b: b.refresher.job, "situasi.live.snapshot.SnapshotReader.refresh"),
    "drill": (
        lambda b: ExerciseController(b, lambda: NOON).job,
        "situasi.actions.exercise_controller.ExerciseController.pending_messages",
    ),
    "upstream": (upstream_job, "situasi.store.replication.Replicator._replicate"),
    "audit": (audit_job, "situasi.store.audit.audit_writer.AuditOutbox.flush"),
    "sessions": (
        lambda b: SessionManager(b.store, b.settings.auth, lambda: NOON).jobs[0],
        "situasi.server.auth.session_records.load_access_records",
    ),
    "session-writes": (
        lambda b: SessionManager(b.store, b.settings.auth, lambda: NOON).jobs[1],
        "situasi.server.auth.sessions.SessionManager._write_pending",
    ),
    "copies": (
        lambda b: HourlyCopies(b, lambda: NOON).job,
        "situasi.server.wall.hourly_copies.HourlyCopies._local_now",
    ),
    "nightly": (
        lambda b: NightlyBackup(b, lambda: NOON, JobStatus()).job,
        "situasi.server.nightly_backup.NightlyBackup._make_backup",
    ),
    "wall": (lambda b: WallService(b)._job, "situasi.server.wall.service.WallService._refresh_now"),
    "supervisor": (
        lambda _: Job("supervisor", background_jobs.restart_dead_jobs),
        "situasi.common.background_jobs.list_jobs",
    ),
    "rollups": (
        rollups_job,
        "situasi.higher_command.rollup_cache.RollupCache.current_overview",
    ),
    "changes": (changes_job, "situasi.store.engines.postgres_signals.build_conninfo"),
    "collector": (
        lambda _: Job("collector", lambda: gc_tuning.collect()),
        "situasi.server.gc_tuning.collect",
    ),
    "disks": (
        lambda _: Job("disks", lambda: DISK_SPACE.check()),
        "situasi.common.disk_space.DiskSpace.check",
    ),
}


@in_one_worker
def test_every_job_that_the_code_names_is_tried_here_and_has_words_on_kesehatan() -> None:
    named = set()
    for tree in parse_product().values():
        for call in ast.walk(tree):
            if (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Job"
                    and isinstance(call.args[0], ast.Constant)):  # fmt: skip
                named.add(call.args[0].value)
    assert named == JOBS.keys()
    assert named == jobs._JOB_NAMES.keys()


def broken_once(monkeypatch: pytest.MonkeyPatch, target: str, error: BaseException) -> list[int]:
    """Have this raise the first time; how often it was called.

    A job that an earlier test left running calls it too, and must not take the error.
    """
    calls: list[int] = []
    earlier = {*threading.enumerate()} - {threading.current_thread()}
    owner_name, _, name = target.rpartition(".")
    module, _, kind = owner_name.rpartition(".")
    owner = getattr(__import__(module, fromlist=[kind]), kind)
    really = getattr(owner, name)

    def wrapped(*given: Any, **more: Any) -> Any:
        if threading.current_thread() not in earlier:
            calls.append(1)
            if len(calls) == 1:
                raise error
        return really(*given, **more)

    monkeypatch.setattr(owner, name, wrapped)
    return calls


@pytest.mark.parametrize("error", [Bug("tak terduga"), SystemExit(1), MemoryError()], ids=repr)
@pytest.mark.parametrize("name", JOBS)
def test_a_job_goes_on_after_one_bad_turn_and_tells_of_it(
    name: str, error: BaseException, board: Board, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    job = JOBS[name][0](board)
    if name == "nightly":
        job._work.__self__._not_before = NOON  # type: ignore[attr-defined]
    background_jobs._register(job)
    if name == "rollups":
        monkeypatch.setattr(RollupCache, "current_overview", lambda _self: None)
    if name == "changes":
        monkeypatch.setattr(postgres_signals, "build_conninfo", lambda _url: "")
        monkeypatch.setattr(
            postgres_signals.psycopg, "connect", lambda *_, **__: nullcontext(Mock())
        )
    monkeypatch.setattr(audit_writer, "_IDLE_S", 0.0)  # nobody gives these two anything to write
    monkeypatch.setattr(sessions, "_RETRY_WRITE_S", 0.0)
    broken_once(monkeypatch, JOBS[name][1], error)
    failed = background_jobs.count_failures().get(name, 0)

    async def turns() -> None:
        job._task = asyncio.current_task()  # alive, as it is taken by hand here
        await job.run_once_async()
        assert job.failures == 1
        assert job.error_text and type(error).__name__ in job.error_text
        ready = json.loads(bytes(health.ready(ASKED).body))["jobs"][name]
        assert (ready["failures"], ready["since_success_seconds"]) == (1, None)
        assert ready["since_failure_seconds"] >= 0
        if name == "nightly":  # it is tried again a quarter of an hour later
            job._work.__self__._not_before = NOON  # type: ignore[attr-defined]
        await job.run_once_async()

    set_board(board)
    asyncio.run(turns())
    assert job.failures == 0 and job.error_text is None
    assert background_jobs.count_failures()[name] == failed + 1
    told = [r for r in caplog.records if r.message == "job failed" and vars(r)["job"] == name]
    assert told and told[0].exc_info
    board.audit_log.close()


@pytest.mark.parametrize("error", [Bug, SystemExit, MemoryError])
def test_a_thread_goes_on_turn_after_turn_with_growing_pauses(
    stop: threading.Event, error: type[BaseException]
) -> None:
    turns: list[float] = []

    def turn() -> None:
        turns.append(job.next_pause_s())
        if len(turns) < 6:
            raise error

    job = Job("coba", turn, 0.0, retry_s=0.01, max_retry_s=0.04)
    job.start_thread(stop)
    until(lambda: len(turns) > 8, "it ended")
    assert turns[:7] == [0.0, 0.01, 0.02, 0.04, 0.04, 0.04, 0.0]
    assert job.is_alive and job.failures == 0


def test_a_task_goes_on_and_what_it_waited_for_may_be_cancelled_without_ending_it() -> None:
    turns: list[int] = []

    async def turn() -> None:
        turns.append(1)
        if len(turns) == 1:
            raise Bug
        if len(turns) == 2:
            raise asyncio.CancelledError  # of something inside

    async def life() -> None:
        job = Job("coba", turn, 0.0, retry_s=0.001, max_retry_s=0.001)
        task = job.start_task()
        while len(turns) < 4:
            await asyncio.sleep(0.001)
        assert job.failures == 0 and background_jobs.list_jobs() == [job]
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert background_jobs.list_jobs() == []

    asyncio.run(life())


def test_a_turn_without_work_says_nothing_of_how_it_goes() -> None:
    made: list[object] = [Bug("gagal"), IDLE, None]

    def turn() -> object:
        one = made.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    job = Job("coba", turn)
    job.run_once()
    job.run_once()
    assert job.failures == 1 and job.since_success_s is None
    job.run_once()
    assert job.failures == 0 and job.since_success_s is not None


def test_a_pause_that_cannot_be_told_is_that_after_a_failure() -> None:
    def pause() -> float:
        raise Bug

    assert Job("coba", lambda: None, pause, retry_s=7.0).next_pause_s() == 7.0


def test_the_same_failure_is_not_told_for_ever_and_another_one_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors: list[Exception] = [*[OSError("disk")] * 70, Bug("lain"), OSError("disk")]

    def turn() -> None:
        raise errors.pop(0)

    job = Job("coba", turn)
    while errors:
        job.run_once()
    told = [(vars(r)["failures"], r.levelname) for r in caplog.records]
    assert told == [(1, "WARNING"), (8, "WARNING"), (64, "WARNING"), (71, "ERROR"), (72, "WARNING")]


@pytest.mark.parametrize("error", [Bug, OSError])
def test_nothing_that_logging_does_ends_a_job(
    monkeypatch: pytest.MonkeyPatch, stop: threading.Event, error: type[Exception]
) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    turns: list[int] = []

    def turn() -> None:
        turns.append(1)
        raise error

    for name in ("warning", "error", "info"):
        monkeypatch.setattr(logging.Logger, name, no_memory)
    job = Job("coba", turn, 0.0, retry_s=0.001, max_retry_s=0.001)
    job.start_thread(stop)
    until(lambda: len(turns) > 5, "it ended")
    assert job.is_alive and not job.is_healthy and job.error_text


def killed(job: Job) -> None:
    """End its thread between two turns, where it holds no lock: as nothing of ours would."""
    thread = job._thread
    assert thread is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "next_pause_s", Mock(side_effect=SystemExit))
        thread.join(60)
    assert not thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_is_dead_is_told_and_started_again(
    board: Board, stop: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[int] = []
    job = Job("inbox", lambda: turns.append(1), 0.0)
    job.start_thread(stop)
    set_board(board)
    health.set_readiness_jobs(job)
    assert health.ready(ASKED).status_code == 200
    killed(job)
    answer = health.ready(ASKED)
    said = json.loads(bytes(answer.body))
    assert (answer.status_code, said["inbox"], said["jobs"]["inbox"]["alive"]) == (
        503,
        False,
        False,
    )
    assert 'situasi_job_alive{job="inbox"} 0.0' in format_metrics(lambda: board).decode()
    assert jobs.build_card().is_alarm
    assert "berhenti" in str(jobs.build_table().to_file_frame()["keadaan"].tolist())
    assert background_jobs.restart_dead_jobs() == ["inbox"]
    before = len(turns)
    until(lambda: len(turns) > before, "not begun again")
    assert health.ready(ASKED).status_code == 200 and job.restarts == 1
    assert any("started anew" in record.message for record in caplog.records)
    assert background_jobs.restart_dead_jobs() == []


def test_a_job_that_was_stopped_is_not_started_again(stop: threading.Event) -> None:
    ended: list[int] = []
    job = Job("coba", lambda: None, 0.0, on_stop=lambda: ended.append(1))
    job.start_thread(stop)
    stop.set()
    job.join(60)
    assert ended == [1]
    assert (
        background_jobs.list_jobs() == []
        and background_jobs.restart_dead_jobs() == []
        and not job.restart_if_dead()
    )


def test_a_server_whose_job_fails_again_and_again_is_not_ready(board: Board) -> None:
    state = {"well": False}

    def turn() -> None:
        if not state["well"]:
            raise StoreError("Penyimpanan sibuk.")

    async def life() -> list[int]:
        job = Job("sessions", turn, 3600.0, expected_errors=(StoreError,))
        job.start_task()
        health.set_readiness_jobs(job)
        found = []
        for _ in range(background_jobs.FAILING_AFTER):
            found.append(health.ready(ASKED).status_code)
            await job.run_once_async()
        found.append(health.ready(ASKED).status_code)
        state["well"] = True
        await job.run_once_async()
        found.append(health.ready(ASKED).status_code)
        job.cancel()
        return found

    set_board(board)
    assert asyncio.run(life()) == [200] * background_jobs.FAILING_AFTER + [503, 200]


def test_metrics_and_kesehatan_tell_of_every_job(board: Board) -> None:
    job = Job("upstream", lambda: 1 / 0)
    background_jobs._register(job)
    job.run_once()
    job.run_once()
    said = format_metrics(lambda: board).decode()
    assert 'situasi_job_failing{job="upstream"} 2.0' in said
    assert (
        'situasi_job_failures_total{job="upstream"} '
        f"{float(background_jobs.count_failures()['upstream'])}" in said
    )
    assert 'situasi_job_since_success_seconds{job="upstream"}' in said
    file = jobs.build_table().to_file_frame()
    assert file["pekerjaan"].tolist() == ["mengalirkan baris ke atas"]
    assert "ZeroDivisionError" in file["sebab"].iloc[0]
    assert jobs.build_card().is_alarm


def test_what_is_done_once_in_a_thread_of_its_own_tells_what_went_wrong(
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = background_jobs.count_failures().get("sekali", 0)
    background_jobs.run_in_background("sekali", lambda: 1 / 0)
    until(lambda: background_jobs.count_failures().get("sekali", 0) > before, "not counted")
    until(lambda: "job failed" in caplog.text, "not told")


def test_an_entry_that_can_never_be_written_holds_up_no_other_of_the_trail(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = AuditOutbox(board.store, lambda: NOON)
    outbox.put("saw", "wati", {"page": "situasi"})
    outbox.put("saw", "budi", {"page": {"himpunan"}})  # a set is no JSON
    outbox.put("saw", "tini", {"page": "situasi"})
    outbox.flush()
    found = board.store.audit_entries()
    assert found["actor"].tolist() == ["wati", "budi", "tini"]
    assert "unwritable" in found["detail"].iloc[1]
    assert board.store.verify() == []
    assert any(vars(record).get("fault") for record in caplog.records)


def test_laporan_go_on_after_an_error_that_nobody_expected() -> None:
    told: list[str] = []
    made: list[int] = []
    clock = [NOON]

    def make(due: object) -> str:
        made.append(1)
        if len(made) == 1:
            raise Bug("tak terduga")
        return "dibuat"

    plan = Schedule(
        parse_interval("2h"), lambda: clock[0], make, told.append, expected_errors=(OSError,)
    )
    turns = iter([False, True])

    def wait(_seconds: float) -> bool:
        clock[0] = NOON.replace(minute=5)
        return next(turns)

    plan.run(wait)
    assert "kesalahan tak terduga (Bug)" in told[0] and told[1] == "dibuat"


def test_the_server_begins_all_of_them_as_jobs(board: Board) -> None:
    names = {job.name for job in [*lifespan._build_threads(board), *lifespan._build_tasks(board)]}
    assert names == {"inbox", "refresher", "copies", "nightly"}
