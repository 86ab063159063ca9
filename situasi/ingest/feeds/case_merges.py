"""Case merges, entered on the dashboard: two cases are one report, or are known to be two."""

from __future__ import annotations

from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of merges. kasus and ke: keys of analysis.incidents.cases.build_case_keys."""
    check_common(table_check)
    check_times(table_check)
    check_location(table_check, required=False)
    table_check.values["tindakan"] = table_check.read_codes("tindakan")
    for name in ("kasus", "ke", "alasan_gabung"):
        table_check.values[name] = table_check.texts(name)
    table_check.require("tindakan", table_check.cells("tindakan"), "tindakan kosong")
    for row, (case, into) in enumerate(
        zip(table_check.values["kasus"], table_check.values["ke"], strict=True)
    ):
        if case is None or into is None:
            table_check.issues.add_error(
                row, "dua kasus harus disebut: kasus dan ke", "kasus", "ke"
            )
        elif case == into:
            reason = "kasus tidak dapat digabung dengan dirinya sendiri"
            table_check.issues.add_error(row, reason, "kasus", "ke")
    return build_validation_result(table_check)
