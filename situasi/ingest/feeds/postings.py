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

# An order may name no time, and be for a time to come.
_TIME_COLUMNS = ("occurred_at", "date", "clock")


def check(table_check: TableCheck) -> ValidationResult:
    """Judge one table of posting orders."""
    check_common(table_check)
    check_times(table_check, required=False, allow_future=True)
    timeless = _fill_missing_times(table_check)
    check_location(table_check, required=False, read_tps_cell=_read_tps_list_cell)
    check_officer(table_check)
    for name in ("lokasi", "uraian"):
        table_check.values[name] = table_check.texts(name)
    for row, task in enumerate(_read_tasks(table_check)):
        _check_task(table_check, row, task)
    _check_tps_numbers(table_check)
    checked = build_validation_result(table_check)
    said = f"{timeless} baris tanpa waktu: penugasan berlaku sejak jaga hari pemungutan suara"
    return replace(checked, notes=(*checked.notes, said)) if timeless else checked


def _read_tps_list_cell(cell: Cell) -> ParsedTps:
    return (None if is_blank(cell) else read_tps_list(cell)), None


def _fill_missing_times(table_check: TableCheck) -> int:
    """Give rows that state no time the start of the election day's watch; how many there are."""
    at = table_check.values["occurred_at"].at.copy()
    cells = zip(*(table_check.cells(name) for name in _TIME_COLUMNS), strict=True)
    silent = np.array([all(map(is_blank, row)) for row in cells], dtype="bool")
    at[silent] = to_datetime64(table_check.context.election.day_start)
    table_check.values["occurred_at"] = DatetimeColumn(at)
    said = table_check.values["precision"]
    table_check.values["precision"] = [
        "menit" if s else p for s, p in zip(silent, said, strict=True)
    ]
    return int(silent.sum())


def _read_tasks(table_check: TableCheck) -> list[str | None]:
    """Read `penugasan`; TPS that are named without a word are guarded."""
    tps, words = table_check.cells("tps"), table_check.read_codes("penugasan")
    unsaid = map(is_blank, table_check.cells("penugasan"))
    for row, (silent, cell) in enumerate(zip(unsaid, tps, strict=True)):
        if silent and is_blank(cell):
            said = "penugasan kosong: TPS, kecamatan, cadangan atau patroli"
            table_check.issues.add_error(row, said, "penugasan", "tps", "kecamatan_name")
        elif silent:
            words[row] = "tps"
        elif words[row] == "tps" and is_blank(cell):
            table_check.issues.add_error(row, "nomor TPS kosong", "tps")
    table_check.values["penugasan"] = words
    return words


def _check_task(table_check: TableCheck, row: int, task: str | None) -> None:
    """Hold a posting against the place it names."""
    value, bench = table_check.values, table_check.issues
    if value["tps"][row] and value["desa"][row] is None and value["desa_text"][row] is None:
        bench.add_error(row, "desa kosong: nomor TPS saja tidak cukup", "desa_name")
    if value["tps"][row] and task not in {None, "tps"}:
        said = f"penugasan {task} tetapi TPS disebut: pilih salah satu"
        bench.add_error(row, said, "penugasan", "tps")
    if task == "kecamatan" and value["kecamatan"][row] is None:
        bench.add_error(row, "penugasan kecamatan tanpa kecamatan", "kecamatan_name")


def _check_tps_numbers(table_check: TableCheck) -> None:
    """Doubt TPS numbers that the desa has not in the register."""
    tps = table_check.context.register.tps
    numbers = {desa: set(rows) for desa, rows in tps.groupby("desa")["nomor"]}
    for row, (desa, named) in enumerate(
        zip(table_check.values["desa"], table_check.values["tps"], strict=True)
    ):
        if desa is None or named is None:
            continue
        strangers = [n for n in named.split(",") if int(n) not in numbers.get(desa, set())]
        if strangers:
            place = table_check.context.register.name_of(desa)
            table_check.issues.add_warning(
                row, f"TPS {', '.join(strangers[:5])} tidak ada di daftar {place}"
            )
