"""With a provider that others wrote, so that ours of the tests does not share our mistakes."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.browser.serving import PATIENCE, Server, free_port, until
from tests.server.doors import SECRET, admit, trail
from tests.server.identity import Officer

pytestmark = pytest.mark.xdist_group(__name__)

PERSON = {"sub": "8f14e45f", "preferred_username": "wati", "name": "Wati"}


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    with (tmp_path / "provider.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", "--port", str(port),
             "--require-nonce", "true", "--user-claims", json.dumps(PERSON)],
            stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until(lambda: _status(port, "/.well-known/openid-configuration") == 200, "no provider")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)


def _status(port: int, path: str) -> int:
    try:
        return _asked(port, "GET", path)[0]
    except OSError:
        return 0


def _asked(port: int, method: str, path: str, **fields: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, urlencode(fields), kind)
        answer = line.getresponse()
        answer.read()
        return answer.status, answer.headers.get("location", "")
    finally:
        line.close()


def test_who_says_yes_there_is_let_in_here_and_who_says_no_is_not(
    tmp_path: Path, issuer: str
) -> None:
    told = {
        "SITUASI_REHEARSAL": "no",
        "SITUASI_SECRET": SECRET,
        "SITUASI_OIDC_ISSUER": issuer,
        "SITUASI_OIDC_CLIENT": "situasi",
        "SITUASI_OIDC_SECRET": "rahasia-klien",
        "SITUASI_OIDC_NAME": "SSO Polri",
    }
    server = Server(tmp_path / "board", told)
    admit(server, "wati", "operator", password=None)
    server.start()
    try:
        for choice, status in (({"action": "deny"}, 401), ({"sub": PERSON["sub"]}, 303)) * 2:
            officer = Officer(server)
            where = urlsplit(officer.leaves("/tps"))
            _, back = _asked(where.port or 0, "POST", f"{where.path}?{where.query}", **choice)
            assert officer.returns(back).status == status, trail(server)
            assert officer.ask("/").status == (200 if status == 303 else 401)
    finally:
        server.stop()
