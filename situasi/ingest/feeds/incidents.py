"""Incidents: what happened, where, how serious it is, and how far it is handled."""

from __future__ import annotations

import re

from situasi.domain.feed_schemas import SITUASI
from situasi.ingest.parsing.cells import is_blank, normalize_cell
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.coordinate_check import check_coordinates
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of incident rows."""
    check_common(table_check)
    check_times(table_check)
    check_location(table_check)
    check_coordinates(table_check)
    for name in ("jenis", "tingkat", "situasi", "status", "rujukan"):
        table_check.values[name] = table_check.read_codes(name)
    check_grading(table_check)
    _complete_nihil(table_check)
    _check_contradictions(table_check)
    table_check.require("jenis", table_check.cells("jenis"), "jenis kejadian kosong")
    for name in ("uraian", "ditugaskan"):
        table_check.values[name] = table_check.texts(name)
    return build_validation_result(table_check)


def _complete_nihil(table_check: TableCheck) -> None:
    """Copy nihil between empty kinds and statuses; any other empty status becomes dilaporkan."""
    kinds, statuses = list(table_check.values["jenis"]), list(table_check.values["status"])
    kind_cells = table_check.cells("jenis")
    for row in range(table_check.issues.row_count):
        if kinds[row] is None and is_blank(kind_cells[row]) and statuses[row] == "nihil":
            kinds[row] = "nihil"
        if statuses[row] is None:
            statuses[row] = "nihil" if kinds[row] == "nihil" else "dilaporkan"
    table_check.values["jenis"], table_check.values["status"] = kinds, statuses


def _check_contradictions(table_check: TableCheck) -> None:
    """Add an error to rows that report nihil and an incident at the same time."""
    rows = zip(*(table_check.values[name] for name in ("jenis", "status", "situasi")), strict=True)
    for row, (jenis, status, state) in enumerate(rows):
        if jenis == "nihil" and state in SITUASI[1:]:
            reason = f"nihil tetapi situasi {state}: pilih salah satu"
            table_check.issues.add_error(row, reason, "jenis", "situasi")
        if jenis not in {None, "nihil"} and status == "nihil":
            reason = "ada kejadian tetapi status nihil: pilih salah satu"
            table_check.issues.add_error(row, reason, "jenis", "status")


_GRADE = re.compile(r"([A-F])[ ./-]?([1-6])", re.IGNORECASE)

Grade = tuple[str, str]


def check_grading(table_check: TableCheck) -> None:
    """Fill `keandalan` (A to F) and `kredibilitas` (1 to 6). A grade such as A1 fills both."""
    if not table_check.mapping.has("keandalan", "kredibilitas"):
        table_check.values["keandalan"] = table_check.values["kredibilitas"] = [
            None
        ] * table_check.issues.row_count
        return
    sources, facts = table_check.cells("keandalan"), table_check.cells("kredibilitas")
    for row, cells in enumerate(zip(sources, facts, strict=True)):
        grade = _parse_grade(cells[0]) or _parse_grade(cells[1])
        if grade is None:
            continue
        sources[row], facts[row] = grade
        if not all(is_blank(cell) or _matches_grade(cell, grade) for cell in cells):
            table_check.issues.add_warning(row, f"penilaian bertentangan, dibaca {''.join(grade)}")
    table_check.values["keandalan"] = table_check.read_codes("keandalan", sources)
    table_check.values["kredibilitas"] = table_check.read_codes("kredibilitas", facts)


def _parse_grade(cell: Cell) -> Grade | None:
    match = _GRADE.fullmatch(normalize_cell(cell)) if isinstance(cell, str) else None
    return (match[1].upper(), match[2]) if match else None


def _matches_grade(cell: Cell, grade: Grade) -> bool:
    return _parse_grade(cell) == grade or normalize_cell(cell).upper() in grade
