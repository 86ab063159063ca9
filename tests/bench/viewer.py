"""A viewer as a browser is one: a WebSocket that asks for script runs and reads the answers."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


@dataclass(frozen=True)
class Run:
    """One full run of the script: how long until it was finished, how much was sent."""

    seconds: float
    size: int


class Viewer:
    """One open page, by its address; the first page where none is named."""

    def __init__(self, port: int, page: str = "") -> None:
        self._page = page
        self._socket: ClientConnection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            compression=None,
            max_size=None,
            proxy=None,
        )

    def run(self) -> Run:
        """Ask for a whole run and wait until it is finished. Raises where the script failed."""
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        asked.rerun_script.page_name = self._page
        started, size = time.perf_counter(), 0
        self._socket.send(asked.SerializeToString())
        while True:
            answer = self._socket.recv(timeout=120)
            assert isinstance(answer, bytes), "Streamlit speaks in bytes"
            size += len(answer)
            message = ForwardMsg.FromString(answer)
            failed = message.delta.new_element.WhichOneof("type") == "exception"
            assert not failed, message.delta.new_element.exception.message
            if message.WhichOneof("type") == "script_finished":
                return Run(time.perf_counter() - started, size)

    def close(self) -> None:
        self._socket.close()


def alone(port: int, runs: int) -> list[Run]:
    """One viewer, run after run; the first of a session, which sends fonts and all, left out."""
    viewer = Viewer(port)
    viewer.run()
    done = [viewer.run() for _ in range(runs)]
    viewer.close()
    return done


def together(port: int, viewers: int, runs: int) -> float:
    """Runs a second that so many viewers get who all ask at once, again and again."""
    pages = [Viewer(port) for _ in range(viewers)]
    with ThreadPoolExecutor(viewers) as pool:
        list(pool.map(Viewer.run, pages))
        started = time.perf_counter()
        list(pool.map(lambda page: [page.run() for _ in range(runs)], pages))
        seconds = time.perf_counter() - started
    for page in pages:
        page.close()
    return viewers * runs / seconds
