"""Incidents: what happened, where, how grave, and how far it is dealt with."""

from __future__ import annotations

import re

from situasi.domain.feed_schemas import SITUASI
from situasi.ingest.parsing.cells import is_blank, plain
from situasi.ingest.tables import Cell, Checked
from situasi.ingest.validation.coordinate_check import judge_points
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when


def check(sheet: Sheet) -> Checked:
    """Judge one table of incident rows."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet)
    judge_points(sheet)
    for name in ("jenis", "tingkat", "situasi", "status", "rujukan"):
        sheet.values[name] = sheet.words(name)
    judge_trust(sheet)
    _nihil(sheet)
    _contradictions(sheet)
    sheet.needed("jenis", sheet.cells("jenis"), "jenis kejadian kosong")
    for name in ("uraian", "ditugaskan"):
        sheet.values[name] = sheet.texts(name)
    return verdict(sheet)


def _nihil(sheet: Sheet) -> None:
    """Nihil, said as a kind or as a status, is a whole report; any other starts as dilaporkan."""
    kinds, statuses = list(sheet.values["jenis"]), list(sheet.values["status"])
    given = sheet.cells("jenis")
    for row in range(sheet.bench.size):
        if kinds[row] is None and is_blank(given[row]) and statuses[row] == "nihil":
            kinds[row] = "nihil"
        if statuses[row] is None:
            statuses[row] = "nihil" if kinds[row] == "nihil" else "dilaporkan"
    sheet.values["jenis"], sheet.values["status"] = kinds, statuses


def _contradictions(sheet: Sheet) -> None:
    """A row that says that nothing happened, and that something did, is asked again."""
    rows = zip(*(sheet.values[name] for name in ("jenis", "status", "situasi")), strict=True)
    for row, (jenis, status, state) in enumerate(rows):
        if jenis == "nihil" and state in SITUASI[1:]:
            said = f"nihil tetapi situasi {state}: pilih salah satu"
            sheet.bench.fault(row, said, "jenis", "situasi")
        if jenis not in {None, "nihil"} and status == "nihil":
            said = "ada kejadian tetapi status nihil: pilih salah satu"
            sheet.bench.fault(row, said, "jenis", "status")


_GRADE = re.compile(r"([A-F])[ ./-]?([1-6])", re.IGNORECASE)

Grade = tuple[str, str]


def judge_trust(sheet: Sheet) -> None:
    """Fill `keandalan` (A to F) and `kredibilitas` (1 to 6). A grade such as A1 fills both."""
    if not sheet.headings.has("keandalan", "kredibilitas"):
        sheet.values["keandalan"] = sheet.values["kredibilitas"] = [None] * sheet.bench.size
        return
    sources, facts = sheet.cells("keandalan"), sheet.cells("kredibilitas")
    for row, cells in enumerate(zip(sources, facts, strict=True)):
        grade = _grade(cells[0]) or _grade(cells[1])
        if grade is None:
            continue
        sources[row], facts[row] = grade
        if not all(is_blank(cell) or _agrees(cell, grade) for cell in cells):
            sheet.bench.doubt(row, f"penilaian bertentangan, dibaca {''.join(grade)}")
    sheet.values["keandalan"] = sheet.words("keandalan", sources)
    sheet.values["kredibilitas"] = sheet.words("kredibilitas", facts)


def _grade(cell: Cell) -> Grade | None:
    found = _GRADE.fullmatch(plain(cell)) if isinstance(cell, str) else None
    return (found[1].upper(), found[2]) if found else None


def _agrees(cell: Cell, grade: Grade) -> bool:
    return _grade(cell) == grade or plain(cell).upper() in grade
