"""The application under /api: its routes, and every failure told as a problem."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from situasi.board import Board
from situasi.board import current_board as board
from situasi.common import telemetry
from situasi.domain.feed_schemas import FEEDS
from situasi.higher_command import app as higher_command_app
from situasi.server import metrics
from situasi.server.api import responses
from situasi.server.api.api_keys import WRITABLE
from situasi.server.api.caller import asked_here
from situasi.server.api.delivery import Parcel
from situasi.server.api.higher_command import AboveApi
from situasi.server.api.limits import Limits, Places, Workers, body_of
from situasi.server.api.problem_details import Problem, Told
from situasi.server.api.service import Desk, Desks
from situasi.server.auth import sessions

Work = Callable[[Desk], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def _now() -> datetime:
    return datetime.now(UTC)


class Api:
    """An ASGI application, mounted at /api."""

    def __init__(
        self,
        board: Callable[[], Board] = board,
        clock: Callable[[], datetime] = _now,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._desks = Desks(board, clock, self._limits)
        self._readers, self._takers = Workers(self._limits), Workers(self._limits)
        self._bodies = Places(self._limits.bodies, self._limits.own_bodies)
        routes = [
            Route("/v1/openapi.json", self._description, methods=["GET"]),
            Route("/v1/situation", self._situation, methods=["GET"]),
        ]
        for feed in FEEDS:
            # One route for both methods: another method is then told which there are.
            methods = ["GET", "POST"] if feed in WRITABLE else ["GET"]
            routes.append(Route(f"/v1/{feed}", self._feed(feed), methods=methods))
        self._app = Told(Router(routes, redirect_slashes=False, default=_nothing_here))
        self._above = AboveApi(clock, self._limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if higher_command_app.current_higher_command() is None else self._above
        await app(scope, receive, send)

    async def metrics(self, request: Request) -> Response:
        """Figures for Prometheus: with a key, or for this machine while there are no accounts."""
        if higher_command_app.current_higher_command() is not None:
            return await self._above.metrics(request)

        def work(desk: Desk) -> Response:
            # A key that is shown is always looked at: the gate let it pass for that alone.
            open_here = asked_here(request) and not sessions.has_accounts()
            if "authorization" in request.headers or not open_here:
                key = desk.caller(request.headers).key
                if key is None or not key.metrics:
                    raise Problem(403, "Metrik perlu kunci dengan hak metrik.")
            return Response(metrics.exposed(lambda: desk.board), media_type=metrics.MEDIA)

        return await self._read(request, work)

    async def _description(self, request: Request) -> Response:
        def work(desk: Desk) -> Response:
            desk.caller(request.headers)
            return responses.json_response(desk.description())

        return await self._read(request, work)

    async def _situation(self, request: Request) -> Response:
        def work(desk: Desk) -> Response:
            viewer = desk.caller(request.headers).reader()
            return desk.situation(viewer, request.query_params, _held(request))

        return await self._read(request, work)

    def _feed(self, feed: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if request.method == "POST":
                return await self._take(feed, request)
            return await self._read(request, functools.partial(_rows, feed, request))

        return endpoint

    async def _read(self, request: Request, work: Work) -> Response:
        owner = self._desks.current().owner(request.headers)
        return await self._readers.run(owner, lambda: work(self._desks.current()))

    async def _take(self, feed: str, request: Request) -> Response:
        desk = self._desks.current()
        # Before the body: a stranger may not make us hold four megabytes.
        owner = desk.owner(request.headers)
        caller = await self._readers.run(owner, lambda: desk.caller(request.headers))
        desk.writer(caller, feed)
        if request.query_params:
            raise Problem(422, "Alamat ini tidak mengenal saringan untuk kiriman.")
        headers = request.headers
        kind, again = headers.get("content-type", ""), headers.get("idempotency-key")
        with self._bodies.one(owner):
            body = await body_of(request, self._limits)
            started = time.perf_counter()
            parcel = Parcel(feed, kind, body, again)
            ledger = await self._takers.run(owner, lambda: desk.take(caller, parcel))
        telemetry.record_ingest("api", feed, ledger, time.perf_counter() - started)
        return responses.json_response(ledger)


def _rows(feed: str, request: Request, desk: Desk) -> Response:
    viewer = desk.caller(request.headers).reader()
    accept = request.headers.get("accept", "*/*")
    return desk.rows(viewer, feed, request.query_params, accept, _held(request))


def _held(request: Request) -> str | None:
    """The tag of the answer that the reader has already."""
    return request.headers.get("if-none-match")


async def _nothing_here(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem(404, "Alamat ini tidak ada; lihat /api/v1/openapi.json.")
