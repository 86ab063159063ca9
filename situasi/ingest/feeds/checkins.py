"""Personnel check-ins: which officer is where. Officers are numbers or marks, never names."""

from situasi.ingest.parsing.cells import quote
from situasi.ingest.tables import ValidationResult
from situasi.ingest.validation.coordinate_check import check_coordinates, keep_station_points
from situasi.ingest.validation.officer_check import check_officers
from situasi.ingest.validation.place_check import PlaceColumns, check_location
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import check_times, note_missing_hours
from situasi.ingest.validation.validation_result import build_validation_result
from situasi.ingest.vocabulary.code_lookup import format_code

ABSENT = "tidak hadir ({}), bukan lapor diri; tidak perlu dibetulkan"


def check(table: TableCheck) -> ValidationResult:
    """Check one table of check-ins."""
    latihan = check_exercise(table)
    times = check_times(table, latihan)
    note_missing_hours(table, times)
    place, sent_from = check_coordinates(table, check_location(table))
    points = keep_station_points(sent_from, place)
    officers = check_officers(table)
    instansi = table.read_codes("instansi")
    checkin = _read_checkins(table, place)
    table.require("checkin", checkin, table.cells("checkin"), "jenis lapor diri kosong")
    return build_validation_result(
        table, latihan, times, place, officers,
        lat=points.lat, lon=points.lon,
        instansi=instansi, checkin=checkin, uraian=table.texts("uraian"),
    )  # fmt: skip


def _read_checkins(table: TableCheck, place: PlaceColumns) -> Texts:
    """Return `checkin`; `hadir` is an arrival where the row names a TPS, else a periodic report."""
    cells = table.cells("checkin")
    clues = table.context.vocabulary.clues
    present = {cell for cell in set(cells) if clues.is_cell("present", cell)}
    absent = {cell for cell in set(cells) if clues.is_cell("absent", cell)}
    if not present and not absent:
        return table.read_codes("checkin")
    stated = present | absent
    codes = table.read_codes("checkin", [None if cell in stated else cell for cell in cells])
    for row, cell in enumerate(cells):
        if cell in present:
            code = "tiba_di_tps" if place.tps[row] else "laporan_berkala"
            table.issues.add_warning(row, f"lapor diri {quote(cell)} dibaca {format_code(code)}")
            codes[row] = code
        elif cell in absent:
            table.issues.add_error(row, ABSENT.format(cell))
    return codes
