"""A live server with accounts, and clients that try it: by HTTP and by WebSocket."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlencode

import pytest
import streamlit
from itsdangerous import Signer
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from situasi.access import accounts
from situasi.domain.settings import ROOT
from situasi.server import logging_setup, startup_checks
from situasi.server.auth import session_records
from situasi.server.lifespan import lifespan
from situasi.store import Store, open_store
from tests import processes
from tests.browser import serving
from tests.browser.serving import PATIENCE, Server, free_port
from tests.postgres import SCOPE

SECRET = "rahasia yang panjangnya lebih dari tiga puluh dua tanda"
PASSWORD = "kuda merah lari jauh"
_SHELL = Path(streamlit.__file__).parent / "static" / "index.html"
_TOKEN = re.compile(r'name="bukti" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def to(self) -> str:
        return str(self.headers["location"])


@dataclass
class Knocker:
    """A client with a cookie jar. `more`: headers that it sends with each request."""

    server: Server
    more: dict[str, str] = field(default_factory=dict)
    jar: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | Iterable[bytes] | None = None,
        **headers: str,
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        sent = self._cookie() | self.more | {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            line.request(method, path, body, sent)
            found = line.getresponse()
            text = found.read().decode("utf-8", "replace")
        finally:
            line.close()
        for said in found.headers.get_all("set-cookie") or ():
            name, _, value = said.partition(";")[0].partition("=")
            self.jar[name] = value.strip('"')
        return Answer(found.status, found.headers, text)

    def page(self, path: str, **headers: str) -> Answer:
        return self.ask(path, accept="text/html", **headers)

    def sign_in(self, name: str, password: str = PASSWORD, ke: str = "/", **headers: str) -> Answer:
        path = f"/masuk?ke={quote(ke)}"
        return self.send(path, {"nama": name, "sandi": password}, **headers)

    def sign_out(self) -> Answer:
        return self.send("/keluar", {})

    def send(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """Open the form, fill it in, send it."""
        token = _TOKEN.search(self.page(path, **headers).body)
        assert token, "there is no form here"
        body = urlencode(fields | {"bukti": token.group(1)}).encode()
        return self.ask(
            path, "POST", body, content_type="application/x-www-form-urlencoded", **headers
        )

    def talk(self, script: str = "", **headers: str) -> ClientConnection:
        """Open the WebSocket. script: the name of a script session to go on with."""
        protocols = ["streamlit", "no-token", script] if script else ["streamlit"]
        return connect(
            f"ws://127.0.0.1:{self.server.port}/_stcore/stream",
            subprotocols=protocols,  # type: ignore[arg-type]
            additional_headers=self._cookie() | self.more | headers,
            compression=None,
            max_size=None,
            max_queue=None,  # else closing waits for what was not read
            proxy=None,
            open_timeout=PATIENCE,
        )

    def refused(self, script: str = "", **headers: str) -> int:
        """What a WebSocket is answered that is not to be."""
        try:
            with self.talk(script, **headers):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    def _cookie(self) -> dict[str, str]:
        held = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        return {"Cookie": held} if held else {}


def drawn(socket: ClientConnection, page: str = "", query: str = "") -> list[ForwardMsg]:
    """Have a page drawn once; everything that was said of it."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    asked.rerun_script.context_info.url = f"http://127.0.0.1/{page}"
    socket.send(asked.SerializeToString())
    heard: list[ForwardMsg] = []
    while not heard or heard[-1].WhichOneof("type") != "script_finished":
        heard.append(_next(socket))
    return heard


def run(socket: ClientConnection) -> str:
    """Have the page drawn once; the name of the script session."""
    return script_of(drawn(socket))


def script_of(heard: list[ForwardMsg]) -> str:
    """The name of the script session that drew this."""
    said = (one.new_session for one in heard if one.WhichOneof("type") == "new_session")
    return [str(one.initialize.session_id) for one in said][-1]


def buttons(heard: list[ForwardMsg]) -> dict[str, str]:
    """What a page offers to download: the names of its buttons, and by what each is asked for."""
    elements = (one.delta.new_element for one in heard if one.WhichOneof("type") == "delta")
    offered = [e.download_button for e in elements if e.WhichOneof("type") == "download_button"]
    assert not any(button.url for button in offered)  # nothing lies ready
    return {button.id: button.deferred_file_id for button in offered if button.deferred_file_id}


def click(socket: ClientConnection, script: str, file: str) -> str:
    """Ask for what a button offers; the address of the file, or empty where it is not given."""
    asked = BackMsg()
    asked.backend_operation_request.session_id = script
    asked.backend_operation_request.request_id = file
    asked.backend_operation_request.deferred_file.file_id = file
    socket.send(asked.SerializeToString())
    while True:
        heard = _next(socket)
        if heard.WhichOneof("type") == "backend_operation_response":
            return str(heard.backend_operation_response.deferred_file.url)


