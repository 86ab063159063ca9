"""Posting orders: which officer guards which TPS, stands in reserve or goes on patrol."""

from dataclasses import replace

import numpy as np

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.datetime_columns import DatetimeColumn, to_datetime64
from situasi.ingest.parsing.numbers import read_tps_list
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.officer_check import check_officers
from situasi.ingest.validation.place_check import (
    ParsedTps,
    PlaceColumns,
    check_location,
    hold_unknown_desa,
)
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import TimeColumns, check_times
from situasi.ingest.validation.validation_result import build_validation_result

# An order may have no time, or a time in the future.
_TIME_COLUMNS = ("occurred_at", "date", "clock")


def check(table: TableCheck) -> ValidationResult:
    """Check one table of posting orders."""
    latihan = check_exercise(table)
    stated_times = check_times(table, latihan, required=False, allow_future=True)
    times, filled_count = _fill_missing_times(table, stated_times)
    place = check_location(table, required=False, read_tps_cell=_read_tps_list_cell)
    officers = check_officers(table)
    penugasan = _read_tasks(table)
    for row, task in enumerate(penugasan):
        _check_task(table, place, row, task)
    result = build_validation_result(
        table, latihan, times, place, officers,
        penugasan=penugasan,
        lokasi=table.texts("lokasi"), uraian=table.texts("uraian"),
    )  # fmt: skip
    note = f"{filled_count} baris tanpa waktu: penugasan berlaku sejak jaga hari pemungutan suara"
    return replace(result, notes=(*result.notes, note)) if filled_count else result


def _read_tps_list_cell(cell: Cell) -> ParsedTps:
    return (None if is_blank(cell) else read_tps_list(cell)), None


def _fill_missing_times(table: TableCheck, times: TimeColumns) -> tuple[TimeColumns, int]:
    """Set rows without a time to the start of the election day's watch; return how many too."""
    cells = zip(*(table.cells(name) for name in _TIME_COLUMNS), strict=True)
    is_timeless = np.array([all(map(is_blank, row)) for row in cells], dtype="bool")
    moments = times.occurred_at.values.copy()
    moments[is_timeless] = to_datetime64(table.context.election.day_start)
    precision = np.where(is_timeless, "menit", np.array(times.precision, dtype="object")).tolist()
    filled = replace(times, occurred_at=DatetimeColumn(moments), precision=precision)
    return filled, int(is_timeless.sum())


def _read_tasks(table: TableCheck) -> Texts:
    """Read `penugasan`; a row that names TPS without a task is a posting to guard them."""
    tps, tasks = table.cells("tps"), table.read_codes("penugasan")
    is_task_blank = map(is_blank, table.cells("penugasan"))
    for row, (is_blank_task, cell) in enumerate(zip(is_task_blank, tps, strict=True)):
        if is_blank_task and is_blank(cell) and _is_of_kecamatan(table, row):
            tasks[row] = "kecamatan"
            table.issues.add_warning(row, "perwira pengendali: penugasan dibaca kecamatan")
        elif is_blank_task and is_blank(cell):
            reason = "penugasan kosong: TPS, kecamatan, cadangan atau patroli"
            table.issues.add_error(row, reason, "penugasan", "tps", "kecamatan_name")
        elif is_blank_task:
            tasks[row] = "tps"
        elif tasks[row] == "tps" and is_blank(cell):
            table.issues.add_error(row, "nomor TPS kosong", "tps")
    return tasks


def _is_of_kecamatan(table: TableCheck, row: int) -> bool:
    """Return whether a row without a TPS names a post that answers for a kecamatan (`PADAL`)."""
    words = (cell for cell in table.raw.cells.iloc[row].tolist() if isinstance(cell, str))
    clues = table.context.vocabulary.clues
    return any(clues.stands_in("area_post", text) for text in words)


def _check_task(table: TableCheck, place: PlaceColumns, row: int, task: str | None) -> None:
    """Check that a posting and the place it names fit together."""
    issues, tps = table.issues, place.tps[row]
    if tps and place.desa[row] is None and place.desa_text[row] is None:
        issues.add_error(row, "desa kosong: nomor TPS saja tidak cukup", "desa_name")
    elif tps and place.desa[row] is None:
        hold_unknown_desa(table, row, place.desa_text[row] or "", place.kecamatan[row])
    if tps and task not in {None, "tps"}:
        reason = f"penugasan {task} tetapi TPS disebut: pilih salah satu"
        issues.add_error(row, reason, "penugasan", "tps")
    if task == "kecamatan" and place.kecamatan[row] is None:
        issues.add_error(row, "penugasan kecamatan tanpa kecamatan", "kecamatan_name")
