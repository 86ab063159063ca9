"""A server whose disk fills up: it says so everywhere, goes on showing, and recovers by itself."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.serving import Server, until
from tests.server.doors import Knocker, drawn

pytestmark = [
    pytest.mark.xdist_group(__name__),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root mounts a small disk"
    ),
]
MEGABYTE = 1024 * 1024
HEADINGS = "waktu,kode_kecamatan,jenis,tingkat,status,uraian\n"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    folder = tmp_path / "kecil"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def server(disk: Path, tmp_path: Path) -> Iterator[Server]:
    served = Server(
        tmp_path / "papan",
        {"SITUASI_REHEARSAL": "no", "SITUASI_DATA": str(disk / "live"), "SITUASI_COPIES": "no"},
    )
    served.start()
    yield served
    served.stop()


def fill(disk: Path) -> Path:
    """Leave nothing free."""
    filler = disk / "penuh"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * MEGABYTE)
        except OSError:
            pass
    return filler


def bands(server: Server) -> str:
    """What the wall says across its top, and each page too; empty where they do not agree yet."""
    knocker = Knocker(server)
    wall = json.loads(knocker.ask("/layar/gambar").body)["bands"]
    with knocker.talk() as socket:
        page = [one.delta.new_element.html.body for one in drawn(socket)]
    said = dict(wall).get("disk", "")
    return str(said) if any(said in text for text in page) else ""


def ready(server: Server) -> tuple[int, bool]:
    answer = Knocker(server).ask("/healthz/ready")
    return answer.status, json.loads(answer.body)["disk"]


def drop(server: Server, name: str) -> None:
    server.inbox.mkdir(exist_ok=True)
    path = server.inbox / f"{name}.csv"
    path.write_text(f"{HEADINGS}2024-11-27 08:00,16.10.04,akses,rendah,dilaporkan,{name}\n")


def shows(server: Server, text: str) -> bool:
    return text in Knocker(server).ask("/api/v1/incidents?limit=100").body


def test_a_full_disk_is_said_everywhere_and_reading_goes_on(server: Server, disk: Path) -> None:
    drop(server, "satu")
    until(lambda: shows(server, "satu"), "the first report is not shown")
    until(lambda: "sisa ruang" in bands(server), "nobody says that the disk is small")
    assert ready(server) == (200, True)
    filler = fill(disk)
    for number in range(40):  # what is in the log already may still be written over
        drop(server, f"dua-{number}")
    until(lambda: "laporan" in bands(server), "nobody says that reports are not stored")
    assert ready(server) == (503, False)
    assert json.loads(Knocker(server).ask("/healthz").body)["ok"] is True
    assert shows(server, "satu")
    filler.unlink()
    until(lambda: shows(server, "dua-39"), "what waited was not taken in once there was room")
    until(lambda: "laporan" not in bands(server), "the disk is said to be full still")
    until(lambda: ready(server) == (200, True), "it is not ready again")
    said = (server.folder / "server.log").read_text("utf-8")
    assert said.count('event="the disk is full"') <= 3  # by measure, and by what it fails at
    assert said.count('event="the disk is full"') >= 1
