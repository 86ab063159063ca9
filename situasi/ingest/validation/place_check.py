"""Check of the place of a report: kecamatan, desa and TPS. Order of trust: docs/rules.md."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from situasi.ingest.gazetteer.free_places import (
    PLACE_SEPARATOR,
    ResolvedPlace,
    read_free_place,
    reduce_to_desa,
)
from situasi.ingest.gazetteer.lookup import ParsedDesa, PlaceLookup
from situasi.ingest.parsing.cells import (
    UnreadableCell,
    cell_to_text,
    check_letters,
    is_blank,
    join_with_or,
    normalize_cell,
    quote,
)
from situasi.ingest.parsing.numbers import read_tps
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.station_cells import StationCells, complete_station_cells
from situasi.ingest.validation.station_numbers import check_station_numbers, note_unsure_stations
from situasi.ingest.validation.table_check import TableCheck

ParsedTps = tuple[str | None, str | None]  # stored text, and a warning

_DESA_WORD = re.compile(
    r"\b(?:desa|ds|kelurahan|kel)\b|^\W*tps\W{0,3}\d{1,3}\s+(?=[^\W\d])", re.IGNORECASE
)
# A code of which a spreadsheet kept only the first digits, or one of another length.
_NO_TPS = re.compile(
    r"[0-9]+(?:[.,][0-9]+)?e\+?[0-9]+|[0-9.]{7,}|[+-]?inf(?:inity)?"  # a destroyed code
    r"|true|false|ya|tidak"
)

# Any of these columns can state a place.
_PLACE_COLUMNS = ("kecamatan_name", "desa_name", "lat", "lon")

AREA_ALONE = "tempat hanya sampai kecamatan"
NO_PLACE = "tempat tidak disebut: isi kecamatan, desa atau koordinat"


class PlaceCells(NamedTuple):
    """The cells of one row about its place."""

    code: Cell
    name: Cell
    desa: str | None
    desa_code: str | None
    place: str | None
    has_point: bool


_UNREADABLE = ResolvedPlace(None, None)


@dataclass(frozen=True)
class PlaceColumns:
    """The columns about the place of a row, by their names in the feed, and `is_stated`."""

    kecamatan: Texts
    desa: Texts
    desa_text: Texts
    tps: Texts
    is_stated: list[bool]


def check_location(
    table: TableCheck,
    *,
    required: bool = True,
    read_tps_cell: Callable[[Cell], ParsedTps] | None = None,
    venue_column: str | None = None,
) -> PlaceColumns:
    """Return the place of each row.

    required: a row that names no place gets an error; else it is of the whole kabupaten.
    read_tps_cell: reads a cell of TPS; by default a single TPS.
    venue_column: free words that tell the place of a row that names none elsewhere.
    """
    cells = _list_place_cells(table) if read_tps_cell is not None else complete_station_cells(table)
    venues: Texts = [None] * table.issues.row_count
    if venue_column:
        venues = table.texts(venue_column)
    places = _resolve_rows(table, cells, venues, required=required)
    tps = table.issues.read_distinct(cells.tps, read_tps_cell or _read_single_tps, columns=["tps"])
    kecamatan, desa = [place.kecamatan for place in places], [place.desa for place in places]
    check_station_numbers(table, kecamatan, desa, tps)
    note_unsure_stations(table, desa, cells.desa, tps)
    return PlaceColumns(
        kecamatan=kecamatan,
        desa=desa,
        desa_text=[name or other for name, other in zip(cells.desa, cells.place, strict=True)],
        tps=tps,
        is_stated=[place.is_stated for place in places],
    )


def note_area_alone(table: TableCheck, place: PlaceColumns, is_told: Callable[[int], bool]) -> None:
    """Add a warning to the rows of which nothing but the kecamatan is known of the place.

    is_told: called with a row; whether it tells more, or is of a whole kecamatan.
    """
    rows = zip(place.kecamatan, place.desa, place.tps, strict=True)
    for row, (area, desa, tps) in enumerate(rows):
        if area and desa is None and tps is None and not is_told(row):
            table.issues.add_warning(row, AREA_ALONE)


def _list_place_cells(table: TableCheck) -> StationCells:
    return StationCells(
        table.cells("tps"), table.texts("desa"), table.texts("desa_name"), table.texts("place")
    )


def _resolve_rows(
    table: TableCheck, cells: StationCells, venues: Texts, *, required: bool
) -> list[ResolvedPlace]:
    words = [place or venue for place, venue in zip(cells.place, venues, strict=True)]
    resolve = _resolve if required else _resolve_if_given
    places = table.issues.read_distinct_rows(
        [
            table.cells("kecamatan_code"), table.cells("kecamatan_name"),
            cells.desa, cells.desa_code, words, _list_has_point(table),
        ],
        lambda *cells: resolve(PlaceCells(*cells), table.context.places),
        columns=_PLACE_COLUMNS[:1],
    )  # fmt: skip
    for row in [row for row, reasons in table.issues.errors.items() if NO_PLACE in reasons]:
        table.issues.columns_to_fix[row] += _PLACE_COLUMNS
    return [place or _UNREADABLE for place in places]


def _resolve_if_given(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    is_blank_place = not cells.has_point and all(map(is_blank, cells[:5]))
    return (ResolvedPlace(None, None), None) if is_blank_place else _resolve(cells, places)


@lru_cache(maxsize=4096)
def _resolve_cached(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    """Resolve a place, cached across tables; for texts only, as 1 and True are equal keys."""
    return _resolve_in_kecamatan(cells, places)


def _resolve(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    if not is_blank(cells.code) or not is_blank(cells.name):
        # Free words and the point do not count beside a kecamatan; without them, rows repeat.
        stated = cells._replace(place=None, has_point=False)
        are_texts = {type(cells.code), type(cells.name)} <= {str, type(None)}
        found, note = (_resolve_cached if are_texts else _resolve_in_kecamatan)(stated, places)
        if found.desa is None and cells.place and not (cells.desa or cells.desa_code):
            return _add_desa_of_words(found, note, cells.place, places)
        return found, note
    unknown = None
    if cells.desa_code or cells.desa:
        village = _read_village(cells, None, places, required=not cells.has_point)
        if village.kecamatan is not None:
            return ResolvedPlace(village.kecamatan, village.code), village.note
        unknown = village.note
    if cells.place is not None:
        resolved = read_free_place(cells.place, places)
        if resolved is not None:
            return resolved, f'tempat dibaca dari "{cells.place}"'
    if cells.has_point:
        return ResolvedPlace(None, None, is_stated=False), None
    raise UnreadableCell(
        unknown or NO_PLACE if cells.place is None else f'tempat "{cells.place}" tidak dikenal'
    )


def _add_desa_of_words(
    found: ResolvedPlace, note: str | None, place_text: str, places: PlaceLookup
) -> tuple[ResolvedPlace, str | None]:
    """Add the one desa of a known kecamatan that words name exactly: after `Desa`, a TPS, or alone.

    What names the kecamatan alone is not also the desa of that name.
    """
    if found.kecamatan is None:
        return found, note
    area = normalize_cell(places.format_name(found.kecamatan)).lower()
    is_alone = normalize_cell(place_text).lower() != area
    for part in PLACE_SEPARATOR.split(place_text):
        if not _DESA_WORD.search(part) and not (is_alone and part == place_text):
            continue
        village = places.read_desa(reduce_to_desa(part), found.kecamatan)
        if village.code is not None and village.note is None:
            added = f"desa dibaca dari {quote(place_text)}"
            return replace(found, desa=village.code), f"{note}; {added}" if note else added
    return found, note


def _read_village(
    cells: PlaceCells, kecamatan: str | None, places: PlaceLookup, *, required: bool = True
) -> ParsedDesa:
    """Read the desa by its code, or else its name. Raises UnreadableCell where the two differ."""
    village = places.read_desa(cells.desa_code or cells.desa, kecamatan, required=required)
    if cells.desa_code and cells.desa and village.code:
        named = places.read_desa(cells.desa, village.kecamatan)
        if named.code not in {None, village.code}:
            raise UnreadableCell(
                f"kode desa {quote(cells.desa_code)} adalah desa lain daripada {quote(cells.desa)}"
            )
    return village


def _resolve_in_kecamatan(
    cells: PlaceCells, places: PlaceLookup
) -> tuple[ResolvedPlace, str | None]:
    area = places.read_kecamatan(cells.code, cells.name)
    if not (cells.desa_code or cells.desa):
        return ResolvedPlace(area.code, None), area.note
    # The kabupaten as kecamatan: the desa says in which one it lies.
    village = _read_village(cells, area.code, places)
    notes = [note for note in (area.note, village.note) if note]
    return ResolvedPlace(village.kecamatan, village.code), "; ".join(notes) or None


def _list_has_point(table: TableCheck) -> list[bool]:
    lat, lon, joined = map(table.cells, ("lat", "lon", "point"))
    return [
        (a is not None and b is not None) or c is not None
        for a, b, c in zip(lat, lon, joined, strict=True)
    ]


def _read_single_tps(cell: Cell) -> ParsedTps:
    """Return TPS as "001"; what is not a number stays as written, with a warning.

    Raises UnreadableCell for a destroyed code, for yes or no, and for letters of other scripts.
    """
    if is_blank(cell):
        return None, None
    check_letters("TPS", cell)
    try:
        return read_tps(cell), None
    except UnreadableCell as error:
        if _NO_TPS.fullmatch(normalize_cell(cell).lower()):
            raise
        return cell_to_text(cell), str(error)


def hold_unknown_desa(table: TableCheck, row: int, name: str, kecamatan: str | None) -> None:
    """Hold a report of a desa that is not known: it would be in no figure."""
    if kecamatan is None and row in table.issues.errors:  # its place could not be read
        return
    places = table.context.places
    note = places.read_desa(name, kecamatan, required=False).note
    reason = note or f"desa {quote(name)} tidak dikenal"
    if (names := places.suggest_desa(name, kecamatan)) and "bisa berarti" not in reason:
        reason += f"; maksudnya {join_with_or(names)}?"
    table.issues.add_error(row, reason, "desa_name")
