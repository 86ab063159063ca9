"""Starting: the rehearsal written, the first opening, and how soon a second start draws a page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from situasi.domain.settings import ROOT
from tests.bench import made
from tests.bench.server import serving
from tests.bench.viewer import Viewer


def run(folder: Path, filled: Path) -> None:
    """Print the figures. filled: a store with 100,000 reports."""
    print("\nStarting")
    first = {**made.environment(folder / "first"), "SITUASI_REHEARSAL": "yes"}
    _tell("python -m situasi simulate", _simulated(folder / "day"))
    _tell("first start to a drawn page", _drawn(first))
    _tell("second start to a drawn page", _drawn(first))
    _tell("the same with 100,000 reports", _drawn(made.environment(filled)))


def _simulated(folder: Path) -> float:
    started = time.perf_counter()
    asked = [sys.executable, "-m", "situasi", "simulate", "--seed", "2024", "--out", str(folder)]
    subprocess.run(asked, cwd=ROOT, env=dict(os.environ), check=True, capture_output=True)
    return time.perf_counter() - started


def _drawn(environment: dict[str, str]) -> float:
    """Seconds from the command to the end of the first viewer's first run."""
    started = time.perf_counter()
    with serving(ROOT / "dashboard.py", environment) as port:
        page = Viewer(port)
        page.run()
        seconds = time.perf_counter() - started
        page.close()
    return seconds


def _tell(what: str, seconds: float) -> None:
    print(f"  {what:<34}{seconds:>7.2f} s")
