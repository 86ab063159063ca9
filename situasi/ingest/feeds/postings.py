"""Posting orders: which officer guards which TPS, stands in reserve or goes on patrol."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.datetime_columns import Moments, moment64
from situasi.ingest.parsing.numbers import read_tps_list
from situasi.ingest.tables import Cell, Checked
from situasi.ingest.validation.officer_check import judge_officers
from situasi.ingest.validation.place_check import Tps, judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when

# An order may name no time, and be for a time to come.
_WHEN = ("occurred_at", "date", "clock")


def check(sheet: Sheet) -> Checked:
    """Judge one table of posting orders."""
    judge_basics(sheet)
    judge_when(sheet, needed=False, ahead=True)
    timeless = _from_the_watch_on(sheet)
    judge_where(sheet, needed=False, tps=_several)
    judge_officers(sheet)
    for name in ("lokasi", "uraian"):
        sheet.values[name] = sheet.texts(name)
    for row, task in enumerate(_tasks(sheet)):
        _judge_task(sheet, row, task)
    _beyond_the_register(sheet)
    checked = verdict(sheet)
    said = f"{timeless} baris tanpa waktu: penugasan berlaku sejak jaga hari pemungutan suara"
    return replace(checked, notes=(*checked.notes, said)) if timeless else checked


def _several(cell: Cell) -> Tps:
    return (None if is_blank(cell) else read_tps_list(cell)), None


def _from_the_watch_on(sheet: Sheet) -> int:
    """Give rows that state no time the start of the election day's watch; how many there are."""
    at = sheet.values["occurred_at"].at.copy()
    cells = zip(*(sheet.cells(name) for name in _WHEN), strict=True)
    silent = np.array([all(map(is_blank, row)) for row in cells], dtype="bool")
    at[silent] = moment64(sheet.context.election.day_start)
    sheet.values["occurred_at"] = Moments(at)
    said = sheet.values["precision"]
    sheet.values["precision"] = ["menit" if s else p for s, p in zip(silent, said, strict=True)]
    return int(silent.sum())


def _tasks(sheet: Sheet) -> list[str | None]:
    """Read `penugasan`; TPS that are named without a word are guarded."""
    tps, words = sheet.cells("tps"), sheet.words("penugasan")
    unsaid = map(is_blank, sheet.cells("penugasan"))
    for row, (silent, cell) in enumerate(zip(unsaid, tps, strict=True)):
        if silent and is_blank(cell):
            said = "penugasan kosong: TPS, kecamatan, cadangan atau patroli"
            sheet.bench.fault(row, said, "penugasan", "tps", "kecamatan_name")
        elif silent:
            words[row] = "tps"
        elif words[row] == "tps" and is_blank(cell):
            sheet.bench.fault(row, "nomor TPS kosong", "tps")
    sheet.values["penugasan"] = words
    return words


def _judge_task(sheet: Sheet, row: int, task: str | None) -> None:
    """Hold a posting against the place it names."""
    value, bench = sheet.values, sheet.bench
    if value["tps"][row] and value["desa"][row] is None and value["desa_text"][row] is None:
        bench.fault(row, "desa kosong: nomor TPS saja tidak cukup", "desa_name")
    if value["tps"][row] and task not in {None, "tps"}:
        said = f"penugasan {task} tetapi TPS disebut: pilih salah satu"
        bench.fault(row, said, "penugasan", "tps")
    if task == "kecamatan" and value["kecamatan"][row] is None:
        bench.fault(row, "penugasan kecamatan tanpa kecamatan", "kecamatan_name")


def _beyond_the_register(sheet: Sheet) -> None:
    """Doubt TPS numbers that the desa has not in the register."""
    tps = sheet.context.register.tps
    numbers = {desa: set(rows) for desa, rows in tps.groupby("desa")["nomor"]}
    for row, (desa, named) in enumerate(
        zip(sheet.values["desa"], sheet.values["tps"], strict=True)
    ):
        if desa is None or named is None:
            continue
        strangers = [n for n in named.split(",") if int(n) not in numbers.get(desa, set())]
        if strangers:
            place = sheet.context.register.name_of(desa)
            sheet.bench.doubt(row, f"TPS {', '.join(strangers[:5])} tidak ada di daftar {place}")
