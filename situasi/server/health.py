"""Health: whether the process answers, and whether it can do its work."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from situasi import pulse
from situasi.board import current as board

# The lifespan sets them: the threads that take in what is dropped into the inbox, and that look
# at what is new.
_threads: tuple[threading.Thread, ...] = ()


def watch(*threads: threading.Thread) -> None:
    """Ask these threads too whether they live."""
    global _threads
    _threads = threads


def health(_request: Request) -> JSONResponse:
    """Whether the store can be read, and at which version."""
    picture = board().lookout.picture()
    return JSONResponse(
        {"ok": picture.trouble is None, "version": picture.snapshot.version},
        status_code=200 if picture.trouble is None else 503,
    )


async def live(_request: Request) -> JSONResponse:
    """The process answers. Asks nothing, so that a slow disk is no reason to restart it."""
    return JSONResponse({"ok": True})


def ready(_request: Request) -> JSONResponse:
    """The store can be read, inbox and store are looked at; how old the picture is."""
    picture = board().lookout.picture()
    age = max(0.0, (datetime.now(UTC) - picture.checked_at).total_seconds())
    checks = {
        "store": picture.trouble is None,
        **{thread.name: thread.is_alive() for thread in _threads},
    }
    said: dict[str, Any] = {
        **checks,
        "version": picture.snapshot.version,
        "snapshot_age_seconds": round(age, 1),
    }
    said |= _errands(datetime.now(UTC))
    ok = all(checks.values()) and bool(_threads)
    return JSONResponse({"ok": ok, **said}, status_code=200 if ok else 503)


def _errands(now: datetime) -> dict[str, float | int | None]:
    """How old the last backup is, and what waits to flow up: told, but no reason to be unready."""
    found: dict[str, float | int | None] = {}
    if pulse.BACKUP.ours:
        found["backup_age_seconds"] = pulse.BACKUP.age(now)
    if pulse.UPSTREAM.ours:
        found["upstream_age_seconds"] = pulse.UPSTREAM.age(now)
        found["upstream_waiting"] = pulse.UPSTREAM.waiting
    return found
