"""The gate by itself: what the application behind it is given to see."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from itsdangerous import Signer
from starlette.requests import ClientDisconnect

from situasi.access import accounts, viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.server.auth import sessions
from situasi.server.auth.config import AuthConfig
from situasi.server.auth.middleware import AuthMiddleware
from situasi.server.auth.sessions import SessionManager
from tests.conftest import NOON

SECRET = "s" * 40
FORGED = viewer_header.encode_viewer(Viewer("penyusup", ROLES["pimpinan"])).encode()


class Behind:
    """An application that remembers what reached it."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] | None = None

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.scope = scope
        if scope.get("path") == "/gone":
            raise ClientDisconnect
        if scope.get("path") == "/broken":
            raise RuntimeError("rahasia di dalam jejak")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def values(self, name: str) -> list[bytes]:
        assert self.scope is not None, "nothing reached the application"
        plain = name.encode()
        return [v for n, v in self.scope["headers"] if n.lower().replace(b"_", b"-") == plain]


@pytest.fixture
def cookie(board: Board, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Of wati, an operator of Pemulutan, who is signed in."""
    accounts.add(board.store, "wati", "operator", ("16.10.05",), "kuda merah", NOON, "test")
    keeping = SessionManager(board.store, board.settings.auth, lambda: NOON)
    asyncio.run(keeping.refresh())
    account = keeping.account("wati")
    assert account is not None
    held = asyncio.run(keeping.start_session(account, "10.0.0.1"))
    monkeypatch.setattr(sessions, "_current", keeping)
    return b"a=1; situasi=" + doorway().session_signer.sign(held) + b"; b=2"


def doorway(**changed: Any) -> AuthConfig:
    return AuthConfig(
        **{"bound_to_loopback": True, "role": "analis", "secret": SECRET, "hosts": frozenset(),
           "proxies": (), "policy": "default-src 'none'", "redirect_message": b"",
           "accepts_message": lambda _said, _script: True, **changed}
    )  # fmt: skip


def knock(*headers: tuple[bytes, bytes], path: str = "/", **more: Any) -> tuple[int, bytes, Behind]:
    behind, said = Behind(), []
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8501),
        "headers": [(b"host", b"localhost"), *headers],
        **more,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        said.append(message)

    try:
        asyncio.run(AuthMiddleware(behind, doorway())(scope, receive, send))
    except RuntimeError:
        assert path == "/broken"
    return said[0]["status"], b"".join(m.get("body", b"") for m in said), behind


def test_the_application_is_told_who_looks_by_the_gate_alone(cookie: bytes) -> None:
    for name in (b"x-situasi-viewer", b"X-Situasi-Viewer", b"x_situasi_viewer"):
        status, _, behind = knock((b"cookie", cookie), (name, FORGED), (name, FORGED))
        assert status == 204
        (told,) = behind.values(viewer_header.HEADER_NAME)
        assert viewer_header.decode_viewer(told.decode()) == Viewer(
            "wati", ROLES["operator"], ("16.10.05",)
        )


def test_the_application_never_sees_the_session_itself(cookie: bytes) -> None:
    _, _, behind = knock((b"cookie", cookie))
    assert behind.values("cookie") == [b"a=1; b=2"]


def test_whoever_shows_a_key_is_nobody_until_the_api_has_looked(cookie: bytes) -> None:
    for headers in ([], [(b"cookie", cookie)], [(b"x-situasi-viewer", FORGED)]):
        status, _, behind = knock((b"authorization", b"Bearer x"), *headers, path="/api/v1/x")
        assert status == 204
        assert behind.values(viewer_header.HEADER_NAME) == []
        assert b"situasi=" not in b"".join(behind.values("cookie"))


def test_without_a_session_nothing_reaches_the_application(cookie: bytes) -> None:
    other = Signer(SECRET, salt="form").sign(b"x")
    for headers in ([], [(b"cookie", b"situasi=" + other)], [(b"x-situasi-viewer", FORGED)]):
        status, _, behind = knock(*headers)
        assert (status, behind.scope) == (401, None)


def test_what_breaks_is_said_in_one_sentence(cookie: bytes) -> None:
    status, body, _ = knock((b"cookie", cookie), path="/broken")
    assert status == 500
    assert b"rahasia" not in body
    assert body.startswith(b"Ada yang rusak")


def test_who_is_gone_before_the_body_came_leaves_no_trace_in_the_log(cookie: bytes) -> None:
    gate = AuthMiddleware(Behind(), doorway())
    scope = {"type": "http", "method": "POST", "path": "/gone", "query_string": b"",
             "headers": [(b"host", b"localhost"), (b"cookie", cookie)],
             "client": ("127.0.0.1", 9), "server": ("127.0.0.1", 80), "scheme": "http"}  # fmt: skip

    async def nothing(*_: Any) -> Any:
        return {"type": "http.disconnect"}

    asyncio.run(gate(scope, nothing, nothing))  # raises nothing, which the server would log


def test_an_open_board_tells_the_role_of_the_settings(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = SessionManager(board.store, board.settings.auth, lambda: NOON)
    asyncio.run(keeping.refresh())
    monkeypatch.setattr(sessions, "_current", keeping)
    _, _, behind = knock((b"x-situasi-viewer", FORGED))
    (told,) = behind.values(viewer_header.HEADER_NAME)
    assert viewer_header.decode_viewer(told.decode()) == Viewer(
        "analis", ROLES["analis"], is_local=True
    )
    for elsewhere in ({"client": ("10.0.0.9", 1)}, {"server": ("10.0.0.2", 8501)}):
        assert knock(**elsewhere)[0] == 403
    assert knock(headers=[(b"host", b"localhost"), (b"via", b"x")])[0] == 403
