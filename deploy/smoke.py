"""Opens the board on a scratch store and draws its first page over loopback; exit 0 if it works.

Run by install.sh with the Python of a fresh installation, as the user who will run the board.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0  # seconds, on a slow disk


class SmokeTestFailed(Exception):
    """The board does not work here; the message says how far it came."""


def main() -> None:
    """Start a board, draw its first page, and stop it; exit with a sentence if that fails."""
    with tempfile.TemporaryDirectory(prefix="situasi-uji-") as scratch:
        folder, port = Path(scratch), _find_free_port()
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "dashboard.py",
                 "--server.address", "127.0.0.1", "--server.port", str(port)],
                cwd=ROOT, env=_build_environment(folder), stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                _wait_until_ready(server, port)
                elements = _draw_first_page(port)
            except (SmokeTestFailed, OSError) as error:
                print((folder / "log").read_text("utf-8", "replace")[-4000:], file=sys.stderr)
                raise SystemExit(f"Uji coba gagal: {error}") from error
            finally:
                server.terminate()
                try:
                    server.wait(20)
                except subprocess.TimeoutExpired:
                    server.kill()
    print(f"Uji coba: papan terbuka, halaman pertama tergambar ({elements} bagian).")


def _build_environment(folder: Path) -> dict[str, str]:
    """Return an environment without settings of the real board, whose store is not opened."""
    inherited = {n: value for n, value in os.environ.items() if not n.startswith("SITUASI_")}
    return inherited | {
        "HOME": str(folder),
        "SITUASI_DATA": str(folder / "data"),
        "SITUASI_INBOX": str(folder / "inbox"),
        "SITUASI_REHEARSAL": "no",
        "SITUASI_COPIES": "no",
        "PYTHONUTF8": "1",
    }


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    client = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    for path in ("/_stcore/health", "/healthz/ready", "/"):
        while True:
            if server.poll() is not None:
                raise SmokeTestFailed(f"server berhenti sendiri ({server.returncode})")
            try:
                with client.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    answer.read()
                break
            except (URLError, OSError) as error:
                if time.monotonic() > deadline:
                    raise SmokeTestFailed(f"{path}: {error}") from error
                time.sleep(0.2)


def _draw_first_page(port: int) -> int:
    """Draw the first page; return how many elements it has. None of them may be an error."""
    request = BackMsg()
    request.rerun_script.query_string = ""
    request.rerun_script.context_info.url = f"http://127.0.0.1:{port}/"
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    elements = 0
    with connect(address, subprotocols=["streamlit"], proxy=None, max_size=None) as connection:  # type: ignore[list-item]
        connection.send(request.SerializeToString())
        while True:
            message = ForwardMsg.FromString(connection.recv(timeout=PATIENCE))  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                break
            if kind == "delta":
                elements += 1
                if message.delta.new_element.WhichOneof("type") == "exception":
                    raise SmokeTestFailed(message.delta.new_element.exception.message)
    if not elements:
        raise SmokeTestFailed("halaman pertama kosong")
    return elements


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
