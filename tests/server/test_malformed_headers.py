"""Whatever stands in a header: the answer is ours, with our headers, and nothing breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware

from situasi import board as board_module
from situasi.access import accounts
from situasi.board import Board
from situasi.server.auth import guest_login, login, sessions
from situasi.server.auth.middleware import AuthMiddleware
from situasi.server.auth.sessions import SessionManager
from situasi.server.routes import ROUTES
from situasi.server.wall import routes as wall_routes
from tests.conftest import NOON
from tests.server.test_gate_alone import doorway

HEADERS = (
    b"origin", b"host", b"cookie", b"forwarded", b"x-forwarded-for", b"x-forwarded-proto",
    b"sec-websocket-protocol", b"sec-websocket-key", b"sec-websocket-version",
    b"sec-websocket-extensions", b"sec-fetch-site", b"accept", b"accept-encoding",
    b"accept-language", b"if-none-match", b"if-modified-since", b"range", b"content-length",
    b"content-type", b"transfer-encoding", b"authorization", b"prefer", b"x-situasi-viewer",
    b"idempotency-key", b"upgrade", b"referer", b"user-agent",
)  # fmt: skip
PATHS = (
    "/", "/masuk", "/keluar", "/sandi", "/bagi/x", "/healthz", "/healthz/ready", "/metrics",
    "/api/v1/incidents", "/api/v1/situation", "/layar", "/layar/gambar", "/layar/paham",
    "/layar/salinan", "/berkas/x/y.js", "/_stcore/upload_file/a/b", "/media/x.csv", "/peta/x",
    "/gaya/x",
)  # fmt: skip
TRICKY = (
    b"http://[", b"http://]", b"[", b"http://[::1", b"http://a:b:c", b"\xb2", b"\xb2\xb3",
    b"9" * 5000, b"-1", b"1,2", b"bytes=0-0,1-1", b"bytes=-", b"bytes=9-1", b'W/"', b'"',
    b"situasi=", b"situasi=.", b"situasi=a.b", b"=;=;", b"wait=999", b"Bearer", b"Bearer \xff",
    b"Basic Og==", b"http://\xff", b"\xff\xfe", b"a" * 9000, b"", b" ", b";", b",", b"\t",
    b"text/html", b"*/*;q=x", b"for=\"[", b"streamlit, a, b", b"null",
)  # fmt: skip


@pytest.fixture(scope="module")
def event_loop_of_test() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def door(
    board: Board, monkeypatch: pytest.MonkeyPatch, event_loop_of_test: asyncio.AbstractEventLoop
) -> Any:
    """The gate and all routes of ours, and the cookie of somebody who is signed in."""
    accounts.add(board.store, "wati", "pimpinan", (), "kuda merah", NOON, "test")
    keeping = SessionManager(board.store, board.settings.auth, lambda: NOON)
    event_loop_of_test.run_until_complete(keeping.refresh())
    account = keeping.account("wati")
    assert account is not None
    held = event_loop_of_test.run_until_complete(keeping.start_session(account, "10.0.0.1"))
    monkeypatch.setattr(sessions, "_current", keeping)
    monkeypatch.setattr(board_module, "_current", board)
    routes = [*ROUTES, *wall_routes.ROUTES, *guest_login.ROUTES, *login.ROUTES]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(AuthMiddleware, config=doorway(bound_to_loopback=False))],
    )
    cookie = b"situasi=" + doorway().session_signer.sign(held)

    def knock(kind: str, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> Any:
        return event_loop_of_test.run_until_complete(
            asyncio.wait_for(_knock(app, kind, method, path, headers), 60)
        )

    return knock, cookie


async def _knock(
    app: Any, kind: str, method: str, path: str, headers: list[tuple[bytes, bytes]]
) -> list[Any]:
    said: list[Any] = []
    scope = {
        "type": kind, "method": method, "path": path, "raw_path": path.encode(),
        "scheme": "http" if kind == "http" else "ws", "query_string": b"", "root_path": "",
        "client": ("10.0.0.7", 5000), "server": ("127.0.0.1", 8501), "headers": headers,
        "http_version": "1.1", "extensions": {"websocket.http.response": {}}, "subprotocols": [],
    }  # fmt: skip
    heard = iter(
        [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]
        if kind == "http"
        else [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}]
    )

    async def receive() -> Any:
        return next(heard, {"type": "http.disconnect" if kind == "http" else
                            "websocket.disconnect", "code": 1001})  # fmt: skip

    async def send(message: Any) -> None:
        said.append(message)

    if kind == "websocket":
        del scope["method"]
    await app(scope, receive, send)
    return said


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kind=st.sampled_from(["http", "http", "http", "websocket"]),
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "DELETE"]),
    path=st.sampled_from(PATHS),
    headers=st.lists(
        st.tuples(
            st.sampled_from(HEADERS),
            st.sampled_from(TRICKY) | st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"")),
        ),
        max_size=4,
    ),
    signed_in=st.booleans(),
    named=st.booleans(),
)
@example("http", "POST", "/", [(b"origin", b"http://[")], False, True)
@example("http", "GET", "/layar", [(b"origin", b"http://[")], True, True)
@example("websocket", "GET", "/_stcore/stream", [(b"origin", b"http://[")], True, True)
@example("http", "POST", "/layar/paham", [(b"content-length", b"\xb2")], True, True)
def test_whatever_stands_in_a_header_is_answered_by_us_and_breaks_nothing(
    door: Any,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    method: str,
    path: str,
    headers: list[tuple[bytes, bytes]],
    signed_in: bool,
    named: bool,
) -> None:
    knock, cookie = door
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        first = [(b"host", b"localhost")] if named else []
        first += [(b"cookie", cookie)] if signed_in else []
        said = knock(kind, method, path, [*first, *headers])  # raises where anything breaks
    begun = said[0]
    if kind == "websocket" and begun["type"] in {"websocket.close", "websocket.accept"}:
        return
    assert begun["status"] < 500 or path in {"/healthz", "/healthz/ready"}, begun
    given_ = {name.lower(): value for name, value in begun["headers"]}
    assert given_[b"x-content-type-options"] == b"nosniff"
    assert b"content-security-policy" in given_ and b"x-frame-options" in given_
    assert not [record for record in caplog.records if record.exc_info]


def test_a_body_with_two_ends_is_refused_and_its_connection_closed(door: Any) -> None:
    """What follows the first end would be a request that no proxy has seen."""
    knock, cookie = door
    both = [(b"transfer-encoding", b"chunked"), (b"content-length", b"5")]
    for path in PATHS:
        begin, *_ = knock(
            "http", "POST", path, [(b"host", b"127.0.0.1"), (b"cookie", cookie), *both]
        )
        assert begin["status"] == 400
        assert (b"connection", b"close") in begin["headers"]
