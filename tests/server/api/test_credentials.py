"""A key is taken from wherever a program can put it, and from nowhere that a page could."""

from __future__ import annotations

import base64

import pytest

from situasi.server.api import credentials
from tests.server.api.conftest import Asking, incident

INCIDENTS = "/api/v1/incidents"


def token_of(headers: dict[str, str]) -> str:
    return headers["authorization"].removeprefix("Bearer ")


def basic(name: str, password: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"authorization": f"Basic {encoded}"}


def scope(query: str = "", method: str = "POST", **headers: str) -> dict[str, object]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": "/api/v1/pesan", "headers": raw,
            "query_string": query.encode()}  # fmt: skip


def test_a_key_counts_as_password_header_or_parameter(asking: Asking) -> None:
    token = token_of(asking.key(feeds=("incidents",)))
    ways = [basic("kobo", token), basic(token, ""), {"x-api-key": token},
            {"x-telegram-bot-api-secret-token": token}]  # fmt: skip
    for headers in ways:
        assert asking.post(INCIDENTS, [incident()], headers).status_code == 200, headers
    assert asking.post(f"{INCIDENTS}?kunci={token}", [incident()], {}).status_code == 200


def test_a_wrong_one_opens_nothing_in_any_place(asking: Asking) -> None:
    token = token_of(asking.key(feeds=("incidents",)))
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    ways = [basic("kobo", wrong), basic("", ""), {"x-api-key": wrong}, {"x-api-key": ""},
            {"authorization": "Basic %%%"}, {"authorization": "Basic"}]  # fmt: skip
    for headers in ways:
        assert asking.post(INCIDENTS, [incident()], headers).status_code == 401, headers
    assert asking.post(f"{INCIDENTS}?kunci={wrong}", [incident()], {}).status_code == 401
    assert asking.post(f"{INCIDENTS}?kunci=", [incident()], {}).status_code == 401
    assert asking.board.store.version() == 0


def test_a_key_in_the_address_sends_and_reads_nothing(asking: Asking) -> None:
    token = token_of(asking.key(read=True))
    assert asking.get("/api/v1/situation", {"x-api-key": token}).status_code == 200
    for name in ("kunci", "hub.verify_token"):
        assert asking.get(f"/api/v1/situation?{name}={token}").status_code == 401


def test_the_address_comes_before_a_signature_of_the_program() -> None:
    headers = credentials.read_headers(scope("kunci=ini", authorization="Bearer tanda.tangan.jwt"))
    assert headers.getlist("authorization") == ["Bearer ini"]


@pytest.mark.parametrize(
    ("made", "unasked"),
    [
        (scope(**basic("a", "b")), True),
        (scope("kunci=x", **basic("a", "b")), False),
        (scope(authorization="Bearer x"), False),
        (scope(x_api_key="x"), False),
        (scope(), False),
    ],
)
def test_only_a_remembered_password_is_sent_unasked(made: dict[str, object], unasked: bool) -> None:
    assert credentials.is_sent_unasked(made) is unasked
    assert credentials.has_key(made) is (made != scope())
