"""Neutrality of the police: cases by code and unit, and the word that there is none."""

from __future__ import annotations

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.tables import Cell, Checked
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when

# What only a case can have.
_OF_A_CASE = ("pelanggaran", "kelas", "sanksi")


def check(sheet: Sheet) -> Checked:
    """Judge one table of neutrality rows, one step of one case a row."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet, needed=False)
    for name in ("asal", *_OF_A_CASE):
        sheet.values[name] = sheet.words(name)
    steps = _steps(sheet)
    sheet.values["langkah"] = sheet.words("langkah", steps)
    sheet.needed("langkah", steps, "langkah penanganan kosong")
    for name in ("satuan", "uraian"):
        sheet.values[name] = sheet.texts(name)
    unnamed = [is_blank(cell) for cell in sheet.cells("pelanggaran")]
    for row in range(sheet.bench.size):
        _judge_case(sheet, row, unnamed[row])
    return verdict(sheet)


def _steps(sheet: Sheet) -> list[Cell]:
    """The step where it has a column; else what stands under a plain `status`."""
    pairs = zip(sheet.cells("langkah"), sheet.cells("step"), strict=True)
    return [status if is_blank(step) else step for step, status in pairs]


def _judge_case(sheet: Sheet, row: int, unnamed: bool) -> None:
    """Nihil says that there is no case; every other step is a step of one."""
    step = sheet.values["langkah"][row]
    told = [name for name in _OF_A_CASE if sheet.values[name][row] is not None]
    if step == "nihil" and told:
        said = f"nihil tetapi {told[0]} disebut: pilih salah satu"
        sheet.bench.fault(row, said, "langkah", told[0])
    if step not in {None, "nihil"} and unnamed:
        sheet.bench.doubt(row, "jenis pelanggaran tidak disebut")
