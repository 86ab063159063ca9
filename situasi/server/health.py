"""Health: whether the process answers, and whether it can do its work."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse

from situasi.board import current as board

# The lifespan sets it: the thread that takes in what is dropped into the inbox.
_inbox: threading.Thread | None = None


def watch(inbox: threading.Thread | None) -> None:
    """Ask this thread too whether it lives; None: there is none to ask."""
    global _inbox
    _inbox = inbox


def health(_request: Request) -> JSONResponse:
    """Whether the store can be read, and at which version."""
    picture = board().live.picture()
    return JSONResponse(
        {"ok": picture.trouble is None, "version": picture.snapshot.version},
        status_code=200 if picture.trouble is None else 503,
    )


async def live(_request: Request) -> JSONResponse:
    """The process answers. Asks nothing, so that a slow disk is no reason to restart it."""
    return JSONResponse({"ok": True})


def ready(_request: Request) -> JSONResponse:
    """The store can be read and the inbox is looked at; how old the picture is."""
    picture = board().live.picture()
    age = max(0.0, (datetime.now(UTC) - picture.checked_at).total_seconds())
    checks = {
        "store": picture.trouble is None,
        "inbox": _inbox is not None and _inbox.is_alive(),
    }
    said = {**checks, "version": picture.snapshot.version, "snapshot_age_seconds": round(age, 1)}
    ok = all(checks.values())
    return JSONResponse({"ok": ok, **said}, status_code=200 if ok else 503)
