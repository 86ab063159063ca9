"""Processes of Python that begin with the product loaded: forked from one that has imported it.

To import what they need takes a server or a command two seconds of a processor, and the tests start
some hundred of them. That they begin well from nothing is asked by server/test_server.py,
server/test_start_light.py, cli/test_rehearsal.py and by deploy/; without Linux they all do.

A wrong password costs them a hundredth of what it costs on the day, a quarter of a second of a
processor and 64 MiB (tests/access/test_accounts.py): the tests make hundreds of guesses.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

# A hash is checked at the cost that it names: here as little as there can be.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ROOT = Path(__file__).resolve().parents[1]
_PR_SET_CHILD_SUBREAPER = 36
_MAX_REQUEST = 1 << 20  # bytes: arguments and environment
# What reads the environment, or runs, when it is imported.
_LEFT_OUT = ("situasi.cli", "situasi.__main__", "situasi.store.migrations.", "pages.app")
_LATER = ("streamlit.web.bootstrap", "streamlit.web.cli", "uvicorn", "websockets")
_AT_ITS_BEGINNING = {"PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONWARNINGS"}  # read by Python alone
_STREAMS = (
    ("stdin", "r", "surrogateescape"),
    ("stdout", "w", "surrogateescape"),
    ("stderr", "w", "backslashreplace"),
)
_one_at_a_time = threading.Lock()


class Popen(subprocess.Popen[Any]):
    """[sys.executable, "-m" or "-c", ...] as a child of this process, like any other."""

    def _execute_child(self, args: Sequence[str], *given: Any) -> None:  # private to subprocess
        _executable, _preexec, _close, _pass, cwd, env, _startup, _flags, _shell, *fds = given
        if sys.platform != "linux":
            super()._execute_child(args, *given)  # type: ignore[misc]
            return
        python, *words = map(str, args)
        assert python == sys.executable and words[0] in {"-m", "-c"}, args
        request = json.dumps(
            [words, str(cwd or Path.cwd()), dict(os.environ if env is None else env)]
        )
        given_fds = fds[0], fds[3], fds[5]  # -1: as they are here
        own_fds = [number if fd == -1 else fd for number, fd in enumerate(given_fds)]
        self.pid = _fork(request.encode(), own_fds)
        self._child_created = True
        self._close_pipe_fds(*fds[:6])  # type: ignore[attr-defined]


def run(
    command: Sequence[str], *, timeout: float | None = None, check: bool = False, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """Run it to its end, as subprocess.run does, and keep what it said."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    with Popen(command, **options) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(command, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def _fork(request: bytes, fds: list[int]) -> int:
    """Return the number of a new process, which has become a child of this one."""
    with _one_at_a_time, _adopting():
        socket.send_fds(_loaded(), [request], fds)
        return int(_loaded().recv(32))


@contextlib.contextmanager
def _adopting() -> Iterator[None]:
    """Have processes below this one for children when the process between has ended."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@cache
def _loaded() -> socket.socket:
    """The line to the process that has loaded everything; it ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.processes", str(there.fileno())],
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            pass_fds=(there.fileno(),),
        )

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def load_all() -> None:
    """Import every module that a process of the product may need."""
    for folder in ("situasi", "pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if not name.startswith(_LEFT_OUT):
                importlib.import_module(name.removesuffix(".__init__"))
    for name in _LATER:
        importlib.import_module(name)
    accounts = importlib.import_module("situasi.access.accounts")
    accounts._HASHER = CHEAP_HASHER
    gc.collect()
    gc.freeze()


def serve(asked: socket.socket) -> tuple[bytes, list[int]] | None:
    """Fork for each request, and return it in the child; None: nobody asks any more."""
    while True:
        request, fds, _, _ = socket.recv_fds(asked, _MAX_REQUEST, 3)
        if not request:
            return None
        tells, writes = os.pipe()
        between = os.fork()
        if not between:  # ends at once, so that its child becomes that of whoever asked
            child = os.fork()
            if not child:
                for fd in (tells, writes, asked.detach()):
                    os.close(fd)
                return request, list(fds)
            os.write(writes, str(child).encode())
            os._exit(0)
        os.waitpid(between, 0)
        asked.send(os.read(tells, 32))
        for fd in (tells, writes, *fds):
            os.close(fd)


def become(request: bytes, fds: list[int]) -> None:
    """Go on as the process that was asked for."""
    (kind, what, *words), folder, environment = json.loads(request)
    for number, (name, mode, errors) in enumerate(_STREAMS):
        os.dup2(fds[number], number)
        os.close(fds[number])
        stream = os.fdopen(number, mode, 1 if number == 2 else -1, "utf-8", errors, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [what if kind == "-m" else kind, *words]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    load_all()
    if taken := serve(socket.socket(fileno=int(sys.argv[1]))):
        become(*taken)