def _next(socket: ClientConnection) -> ForwardMsg:
    return ForwardMsg.FromString(socket.recv(timeout=PATIENCE))  # type: ignore[arg-type]


def closing(socket: ClientConnection, patience: float = 5.0) -> tuple[int | None, list[ForwardMsg]]:
    """Listen until the other side closes: its code, and what it said before."""
    heard = []
    deadline = datetime.now(UTC) + timedelta(seconds=patience)
    try:
        while (left := (deadline - datetime.now(UTC)).total_seconds()) > 0:
            heard.append(ForwardMsg.FromString(socket.recv(timeout=left)))  # type: ignore[arg-type]
    except ConnectionClosed as closed:
        return (closed.rcvd.code if closed.rcvd else None), heard
    except TimeoutError:
        pass
    return None, heard


def store_of(server: Server) -> Store:
    return open_store(server.settings.store_url, SCOPE)


def admit(
    server: Server,
    name: str,
    role: str = "analis",
    area: tuple[str, ...] = (),
    password: str | None = PASSWORD,
) -> None:
    """An account, made without the half second that the command line takes to load."""
    store = store_of(server)
    accounts.add(store, name, role, area, password, datetime.now(UTC), "test")
    store.close()


def change(server: Server, name: str, **changes: Any) -> None:
    store = store_of(server)
    accounts.change(store, name, "account-change", datetime.now(UTC), "test", **changes)
    store.close()


def trail(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the entries of the audit log: action, actor, detail without its seals."""
    store = store_of(server)
    found = store.audit_entries()
    store.close()
    columns = (found[name] for name in ("action", "actor", "detail"))
    told = [(a, b, json.loads(c)) for a, b, c in zip(*columns, strict=True)]
    for _action, _actor, detail in told:
        detail.pop("sealed", None)
    return told


def served_with(folder: Path, *accounts_: tuple[str, str], **environment: str) -> Server:
    """A started server with these accounts (name, role)."""
    server = Server(folder, {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET, **environment})
    for name, role in accounts_:
        admit(server, name, role)
    server.start()
    return server


_PATIENT = """
import sqlite3.dbapi2
from streamlit.web.cli import main

connect = sqlite3.dbapi2.connect
sqlite3.dbapi2.connect = lambda *given, **named: connect(*given, **(named | {"timeout": 3600.0}))
main(prog_name="streamlit")
"""
# In a server started under it, whoever waits for a store that is written to waits for an hour.
waiting_an_hour_for_the_store = partial(patch.object, serving, "STREAMLIT", ("-c", _PATIENT))


def starts(folder: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start a server that is not to start."""
    return processes.run(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "dashboard.py",
            "--server.port",
            str(free_port()),
            *flags,
        ],
        cwd=ROOT,
        env=os.environ | in_folder(folder) | environment,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


class Ended(Exception):
    """The process would have ended here; its status."""


def refuses(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    address: str | None = "127.0.0.1",
    **environment: str,
) -> tuple[int, str]:
    """What `starts` tells of a refusal, status and words, looked at in this process.

    The steps are those of dashboard.py: the configuration, then the board.
    """

    async def open_board() -> None:
        async with lifespan(None):
            pass

    def end(status: int) -> None:
        raise Ended(status)

    with (
        patch.dict(os.environ, in_folder(folder) | environment),
        patch.object(logging_setup, "set_up"),
        patch.object(os, "_exit", end),
        pytest.raises((SystemExit, Ended)) as ended,
    ):
        startup_checks.build_auth_middleware(
            address, _SHELL, b"", bool, lambda _: ("", ""), lambda *_: False
        )
        asyncio.run(open_board())
    return int(ended.value.args[0]), capsys.readouterr().err


def in_folder(folder: Path) -> dict[str, str]:
    return {
        "SITUASI_DATA": str(folder / "live"),
        "SITUASI_INBOX": str(folder / "inbox"),
        "SITUASI_REHEARSAL": "no",
        "PYTHONUTF8": "1",
    }


def cookie_for(held: str, secret: str = SECRET) -> dict[str, str]:
    """What the browser of this session would bring."""
    return {"situasi": Signer(secret, salt="session", digest_method=sha256).sign(held).decode()}


def write_session(server: Server, held: str, account: str, **changed: Any) -> None:
    """A session written straight into the store: begun a minute ago, unless changed."""
    store, now = store_of(server), datetime.now(UTC)
    found = accounts.load_all(store)[account]
    assert found is not None
    told = (now - timedelta(minutes=1)).isoformat()
    value = {"account": account, "stamp": found.stamp, "begun": told, "seen": told, "ended": False}
    store.put_record(
        session_records.SESSION_KIND,
        session_records.hash_session_token(held),
        value | changed,
        now,
        "test",
    )
    store.close()
