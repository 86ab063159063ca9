"""On what machine, when, and how the figures of one run are told."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def described() -> str:
    """Return the line that says on what machine and when figures were measured."""
    version = ".".join(map(str, sys.version_info[:3]))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {version}"
    )


def peak_megabytes() -> float | None:
    """Peak memory of this process; None on systems that do not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the process that started this one
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024


def megabytes(process: int) -> tuple[float, float] | None:
    """What this process holds now, and has held at most; None on systems that do not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    lines = [line.split() for line in status.read_text().splitlines()]
    held = {name: int(said[0]) / 1024 for name, *said in lines if name in {"VmRSS:", "VmHWM:"}}
    return held["VmRSS:"], held["VmHWM:"]


def processor(process: int) -> float:
    """Seconds of processor that this process has used; 0 on systems that do not tell.

    Other work on the machine lengthens the seconds of a clock, but hardly these.
    """
    status = Path(f"/proc/{process}/stat")
    if not status.exists():
        return 0.0
    said = status.read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def spread(seconds: Sequence[float]) -> str:
    """Best and median: the best is the work, what is above it is the machine's noise."""
    return f"{min(seconds) * 1e3:,.0f} ms (median {statistics.median(seconds) * 1e3:,.0f})"
