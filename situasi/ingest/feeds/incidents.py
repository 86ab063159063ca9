"""Incidents: what happened, where, how serious it is, and how far it is handled."""

import re

import numpy as np

from situasi.domain.feed_schemas import SITUASI
from situasi.ingest.parsing.cells import is_blank, normalize_cell, quote
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.coordinate_check import check_coordinates
from situasi.ingest.validation.place_check import check_location, note_area_alone
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times, note_missing_hours
from situasi.ingest.validation.validation_result import build_validation_result


def check(table: TableCheck) -> ValidationResult:
    """Check one table of incident rows."""
    latihan = check_exercise(table)
    times = check_times(table, latihan)
    note_missing_hours(table, times)
    place, points = check_coordinates(table, check_location(table))
    kinds, tingkat, situasi, statuses, rujukan = map(
        table.read_codes, ("jenis", "tingkat", "situasi", "status", "rujukan")
    )
    keandalan, kredibilitas = _read_grading(table)
    jenis, status = _complete_nihil(table, kinds, statuses)
    _check_contradictions(table, jenis, status, situasi)
    has_point = (~np.isnan(points.lat)).tolist()
    note_area_alone(table, place, lambda row: has_point[row] or jenis[row] == "nihil")
    table.require("jenis", jenis, table.cells("jenis"), "jenis kejadian kosong")
    return build_validation_result(
        table, latihan, times, place,
        lat=points.lat, lon=points.lon,
        jenis=jenis, tingkat=tingkat, situasi=situasi, status=status, rujukan=rujukan,
        keandalan=keandalan, kredibilitas=kredibilitas,
        uraian=table.texts("uraian"), ditugaskan=table.texts("ditugaskan"),
    )  # fmt: skip


def _complete_nihil(table: TableCheck, kinds: Texts, statuses: Texts) -> tuple[Texts, Texts]:
    """Copy nihil between empty kinds and statuses; any other empty status becomes dilaporkan."""
    kind_cells, jenis, status = table.cells("jenis"), list(kinds), list(statuses)
    words = table.cells("status")
    for row in range(table.issues.row_count):
        if jenis[row] is None and is_blank(kind_cells[row]) and status[row] == "nihil":
            jenis[row] = "nihil"
        if jenis[row] not in {None, "nihil"} and status[row] == "nihil" and _is_calm(words[row]):
            status[row] = None
            note = f"status {quote(words[row])} tidak dipakai: bukan status penanganan kejadian"
            table.issues.add_warning(row, note)
        if status[row] is None:
            status[row] = "nihil" if jenis[row] == "nihil" else "dilaporkan"
    return jenis, status


def _is_calm(cell: Cell) -> bool:
    """Return whether a status tells how things are now, and not that nothing happened."""
    return isinstance(cell, str) and _CALM.search(cell) is not None


def _check_contradictions(table: TableCheck, jenis: Texts, status: Texts, situasi: Texts) -> None:
    """Add an error to rows that report nihil and an incident at the same time."""
    for row, (kind, handling, state) in enumerate(zip(jenis, status, situasi, strict=True)):
        if kind == "nihil" and state in SITUASI[1:]:
            reason = f"nihil tetapi situasi {state}: pilih salah satu"
            table.issues.add_error(row, reason, "jenis", "situasi")
        if kind not in {None, "nihil"} and handling == "nihil":
            reason = "ada kejadian tetapi status nihil: pilih salah satu"
            table.issues.add_error(row, reason, "jenis", "status")


_CALM = re.compile(r"\b(?:aman|kondusif|terkendali)\b", re.IGNORECASE)
_GRADE = re.compile(r"([A-F])[ ./-]?([1-6])", re.IGNORECASE)

Grade = tuple[str, str]


def _read_grading(table: TableCheck) -> tuple[Texts, Texts]:
    """Return `keandalan` (A to F) and `kredibilitas` (1 to 6). A grade such as A1 gives both."""
    if not table.mapping.has("keandalan", "kredibilitas"):
        empty: Texts = [None] * table.issues.row_count
        return empty, empty
    sources, facts = table.cells("keandalan"), table.cells("kredibilitas")
    for row, cells in enumerate(zip(sources, facts, strict=True)):
        grade = _parse_grade(cells[0]) or _parse_grade(cells[1])
        if grade is None:
            continue
        sources[row], facts[row] = grade
        if not all(is_blank(cell) or _matches_grade(cell, grade) for cell in cells):
            table.issues.add_warning(row, f"penilaian bertentangan, dibaca {''.join(grade)}")
    return table.read_codes("keandalan", sources), table.read_codes("kredibilitas", facts)


def _parse_grade(cell: Cell) -> Grade | None:
    match = _GRADE.fullmatch(normalize_cell(cell)) if isinstance(cell, str) else None
    return (match[1].upper(), match[2]) if match else None


def _matches_grade(cell: Cell, grade: Grade) -> bool:
    return _parse_grade(cell) == grade or normalize_cell(cell).upper() in grade
