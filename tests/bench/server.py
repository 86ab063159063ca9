"""A server for a benchmark: started on a free port of this machine, ended with the block."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from situasi.domain.settings import ROOT

PATIENCE = 180.0


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def serving(script: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """Serve a script as its users do (`streamlit run`); gives the port once it answers."""
    with served(script, environment) as (port, _):
        yield port


@contextmanager
def served(script: Path, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Serve a board; yield the port and the process id."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers; an answer is asked for, never assumed after a pause."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it answered"
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise TimeoutError(f"no answer on port {port}")


def shown_from(port: int, version: int) -> None:
    """Wait until the board shows this version of the store, or a later one."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            if json.load(answer)["version"] >= version:
                return
        time.sleep(0.01)
    raise TimeoutError(f"version {version} was never shown")
