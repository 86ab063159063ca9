"""The API on a live server of this machine; a test middleware stands for the real one."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, request_response

from situasi.board import Board
from situasi.server.api import api_keys
from situasi.server.api.app import Api
from situasi.server.api.limits import Limits
from situasi.server.api.problem_details import ProblemMiddleware
from situasi.server.metrics_endpoint import MetricsMiddleware
from tests.conftest import NOON

PLENTY = Limits(calls_per_minute=600_000, burst_calls=100_000, new_rows_per_hour=10**9)


@contextmanager
def serving(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """Serve these routes on a free port; gives the address."""
    app = Starlette(routes=routes, middleware=[Middleware(MetricsMiddleware)])
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
            assert thread.is_alive()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def routes_of(board: Board, limits: Limits = PLENTY) -> list[BaseRoute]:
    api = Api(lambda: board, lambda: NOON, limits)
    return [
        Route("/metrics", ProblemMiddleware(request_response(api.metrics)), methods=["GET"]),
        Mount("/api", api),
    ]


def session(
    role: str, *, area: Sequence[str] = (), name: str = "wati", link: list[object] | None = None
) -> dict[str, str]:
    """What the gate adds to the request of a valid session."""
    said = {"name": name, "role": role, "area": list(area), "link": link}
    return {"x-situasi-viewer": base64.urlsafe_b64encode(json.dumps(said).encode()).decode()}


@dataclass(frozen=True)
class Asking:
    """Requests to the served API; `key` makes one and gives its header."""

    board: Board
    address: str

    def key(self, name: str = "bot", **rights: Any) -> dict[str, str]:
        token = api_keys.add(self.board.store, name, NOON, "admin", **rights)
        return {"authorization": f"Bearer {token}"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        return requests.get(self.address + path, headers=headers, timeout=30)

    def post(
        self, path: str, body: Any, headers: dict[str, str], kind: str | None = None
    ) -> requests.Response:
        """A list or dict goes as JSON, bytes as they are."""
        if not isinstance(body, bytes):
            body, kind = json.dumps(body).encode(), kind or "application/json"
        headers = headers | ({"content-type": kind} if kind else {})
        return requests.post(self.address + path, data=body, headers=headers, timeout=60)


@pytest.fixture
def asking(board: Board) -> Iterator[Asking]:
    with serving(routes_of(board)) as address:
        yield Asking(board, address)


@pytest.fixture
def asking_with(board: Board) -> Iterator[Callable[[Limits], Asking]]:
    """Serve the API with limits of the test's own."""
    with _stack() as stack:
        yield lambda limits: Asking(board, stack(serving(routes_of(board, limits))))


@contextmanager
def _stack() -> Iterator[Callable[[Any], str]]:
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield stack.enter_context


def incident(**cells: Any) -> dict[str, Any]:
    """One row as a source sends it."""
    return {"waktu": "27/11/2024 08.00", "kecamatan": "Kandis", "jenis": "banjir", **cells}
