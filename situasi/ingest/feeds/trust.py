"""How far a source and what it says are trusted: two columns, or one grade such as A1."""

from __future__ import annotations

import re

from situasi.ingest.parsing.cells import is_blank, plain
from situasi.ingest.tables import Cell
from situasi.ingest.validation.table_check import Sheet

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
