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
    """Check one table of TPS rows, one report per row."""
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
    """Set the voters present: as stated, or the sum of the parts where that of the DPT is given."""
    parts = [table_check.values[name][row] for name in _VOTER_PARTS]
    known = [part for part in parts if part is not None]
    total = table_check.values["hadir"][row]
    if not known:
        return
    if is_total_missing and parts[0] is not None:
        table_check.values["hadir"][row] = sum(known)
    elif is_total_missing:
        table_check.issues.add_warning(row, "jumlah hadir tidak disebut, hanya DPTb atau DPK")
    elif total is not None and (sum(known) > total or (len(known) == 3 and sum(known) != total)):
        table_check.issues.add_warning(
            row, f"hadir {total} tidak sama dengan DPT + DPTb + DPK = {sum(known)}"
        )


def _check_scope(table_check: TableCheck, row: int, counts_only: bool) -> None:
    """Set what a count covers: the TPS, or without one the whole desa or kecamatan it names."""
    value, add_error = table_check.values, table_check.issues.add_error
    tps, desa, area = (value[name][row] for name in ("tps", "desa_text", "kecamatan"))
    desa = desa or value["desa"][row]
    level = "tps" if tps else "desa" if desa else "kecamatan" if area else None
    stated = value["lingkup"][row]
    value["lingkup"][row] = stated or (level if counts_only else "tps")
    if value["lingkup"][row] == "tps":
        if tps is None:
            add_error(row, "nomor TPS kosong", "tps")
        if desa is None:
            add_error(row, "desa kosong: nomor TPS saja tidak cukup", "desa_name")
    elif level is None:
        reason = "jumlah untuk seluruh kabupaten: tulis per TPS, desa atau kecamatan"
        add_error(row, reason, "tps", "desa_name", "kecamatan_name")
    elif not counts_only:
        add_error(row, "fase hanya dapat dilaporkan per TPS", "tps", "desa_name")
    elif stated and stated != level:
        reason = f"lingkup {stated} tetapi yang disebut {level}: pilih salah satu"
        add_error(row, reason, "lingkup", "tps", "desa_name", "kecamatan_name")


def _read_escorts(table_check: TableCheck) -> None:
    """Fill `pengawal`, without names; add a warning for a moving ballot box without escort."""
    texts = table_check.texts("pengawal")
    table_check.values["pengawal"] = escorts = list(texts)
    for row, (cell, phase) in enumerate(zip(texts, table_check.values["fase"], strict=True)):
        if is_blank(cell):
            escorts[row] = None
            if phase == "kotak_bergeser":
                table_check.issues.add_warning(row, "kotak bergeser tanpa pengawal disebut")
            continue
        escort = read_escort(cell)
        escorts[row] = escort.text
        if escort.is_redacted:
            table_check.issues.add_warning(row, "nama pengawal tidak disimpan; tulis nomor petugas")
