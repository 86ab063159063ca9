"""TPS reports: the phase of a polling station and how many voters have come so far."""

from __future__ import annotations

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.redaction.persons import read_escort
from situasi.ingest.tables import Checked
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when

_PARTS = ("hadir_dpt", "hadir_dptb", "hadir_dpk")


def check(sheet: Sheet) -> Checked:
    """Judge one table of TPS rows, one report a row."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet)
    for name in ("fase", "kontak", "lingkup"):
        sheet.values[name] = sheet.words(name)
    for name in ("hadir", *_PARTS):
        sheet.values[name] = sheet.optional(name, read_count)
    sheet.values["uraian"] = sheet.texts("uraian")
    _escorts(sheet)
    blank = {n: [is_blank(c) for c in sheet.cells(n)] for n in ("hadir", "fase", "kontak", *_PARTS)}
    for row in range(sheet.bench.size):
        empty = {name for name, cells in blank.items() if cells[row]}
        if empty == set(blank):
            sheet.bench.fault(row, "tidak ada fase maupun jumlah hadir", "fase", "hadir")
        _heads(sheet, row, "hadir" in empty)
        _scope(sheet, row, counts_only=empty >= {"fase", "kontak"})
    return verdict(sheet)


def _heads(sheet: Sheet, row: int, unsaid: bool) -> None:
    """All voters present: as stated, or the sum of the parts where those of the DPT are given."""
    parts = [sheet.values[name][row] for name in _PARTS]
    given = [part for part in parts if part is not None]
    total = sheet.values["hadir"][row]
    if not given:
        return
    if unsaid and parts[0] is not None:
        sheet.values["hadir"][row] = sum(given)
    elif unsaid:
        sheet.bench.doubt(row, "jumlah hadir tidak disebut, hanya DPTb atau DPK")
    elif total is not None and (sum(given) > total or (len(given) == 3 and sum(given) != total)):
        sheet.bench.doubt(row, f"hadir {total} tidak sama dengan DPT + DPTb + DPK = {sum(given)}")


def _scope(sheet: Sheet, row: int, counts_only: bool) -> None:
    """What a count covers: the TPS, or without one the whole desa or kecamatan it names."""
    value, fault = sheet.values, sheet.bench.fault
    tps, desa, area = (value[name][row] for name in ("tps", "desa_text", "kecamatan"))
    desa = desa or value["desa"][row]
    named = "tps" if tps else "desa" if desa else "kecamatan" if area else None
    stated = value["lingkup"][row]
    value["lingkup"][row] = stated or (named if counts_only else "tps")
    if value["lingkup"][row] == "tps":
        if tps is None:
            fault(row, "nomor TPS kosong", "tps")
        if desa is None:
            fault(row, "desa kosong: nomor TPS saja tidak cukup", "desa_name")
    elif named is None:
        said = "jumlah untuk seluruh kabupaten: tulis per TPS, desa atau kecamatan"
        fault(row, said, "tps", "desa_name", "kecamatan_name")
    elif not counts_only:
        fault(row, "fase hanya dapat dilaporkan per TPS", "tps", "desa_name")
    elif stated and stated != named:
        said = f"lingkup {stated} tetapi yang disebut {named}: pilih salah satu"
        fault(row, said, "lingkup", "tps", "desa_name", "kecamatan_name")


def _escorts(sheet: Sheet) -> None:
    """Fill `pengawal`, without names; a box on the move that nobody escorts is doubted."""
    written = sheet.texts("pengawal")
    sheet.values["pengawal"] = kept = list(written)
    for row, (cell, phase) in enumerate(zip(written, sheet.values["fase"], strict=True)):
        if is_blank(cell):
            kept[row] = None
            if phase == "kotak_bergeser":
                sheet.bench.doubt(row, "kotak bergeser tanpa pengawal disebut")
            continue
        escort = read_escort(cell)
        kept[row] = escort.text
        if escort.hidden:
            sheet.bench.doubt(row, "nama pengawal tidak disimpan; tulis nomor petugas")
