"""Roster of officers by number, rank, unit and agency; never by name."""

from situasi.ingest.redaction.persons import read_nrp
from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.officer_check import check_officer
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times
from situasi.ingest.validation.validation_result import build_validation_result


def check(table: TableCheck) -> ValidationResult:
    """Check one table of officers. An officer without a time is on the roster from the start."""
    latihan = check_exercise(table)
    times = check_times(table, latihan, required=False)
    place = check_location(table, required=False)
    petugas = check_officer(table, detect_nrp=False)
    instansi = table.read_codes("instansi")
    nrp = table.issues.read_distinct(
        table.texts("nrp"), lambda cell: (None, None) if cell is None else read_nrp(cell)
    )
    return build_validation_result(
        table, latihan, times, place,
        petugas=petugas, instansi=instansi, nrp=nrp, nama=[None] * table.issues.row_count,
        pangkat=table.texts("pangkat"), satuan=table.texts("satuan"), uraian=table.texts("uraian"),
    )  # fmt: skip
