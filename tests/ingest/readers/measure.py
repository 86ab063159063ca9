"""Asked by tests.forks: read one file, return what came of it, its processor time, peak memory."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from situasi.ingest.readers import file_reader
from situasi.ingest.tables import SourceError
from tests.ingest.readers.build import recognise


def peak_megabytes() -> float | None:
    """Peak memory of this process; None on systems that do not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the process that started this one
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / (1 << 10)
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / (1 << 10)


def measure(path: Path) -> dict[str, Any]:
    started, rows, refused = time.process_time(), 0, ""
    try:
        for table in file_reader.read_file(path, recognise):
            rows += len(table.row_numbers)
    except SourceError as sentence:
        refused = str(sentence)
    seconds = time.process_time() - started
    return {"rows": rows, "refused": refused, "seconds": seconds, "peak": peak_megabytes()}
