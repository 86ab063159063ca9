"""Personnel check-ins: which officer is where. Officers are numbers, never names."""

from __future__ import annotations

from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.officer_check import check_officer
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of check-ins."""
    check_common(table_check)
    check_times(table_check)
    check_location(table_check)
    check_officer(table_check)
    for name in ("instansi", "checkin"):
        table_check.values[name] = table_check.read_codes(name)
    table_check.values["uraian"] = table_check.texts("uraian")
    table_check.require("checkin", table_check.cells("checkin"), "jenis lapor diri kosong")
    return build_validation_result(table_check)
