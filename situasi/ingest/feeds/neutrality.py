"""Neutrality of the police: cases by code and unit, and reports that there is none."""

import re
from collections.abc import Mapping

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times
from situasi.ingest.validation.validation_result import build_validation_result

_WHO = re.compile(r"instansi|unsur|jabatan|terlapor|pelaku|pekerjaan|profesi|status", re.I)
_NOT_POLICE = re.compile(
    r"\b(?:asn|pns|pppk|kepala desa|kades|lurah|camat|tni|(?:perangkat|sekretaris) desa|sekdes"
    r"|kadus|dinas|guru|bpd|bumn|bumd)\b",
    re.IGNORECASE,
)
_OF_OTHERS = "bukan anggota Polri: laporkan sebagai kejadian, jenis netralitas"


def check(table: TableCheck) -> ValidationResult:
    """Check one table of neutrality rows; each row is one step of one case."""
    latihan = check_exercise(table)
    times = check_times(table, latihan)
    place = check_location(table, required=False)
    asal = table.read_codes("asal")
    case = {name: table.read_codes(name) for name in ("pelanggaran", "kelas", "sanksi")}
    steps = _list_step_cells(table)
    langkah = table.read_codes("langkah", steps)
    table.require("langkah", langkah, steps, "langkah penanganan kosong")
    _check_cases(table, langkah, case)
    _check_police(table)
    return build_validation_result(
        table, latihan, times, place,
        asal=asal, langkah=langkah, **case,
        satuan=table.texts("satuan"), uraian=table.texts("uraian"),
    )  # fmt: skip


def _list_step_cells(table: TableCheck) -> list[Cell]:
    """Return the step; where it is empty, the cell of a plain `status` column."""
    pairs = zip(table.cells("langkah"), table.cells("step"), strict=True)
    return [status if is_blank(step) else step for step, status in pairs]


def _check_cases(table: TableCheck, langkah: Texts, case: Mapping[str, Texts]) -> None:
    """Add an error where nihil comes with a case, and a warning where a case has no kind.

    case: the columns that only a case fills.
    """
    kinds = table.cells("pelanggaran")
    for row, step in enumerate(langkah):
        filled = [name for name, codes in case.items() if codes[row] is not None]
        if step == "nihil" and filled:
            reason = f"nihil tetapi {filled[0]} disebut: pilih salah satu"
            table.issues.add_error(row, reason, "langkah", filled[0])
        if step not in {None, "nihil"} and is_blank(kinds[row]):
            table.issues.add_warning(row, "jenis pelanggaran tidak disebut")


def _check_police(table: TableCheck) -> None:
    """Add an error to rows about others: this feed counts cases of the police alone."""
    names = [name for name in table.mapping.unused_headings if _WHO.search(name)]
    for column in [table.raw.cells[name].tolist() for name in names]:
        for row, cell in enumerate(column):
            if isinstance(cell, str) and _NOT_POLICE.search(cell):
                table.issues.add_error(row, _OF_OTHERS)
