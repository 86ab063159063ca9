"""A viewer as a browser is one: a WebSocket that asks for script runs and reads the answers."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import cast

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_ENDS = {
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
}


@dataclass(frozen=True)
class Run:
    """One run of the script: how long until it was finished; how many bytes came.

    size: as Streamlit says them. wire: as they go through the network, compressed.
    """

    seconds: float
    size: int
    wire: int


class _Counting(socket.socket):
    """Counts the bytes that come in."""

    came = 0

    def recv(self, *args: int) -> bytes:
        data = super().recv(*args)
        self.came += len(data)
        return data


class _Kept:
    """Large messages that a browser keeps, and names so that they are not sent again.

    As Streamlit's own page does it (1.67, ForwardMsgCache): for so many runs, of fragments too.
    """

    def __init__(self) -> None:
        self.runs = 0
        self._lasts = 2
        self._came: dict[str, tuple[int, str]] = {}

    @property
    def hashes(self) -> list[str]:
        return list(self._came)

    def take(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "new_session":
            self._lasts = message.new_session.config.max_cached_message_age
        if message.metadata.cacheable and message.hash not in self._came:
            self._came[message.hash] = (self.runs, message.delta.fragment_id)

    def end(self, fragment: str) -> None:
        self.runs += 1
        self._came = {
            name: (since, of)
            for name, (since, of) in self._came.items()
            if (fragment and of != fragment) or self.runs - since <= self._lasts
        }


class Viewer:
    """One open page, by its address; the first page where none is named."""

    def __init__(self, port: int, page: str = "") -> None:
        self._page, self.port = page, port
        self._kept = _Kept()
        self._heartbeat, self._beats = "", 0
        self._counting = _Counting()
        self._counting.connect(("127.0.0.1", port))
        self._counting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open = ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{port}/_stcore/stream",
                sock=self._counting,
                subprotocols=["streamlit"],  # type: ignore[list-item]
                max_size=None,
                proxy=None,
            )
        )

    def run(self) -> Run:
        """Ask for a whole run and wait until it is finished. Raises where the script failed."""
        return self._ask("")

    def beat(self) -> Run:
        """Look, and draw anew what has changed: a heartbeat that is answered in any case.

        Each comes with another address, or it would be kept from Streamlit while nothing changes.
        """
        assert self._heartbeat, "a page beats once it was drawn"
        self._beats += 1
        return self._ask(self._heartbeat, f"n={self._beats}")

    def beats_unanswered(self, times: int) -> bool:
        """Send so many heartbeats of a page left alone; return whether no run followed."""
        for _ in range(times):
            self._socket.send(self._asking(self._heartbeat, f"n={self._beats}"))
        with suppress(TimeoutError):
            while True:  # what the run before says last may come only now
                answer = ForwardMsg.FromString(cast("bytes", self._socket.recv(timeout=0.5)))
                if answer.WhichOneof("type") == "new_session":
                    return False
        return True

    def _asking(self, fragment: str, query: str) -> bytes:
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = self._page
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.is_auto_rerun = bool(fragment)
        asked.rerun_script.cached_message_hashes.extend(self._kept.hashes)
        return asked.SerializeToString()

    def _ask(self, fragment: str, query: str = "") -> Run:
        started, size, before = time.perf_counter(), 0, self._counting.came
        self._socket.send(self._asking(fragment, query))
        while True:
            answer = self._socket.recv(timeout=120)
            assert isinstance(answer, bytes), "Streamlit speaks in bytes"
            size += len(answer)
            message = ForwardMsg.FromString(answer)
            self._kept.take(message)
            failed = message.delta.new_element.WhichOneof("type") == "exception"
            assert not failed, message.delta.new_element.exception.message
            if message.WhichOneof("type") == "auto_rerun":
                self._heartbeat = message.auto_rerun.fragment_id
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished in _ENDS:
                    self._kept.end(fragment)
                    seconds = time.perf_counter() - started
                    return Run(seconds, size, self._counting.came - before)
                fragment = ""  # the whole page is drawn instead

    def close(self) -> None:
        self._open.close()


def alone(port: int, runs: int) -> list[Run]:
    """One viewer, run after run; the first of a session, which sends fonts and all, left out."""
    viewer = Viewer(port)
    viewer.run()
    done = [viewer.run() for _ in range(runs)]
    viewer.close()
    return done


def together(viewers: int, runs: int, *ports: int) -> float:
    """Runs a second that so many viewers get, spread over these, who all ask again and again."""
    pages = [Viewer(ports[number % len(ports)]) for number in range(viewers)]
    with ThreadPoolExecutor(viewers) as pool:
        list(pool.map(Viewer.run, pages))
        started = time.perf_counter()
        list(pool.map(lambda page: [page.run() for _ in range(runs)], pages))
        seconds = time.perf_counter() - started
    for page in pages:
        page.close()
    return viewers * runs / seconds
