"""Ingest: rows a second, validated and durable, beside the plain way in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from situasi.domain.settings import ROOT

ROUNDS = 3


@dataclass(frozen=True)
class Taken:
    """What one run of a program took. peak: MB, None where the system does not tell."""

    rows: int
    seconds: float
    cpu: float
    peak: float | None

    def told(self, what: str) -> str:
        memory = "?" if self.peak is None else f"{self.peak:,.0f} MB"
        return (
            f"{what:<34}{self.rows / self.seconds:>9,.0f} rows/s {self.seconds:>7.2f} s "
            f"{self.cpu:>6.2f} s cpu  peak {memory}"
        )


def once(program: str, source: Path, folder: Path) -> Taken:
    """One run in a process of its own, so that peak memory is that of this file alone."""
    asked = [sys.executable, "-m", f"tests.bench.{program}", str(source), str(folder)]
    done = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True)
    return Taken(**json.loads(done.stdout))


def best(taken: list[Taken]) -> Taken:
    return min(taken, key=lambda one: one.seconds)


def run(csv: Path, xlsx: Path, folder: Path) -> None:
    """Print the figures; the programs take turns, so that noise falls on both."""
    ours, plain = [], []
    for turn in range(ROUNDS):
        ours.append(once("ingest_once", csv, folder / f"ours-{turn}"))
        plain.append(once("naive_ingest", csv, folder / f"plain-{turn}"))
    book = once("ingest_once", xlsx, folder / "book")
    print(best(ours).told("CSV, checked, durable"))
    print(best(plain).told("CSV, the plain way, no checks"))
    print(book.told("XLSX, checked, durable"))
    print(f"{'ours : plain way':<34}{best(ours).seconds / best(plain).seconds:>9.2f} × the time")
