"""Forks a process that has loaded the product, so that memory is measured without imports.

python -m tests.forks MODULE: for each line of standard input a child calls MODULE.measure(Path)
and prints what it returns, a line of JSON; null: it failed, and standard error says why.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from situasi.domain.settings import ROOT

MAX_CPU_S = 60  # after which a child hangs


class Forks:
    """The process; `ask` is answered by a child of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, path: Path) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] | None = json.loads(self._process.stdout.readline())
        assert answer is not None, path
        return answer


@contextlib.contextmanager
def loaded(module: str) -> Iterator[Forks]:
    """Forks that have loaded this module."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.forks", module],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Forks(process)


def serve(module: str) -> None:
    measure = importlib.import_module(module).measure
    for line in sys.stdin:
        child = os.fork()
        if not child:
            answer_in_child(measure, Path(line.removesuffix("\n")))
        if os.waitpid(child, 0)[1]:
            print("null", flush=True)


def answer_in_child(measure: Any, path: Path) -> None:
    import resource  # which not every system has

    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    with contextlib.redirect_stdout(sys.stderr):
        told = measure(path)
    print(json.dumps(told), flush=True)
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
