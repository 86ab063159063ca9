"""Posting orders: which officer guards which TPS, stands in reserve or goes on patrol."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.datetime_columns import DatetimeColumn, to_datetime64
from situasi.ingest.parsing.numbers import read_tps_list
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.officer_check import check_officer
from situasi.ingest.validation.place_check import ParsedTps, check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times

# An order may have no time, or a time in the future.
_TIME_COLUMNS = ("occurred_at", "date", "clock")


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of posting orders."""
    check_common(table_check)
    check_times(table_check, required=False, allow_future=True)
    filled_count = _fill_missing_times(table_check)
    check_location(table_check, required=False, read_tps_cell=_read_tps_list_cell)
    check_officer(table_check)
    for name in ("lokasi", "uraian"):
        table_check.values[name] = table_check.texts(name)
    for row, task in enumerate(_read_tasks(table_check)):
        _check_task(table_check, row, task)
    _check_tps_numbers(table_check)
    result = build_validation_result(table_check)
    note = f"{filled_count} baris tanpa waktu: penugasan berlaku sejak jaga hari pemungutan suara"
    return replace(result, notes=(*result.notes, note)) if filled_count else result


def _read_tps_list_cell(cell: Cell) -> ParsedTps:
    return (None if is_blank(cell) else read_tps_list(cell)), None


def _fill_missing_times(table_check: TableCheck) -> int:
    """Set rows without a time to the start of the election day's watch; return how many."""
    moments = table_check.values["occurred_at"].values.copy()
    cells = zip(*(table_check.cells(name) for name in _TIME_COLUMNS), strict=True)
    is_timeless = np.array([all(map(is_blank, row)) for row in cells], dtype="bool")
    moments[is_timeless] = to_datetime64(table_check.context.election.day_start)
    table_check.values["occurred_at"] = DatetimeColumn(moments)
    precisions = table_check.values["precision"]
    table_check.values["precision"] = [
        "menit" if timeless else precision
        for timeless, precision in zip(is_timeless, precisions, strict=True)
    ]
    return int(is_timeless.sum())


def _read_tasks(table_check: TableCheck) -> list[str | None]:
    """Read `penugasan`; a row that names TPS without a task is a posting to guard them."""
    tps, tasks = table_check.cells("tps"), table_check.read_codes("penugasan")
    is_task_blank = map(is_blank, table_check.cells("penugasan"))
    for row, (is_blank_task, cell) in enumerate(zip(is_task_blank, tps, strict=True)):
        if is_blank_task and is_blank(cell):
            reason = "penugasan kosong: TPS, kecamatan, cadangan atau patroli"
            table_check.issues.add_error(row, reason, "penugasan", "tps", "kecamatan_name")
        elif is_blank_task:
            tasks[row] = "tps"
        elif tasks[row] == "tps" and is_blank(cell):
            table_check.issues.add_error(row, "nomor TPS kosong", "tps")
    table_check.values["penugasan"] = tasks
    return tasks


def _check_task(table_check: TableCheck, row: int, task: str | None) -> None:
    """Check that a posting and the place it names fit together."""
    values, issues = table_check.values, table_check.issues
    if values["tps"][row] and values["desa"][row] is None and values["desa_text"][row] is None:
        issues.add_error(row, "desa kosong: nomor TPS saja tidak cukup", "desa_name")
    if values["tps"][row] and task not in {None, "tps"}:
        reason = f"penugasan {task} tetapi TPS disebut: pilih salah satu"
        issues.add_error(row, reason, "penugasan", "tps")
    if task == "kecamatan" and values["kecamatan"][row] is None:
        issues.add_error(row, "penugasan kecamatan tanpa kecamatan", "kecamatan_name")


def _check_tps_numbers(table_check: TableCheck) -> None:
    """Add a warning for TPS numbers that the register does not have for the desa."""
    tps = table_check.context.register.tps
    numbers = {desa: set(rows) for desa, rows in tps.groupby("desa")["nomor"]}
    for row, (desa, tps_list) in enumerate(
        zip(table_check.values["desa"], table_check.values["tps"], strict=True)
    ):
        if desa is None or tps_list is None:
            continue
        unknown = [n for n in tps_list.split(",") if int(n) not in numbers.get(desa, set())]
        if unknown:
            place = table_check.context.register.name_of(desa)
            table_check.issues.add_warning(
                row, f"TPS {', '.join(unknown[:5])} tidak ada di daftar {place}"
            )
