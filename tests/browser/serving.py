"""A real server on a free port of this machine, with a store and an inbox of its own."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.overview import Overview
from situasi.board import Board, open_board
from situasi.domain.settings import ROOT, Settings, load
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.live.snapshot import Snapshot
from tests import processes
from tests.builders import unbounded
from tests.queries import compute_overview

# How long anything may take on a slow and busy machine.
PATIENCE = 90.0
STREAMLIT = ("-m", "streamlit")


@dataclass
class Server:
    """`streamlit run dashboard.py`, as a user starts it. descriptors: how many it may open."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    descriptors: int | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def settings(self) -> Settings:
        return load(self._folders())

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        command = ["run", "dashboard.py", "--server.port", str(self.port)]
        with (self.folder / "server.log").open("ab") as log:
            self._process = processes.Popen(
                [sys.executable, *STREAMLIT, *command],
                cwd=ROOT,
                env={**os.environ, **self._folders()},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if self.descriptors is not None:  # long before it looks how many it may open
            most = (self.descriptors, self.descriptors)
            resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, most)
        # That it has ended is seen at once; that it is slow is the machine's doing.
        until(self._answers, "the server did not come up", 4 * PATIENCE)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def open_descriptors(self) -> int:
        """How many it has open now."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def megabytes(self) -> float:
        """How much memory it holds now."""
        told = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(told.partition("VmRSS:")[2].split()[0]) / 1024

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    @contextmanager
    def busy(self) -> Iterator[None]:
        """It answers nothing meanwhile; what it was asked waits."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def die(self) -> None:
        """As a machine does: at once, saying nothing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def last_words(self) -> str:
        """The end of what it has said."""
        return (self.folder / "server.log").read_text("utf-8", "replace")[-3000:]

    def restart(self) -> None:
        self.stop()
        self.start()

    def command(self, *words: str) -> str:
        """Run `python -m situasi` on this server's store; what it said."""
        done = processes.run(
            [sys.executable, "-m", "situasi", *words],
            cwd=ROOT,
            env={**os.environ, **self._folders(), "COLUMNS": "400"},
            encoding="utf-8",
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def deliver(self, name: str, text: str) -> None:
        """Bring a file of reports in beside the running server, as the command line does."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        board, now = self.open_board(), datetime.now(UTC)
        try:
            found = ingest_file(
                IngestRequest(path, board.store, board.ingest_context, unbounded("cli"), now=now)
            )
            version = board.store.version()
        finally:
            board.close()
        assert not found.refused, found
        if self._process is not None:
            until(lambda: self._shows(version), "what came in is not shown")

    def open_board(self) -> Board:
        """The same store, opened a second time in the test."""
        return open_board(self.settings, lambda: datetime.now(UTC))

    def _folders(self) -> dict[str, str]:
        return {
            "SITUASI_DATA": str(self.folder / "live"),
            "SITUASI_INBOX": str(self.inbox),
            "PYTHONUTF8": "1",
            **self.environment,
        }

    def _answers(self) -> bool:
        assert self._process is not None
        said = self.folder / "server.log"
        assert self._process.poll() is None, said.read_text("utf-8", "replace")[-2000:]
        try:
            self._health()
        except (URLError, OSError):
            return False
        return True

    def _shows(self, version: int) -> bool:
        """Whether its pages show this version of the store, or a later one."""
        return bool(self._health()["version"] >= version)

    def _health(self) -> dict[str, Any]:
        # No proxy of the environment stands between a test and its own machine.
        with build_opener(ProxyHandler({})).open(f"{self.address}/healthz", timeout=5) as found:
            return dict(json.load(found))


def computed(server: Server, wanted: Selection, at: datetime, *, live: bool) -> Overview:
    """What the analysis says of this server's store, reckoned here and not on the page."""
    with_board = server.open_board()
    try:
        register = with_board.register
        return compute_overview(
            with_board.snapshot_reader.refresh().snapshot.frames,
            register.election,
            list(register.kecamatan),
            wanted,
            at,
            live=live,
        )
    finally:
        with_board.close()


def snapshot(server: Server) -> Snapshot:
    board = server.open_board()
    try:
        return board.snapshot_reader.refresh().snapshot
    finally:
        board.close()


def mark_as_opened(server: Server) -> None:
    """A store that stays empty: the server takes its first filling for done."""
    board = server.open_board()
    board.store.put_note("opening", "done", datetime.now(UTC), "test")
    board.close()


def until(holds: Callable[[], bool], otherwise: str, patience: float = PATIENCE) -> None:
    """Ask until the answer is yes."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
