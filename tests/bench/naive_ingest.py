"""Run as a program: the plain way of bringing a CSV into SQLite, without any check.

DictReader, strptime for every row, executemany of the raw texts. No register, no boundaries,
no vocabulary, no duplicates, no quarantine: what remains is the least anyone would write.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

from tests.bench.machine import peak_megabytes


def main(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    started, spent = time.perf_counter(), time.process_time()
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        moment = datetime.strptime(row["waktu"], "%d/%m/%Y %H.%M.%S")  # noqa: DTZ007 (plain)
        row["waktu"] = moment.isoformat()
    names = list(rows[0])
    with sqlite3.connect(folder / "naive.db") as connection:
        connection.execute(f"CREATE TABLE incidents ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO incidents VALUES ({marks})", [tuple(row.values()) for row in rows]
        )
    connection.close()
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    peak = peak_megabytes()
    print(json.dumps({"rows": len(rows), "seconds": seconds, "cpu": processor, "peak": peak}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
