"""The ASGI application at /api: its routes, with every failure as a problem."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from situasi.board import Board, current_board
from situasi.common import metrics as common_metrics
from situasi.domain.feed_schemas import FEEDS
from situasi.higher_command import app as higher_command_app
from situasi.server import metrics_endpoint
from situasi.server.api import responses
from situasi.server.api.api_keys import WRITABLE
from situasi.server.api.caller import is_local_request
from situasi.server.api.delivery import ApiDelivery
from situasi.server.api.higher_command import HigherCommandApi
from situasi.server.api.limits import Limits, Slots, WorkerPool, read_body
from situasi.server.api.problem_details import Problem, ProblemMiddleware
from situasi.server.api.service import ApiService, ApiServices
from situasi.server.auth import sessions

RequestWork = Callable[[ApiService], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def _now() -> datetime:
    return datetime.now(UTC)


class Api:
    """The application, mounted at /api; passes on to HigherCommandApi where that is served."""

    def __init__(
        self,
        board: Callable[[], Board] = current_board,
        clock: Callable[[], datetime] = _now,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._services = ApiServices(board, clock, self._limits)
        self._read_workers, self._write_workers = WorkerPool(self._limits), WorkerPool(self._limits)
        self._body_slots = Slots(self._limits.max_bodies, self._limits.max_bodies_per_caller)
        routes = [
            Route("/v1/openapi.json", self._serve_openapi, methods=["GET"]),
            Route("/v1/situation", self._serve_situation, methods=["GET"]),
        ]
        for feed in FEEDS:
            # One route for both methods, so that a 405 names both.
            methods = ["GET", "POST"] if feed in WRITABLE else ["GET"]
            routes.append(Route(f"/v1/{feed}", self._build_feed_endpoint(feed), methods=methods))
        self._app = ProblemMiddleware(Router(routes, redirect_slashes=False, default=_not_found))
        self._higher_command_api = HigherCommandApi(clock, self._limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_polres = higher_command_app.current_higher_command() is None
        app = self._app if is_polres else self._higher_command_api
        await app(scope, receive, send)

    async def metrics(self, request: Request) -> Response:
        """Return Prometheus metrics: with a key, or locally while there are no accounts."""
        if higher_command_app.current_higher_command() is not None:
            return await self._higher_command_api.metrics(request)

        def work(service: ApiService) -> Response:
            # A given key is always checked: the middleware let the request pass because of it.
            is_open = is_local_request(request) and not sessions.has_accounts()
            if "authorization" in request.headers or not is_open:
                key = service.authenticate(request.headers).key
                if key is None or not key.metrics:
                    raise Problem(403, "Metrik perlu kunci dengan hak metrik.")
            return Response(
                metrics_endpoint.format_metrics(lambda: service.board),
                media_type=metrics_endpoint.MEDIA_TYPE,
            )

        return await self._run_read(request, work)

    async def _serve_openapi(self, request: Request) -> Response:
        def work(service: ApiService) -> Response:
            service.authenticate(request.headers)
            return responses.json_response(service.build_openapi())

        return await self._run_read(request, work)

    async def _serve_situation(self, request: Request) -> Response:
        def work(service: ApiService) -> Response:
            viewer = service.authenticate(request.headers).require_reader()
            return service.get_situation(viewer, request.query_params, _known_etag(request))

        return await self._run_read(request, work)

    def _build_feed_endpoint(self, feed: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if request.method == "POST":
                return await self._receive_delivery(feed, request)
            return await self._run_read(request, functools.partial(_read_rows, feed, request))

        return endpoint

    async def _run_read(self, request: Request, work: RequestWork) -> Response:
        owner = self._services.current().queue_owner(request.headers)
        return await self._read_workers.run(owner, lambda: work(self._services.current()))

    async def _receive_delivery(self, feed: str, request: Request) -> Response:
        service = self._services.current()
        # Before the body: an unknown caller must not make us hold four megabytes.
        owner = service.queue_owner(request.headers)
        caller = await self._read_workers.run(owner, lambda: service.authenticate(request.headers))
        service.check_may_write(caller, feed)
        if request.query_params:
            raise Problem(422, "Alamat ini tidak mengenal saringan untuk kiriman.")
        headers = request.headers
        content_type, idempotency_key = (
            headers.get("content-type", ""),
            headers.get("idempotency-key"),
        )
        with self._body_slots.acquire(owner):
            body = await read_body(request, self._limits)
            started = time.perf_counter()
            incoming = ApiDelivery(feed, content_type, body, idempotency_key)
            result = await self._write_workers.run(
                owner, lambda: service.ingest_delivery(caller, incoming)
            )
        common_metrics.record_ingest("api", feed, result, time.perf_counter() - started)
        return responses.json_response(result)


def _read_rows(feed: str, request: Request, service: ApiService) -> Response:
    viewer = service.authenticate(request.headers).require_reader()
    accept = request.headers.get("accept", "*/*")
    return service.get_rows(viewer, feed, request.query_params, accept, _known_etag(request))


def _known_etag(request: Request) -> str | None:
    """Return the ETag of the response that the reader has already."""
    return request.headers.get("if-none-match")


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem(404, "Alamat ini tidak ada; lihat /api/v1/openapi.json.")
