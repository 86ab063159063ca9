"""An intruder at a live server: every route, every method and the WebSocket, cold and warm."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from situasi.access import viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.common import assets
from situasi.domain.settings import ROOT
from situasi.server.auth.throttle import MAX_PER_ADDRESS
from situasi.server.auth.websocket import CLOSE_SESSION_ENDED
from tests import processes
from tests.browser.serving import Server, until
from tests.server.doors import (
    SECRET,
    Knocker,
    admit,
    change,
    closing,
    cookie_for,
    in_folder,
    run,
    served_with,
    trail,
    waiting_an_hour_for_the_store,
    write_session,
)

pytestmark = pytest.mark.xdist_group(__name__)

ADMIRAL = viewer_header.encode_viewer(Viewer("penyusup", ROLES["pimpinan"]))
# What an answer to an intruder may say: one sentence of ours.
SENTENCES = {"Masuk lebih dulu.", "Tidak ada.", "Bad Request", ""}
LISTING = """
import json, dashboard
from starlette.routing import Route, WebSocketRoute
found = [(route.path, sorted(getattr(route, "methods", None) or []), type(route).__name__)
         for route in dashboard.app._build_starlette_app().routes]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody has signed in to since it was started."""
    folder = tmp_path_factory.mktemp("cold")
    server = served_with(folder, ("wati", "analis"), SITUASI_LOGIN_DELAY_S="0.01")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a signed-in viewer; tests add accounts of their own."""
    folder = tmp_path_factory.mktemp("warm")
    with waiting_an_hour_for_the_store():
        server = served_with(folder, ("wati", "analis"))
    wati = Knocker(server)
    wati.sign_in("wati")
    with wati.talk() as socket:
        run(socket)
        yield server
    server.stop()


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, list[str]]]:
    """Every way that the application has: path and methods, as it lists them itself."""
    done = processes.run(
        [sys.executable, "-c", LISTING],
        cwd=ROOT,
        env=os.environ | in_folder(tmp_path_factory.mktemp("routes")),
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    paths = [(re.sub(r"\{[^}]*\}", "x", path) or "/", methods) for path, methods, _ in found]
    assert {"/_stcore/stream", "/media/x", "/_stcore/upload_file/x/x", "/masuk"} <= {
        path for path, _ in paths
    }
    return paths


def intruders(server: Server) -> dict[str, Knocker]:
    """Clients without a valid session, each with another cookie or token."""
    old = (datetime.now(UTC) - timedelta(hours=13)).isoformat()
    idle = (datetime.now(UTC) - timedelta(minutes=31)).isoformat()
    now = datetime.now(UTC).isoformat()
    write_session(server, "old", "wati", begun=old, seen=now)
    write_session(server, "idle", "wati", begun=idle, seen=idle)
    write_session(server, "ended", "wati", ended=True)
    write_session(server, "stamp", "wati", stamp="of another time")
    write_session(server, "broken", "wati", begun="yesterday")
    write_session(server, "right", "wati")
    right = Knocker(server, jar=cookie_for("right"))
    until(lambda: right.ask("/").status == 200, "the sessions written were not read")
    return {
        "nothing": Knocker(server),
        "header": Knocker(server, {"X-Situasi-Viewer": ADMIRAL}),
        "spelled": Knocker(server, {"x_situasi_viewer": ADMIRAL}),
        "unsigned": Knocker(server, jar={"situasi": "right"}),
        "forged": Knocker(server, jar=cookie_for("right", SECRET + "?")),
        "unknown": Knocker(server, jar=cookie_for("nobody")),
        "secure name": Knocker(server, jar={"__Host-situasi": cookie_for("right")["situasi"]}),
        **{word: Knocker(server, jar=cookie_for(word))
           for word in ("old", "idle", "ended", "stamp", "broken")},
    }  # fmt: skip


@pytest.mark.parametrize("state", ["cold", "warm"])
def test_nobody_without_a_session_is_given_a_byte(
    state: str, routes: list[tuple[str, list[str]]], request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(state)
    if state == "cold":  # before anything at all was asked
        assert Knocker(server).ask("/").status == 401
        assert Knocker(server).refused() == 403
    extra = ["/", "/situasi", "/netralitas", "/static/js/x.js", "/favicon.png", "/index.html",
             "/peta/kecamatan-0.geojson", "/healthz/", "/masuk/", "/masuk/x", "/MASUK",
             assets.CSS_URL, "//masuk", "/_stcore/stream", "/keluar", "/app/static/x",
             "/metrics"]  # fmt: skip
    ways = routes + [(path, ["GET"]) for path in extra]
    for what, intruder in intruders(server).items():
        for path, methods in ways:
            # What the two ways in tell is looked at in test_signin and test_guests.
            if path in {"/healthz", "/healthz/live", "/healthz/ready", "/masuk", "/bagi/x"}:
                continue
            for method in methods or ["GET"]:
                found = intruder.ask(path, method)
                assert found.status in {401, 404}, (what, method, path, found.status)
                assert found.body in SENTENCES, (what, method, path)
            shown = intruder.page(path)
            assert shown.status in {303, 404}, (what, path)
            assert shown.body in SENTENCES
            if shown.status == 303:
                assert shown.to.startswith("/masuk?ke=")
        assert intruder.refused() == 403, what
    until(lambda: len(suspicions(server)) == 2, "the trail does not name what was forged")
    assert suspicions(server) == ["forged cookie", "viewer header"]  # once each, not 300 times


def suspicions(server: Server) -> list[str]:
    told = [detail["what"] for action, _, detail in trail(server) if action == "intruder"]
    return sorted(what for what in told if what != "file for another")


def test_whoever_is_signed_in_is_given_the_board(warm: Server) -> None:
    wati = Knocker(warm)
    assert wati.sign_in("wati", ke="/partisipasi?kec=16.10.05").to == "/partisipasi?kec=16.10.05"
    assert wati.page("/").status == 200
    with wati.talk() as socket:
        assert run(socket)


def test_a_key_opens_the_api_alone_and_shows_nobody(warm: Server) -> None:
    stranger = Knocker(warm, {"Authorization": "Bearer guessed"})
    assert stranger.ask("/").status == 401
    assert stranger.ask("/_stcore/host-config").status == 401
    assert stranger.refused() == 403
    assert Knocker(warm).ask("/api/v1/incidents").status == 401
    # The gate leaves the key to the API; an address that it does not have is not there.
    assert stranger.ask("/api/no/such").status == 404
    assert stranger.ask("/api/../_stcore/host-config").status in {400, 404}


def test_who_signs_out_in_one_window_is_out_in_every_other(warm: Server) -> None:
    wati = Knocker(warm)
    wati.sign_in("wati")
    held = dict(wati.jar)
    with wati.talk() as socket:
        run(socket)
        assert wati.sign_out().status == 303
        code, heard = closing(socket)
    assert code == CLOSE_SESSION_ENDED
    assert heard[-1].WhichOneof("type") == "auth_redirect"
    assert Knocker(warm, jar=held).ask("/").status == 401
    until(lambda: ("sign-out", "wati", {}) in trail(warm), "the trail does not know of it")


@pytest.mark.parametrize(
    "changes",
    [{"enabled": False}, {"role": "tamu"}, {"area": ("16.10.05",)}, {"password": "baru " * 4}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_account_is_out_within_seconds(warm: Server, changes: dict[str, object]) -> None:
    name = f"akun-{next(iter(changes))}"
    admit(warm, name)
    until(lambda: Knocker(warm).sign_in(name).status == 303, "the account is not known")
    one, other = Knocker(warm), Knocker(warm)
    one.sign_in(name)
    other.sign_in("wati")
    with one.talk() as socket, other.talk() as staying:
        run(socket)
        run(staying)
        change(warm, name, **changes)
        assert closing(socket)[0] == CLOSE_SESSION_ENDED
        assert run(staying)
    assert one.ask("/").status == 401
    assert other.ask("/").status == 200


def test_a_script_session_is_not_gone_on_with_by_anybody_else(warm: Server) -> None:
    admit(warm, "budi")
    until(lambda: Knocker(warm).sign_in("budi").status == 303, "the account is not known")
    wati, budi = Knocker(warm), Knocker(warm)
    wati.sign_in("wati")
    budi.sign_in("budi")
    with wati.talk() as socket:
        script = run(socket)
    with budi.talk(script) as stolen:
        assert run(stolen) != script
    with wati.talk(script) as again:
        assert run(again) == script
    # The same person, signed in anew, begins anew.
    wati.sign_out()
    wati.sign_in("wati")
    with wati.talk(script) as anew:
        assert run(anew) != script


def test_no_file_is_brought_to_the_page_of_another(warm: Server) -> None:
    wati, other = Knocker(warm), Knocker(warm)
    wati.sign_in("wati")
    other.sign_in("wati")
    with wati.talk() as socket:
        script = run(socket)
        path = f"/_stcore/upload_file/{script}/file"
        for method in ("PUT", "DELETE"):
            assert "orang lain" in other.ask(path, method, b"x").body
        # The owner comes as far as Streamlit, which misses its own token.
        assert "XSRF" in wati.ask(path, "PUT", b"x").body
        # A page frees its file when it is drawn without it, whatever the browser says.
        assert wati.ask(path, "DELETE", b"x").status == 204


def test_whoever_only_reads_brings_no_file_at_all(warm: Server) -> None:
    admit(warm, "rini", "propam")
    rini = Knocker(warm)
    until(lambda: rini.sign_in("rini").status == 303, "the account is not known")
    answer = rini.ask("/_stcore/upload_file/x/x", "PUT", b"x")
    assert (answer.status, answer.body) == (403, "Anda tidak mengirim berkas.")


def test_every_answer_carries_the_headers_of_the_house(warm: Server) -> None:
    wati = Knocker(warm)
    wati.sign_in("wati")
    answers = [
        Knocker(warm).ask("/"),
        Knocker(warm).page("/"),
        Knocker(warm).page("/masuk"),
        Knocker(warm).ask("/healthz"),
        Knocker(warm).ask("/", host="elsewhere.example"),
        wati.page("/"),
        wati.page("/keluar"),
        wati.ask("/_stcore/health"),
        wati.ask("/media/none"),
        wati.ask("/static/none.js"),
        wati.ask("/_stcore/agent/openapi.json"),
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "'unsafe-eval'" not in answer.headers["content-security-policy"]
        assert "geolocation=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers  # this is no TLS
    for answer in answers[:9]:
        assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in answers[2].headers["content-security-policy"]


def test_the_board_answers_to_its_own_names_only(warm: Server) -> None:
    wati = Knocker(warm)
    wati.sign_in("wati")
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "",
                 "10.0.0.1", "localhost, evil"):  # fmt: skip
        assert wati.ask("/", host=host).status == 400, host
        assert Knocker(warm).ask("/healthz", host=host).status == 400, host
    for host in ("localhost", "LOCALHOST:1", f"127.0.0.1:{warm.port}", "[::1]"):
        assert wati.ask("/", host=host).status == 200, host


def test_a_page_of_another_site_cannot_act_for_who_is_signed_in(warm: Server) -> None:
    wati = Knocker(warm)
    wati.sign_in("wati")
    assert wati.refused(Origin="http://evil.example") == 403
    assert wati.refused(Origin="null") == 403
    assert wati.refused(Origin=f"http://127.0.0.1:{warm.port}") == 101
    for headers in ({"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}):
        for path in ("/keluar", "/api/v1/incidents", "/_stcore/upload_file/x/x"):
            assert wati.ask(path, "POST", b"", **headers).status == 403
    assert wati.ask("/").status == 200


def test_a_body_has_a_limit_whether_it_is_told_or_not(warm: Server) -> None:
    wati = Knocker(warm)
    big = b"x" * 70_000
    assert wati.ask("/masuk", "POST", big).status == 413
    assert wati.ask("/masuk", "POST", iter([big[:40_000], big[:40_000]])).status == 413
    assert wati.ask("/masuk", "POST", b"x", content_length="1e9").status in {400, 413}


def test_no_trace_leaves_however_broken_the_request(warm: Server) -> None:
    wati = Knocker(warm)
    wati.sign_in("wati")
    broken = [
        wati.ask("/masuk?ke=%ff%fe&lang=%00"),
        wati.ask("/masuk", "POST", b"\xff\xfe=%zz&" * 50),
        wati.ask("/keluar", "POST", b"bukti=" + b"A" * 5000),
        wati.ask("/%2e%2e/%2e%2e/etc/passwd"),
        wati.ask("/media/" + "%00" * 20),
        wati.ask("/_stcore/upload_file/x/x", "PUT", b"\x00" * 100, content_type="multipart/x"),
        Knocker(warm, {"Cookie": "situasi=" + "\xff" * 200}).ask("/"),
    ]
    for answer in broken:
        assert answer.status < 500
        for word in ("Traceback", 'File "', ".py", str(ROOT)):
            assert word not in answer.body


def test_hundreds_of_attempts_block_nobody_else(warm: Server) -> None:
    wati, intruder = Knocker(warm), Knocker(warm, jar=cookie_for("nobody"))
    wati.sign_in("wati")
    for _ in range(300):
        assert intruder.ask("/").status == 401
    assert wati.ask("/").status == 200


def test_nobody_waits_while_a_large_file_is_written(warm: Server) -> None:
    admit(warm, "siti")
    until(lambda: Knocker(warm).sign_in("siti").status == 303, "the account is not known")
    wati, siti = Knocker(warm), Knocker(warm)
    wati.sign_in("wati")
    siti.sign_in("siti")
    path = warm.settings.store_url.removeprefix("sqlite:///")
    with siti.talk() as socket:
        run(socket)
        change(warm, "siti", enabled=False)
        with contextlib.closing(sqlite3.connect(path)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            for n in range(20):  # more than there are threads for it, all of them wanting to write
                Knocker(warm, jar=cookie_for("x", f"{SECRET}{n}")).ask("/")
            assert Knocker(warm).sign_in("tidak.ada", "salah sama sekali").status == 401
            assert wati.ask("/").status == 200
            assert wati.sign_out().status == 303
            assert closing(socket)[0] == CLOSE_SESSION_ENDED
            writer.rollback()
    assert wati.ask("/").status == 401


def test_an_address_that_is_only_claimed_gains_no_attempts(cold: Server) -> None:
    """No proxy is trusted here."""

    def guess(n: int) -> int:
        claiming = Knocker(cold, {"X-Forwarded-For": f"10.5.0.{n}"})
        return claiming.sign_in(f"nama{n}", "salah sama sekali").status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(MAX_PER_ADDRESS + 1)))
    assert statuses.count(429) == 1
    claiming = Knocker(cold, {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"})
    assert "__Host-situasi-form" not in claiming.page("/masuk").headers["set-cookie"]


def test_a_session_ends_when_nobody_looks_or_when_it_was_the_longest(tmp_path: Path) -> None:
    """A page that stands open stays; nine seconds stand for half an hour, and for half a day."""
    lengths = {"SITUASI_IDLE_MIN": "0.15", "SITUASI_SESSION_H": "0.0025"}
    people = [("wati", "analis"), ("komandan", "pimpinan"), ("wakil", "pimpinan")]
    server = served_with(tmp_path, *people, **lengths, SITUASI_SESSION_H_PIMPINAN="1")
    try:
        closed, short, wall = (Knocker(server) for _ in range(3))
        for one, name in ((closed, "wakil"), (short, "wati"), (wall, "komandan")):
            one.sign_in(name)
        assert short.ask("/").status == 200
        with wall.talk() as socket:

            def is_over() -> bool:
                socket.send(BackMsg(app_heartbeat=True).SerializeToString())
                return short.ask("/").status == 401  # however often it was seen

            until(is_over, "the session goes on")
            assert closed.ask("/").status == 401
            assert wall.ask("/").status == 200
            assert closing(socket, 60)[0] == CLOSE_SESSION_ENDED  # nobody asks any more
    finally:
        server.stop()
