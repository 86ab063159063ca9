"""Of several servers on one store, one alone does a job; when it dies another takes it over."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from situasi.store import open_store
from tests import processes
from tests.postgres import SCOPE
from tests.store.test_store_processes import ROOT

_HOLDS = """
import sys, time
from situasi.store import open_store
from tests.postgres import SCOPE
store = open_store(sys.argv[1], SCOPE)
print(store.is_leader("latihan"), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("where", ["url", "store_database"])
def test_a_job_is_one_servers_alone_until_it_dies(
    where: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(where)
    here, there = open_store(url, SCOPE), open_store(url, SCOPE)
    other = processes.Popen(
        [sys.executable, "-c", _HOLDS, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        assert not here.is_leader("latihan")
        assert here.is_leader("cadangan") and not there.is_leader("cadangan")
        with ThreadPoolExecutor(1) as another:
            assert another.submit(here.is_leader, "cadangan").result()
    finally:
        other.kill()
        other.communicate()
    until(lambda: here.is_leader("latihan"))
    assert not there.is_leader("latihan")
    here.close()
    until(lambda: there.is_leader("latihan"))
    there.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait: a server learns of the end of a connection a moment later."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "the job of the dead was never taken over"
        time.sleep(0.05)
