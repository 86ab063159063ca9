"""Run as a program: write a long workbook into this file, print the memory it took in MB."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from situasi.reports.xlsx_tables import Sheet, build_workbook
from tests.ingest.readers.measure import peak_megabytes

ROWS = 100_000


def table() -> pd.DataFrame:
    start = pd.Timestamp("2024-11-27")
    return pd.DataFrame(
        {
            "n": range(ROWS),
            "desa": [f"Desa {n}" for n in range(ROWS)],
            "waktu": start + pd.to_timedelta(range(ROWS), unit="s"),
        }
    )


if __name__ == "__main__":
    long = table()
    before = peak_megabytes()
    Path(sys.argv[1]).write_bytes(build_workbook([Sheet("Data", long)], {}))
    sys.stdout.write(json.dumps({"before": before, "after": peak_megabytes()}))
