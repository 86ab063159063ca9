"""Check of the officer of a row: a number of the roster, never a name, never an NRP."""

from situasi.ingest.parsing.cells import UnreadableCell, cell_to_text
from situasi.ingest.redaction.persons import NRP_REFUSED, read_officer
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck

NUMBER_MISSING = "nomor petugas kosong"


def check_officer(table: TableCheck, *, detect_nrp: bool = True) -> Texts:
    """Return `petugas`. detect_nrp: give an NRP instead of a missing number its own reason."""
    numbers = table.texts("petugas")
    nrps = table.cells("nrp") if detect_nrp else [None] * len(numbers)
    cells = list(zip(numbers, nrps, strict=True))
    return table.issues.read_distinct(cells, _read_number, columns=["petugas"])


def _read_number(cells: tuple[str | None, Cell]) -> tuple[str, None]:
    number, nrp = cells
    if number is None:
        raise UnreadableCell(NUMBER_MISSING if cell_to_text(nrp) is None else NRP_REFUSED)
    return read_officer(number), None
