"""TPS reports: the phase of a polling station and how many voters have come so far."""

from __future__ import annotations

from situasi.feeds.common import Sheet, judge_basics, verdict
from situasi.feeds.table import Checked
from situasi.feeds.values.numbers import read_count
from situasi.feeds.when import judge_when
from situasi.feeds.where import judge_where


def check(sheet: Sheet) -> Checked:
    """Judge one table of TPS rows, one report a row."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet)
    sheet.values["fase"] = sheet.words("fase")
    sheet.values["hadir"] = sheet.optional("hadir", read_count)
    sheet.values["uraian"] = sheet.texts("uraian")
    for row in range(sheet.bench.size):
        if sheet.values["tps"][row] is None:
            sheet.bench.fault(row, "nomor TPS kosong")
        if sheet.values["desa_text"][row] is None:
            sheet.bench.fault(row, "desa kosong: nomor TPS saja tidak cukup")
    phase, count = sheet.cells("fase"), sheet.cells("hadir")
    for row in range(sheet.bench.size):
        if phase[row] is None and count[row] is None:
            sheet.bench.fault(row, "tidak ada fase maupun jumlah hadir")
    return verdict(sheet)
