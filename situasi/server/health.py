"""Health: whether the process answers, and whether it can do its work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from situasi.board import current_board as board
from situasi.common import background_jobs, telemetry
from situasi.common.background_jobs import Job
from situasi.common.disk_space import DISK_SPACE
from situasi.higher_command import app

# The lifespan sets them: the jobs that take in what is dropped into the inbox, that look at what
# is new, and at who may come in.
_readiness_jobs: tuple[Job, ...] = ()


def set_readiness_jobs(*jobs: Job) -> None:
    """Call a server ready only while these jobs are well."""
    global _watched
    _readiness_jobs = jobs


def health(_request: Request) -> JSONResponse:
    """Whether the store can be read, and at which version."""
    trouble, version, _checked_at = _store_status()
    return JSONResponse(
        {"ok": trouble is None, "version": version}, status_code=200 if trouble is None else 503
    )


def _store_status() -> tuple[str | None, int, datetime]:
    """Why the store cannot be read, its version, and when it was last read; of a command above
    its roll-ups, and the sum of their versions.
    """
    above = app.current_higher_command()
    if above is None:
        picture = board().refresher.current_view()
        return picture.trouble, picture.snapshot.version, picture.checked_at
    found = above.rollup_cache.current_overview()
    return found.trouble, sum(one.version for one in found.rollups.values()), found.checked_at


async def live(_request: Request) -> JSONResponse:
    """The process answers. Asks nothing, so that a slow disk is no reason to restart it."""
    return JSONResponse({"ok": True})


def ready(_request: Request) -> JSONResponse:
    """The store can be read, inbox and store are looked at, the disk is not full; how old the
    picture is.
    """
    trouble, version, checked_at = _store_status()
    age = max(0.0, (datetime.now(UTC) - checked_at).total_seconds())
    space = DISK_SPACE.state
    checks = {
        "store": trouble is None,
        "disk": space.level != "full",
        **{job.name: job.is_healthy for job in _readiness_jobs},
    }
    said: dict[str, Any] = {
        **checks,
        "version": version,
        "snapshot_age_seconds": round(age, 1),
    }
    if space.least_free_bytes is not None:
        said["disk_free_bytes"] = space.least_free_bytes
    said |= _descriptor_counts() | _job_ages(datetime.now(UTC)) | _register_summary()
    if app.current_higher_command() is None:
        said["inbox_files"] = telemetry.INBOX.counts()
    said["jobs"] = {job.name: _job_summary(job) for job in background_jobs.list_jobs()}
    ok = all(checks.values()) and bool(_readiness_jobs)
    return JSONResponse({"ok": ok, **said}, status_code=200 if ok else 503)


def _descriptor_counts() -> dict[str, int]:
    """How many descriptors are open and how many there may be: told where the machine tells."""
    found = telemetry.count_descriptors()
    return {} if found is None else {"descriptors": found[0], "descriptors_limit": found[1]}


def _job_summary(job: Job) -> dict[str, Any]:
    """How a background job fares. What went wrong stands in the log and on Kesehatan alone."""
    success, failure = job.since_success_s, job.since_failure_s
    return {
        "alive": job.is_alive,
        "failures": job.failures,
        "since_success_seconds": None if success is None else round(success, 1),
        "since_failure_seconds": None if failure is None else round(failure, 1),
    }


def _register_summary() -> dict[str, int]:
    """How many numbers of the register do not add up: told, but no reason to be unready."""
    if app.current_higher_command() is not None:
        return {}
    found = len(board().register.mismatches)
    return {"register_mismatches": found} if found else {}


def _job_ages(now: datetime) -> dict[str, float | int | None]:
    """How old the last backup is, and what waits to flow up: told, but no reason to be unready."""
    found: dict[str, float | int | None] = {}
    if telemetry.BACKUP.is_responsible:
        found["backup_age_seconds"] = telemetry.BACKUP.age_s(now)
    if telemetry.UPSTREAM.is_responsible:
        found["upstream_age_seconds"] = telemetry.UPSTREAM.age_s(now)
        found["upstream_waiting"] = telemetry.UPSTREAM.pending_rows
    return found
