"""Roster of officers by number, rank, unit and agency; never by name."""

from __future__ import annotations

from situasi.ingest.redaction.persons import read_nrp
from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.officer_check import check_officer
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of officers. An officer without a time is on the roster from the start."""
    check_common(table_check)
    check_times(table_check, required=False)
    check_location(table_check, required=False)
    check_officer(table_check, detect_nrp=False)
    table_check.values["instansi"] = table_check.read_codes("instansi")
    table_check.values["nrp"] = table_check.issues.read_distinct(
        table_check.texts("nrp"), lambda cell: (None, None) if cell is None else read_nrp(cell)
    )
    for name in ("pangkat", "satuan", "uraian"):
        table_check.values[name] = table_check.texts(name)
    return build_validation_result(table_check)
