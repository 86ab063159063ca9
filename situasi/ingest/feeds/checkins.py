"""Personnel check-ins: which officer is where. Officers are numbers, never names."""

from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.officer_check import check_officer
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times
from situasi.ingest.validation.validation_result import build_validation_result


def check(table: TableCheck) -> ValidationResult:
    """Check one table of check-ins."""
    latihan = check_exercise(table)
    times = check_times(table, latihan)
    place = check_location(table)
    petugas = check_officer(table)
    instansi, checkin = map(table.read_codes, ("instansi", "checkin"))
    table.require("checkin", checkin, table.cells("checkin"), "jenis lapor diri kosong")
    return build_validation_result(
        table, latihan, times, place,
        petugas=petugas, instansi=instansi, checkin=checkin, uraian=table.texts("uraian"),
    )  # fmt: skip
