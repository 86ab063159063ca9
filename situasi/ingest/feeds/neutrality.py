"""Neutrality of the police: cases by code and unit, and reports that there is none."""

from __future__ import annotations

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times

_CASE_COLUMNS = ("pelanggaran", "kelas", "sanksi")


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of neutrality rows; each row is one step of one case."""
    check_common(table_check)
    check_times(table_check)
    check_location(table_check, required=False)
    for name in ("asal", *_CASE_COLUMNS):
        table_check.values[name] = table_check.read_codes(name)
    steps = _read_steps(table_check)
    table_check.values["langkah"] = table_check.read_codes("langkah", steps)
    table_check.require("langkah", steps, "langkah penanganan kosong")
    for name in ("satuan", "uraian"):
        table_check.values[name] = table_check.texts(name)
    is_kind_missing = [is_blank(cell) for cell in table_check.cells("pelanggaran")]
    for row in range(table_check.issues.row_count):
        _check_case(table_check, row, is_kind_missing[row])
    return build_validation_result(table_check)


def _read_steps(table_check: TableCheck) -> list[Cell]:
    """Return the step; where it is empty, the cell of a plain `status` column."""
    pairs = zip(table_check.cells("langkah"), table_check.cells("step"), strict=True)
    return [status if is_blank(step) else step for step, status in pairs]


def _check_case(table_check: TableCheck, row: int, is_kind_missing: bool) -> None:
    """Add an error where nihil comes with a case, and a warning where a case has no kind."""
    step = table_check.values["langkah"][row]
    filled = [name for name in _CASE_COLUMNS if table_check.values[name][row] is not None]
    if step == "nihil" and filled:
        reason = f"nihil tetapi {filled[0]} disebut: pilih salah satu"
        table_check.issues.add_error(row, reason, "langkah", filled[0])
    if step not in {None, "nihil"} and is_kind_missing:
        table_check.issues.add_warning(row, "jenis pelanggaran tidak disebut")
