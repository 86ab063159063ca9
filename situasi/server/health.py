"""Health checks: whether the process answers, and whether it can do its work."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from situasi.board import current_board as board
from situasi.common import background_jobs, metrics
from situasi.common.background_jobs import Job
from situasi.common.disk_space import DISK_SPACE
from situasi.higher_command import app

# Set by the lifespan: the jobs that read the inbox, new data and access data.
_readiness_jobs: tuple[Job, ...] = ()


def set_readiness_jobs(*jobs: Job) -> None:
    """Set the jobs that must be well for the server to be ready."""
    global _readiness_jobs
    _readiness_jobs = jobs


def health(_request: Request) -> JSONResponse:
    """Return whether the store can be read, and its version."""
    trouble, version, _checked_at = _store_status()
    status = 200 if trouble is None else 503
    return JSONResponse({"ok": trouble is None, "version": version}, status_code=status)


def _store_status() -> tuple[str | None, int, datetime]:
    """Return why the store cannot be read (or None), its version, and when it was last read.

    For a command above the version is the sum of its roll-ups' versions.
    """
    hq = app.current_higher_command()
    if hq is None:
        view = board().refresher.current_view()
        return view.trouble, view.snapshot.version, view.checked_at
    data = hq.rollup_cache.current_overview()
    return (data.trouble, sum(rollup.version for rollup in data.rollups.values()), data.checked_at)


async def live(_request: Request) -> JSONResponse:
    """Return that the process answers; checks nothing, as a slow disk is no reason to restart."""
    return JSONResponse({"ok": True})


def ready(_request: Request) -> JSONResponse:
    """Return whether store, jobs and disk are well, and how old the snapshot is."""
    trouble, version, checked_at = _store_status()
    age = max(0.0, (datetime.now(UTC) - checked_at).total_seconds())
    space = DISK_SPACE.state
    checks = {
        "store": trouble is None,
        "disk": space.level != "full",
        **{job.name: job.is_healthy for job in _readiness_jobs},
    }
    result: dict[str, Any] = {**checks, "version": version, "snapshot_age_seconds": round(age, 1)}
    if space.least_free_bytes is not None:
        result["disk_free_bytes"] = space.least_free_bytes
    descriptors = metrics.count_descriptors()
    if descriptors is not None:
        result["descriptors"], result["descriptors_limit"] = descriptors
    result |= _job_ages(datetime.now(UTC))
    if app.current_higher_command() is None:
        # Figures of the register that do not add up do not affect readiness.
        if mismatches := board().register.mismatches:
            result["register_mismatches"] = len(mismatches)
        result["inbox_files"] = metrics.INBOX.counts()
    result["jobs"] = {job.name: _job_summary(job) for job in background_jobs.list_jobs()}
    ok = all(checks.values()) and bool(_readiness_jobs)
    return JSONResponse({"ok": ok, **result}, status_code=200 if ok else 503)


def _job_summary(job: Job) -> dict[str, Any]:
    """Return the state of a job; its errors are only in the log and on the page Kesehatan."""
    success, failure = job.since_success_s, job.since_failure_s
    return {
        "alive": job.is_alive,
        "failures": job.failures,
        "since_success_seconds": None if success is None else round(success, 1),
        "since_failure_seconds": None if failure is None else round(failure, 1),
    }


def _job_ages(now: datetime) -> dict[str, float | int | None]:
    """Return the age of backup and replication, and rows waiting; does not affect readiness."""
    ages: dict[str, float | int | None] = {}
    if metrics.BACKUP.is_responsible:
        ages["backup_age_seconds"] = metrics.BACKUP.age_s(now)
    if metrics.UPSTREAM.is_responsible:
        ages["upstream_age_seconds"] = metrics.UPSTREAM.age_s(now)
        ages["upstream_waiting"] = metrics.UPSTREAM.pending_rows
    return ages
