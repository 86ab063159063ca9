"""The API of a command above: the roll-ups of its kabupaten, and no rows.

Rows of a kabupaten are read and sent at its own Polres, which knows who may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from situasi.access import roles
from situasi.higher_command import app
from situasi.higher_command.app import HigherCommandApp
from situasi.higher_command.rollup_cache import COUNTS, HigherCommandOverview
from situasi.higher_command.rollups.model import CriticalCase, Rollup
from situasi.server import metrics_endpoint
from situasi.server.api import responses
from situasi.server.api.api_keys import Keyring
from situasi.server.api.caller import Caller, authenticate, is_local_request, queue_owner
from situasi.server.api.limits import Limits, RateLimiter, WorkerPool
from situasi.server.api.problem_details import TITLES, Problem, ProblemMiddleware
from situasi.server.auth import sessions

ROLLUPS_PATH = "/api/v1/rollups"
# Free text stays on the page: it may name somebody.
_FREE_TEXT_FIELDS = frozenset({"uraian", "desa_text"})
_COUNT_FIELDS = ("reached", "open_tingkat", "jenis")
_TIME_FIELDS = ("at", "received_at", "reported_at")
_PLAIN_FIELDS = ("version", "exercise", "rehearsal", "register", "kabupaten_state")
# Keys that clients know since the first version, where a field has another name.
_PUBLISHED_KEYS = {
    "turnout_heads": "rated",
    "turnout_dpt": "dpt_told",
    "critical_open": "serious_open",
    "kabupaten_state": "everywhere",
}


class HigherCommandApi:
    """The ASGI application at /api of a command above."""

    def __init__(self, clock: Callable[[], datetime], limits: Limits) -> None:
        self._clock = clock
        self._workers, self._rate_limiter = WorkerPool(limits), RateLimiter(limits)
        self._keyring: Keyring | None = None  # set late: the store is opened when the server starts
        routes = [
            Route("/v1/openapi.json", self._serve_openapi, methods=["GET"]),
            Route("/v1/rollups", self._serve_rollups, methods=["GET"]),
        ]
        self._app = ProblemMiddleware(Router(routes, redirect_slashes=False, default=_not_found))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _serve_openapi(self, request: Request) -> Response:
        def work() -> Response:
            self._authenticate(request)
            return responses.json_response(build_openapi(_current_headquarters().command.name))

        return await self._workers.run(queue_owner(request.headers, self._get_keyring()), work)

    async def _serve_rollups(self, request: Request) -> Response:
        def work() -> Response:
            viewer = self._authenticate(request).viewer
            if viewer is None or not roles.may_open_higher_command(viewer):
                raise Problem(403, "Rekap hanya untuk akun satuan ini.")
            if request.query_params:
                raise Problem(422, "Alamat ini tidak mengenal saringan.")
            overview = app.filter_overview(
                _current_headquarters().rollup_cache.current_overview(), viewer.area
            )
            return responses.json_response(build_rollups(overview))

        return await self._workers.run(queue_owner(request.headers, self._get_keyring()), work)

    async def metrics(self, request: Request) -> Response:
        """Return Prometheus metrics: with a key, or locally while there are no accounts."""

        def work() -> Response:
            is_open = is_local_request(request) and not sessions.has_accounts()
            if "authorization" in request.headers or not is_open:
                key = self._authenticate(request).key
                if key is None or not key.metrics:
                    raise Problem(403, "Metrik perlu kunci dengan hak metrik.")
            return Response(
                metrics_endpoint.format_metrics(_no_board), media_type=metrics_endpoint.MEDIA_TYPE
            )

        return await self._workers.run(queue_owner(request.headers, self._get_keyring()), work)

    def _get_keyring(self) -> Keyring:
        if self._keyring is None:
            self._keyring = Keyring(_current_headquarters().store)
        return self._keyring

    def _authenticate(self, request: Request) -> Caller:
        caller = authenticate(request.headers, self._get_keyring())
        self._rate_limiter.consume(caller.name)
        return caller


def build_rollups(overview: HigherCommandOverview) -> dict[str, Any]:
    """Return the roll-ups as JSON; an unknown value is null."""
    silent = {member.code for member in overview.silent_members()}
    return {
        "command": overview.command.name,
        "level": overview.command.level,
        "checked_at": _format_time(overview.checked_at),
        "trouble": overview.trouble is not None,
        "latihan": any(member.rehearsal for member in overview.rollups.values()),
        "kabupaten": [
            {
                "code": member.code,
                "name": member.name,
                "tps": member.tps,
                "dpt": member.dpt,
                "estimated": member.estimated,
                "silent": member.code in silent,
                "rollup": _build_rollup(overview.rollups.get(member.code)),
            }
            for member in overview.command.members
        ],
    }


def _build_rollup(rollup: Rollup | None) -> dict[str, Any] | None:
    if rollup is None:
        return None
    counts = {name: _build_counts(getattr(rollup, name)) for name in _COUNT_FIELDS}
    return {
        **{_key(name): getattr(rollup, name) for name in (*_PLAIN_FIELDS, *COUNTS)},
        **{name: _format_time(getattr(rollup, name)) for name in _TIME_FIELDS},
        **counts,
        "serious": [_build_critical_case(case) for case in rollup.critical_cases],
    }


def _key(field_name: str) -> str:
    """Return the key of a field in the JSON of this API."""
    return _PUBLISHED_KEYS.get(field_name, field_name)


def _build_critical_case(case: CriticalCase) -> dict[str, Any]:
    values = {
        field.name: getattr(case, field.name)
        for field in fields(case)
        if field.name not in _FREE_TEXT_FIELDS
    }
    return {name: _format_time(value) if isinstance(value, datetime) else value
            for name, value in values.items()}  # fmt: skip


def _build_counts(counts: Any) -> dict[str, int] | None:
    """Return counts by name; JSON keys cannot be null, so "" stands for unstated."""
    return None if counts is None else {name or "": number for name, number in counts.items()}


def _format_time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def build_openapi(name: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of this API."""
    count = {"type": ["integer", "null"], "minimum": 0}
    time = {"type": ["string", "null"], "format": "date-time"}
    counts = {"type": ["object", "null"], "additionalProperties": {"type": "integer"}}
    rollup = {
        "type": ["object", "null"],
        "description": "Rekap kabupaten; null: belum ada laporan; angka null: belum diketahui.",
        "properties": {
            **_same_schema(map(_key, COUNTS), count),
            **_same_schema(_TIME_FIELDS, time),
            **_same_schema(_COUNT_FIELDS, counts),
            "version": {"type": "integer"},
            **_same_schema(("exercise", "rehearsal", "register"), {"type": "boolean"}),
            "everywhere": {"type": ["string", "null"]},
            "serious": {"type": "array", "items": {"type": "object"}},
        },
    }
    kabupaten = {
        "type": "object",
        "required": ["code", "name", "tps", "dpt", "estimated", "silent", "rollup"],
        "properties": {
            **_same_schema(("code", "name"), {"type": "string"}),
            **_same_schema(("tps", "dpt"), count),
            **_same_schema(("estimated", "silent"), {"type": "boolean"}),
            "rollup": rollup,
        },
    }
    response = {
        "type": "object",
        "required": ["command", "level", "checked_at", "trouble", "latihan", "kabupaten"],
        "properties": {
            **_same_schema(("command", "level", "checked_at"), {"type": "string"}),
            **_same_schema(("trouble", "latihan"), {"type": "boolean"}),
            "kabupaten": {"type": "array", "items": kabupaten},
        },
    }
    problems = {str(status): {"description": TITLES[status]} for status in (401, 403, 429, 503)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Situasi · {name}",
            "version": "1",
            "description": "Rekap semua kabupaten. Baris laporan ada pada papan tiap Polres.",
        },
        "servers": [{"url": "/"}],
        "paths": {
            ROLLUPS_PATH: {
                "get": {
                    "operationId": "rollups",
                    "summary": "Rekap setiap kabupaten, sekarang.",
                    "responses": {
                        "200": {
                            "description": "Rekap.",
                            "content": {"application/json": {"schema": response}},
                        },
                        **problems,
                    },
                }
            }
        },
    }


def _same_schema(names: Iterable[str], schema: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(names, schema)


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem(
        404,
        f"Ini papan {_current_headquarters().command.name}: di sini hanya rekap ({ROLLUPS_PATH})."
        " Baris laporan dibaca dan dikirim pada papan Polres masing-masing.",
    )


def _current_headquarters() -> HigherCommandApp:
    headquarters = app.current_higher_command()
    assert headquarters is not None, "asked where a command above is served"
    return headquarters


def _no_board() -> Any:
    raise AssertionError("a command above has figures of its own")
