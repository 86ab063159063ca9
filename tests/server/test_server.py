"""The server as a user starts it: what it serves, what it does not, how it ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from situasi.common import assets
from situasi.domain import boundaries
from situasi.domain.settings import ROOT
from situasi.figures.maps import markers

PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Served:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.inbox = folder / "inbox"
        environment = {
            **os.environ,
            "SITUASI_DATA": str(folder / "live"),
            "SITUASI_INBOX": str(self.inbox),
            "SITUASI_REHEARSAL": "no",
        }
        command = ["-m", "streamlit", "run", "dashboard.py", "--server.port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def get(
        self, path: str, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers or {})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def until(self, path: str, wanted: object) -> bytes:
        """The answer once it is what is waited for."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, _, body = self.get(path)
                if callable(wanted) and wanted(status, body):
                    return body
            except OSError:
                pass
            assert self.process.poll() is None, "the server has ended"
            time.sleep(0.2)
        raise AssertionError(f"{path} did not become what was waited for")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("server"))
    try:
        server.until("/healthz", lambda status, _body: status == 200)
        yield server
    finally:
        server.process.kill()
        server.process.wait()


pytestmark = pytest.mark.xdist_group(__name__)


def test_health_tells_the_version_of_the_store(served: Served) -> None:
    assert json.loads(served.get("/healthz")[2])["ok"] is True


def test_the_server_is_live_and_ready_with_its_inbox_watched(served: Served) -> None:
    assert served.get("/healthz/live")[0] == 200
    ready = json.loads(served.get("/healthz/ready")[2])
    assert ready["ok"] and ready["inbox"]


def test_metrics_are_for_this_machine_and_count_every_request(served: Served) -> None:
    served.get("/healthz/live")
    status, _, body = served.get("/metrics")
    assert status == 200
    assert b'route="/healthz/live"' in body and b"situasi_viewers" in body


def test_reports_and_figures_are_for_who_is_known(served: Served) -> None:
    assert served.get("/api/v1/situation")[0] == 200  # this machine, and no account
    wrong = {"authorization": "Bearer salah"}
    status, headers, body = served.get("/api/v1/situation", wrong)
    assert (status, headers["content-type"]) == (401, "application/problem+json")
    assert b"Traceback" not in body


def test_the_boundaries_may_be_kept_for_ever_under_their_own_address(served: Served) -> None:
    drawn = boundaries.load(ROOT / "geo" / "16.10")
    for address in (drawn.url, drawn.basemap.url("garis"), drawn.basemap.url("nama")):
        assert address is not None
        status, headers, body = served.get(address)
        assert (status, "immutable" in headers["cache-control"]) == (200, True)
        assert len(json.loads(body)["features"]) >= 16
    assert served.get("/peta/kecamatan-000000000000.geojson")[0] == 404
    assert served.get("/peta/dasar-garis-000000000000.geojson")[0] == 404


def test_cells_that_nobody_drew_are_not_served(served: Served) -> None:
    assert served.get("/peta/tps-000000000000.geojson")[0] == 404


def test_style_and_marks_may_be_kept_for_ever_under_their_own_addresses(served: Served) -> None:
    for address in [assets.CSS_URL, *map(marks_address, markers.build_icon_atlases())]:
        status, headers, _ = served.get(address)
        assert (status, "immutable" in headers["cache-control"]) == (200, True)
        older = re.sub(r"-[0-9a-f]{12}\.", "-000000000000.", address)
        assert served.get(older)[0] == 404
    assert served.get(assets.CSS_URL)[1]["content-type"].startswith("text/css")


def marks_address(fingerprint: str) -> str:
    return markers.ATLAS_ROUTE.format(fingerprint=fingerprint)


@pytest.mark.parametrize(
    "path",
    [
        "/pages/situation.py",
        "/situation.py",
        "/situasi/board.py",
        "/dashboard.py",
        "/data/elections/ogan-ilir-2024/election.toml",
        "/.git/config",
        "/app/static/board.css",
        "/..%2f..%2fREADME.md",
    ],
)
def test_no_file_of_the_project_is_served(served: Served, path: str) -> None:
    body = served.get(path)[2]
    for secret in (b"def show", b"import streamlit", b"[election]", b"[core]", b"si-band"):
        assert secret not in body


def test_only_this_machine_is_listened_to(served: Served) -> None:
    # Were the server bound to every address, this one would be taken too.
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", served.port))
    assert served.get("/healthz")[0] == 200


def test_what_is_dropped_into_the_inbox_is_taken_in_by_the_server(served: Served) -> None:
    before = json.loads(served.get("/healthz")[2])["version"]
    served.inbox.mkdir(exist_ok=True)
    (served.inbox / "laporan.csv").write_text(
        "waktu,kecamatan,jenis\n27/11/2024 08.00,Kandis,banjir\n", encoding="utf-8"
    )
    served.until("/healthz", lambda _s, body: json.loads(body)["version"] > before)
    deadline = time.monotonic() + PATIENCE
    while not list((served.inbox / "processed").glob("*laporan.csv")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_server_ends_when_it_is_told_to(served: Served) -> None:
    """The last of this file: it is the server of all of them."""
    served.process.terminate()
    assert served.process.wait(PATIENCE) is not None
