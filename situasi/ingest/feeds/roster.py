"""Roster of officers by number or mark, rank, unit and agency; never by name."""

from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.officer_check import check_officers
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times
from situasi.ingest.validation.validation_result import build_validation_result


def check(table: TableCheck) -> ValidationResult:
    """Check one table of officers. An officer without a time is on the roster from the start."""
    latihan = check_exercise(table)
    times = check_times(table, latihan, required=False)
    place = check_location(table, required=False)
    officers = check_officers(table)
    instansi = table.read_codes("instansi")
    ranks = zip(table.texts("pangkat"), officers.pangkat, strict=True)
    return build_validation_result(
        table, latihan, times, place, officers,
        instansi=instansi, pangkat=[stated or beside_name for stated, beside_name in ranks],
        satuan=table.texts("satuan"), uraian=table.texts("uraian"),
    )  # fmt: skip
