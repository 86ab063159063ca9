"""The API of a command above: the roll-ups of its kabupaten, and no rows.

Rows of a kabupaten are read and sent at its own Polres, which keeps who may.
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
from situasi.server import metrics
from situasi.server.api import responses
from situasi.server.api.api_keys import Keyring
from situasi.server.api.caller import Caller, asked_here, owner_of, who
from situasi.server.api.limits import Limits, Rates, Workers
from situasi.server.api.problem_details import TITLES, Problem, Told
from situasi.server.auth import sessions
from situasi.store.rollups.queries import CriticalCase, Rollup

PATH = "/api/v1/rollups"
# Words of people stay on the page: they may name somebody.
_SPOKEN = frozenset({"uraian", "desa_text"})
_MAPS = ("reached", "open_tingkat", "jenis")
_TIMES = ("at", "received_at", "reported_at")
_PLAIN = ("version", "exercise", "rehearsal", "register", "everywhere")


class AboveApi:
    """An ASGI application, mounted at /api where a command above is served."""

    def __init__(self, clock: Callable[[], datetime], limits: Limits) -> None:
        self._clock, self._workers, self._rates = clock, Workers(limits), Rates(limits)
        self._ring: Keyring | None = None  # of the store that is opened when the server serves
        routes = [
            Route("/v1/openapi.json", self._description, methods=["GET"]),
            Route("/v1/rollups", self._rollups, methods=["GET"]),
        ]
        self._app = Told(Router(routes, redirect_slashes=False, default=_elsewhere))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _description(self, request: Request) -> Response:
        def work() -> Response:
            self._caller(request)
            return responses.json_response(document(_there().command.name))

        return await self._workers.run(owner_of(request.headers, self._keys()), work)

    async def _rollups(self, request: Request) -> Response:
        def work() -> Response:
            viewer = self._caller(request).viewer
            if viewer is None or not roles.may_open_higher_command(viewer):
                raise Problem(403, "Rekap hanya untuk akun satuan ini.")
            if request.query_params:
                raise Problem(422, "Alamat ini tidak mengenal saringan.")
            found = app.filter_overview(_there().rollup_cache.current_overview(), viewer.area)
            return responses.json_response(told(found))

        return await self._workers.run(owner_of(request.headers, self._keys()), work)

    async def metrics(self, request: Request) -> Response:
        """Figures for Prometheus: with a key, or for this machine while there are no accounts."""

        def work() -> Response:
            open_here = asked_here(request) and not sessions.has_accounts()
            if "authorization" in request.headers or not open_here:
                key = self._caller(request).key
                if key is None or not key.metrics:
                    raise Problem(403, "Metrik perlu kunci dengan hak metrik.")
            return Response(metrics.exposed(_no_board), media_type=metrics.MEDIA)

        return await self._workers.run(owner_of(request.headers, self._keys()), work)

    def _keys(self) -> Keyring:
        if self._ring is None:
            self._ring = Keyring(_there().store)
        return self._ring

    def _caller(self, request: Request) -> Caller:
        caller = who(request.headers, self._keys())
        self._rates.spend(caller.name)
        return caller


def told(found: HigherCommandOverview) -> dict[str, Any]:
    """The roll-ups as they are answered: what nobody told is null."""
    silent = {one.code for one in found.silent_members()}
    return {
        "command": found.command.name,
        "level": found.command.level,
        "checked_at": _time(found.checked_at),
        "trouble": found.trouble is not None,
        "latihan": any(one.rehearsal for one in found.rollups.values()),
        "kabupaten": [
            {
                "code": one.code,
                "name": one.name,
                "tps": one.tps,
                "dpt": one.dpt,
                "estimated": one.estimated,
                "silent": one.code in silent,
                "rollup": _rollup(found.rollups.get(one.code)),
            }
            for one in found.command.members
        ],
    }


def _rollup(one: Rollup | None) -> dict[str, Any] | None:
    if one is None:
        return None
    maps = {name: _plainly(getattr(one, name)) for name in _MAPS}
    return {
        **{name: getattr(one, name) for name in (*_PLAIN, *COUNTS)},
        **{name: _time(getattr(one, name)) for name in _TIMES},
        **maps,
        "serious": [_serious(case) for case in one.serious],
    }


def _serious(case: CriticalCase) -> dict[str, Any]:
    said = {one.name: getattr(case, one.name) for one in fields(case) if one.name not in _SPOKEN}
    return {name: _time(value) if isinstance(value, datetime) else value
            for name, value in said.items()}  # fmt: skip


def _plainly(counts: Any) -> dict[str, int] | None:
    """Of JSON a name is never null: what nobody weighed stands under the empty one."""
    return None if counts is None else {name or "": number for name, number in counts.items()}


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def document(name: str) -> dict[str, Any]:
    """OpenAPI 3.1 of what is answered here."""
    count = {"type": ["integer", "null"], "minimum": 0}
    time = {"type": ["string", "null"], "format": "date-time"}
    counts = {"type": ["object", "null"], "additionalProperties": {"type": "integer"}}
    rollup = {
        "type": ["object", "null"],
        "description": "Rekap kabupaten; null: belum ada laporan; angka null: belum diketahui.",
        "properties": {
            **_each(COUNTS, count),
            **_each(_TIMES, time),
            **_each(_MAPS, counts),
            "version": {"type": "integer"},
            **_each(("exercise", "rehearsal", "register"), {"type": "boolean"}),
            "everywhere": {"type": ["string", "null"]},
            "serious": {"type": "array", "items": {"type": "object"}},
        },
    }
    kabupaten = {
        "type": "object",
        "required": ["code", "name", "tps", "dpt", "estimated", "silent", "rollup"],
        "properties": {
            **_each(("code", "name"), {"type": "string"}),
            **_each(("tps", "dpt"), count),
            **_each(("estimated", "silent"), {"type": "boolean"}),
            "rollup": rollup,
        },
    }
    answer = {
        "type": "object",
        "required": ["command", "level", "checked_at", "trouble", "latihan", "kabupaten"],
        "properties": {
            **_each(("command", "level", "checked_at"), {"type": "string"}),
            **_each(("trouble", "latihan"), {"type": "boolean"}),
            "kabupaten": {"type": "array", "items": kabupaten},
        },
    }
    refused = {str(status): {"description": TITLES[status]} for status in (401, 403, 429, 503)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Situasi · {name}",
            "version": "1",
            "description": "Rekap semua kabupaten. Baris laporan ada pada papan tiap Polres.",
        },
        "servers": [{"url": "/"}],
        "paths": {
            PATH: {
                "get": {
                    "operationId": "rollups",
                    "summary": "Rekap setiap kabupaten, sekarang.",
                    "responses": {
                        "200": {
                            "description": "Rekap.",
                            "content": {"application/json": {"schema": answer}},
                        },
                        **refused,
                    },
                }
            }
        },
    }


def _each(names: Iterable[str], schema: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(names, schema)


async def _elsewhere(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem(
        404,
        f"Ini papan {_there().command.name}: di sini hanya rekap ({PATH}). Baris laporan dibaca"
        " dan dikirim pada papan Polres masing-masing.",
    )


def _there() -> HigherCommandApp:
    found = app.current_higher_command()
    assert found is not None, "asked where a command above is served"
    return found


def _no_board() -> Any:
    raise AssertionError("a command above has figures of its own")
