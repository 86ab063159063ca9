"""TPS reports: the phase of a polling station and how many voters have come so far."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from situasi.ingest.feeds.station_limits import (
    check_counts_agree,
    check_lists_of_file,
    check_phase_days,
    check_phase_order,
    check_voter_limits,
    place_box_arrivals,
)
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.count_columns import build_count_reader, compare_sexes, is_blank_count
from situasi.ingest.parsing.numbers import find_count
from situasi.ingest.redaction.persons import read_escort
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.coordinate_check import check_coordinates, keep_station_points
from situasi.ingest.validation.place_check import (
    PlaceColumns,
    check_location,
    hold_unknown_desa,
)
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import HOURLESS, TimeColumns, check_times
from situasi.ingest.validation.validation_result import build_validation_result

_VOTER_PARTS = ("hadir_dpt", "hadir_dptb", "hadir_dpk")
_SEX_PARTS = ("hadir_l", "hadir_p")  # men and women, whose sum is the count

_IN_KECAMATAN = re.compile(r"\S\s+kec", re.IGNORECASE)  # words of a place, and then where it lies
_SUM_OF_KECAMATAN = (
    "desa kosong: bila ini jumlah seluruh kecamatan ({0} TPS), kirim tanpa angka di kolom TPS; "
    "bila ini TPS {0}, tulis desanya"
)
_UNNAMED_STATION = (
    "desa dan TPS kosong, padahal baris lain menyebut TPS: bila ini jumlah seluruh kecamatan, isi "
    "lingkup kecamatan"
)
_UNNAMED_OF_DESA = (
    "nomor TPS kosong, padahal baris lain menyebut TPS: bila ini jumlah seluruh desa ({} TPS), isi "
    "lingkup desa"
)
_HOURLESS_COUNT = "jam hitungan tidak disebut: isi jam berapa pemilih yang hadir dihitung"

Count = int | None


def check(table: TableCheck) -> ValidationResult:
    """Check one table of TPS rows, one report per row."""
    latihan = check_exercise(table)
    blank_counts = [
        list(_find_blanks(table.cells(name), is_blank_count))
        for name in ("hadir", *_VOTER_PARTS, *_SEX_PARTS)
    ]
    has_count = [not all(blanks) for blanks in zip(*blank_counts, strict=True)]
    times = check_times(table, latihan, is_at_end=has_count)
    _hold_hourless_counts(table, times, has_count)
    place, sent_from = check_coordinates(table, check_location(table))
    points = keep_station_points(sent_from, place)
    fase, kontak, scopes = map(table.read_codes, ("fase", "kontak", "lingkup"))
    fase = place_box_arrivals(table, place, fase, times)
    totals = _read_counts(table, "hadir")
    parts = {name: _read_counts(table, name) for name in _VOTER_PARTS}
    men, women = (_read_counts(table, name) for name in _SEX_PARTS)
    pengawal, desa_names = _read_escorts(table, fase), table.texts("desa_name")
    hadir: list[Count] = []
    lingkup: Texts = []
    columns = [_find_blanks(table.cells(name), is_blank) for name in ("fase", "kontak")]
    levels = [_find_level(table, row, place, name) for row, name in enumerate(desa_names)]
    _hold_unnamed_stations(table, levels, scopes, place)
    for row, is_missing in enumerate(zip(*columns, *blank_counts, strict=True)):
        no_phase, no_contact, no_total, *no_parts = is_missing
        if all((no_total, no_phase, no_contact, *no_parts)):
            table.issues.add_error(row, "tidak ada fase maupun jumlah hadir", "fase", "hadir")
        counts = [column[row] for column in parts.values()]
        total = _complete_total(table, row, totals[row], counts, is_missing=no_total)
        sexes = men[row], women[row]
        hadir.append(total if sexes == (None, None) else _check_sexes(table, row, total, sexes))
        is_count = no_phase and no_contact
        scope = _complete_scope(table, row, scopes[row], place, levels[row], is_count=is_count)
        lingkup.append(scope)
    check_voter_limits(table, place, lingkup, hadir)
    check_lists_of_file(table, place, lingkup, hadir)
    check_counts_agree(table, place, lingkup, hadir, times, fase)
    check_phase_days(table, fase, times, latihan)
    check_phase_order(table, place, fase, times)
    return build_validation_result(
        table, latihan, times, place,
        lat=points.lat, lon=points.lon,
        fase=fase, kontak=kontak, lingkup=lingkup, hadir=hadir, **parts, pengawal=pengawal,
        uraian=table.texts("uraian"),
    )  # fmt: skip


def _hold_hourless_counts(table: TableCheck, times: TimeColumns, has_count: Sequence[bool]) -> None:
    """Hold counts without an hour, and mark phases: what is counted grows by the hour.

    A phase was reached on that day, whenever it was.
    """
    for row, precision in enumerate(times.precision):
        if precision in {"hari", "bulan"}:
            if has_count[row]:
                table.issues.add_error(row, _HOURLESS_COUNT, "clock")
            else:
                table.issues.add_warning(row, HOURLESS)


def _find_blanks(cells: Sequence[Cell], is_blank_cell: Callable[[Cell], bool]) -> Iterable[bool]:
    """Return for each cell whether it is blank; each distinct cell is tested once."""
    blanks = {cell: is_blank_cell(cell) for cell in set(cells)}
    return map(blanks.__getitem__, cells)


def _read_counts(table: TableCheck, name: str) -> list[Count]:
    """Read a column of counts; what its dots mean is decided by the whole column."""
    if not table.mapping.has(name):
        return [None] * table.issues.row_count
    cells = table.cells(name)
    _refuse_two_counts(table, name)
    return table.issues.read_distinct(cells, build_count_reader(cells), columns=[name])


def _refuse_two_counts(table: TableCheck, name: str) -> None:
    """Add an error to rows in which two columns of one meaning hold different counts."""
    headings = table.mapping.columns[name]
    columns = [table.raw.cells[heading].tolist() for heading in headings]
    for row, cells in enumerate(zip(*columns, strict=True)) if len(columns) > 1 else ():
        if len(cells) - cells.count(None) < 2:  # of a wide table each row has one
            continue
        counts = {
            count: heading
            for heading, cell in zip(headings, cells, strict=True)
            if (count := find_count(cell)) is not None
        }
        if len(counts) > 1:
            texts = ", ".join(f'"{heading}" {count}' for count, heading in counts.items())
            table.issues.add_error(row, f"dua kolom {name} berbeda isinya: {texts}", name)


def _check_sexes(table: TableCheck, row: int, total: Count, sexes: tuple[Count, Count]) -> Count:
    """Return the voters present: as known, or men and women together; warn where these differ.

    sexes: men and women, at least one known.
    """
    men, women = sexes
    if men is None or women is None:
        if total is None:
            table.issues.add_warning(row, "jumlah hadir tidak disebut, hanya L atau P saja")
        return total
    if total is None and row not in table.issues.errors:
        table.issues.add_warning(row, f"jumlah hadir tidak disebut, dihitung L + P = {men + women}")
        return men + women
    if note := compare_sexes(total, men, women):
        table.issues.add_warning(row, note)
    return total


def _complete_total(
    table: TableCheck, row: int, total: Count, parts: list[Count], *, is_missing: bool
) -> Count:
    """Return the voters present: as stated, or the sum of the parts where that of the DPT is given.

    is_missing: whether no total is stated.
    """
    known = [part for part in parts if part is not None]
    if is_missing and parts[0] is not None:
        return sum(known)
    if is_missing and known:
        table.issues.add_warning(row, "jumlah hadir tidak disebut, hanya DPTb atau DPK")
    elif total is not None and (sum(known) > total or (len(known) == 3 and sum(known) != total)):
        note = f"hadir {total} tidak sama dengan DPT + DPTb + DPK = {sum(known)}"
        table.issues.add_warning(row, note)
    return total


def _find_level(
    table: TableCheck, row: int, place: PlaceColumns, desa_name: str | None
) -> str | None:
    """Return of what a row names the place: TPS, desa, kecamatan; "" for other words of a place."""
    if place.tps[row]:
        return "tps"
    if place.desa[row] or desa_name:
        return "desa"
    if text := place.desa_text[row]:
        if _IN_KECAMATAN.search(text):
            return ""
        try:
            area = table.context.places.read_kecamatan(None, text)
        except UnreadableCell:
            return ""
        return "kecamatan" if area.code else ""
    return "kecamatan" if place.kecamatan[row] else None


def _hold_unnamed_stations(
    table: TableCheck, levels: Texts, scopes: Texts, place: PlaceColumns
) -> None:
    """Hold the rows without TPS in a list of TPS: they are no count of the desa or the kecamatan.

    Mark those of a desa that has one TPS, or is not known. scopes: what the rows themselves say
    that they cover.
    """
    open_levels = [level for level, scope in zip(levels, scopes, strict=True) if scope is None]
    if 2 * open_levels.count("tps") < len(open_levels):
        return
    stations = Counter(table.context.register.tps["desa"].tolist())
    for row, level in enumerate(levels):
        if scopes[row] is not None:
            continue
        if level == "kecamatan":
            table.issues.add_error(row, _UNNAMED_STATION, "tps", "desa_name", "lingkup")
        elif level == "desa" and (count := stations[place.desa[row] or ""]) > 1:
            table.issues.add_error(row, _UNNAMED_OF_DESA.format(count), "tps", "lingkup")
        elif level == "desa":
            table.issues.add_warning(row, "TPS kosong: dibaca sebagai jumlah seluruh desa")


def _complete_scope(
    table: TableCheck,
    row: int,
    stated: str | None,
    place: PlaceColumns,
    level: str | None,
    *,
    is_count: bool,
) -> str | None:
    """Return what a count covers: the TPS, or without one the whole desa or kecamatan it names.

    level: of `_find_level`.
    """
    add_error, tps = table.issues.add_error, place.tps[row]
    desa = place.desa_text[row] or place.desa[row]
    scope = stated or (level if is_count else "tps")
    if scope == "tps":
        if tps is None:
            add_error(row, "nomor TPS kosong", "tps")
        if desa is None:
            reason = "desa kosong: nomor TPS saja tidak cukup"
            if is_count and tps and place.kecamatan[row]:
                reason = _SUM_OF_KECAMATAN.format(int(tps)) if tps.isdigit() else reason
            add_error(row, reason, "desa_name")
    elif level is None:
        reason = "jumlah untuk seluruh kabupaten: tulis per TPS, desa atau kecamatan"
        add_error(row, reason, "tps", "desa_name", "kecamatan_name")
    elif level == "":
        reason = f"{quote(desa or '')} bukan desa yang dikenal: jumlah siapa?"
        add_error(row, reason, "desa_name", "tps")
        return scope
    elif not is_count:
        add_error(row, "fase hanya dapat dilaporkan per TPS", "tps", "desa_name")
    elif scope != level:
        reason = f"lingkup {scope} tetapi yang disebut {level}: pilih salah satu"
        add_error(row, reason, "lingkup", "tps", "desa_name", "kecamatan_name")
    if scope in {"tps", "desa"} and desa and place.desa[row] is None:
        hold_unknown_desa(table, row, desa, place.kecamatan[row])
    return scope


def _read_escorts(table: TableCheck, fase: Texts) -> Texts:
    """Return `pengawal`, without names; add a warning for a moving ballot box without escort."""
    escorts: Texts = []
    for row, (cell, phase) in enumerate(zip(table.texts("pengawal"), fase, strict=True)):
        if cell is None or is_blank(cell):
            escorts.append(None)
            if phase == "kotak_bergeser":
                table.issues.add_warning(row, "kotak bergeser tanpa pengawal disebut")
            continue
        escort = read_escort(cell, table.context.officer_key)
        escorts.append(escort.text)
        if escort.is_redacted:
            table.issues.add_warning(
                row, "nama pengawal tidak disimpan; tulis nomor petugas atau NRP"
            )
    return escorts
