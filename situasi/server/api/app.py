"""The ASGI application at /api: its routes, with every failure as a problem."""

import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from situasi.board import Board, current_board
from situasi.common import metrics as common_metrics
from situasi.domain.feed_schemas import FEEDS
from situasi.higher_command import app as higher_command_app
from situasi.server import metrics_endpoint
from situasi.server.api import credentials, files, higher_command, messages, responses
from situasi.server.api.api_keys import WRITABLE
from situasi.server.api.caller import Caller, is_local_request
from situasi.server.api.delivery import ApiDelivery
from situasi.server.api.file_delivery import receive_file
from situasi.server.api.limits import Limits, Slots, WorkerPool, read_body
from situasi.server.api.messages import MessageDelivery
from situasi.server.api.problem_details import Problem, ProblemMiddleware
from situasi.server.api.service import ApiService, ApiServices
from situasi.server.auth import sessions

# Called with the service of the board, or of the command above.
RequestWork = Callable[[Any], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def _now() -> datetime:
    return datetime.now(UTC)


class Api:
    """The application, mounted at /api: that of the board, or of the command above."""

    def __init__(
        self,
        board: Callable[[], Board] = current_board,
        clock: Callable[[], datetime] = _now,
        limits: Limits | None = None,
    ) -> None:
        self._board, self._limits = board, limits or Limits()
        self._services = ApiServices(board, clock, self._limits)
        self._read_workers, self._write_workers = WorkerPool(self._limits), WorkerPool(self._limits)
        self._body_slots = Slots(self._limits.max_bodies, self._limits.max_bodies_per_caller)
        self._upload_slots = Slots(self._limits.max_uploads, self._limits.max_uploads_per_caller)
        openapi = Route("/v1/openapi.json", self._serve_openapi, methods=["GET"])
        routes = [openapi, Route("/v1/situation", self._serve_situation, methods=["GET"])]
        for feed in FEEDS:
            # One route for both methods, so that a 405 names both.
            methods = ["GET", "POST"] if feed in WRITABLE else ["GET"]
            routes.append(Route(f"/v1/{feed}", self._build_feed_endpoint(feed), methods=methods))
        routes.append(Route("/v1/berkas/{number}", self._serve_file, methods=["GET"]))
        routes.append(Route("/v1/pesan", self._serve_messages, methods=["GET", "POST"]))
        routes.append(Route("/v1/kiriman", self._receive_file, methods=["POST"]))
        rollups = Route("/v1/rollups", self._serve_rollups, methods=["GET"])
        self._board_app = _build_app(routes, _not_found)
        self._command_app = _build_app([openapi, rollups], higher_command.not_found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the routes of a board, or of a command above."""
        is_polres = higher_command_app.current_higher_command() is None
        await (self._board_app if is_polres else self._command_app)(scope, receive, send)

    async def metrics(self, request: Request) -> Response:
        """Return Prometheus metrics: with a key, or locally while there are no accounts."""

        def work(service: Any) -> Response:
            # A given key is always checked: the middleware let the request pass because of it.
            is_open = is_local_request(request) and not sessions.has_accounts()
            if credentials.has_key(request.scope) or not is_open:
                key = service.authenticate(_headers(request)).key
                if key is None or not key.metrics:
                    raise Problem(403, "Metrik perlu kunci dengan hak metrik.")
            text = metrics_endpoint.format_metrics(self._board)
            return Response(text, media_type=metrics_endpoint.MEDIA_TYPE)

        return await self._run_read(request, work)

    async def _serve_openapi(self, request: Request) -> Response:
        def work(service: Any) -> Response:
            service.authenticate(_headers(request))
            return responses.json_response(service.build_openapi())

        return await self._run_read(request, work)

    async def _serve_rollups(self, request: Request) -> Response:
        def work(service: Any) -> Response:
            viewer = service.authenticate(_headers(request)).viewer
            return responses.json_response(service.get_rollups(viewer, request.query_params))

        return await self._run_read(request, work)

    async def _serve_situation(self, request: Request) -> Response:
        def work(service: Any) -> Response:
            viewer = service.authenticate(_headers(request)).require_reader()
            response: Response = service.get_situation(
                viewer, request.query_params, _known_etag(request)
            )
            return response

        return await self._run_read(request, work)

    async def _serve_file(self, request: Request) -> Response:
        def work(service: Any) -> Response:
            caller = service.authenticate(request.headers)
            number = request.path_params["number"]
            return responses.json_response(service.describe_file(caller, number))

        return await self._run_read(request, work)

    def _build_feed_endpoint(self, feed: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if request.method == "POST":
                return await self._receive_delivery(feed, request)
            return await self._run_read(request, functools.partial(_read_rows, feed, request))

        return endpoint

    async def _run_read(self, request: Request, work: RequestWork) -> Response:
        owner = self._services.current().queue_owner(_headers(request))
        return await self._read_workers.run(owner, lambda: work(self._services.current()))

    async def _receive_delivery(self, feed: str, request: Request) -> Response:
        service, caller, owner = await self._authenticate_sender(request)
        may_write = functools.partial(caller.require_writer, feed)
        key = service.authorize_sender(caller, feed, may_write)
        query = request.query_params
        if set(query) - {credentials.KEY_PARAMETER, "profile"}:
            raise Problem(422, "Alamat ini tidak mengenal saringan untuk kiriman.")
        with self._body_slots.acquire(owner):
            body = await read_body(request, self._limits)
            started = time.perf_counter()
            incoming = ApiDelivery(
                feed, _content_type(request), body, request.headers.get("idempotency-key"),
                query.get("profile"),
            )  # fmt: skip
            result = await self._write_workers.run(
                owner, lambda: service.ingest_delivery(key, incoming)
            )
        common_metrics.record_ingest("api", feed, result, time.perf_counter() - started)
        return _answer_delivery(result)

    async def _serve_messages(self, request: Request) -> Response:
        service, caller, owner = await self._authenticate_sender(request)
        key = service.authorize_sender(caller, messages.FEED, caller.require_message_sender)
        query = request.query_params
        if request.method != "POST":
            return messages.build_challenge_response(query.get("hub.challenge"))
        if set(query) - {credentials.KEY_PARAMETER, "profile"}:
            raise Problem(422, "Alamat ini hanya mengenal profile.")
        limits = replace(self._limits, body_bytes=self._limits.message_bytes)
        with self._body_slots.acquire(owner):
            body = await read_body(request, limits)
            started = time.perf_counter()
            incoming = MessageDelivery(
                _content_type(request), body, query.get("profile"),
                request.headers.get("idempotency-key"),
            )  # fmt: skip
            result, response = await self._write_workers.run(
                owner, lambda: service.add_messages(key, incoming)
            )
        counts, elapsed_s = messages.build_metrics(result), time.perf_counter() - started
        common_metrics.record_ingest("api", messages.FEED, counts, elapsed_s)
        return response

    async def _receive_file(self, request: Request) -> Response:
        service, caller, owner = await self._authenticate_sender(request)
        key = service.authorize_sender(caller, "kiriman", caller.require_file_sender)
        with self._upload_slots.acquire(owner):
            incoming = await receive_file(request, key, self._limits)
            started = time.perf_counter()
            try:
                result = await self._write_workers.run(
                    owner, lambda: service.store_file(key, incoming)
                )
            finally:
                await incoming.file.close()
        if not incoming.is_dry_run:
            elapsed_s = time.perf_counter() - started
            common_metrics.record_ingest("api", result["feed"] or "unknown", result, elapsed_s)
        return _answer_delivery(result)

    async def _authenticate_sender(self, request: Request) -> tuple[ApiService, Caller, str]:
        """Return the service, the caller, and whose queue the request waits in.

        Before the body is read: an unknown caller must not make us hold megabytes.
        """
        service, headers = self._services.current(), _headers(request)
        assert isinstance(service, ApiService), "a command above has no such route"
        owner = service.queue_owner(headers)
        caller = await self._read_workers.run(owner, lambda: service.authenticate(headers))
        return service, caller, owner


def _answer_delivery(result: dict[str, Any]) -> Response:
    """Answer 200; a file that waits for a mapping 202, with the address that tells its state."""
    number = result.get("waiting")  # an answer of an earlier version has none
    if not number:
        return responses.json_response(result)
    return responses.json_response(result, 202, {"location": files.location(number)})


def _build_app(routes: Sequence[BaseRoute], not_found: ASGIApp) -> ASGIApp:
    return ProblemMiddleware(Router(routes, redirect_slashes=False, default=not_found))


def _read_rows(feed: str, request: Request, service: ApiService) -> Response:
    viewer = service.authenticate(_headers(request)).require_reader()
    accept = request.headers.get("accept", "*/*")
    return service.get_rows(viewer, feed, request.query_params, accept, _known_etag(request))


def _headers(request: Request) -> Headers:
    return credentials.read_headers(request.scope)


def _content_type(request: Request) -> str:
    """Return the content type. Raises Problem 415 for a body that is compressed."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "Kirim isi apa adanya, tidak dimampatkan (Content-Encoding).")
    return request.headers.get("content-type", "")


def _known_etag(request: Request) -> str | None:
    """Return the ETag of the response that the reader has already."""
    return request.headers.get("if-none-match")


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem(404, "Alamat ini tidak ada; lihat /api/v1/openapi.json.")
