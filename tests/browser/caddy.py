"""A real Caddy before several boards, as deploy/Caddyfile has it, but for TLS and the name."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from situasi.domain.settings import ROOT
from tests.browser.serving import free_port, until

_BOARD = re.compile(r"(?<=reverse_proxy )\S+")


class Caddy:
    """Passes each viewer to one of the boards on these ports."""

    def __init__(self, folder: Path, boards: Sequence[int]) -> None:
        self.port = free_port()
        self._folder, self._boards = folder, boards
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "Caddyfile"
        file.write_text(self._told(), "utf-8")
        program = shutil.which("caddy", path=str(Path(sys.executable).parent)) or "caddy"
        home = {"HOME": str(self._folder), "XDG_DATA_HOME": str(self._folder / "data")}
        with (self._folder / "caddy.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "run", "--config", str(file), "--adapter", "caddyfile"],
                env=home,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(lambda: _listens(self.port), "Caddy did not come up")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _told(self) -> str:
        told = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
        boards = " ".join(f"127.0.0.1:{port}" for port in self._boards)
        told, times = _BOARD.subn(boards, told)
        assert times == 1
        for here, there in (
            ("papan.polres.internal {", f"http://127.0.0.1:{self.port} {{\n\tbind 127.0.0.1"),
            ("\ttls internal\n", ""),
            ("local_certs", "admin off"),
        ):
            assert told.count(here) == 1, here
            told = told.replace(here, there)
        return told


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0
