"""The officer whom a row is about: a number of the roster, never a name, never an NRP."""

from __future__ import annotations

from situasi.feeds.common import Sheet
from situasi.feeds.judge import text
from situasi.feeds.table import Cell
from situasi.feeds.values.base import Unreadable
from situasi.feeds.values.persons import NO_NRP, read_officer

MISSING = "nomor petugas kosong"


def judge_officers(sheet: Sheet, *, nrp: bool = True) -> None:
    """Fill `petugas`. nrp: an NRP in its place is told from a missing number."""
    numbers = sheet.texts("petugas")
    instead = sheet.cells("nrp") if nrp else [None] * sheet.bench.size
    cells = list(zip(numbers, instead, strict=True))
    sheet.values["petugas"] = sheet.bench.each(cells, _read, columns=["petugas"])


def _read(cells: tuple[str | None, Cell]) -> tuple[str, None]:
    number, nrp = cells
    if number is None:
        raise Unreadable(MISSING if text(nrp) is None else NO_NRP)
    return read_officer(number), None
