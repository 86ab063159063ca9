"""Check of the officer of a row: a number of the roster, never a name, never an NRP."""

from __future__ import annotations

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.redaction.persons import NRP_REFUSED, read_officer
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import cell_to_text
from situasi.ingest.validation.table_check import TableCheck

NUMBER_MISSING = "nomor petugas kosong"


def check_officer(table_check: TableCheck, *, detect_nrp: bool = True) -> None:
    """Fill `petugas`. detect_nrp: give an NRP instead of a missing number its own reason."""
    numbers = table_check.texts("petugas")
    nrps = table_check.cells("nrp") if detect_nrp else [None] * table_check.issues.row_count
    cells = list(zip(numbers, nrps, strict=True))
    table_check.values["petugas"] = table_check.issues.read_distinct(
        cells, _read_number, columns=["petugas"]
    )


def _read_number(cells: tuple[str | None, Cell]) -> tuple[str, None]:
    number, nrp = cells
    if number is None:
        raise UnreadableCell(NUMBER_MISSING if cell_to_text(nrp) is None else NRP_REFUSED)
    return read_officer(number), None
