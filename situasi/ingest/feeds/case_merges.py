"""Case merges, entered on the dashboard: two cases are one report, or are known to be two."""

from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times
from situasi.ingest.validation.validation_result import build_validation_result


def check(table: TableCheck) -> ValidationResult:
    """Check one table of merges. kasus and ke: keys of analysis.incidents.cases.build_case_keys."""
    latihan = check_exercise(table)
    times = check_times(table, latihan)
    place = check_location(table, required=False)
    tindakan = table.read_codes("tindakan")
    table.require("tindakan", tindakan, table.cells("tindakan"), "tindakan kosong")
    kasus, ke = table.texts("kasus"), table.texts("ke")
    for row, (case, into) in enumerate(zip(kasus, ke, strict=True)):
        if case is None or into is None:
            table.issues.add_error(row, "dua kasus harus disebut: kasus dan ke", "kasus", "ke")
        elif case == into:
            reason = "kasus tidak dapat digabung dengan dirinya sendiri"
            table.issues.add_error(row, reason, "kasus", "ke")
    return build_validation_result(
        table, latihan, times, place,
        tindakan=tindakan, kasus=kasus, ke=ke, alasan_gabung=table.texts("alasan_gabung"),
    )  # fmt: skip
