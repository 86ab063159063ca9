"""Merges: two cases found to be one report, or found not to be. Made on the board."""

from __future__ import annotations

from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times


def check(table_check: TableCheck) -> ValidationResult:
    """Judge one table of merges. kasus and ke: keys of analysis.incidents.case_keys."""
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
            said = "kasus tidak dapat digabung dengan dirinya sendiri"
            table_check.issues.add_error(row, said, "kasus", "ke")
    return build_validation_result(table_check)
