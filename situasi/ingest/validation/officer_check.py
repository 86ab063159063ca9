"""The officer whom a row is about: a number of the roster, never a name, never an NRP."""

from __future__ import annotations

from situasi.ingest.parsing.cells import Unreadable
from situasi.ingest.redaction.persons import NO_NRP, read_officer
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import text
from situasi.ingest.validation.table_check import Sheet

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
