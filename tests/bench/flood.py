"""Visitors by the thousand at a usual limit of descriptors: everybody gets a page."""

from __future__ import annotations

import resource
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

from situasi.domain.settings import ROOT
from tests.bench import made
from tests.bench.machine import megabytes
from tests.bench.server import served
from tests.bench.viewer import Viewer

OPENINGS, AT_ONCE, DESCRIPTORS = 5_000, 100, 1_024
MINUTES = 10.0


def run() -> None:
    """Open OPENINGS pages within MINUTES, and AT_ONCE of them in one moment."""
    print(
        f"\n{OPENINGS:,} openings at {DESCRIPTORS:,} descriptors, {AT_ONCE} at once, rehearsal day"
    )
    with tempfile.TemporaryDirectory(prefix="situasi-flood-") as name:
        asked = {**made.environment(Path(name)), "SITUASI_REHEARSAL": "yes"}
        with served(ROOT / "dashboard.py", asked) as (port, pid):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
            _open(port)
            _tell(port, pid, "before")
            started = time.monotonic()
            waits = _at_once(port)
            print(f"  {AT_ONCE} at once: all drawn, the last after {max(waits):.1f} s")
            _tell(port, pid, f"{AT_ONCE} open")
            pace = 60 * MINUTES / OPENINGS
            with ThreadPoolExecutor(20) as pool:
                waits = sorted(
                    pool.map(lambda turn: _open(port, started + turn * pace), range(OPENINGS))
                )
            took = (time.monotonic() - started) / 60
            print(
                f"  {len(waits):,} openings in {took:.1f} minutes, none failed: "
                f"p50 {waits[len(waits) // 2] * 1e3:,.0f} ms, "
                f"p95 {waits[len(waits) * 95 // 100] * 1e3:,.0f}, worst {waits[-1] * 1e3:,.0f}"
            )
            _tell(port, pid, "afterwards")


def _open(port: int, due: float = 0.0) -> float:
    """Open a page at this moment, look at it once and leave; the seconds that it took."""
    time.sleep(max(0.0, due - time.monotonic()))
    began = time.monotonic()
    page = Request(f"http://127.0.0.1:{port}/", headers={"accept": "text/html"})
    with urlopen(page, timeout=120) as answer:
        assert answer.status == 200
    viewer = Viewer(port, "situasi")
    viewer.run()
    took = time.monotonic() - began
    viewer.close()
    return took


def _at_once(port: int) -> list[float]:
    """So many open a page in one moment and look at it together."""
    ready, drawn = threading.Barrier(AT_ONCE), threading.Barrier(AT_ONCE)

    def opens(_number: int) -> float:
        ready.wait()
        began = time.monotonic()
        viewer = Viewer(port, "situasi")
        viewer.run()
        took = time.monotonic() - began
        drawn.wait()
        viewer.close()
        return took

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(opens, range(AT_ONCE)))


def _tell(port: int, pid: int, when: str) -> None:
    used, held = len(list(Path(f"/proc/{pid}/fd").iterdir())), megabytes(pid)
    memory = f", {held[0]:,.0f} MB" if held else ""
    with urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=60) as answer:
        print(f"  {when}: {used} descriptors{memory}, ready {answer.status}")
