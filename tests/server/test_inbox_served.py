"""A running server under a hostile inbox: good files between are taken, and it says the rest."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from situasi.domain.settings import ROOT
from tests import processes
from tests.builders_files import csv_file, report
from tests.server.test_server import free_port

PATIENCE = 120.0
# The server as it is started, in which reading one kind of file raises what nobody expects.
SERVER = """
import sys
from situasi.ingest import inbox
from situasi.ingest import pipeline
really = pipeline.ingest_file
ERRORS = {"m-galat": KeyError("lat"), "m-panik": SystemExit(3), "m-memori": MemoryError(),
          "m-dalam": RecursionError("maximum recursion depth exceeded")}
def reads(request):
    error = ERRORS.get(request.path.stem)
    if error is not None:
        raise error
    return really(request)
inbox.ingest_and_keep = reads
from situasi.server.api import delivery
delivery.ingest_and_keep = lambda request: {}["tidak ada"]
from streamlit.web.cli import main
sys.argv = ["streamlit", "run", "dashboard.py", "--server.port", sys.argv[1]]
main()
"""

pytestmark = [pytest.mark.xdist_group(__name__), pytest.mark.slow]


class Server:
    def __init__(self, folder: Path) -> None:
        self.port, self.inbox, self.log = free_port(), folder / "inbox", folder / "log"
        own = {name: value for name, value in os.environ.items() if not name.startswith("SITUASI_")}
        self.environment = own | {
            "SITUASI_DATA": str(folder / "live"),
            "SITUASI_INBOX": str(self.inbox),
            "SITUASI_REHEARSAL": "no",
            "SITUASI_LOG": "json",
        }
        with self.log.open("wb") as log:
            self.process = processes.Popen(
                [sys.executable, "-c", SERVER, str(self.port)],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        url = f"http://127.0.0.1:{self.port}{path}"
        asked = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def ready(self) -> dict[str, Any]:
        return dict(json.loads(self.ask("/healthz/ready")[1]))

    def until(self, is_so: Callable[[], bool], why: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text("utf-8")[-2000:]
            try:
                if is_so():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{why}: {self.log.read_text('utf-8')[-2000:]}")

    def logged(self) -> list[dict[str, Any]]:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("server"))
    try:
        one.until(lambda: one.ask("/healthz")[0] == 200, "it did not start")
        yield one
    finally:
        one.process.kill()
        one.process.wait()


def drop(folder: Path, name: bytes, content: bytes) -> None:
    """As a copying program does: under a name for the time being, then all at once."""
    part = folder / ".menyalin.part"
    part.write_bytes(content)
    part.rename(folder / os.fsdecode(name))


def good(folder: Path, *names: bytes) -> None:
    for name in names:
        made = csv_file(folder / ".baik.tmp", report(id=name.decode("ascii", "replace")[:20]))
        content = made.read_bytes()
        made.unlink()
        drop(folder, name, content)


def put_aside(folder: Path) -> set[str]:
    """Their names, without the moment put before them."""
    return {path.name.partition("_")[2] for path in folder.iterdir()}


def test_all_good_files_between_hostile_ones_are_taken_and_ready_and_log_tell_the_rest(
    server: Server, tmp_path: Path
) -> None:
    folder = server.inbox
    folder.mkdir(exist_ok=True)
    secret = csv_file(tmp_path / "rahasia.csv", report(id="rahasia"))
    headings = csv_file(folder / ".h.tmp", report()).read_bytes().splitlines()[0] + b"\n"
    (folder / ".h.tmp").unlink()
    hostile = {
        b"a-kosong.csv": b"",
        b"b-judul.csv": headings,
        b"c-biner.csv": bytes(range(256)) * 50 + b"\n",
        b"e-robek.xlsx": b"PK\x03\x04 robek",
        b"f-json.json": b"[" * 5000,
        b"m-galat.csv": headings,
        b"m-panik.csv": headings,
        b"m-memori.csv": headings,
        b"m-dalam.csv": headings,
    }
    for name, content in hostile.items():
        drop(folder, name, content)
    (folder / "g-tautan.csv").symlink_to(secret)
    (folder / "h-folder").mkdir()
    os.mkfifo(folder / "i-pipa.csv")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as held:
        os.chdir(folder)
        try:
            held.bind("j-soket.csv")
        finally:
            os.chdir(here)
        good(folder, b"a0.csv", b"c0.csv", b"h0.csv", b"m-g0.csv", b"m-n0.csv", b"zz.csv")
        good(folder, b"p\nlevel=error event=palsu.csv", b"q\xe9.csv", b"x" * 251 + b".csv")
        wanted = 9
        server.until(
            lambda: (files := server.ready()["inbox_files"])["taken"] >= wanted
            and files["faults"] >= 4 and files["ignored"] == 3,
            "not all good ones were taken",
        )  # fmt: skip
        server.until(
            lambda: not [one for one in folder.iterdir()
                         if one.is_file() and not one.name.startswith(".")],
            "something was left",
        )  # fmt: skip
        names = ("a-kosong.csv", "e-robek.xlsx", "g-tautan.csv", "m-galat.csv", "m-panik.csv")
        wanted_there = {name + end for name in names for end in ("", ".alasan.txt")}
        server.until(lambda: wanted_there <= put_aside(folder / "failed"), "no reason was written")
        said = server.ready()
    assert said["ok"] and said["inbox"] and said["inbox_files"]["waiting"] == 0
    assert said["jobs"]["inbox"]["failures"] == 0
    logged = server.logged()
    told = {one["file"]: one for one in logged if one["event"] == "inbox file refused"}
    assert {"a-kosong.csv", "m-galat.csv", "g-tautan.csv"} <= told.keys()
    faults = {one["file"]: one for one in logged if one["event"] == "a file of the inbox failed"}
    assert "KeyError" in faults["m-galat.csv"]["exception"]
    assert faults["m-galat.csv"]["fault"] in told["m-galat.csv"]["why"]
    assert not [one for one in logged if one.get("event") == "palsu.csv"]
    status, body = server.ask("/metrics")
    count = float(said["inbox_files"]["faults"])
    assert status == 200
    assert f'situasi_inbox_files_total{{outcome="faults"}} {count}'.encode() in body
    status, body = server.ask("/api/v1/incidents")
    assert b"rahasia" not in body


def test_the_api_answers_what_nobody_expected_with_words_and_a_place_in_the_log(
    server: Server,
) -> None:
    made = processes.run(
        [sys.executable, "-m", "situasi", "key", "add", "uji", "--feed", "incidents"],
        cwd=ROOT, env=server.environment, text=True, check=True,
    )  # fmt: skip
    key = made.stdout.strip()
    body = b"waktu,kecamatan,jenis\n"
    status, answer = server.ask(
        "/api/v1/incidents", body, Authorization=f"Bearer {key}", **{"Content-Type": "text/csv"}
    )
    said = json.loads(answer)
    assert (status, said["status"]) == (500, 500)
    assert b"Traceback" not in answer and b"KeyError" not in answer
    number = said["detail"].rpartition(" ")[2].rstrip(".")
    [one] = [one for one in server.logged() if one.get("fault") == number]
    assert "KeyError" in one["exception"]
