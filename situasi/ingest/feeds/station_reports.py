"""TPS reports: the phase of a polling station and how many voters have come so far."""

from __future__ import annotations

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.redaction.persons import read_escort
from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times

_VOTER_PARTS = ("hadir_dpt", "hadir_dptb", "hadir_dpk")


def check(table_check: TableCheck) -> ValidationResult:
    """Judge one table of TPS rows, one report a row."""
    check_common(table_check)
    check_times(table_check)
    check_location(table_check)
    for name in ("fase", "kontak", "lingkup"):
        table_check.values[name] = table_check.read_codes(name)
    for name in ("hadir", *_VOTER_PARTS):
        table_check.values[name] = table_check.read_optional(name, read_count)
    table_check.values["uraian"] = table_check.texts("uraian")
    _read_escorts(table_check)
    blank = {
        n: [is_blank(c) for c in table_check.cells(n)]
        for n in ("hadir", "fase", "kontak", *_VOTER_PARTS)
    }
    for row in range(table_check.issues.row_count):
        empty = {name for name, cells in blank.items() if cells[row]}
        if empty == set(blank):
            table_check.issues.add_error(row, "tidak ada fase maupun jumlah hadir", "fase", "hadir")
        _check_voters_present(table_check, row, "hadir" in empty)
        _check_scope(table_check, row, counts_only=empty >= {"fase", "kontak"})
    return build_validation_result(table_check)


def _check_voters_present(table_check: TableCheck, row: int, is_total_missing: bool) -> None:
    """All voters present: as stated, or the sum of the parts where those of the DPT are given."""
    parts = [table_check.values[name][row] for name in _VOTER_PARTS]
    given = [part for part in parts if part is not None]
    total = table_check.values["hadir"][row]
    if not given:
        return
    if is_total_missing and parts[0] is not None:
        table_check.values["hadir"][row] = sum(given)
    elif is_total_missing:
        table_check.issues.add_warning(row, "jumlah hadir tidak disebut, hanya DPTb atau DPK")
    elif total is not None and (sum(given) > total or (len(given) == 3 and sum(given) != total)):
        table_check.issues.add_warning(
            row, f"hadir {total} tidak sama dengan DPT + DPTb + DPK = {sum(given)}"
        )


def _check_scope(table_check: TableCheck, row: int, counts_only: bool) -> None:
    """What a count covers: the TPS, or without one the whole desa or kecamatan it names."""
    value, fault = table_check.values, table_check.issues.add_error
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


def _read_escorts(table_check: TableCheck) -> None:
    """Fill `pengawal`, without names; a box on the move that nobody escorts is doubted."""
    written = table_check.texts("pengawal")
    table_check.values["pengawal"] = kept = list(written)
    for row, (cell, phase) in enumerate(zip(written, table_check.values["fase"], strict=True)):
        if is_blank(cell):
            kept[row] = None
            if phase == "kotak_bergeser":
                table_check.issues.add_warning(row, "kotak bergeser tanpa pengawal disebut")
            continue
        escort = read_escort(cell)
        kept[row] = escort.text
        if escort.is_redacted:
            table_check.issues.add_warning(row, "nama pengawal tidak disimpan; tulis nomor petugas")
