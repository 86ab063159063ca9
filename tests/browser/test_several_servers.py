"""Two boards on one PostgreSQL behind one proxy: if one dies, its viewers go on at the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.caddy import Caddy
from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.browser.test_signing_in import enter
from tests.browser.viewing import Viewer
from tests.server.doors import SECRET, admit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2"), pytest.mark.slow]

HEAD = "waktu,kecamatan,jenis,tingkat,uraian,status\n"


@dataclass
class Door:
    servers: tuple[Server, Server]
    caddy: Caddy

    @property
    def address(self) -> str:
        return self.caddy.address

    def last_words(self) -> str:
        return "\n---\n".join(server.last_words() for server in self.servers)


@pytest.fixture
def door(chromium: Browser, tmp_path: Path, database: str) -> Iterator[Door]:
    environment = {
        "SITUASI_REHEARSAL": "no",
        "SITUASI_STORE": database,
        "SITUASI_SECRET": SECRET,
        "SITUASI_PROXY": "127.0.0.1",
    }
    servers = Server(tmp_path / "a", environment), Server(tmp_path / "b", environment)
    admit(servers[0], "wati", "pimpinan")
    for server in servers:
        server.start()
    caddy = Caddy(tmp_path / "caddy", [server.port for server in servers])
    caddy.start()
    yield Door(servers, caddy)
    caddy.stop()
    for server in servers:
        server.stop()


def told(server: Server, what: str) -> None:
    """A report brought to this server's store."""
    server.deliver(f"{what}.csv", f"{HEAD}2024-11-27 09:00,Pemulutan,logistik,rendah,{what},\n")


def test_whichever_server_dies_its_viewers_go_on_at_the_other(door: Door, look: Look) -> None:
    viewer: Viewer = look(door, "kejadian?kec=16.10.05", at_the_door=True)
    enter(viewer.page)
    viewer.settled()
    for turn in (0, 1):  # after the first, the page is drawn by the second for certain
        dying, other = door.servers[turn], door.servers[1 - turn]
        dying.die()
        told(other, f"kabar ke {turn}")
        viewer.says(f"{turn + 1} kejadian dari {turn + 1} laporan")  # the list itself is a picture
        assert "kec=16.10.05" in viewer.page.url
        assert "/masuk" not in viewer.page.url
        if turn == 0:
            dying.start()
