"""Check of the place of a report: kecamatan, desa and TPS. Order of trust: docs/rules.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.numbers import read_tps
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import cell_to_text
from situasi.ingest.validation.table_check import TableCheck

ParsedTps = tuple[str | None, str | None]  # stored text, and a warning

# Any of these columns can state a place.
_PLACE_COLUMNS = ("kecamatan_name", "desa_name", "lat", "lon")

NO_PLACE = "tempat tidak disebut: isi kecamatan, desa atau koordinat"


class PlaceCells(NamedTuple):
    """The cells of one row about its place."""

    code: Cell
    name: Cell
    desa: str | None
    desa_code: str | None
    place: str | None
    has_point: bool


@dataclass(frozen=True)
class ResolvedPlace:
    """The place of a row. is_stated: whether words state it; if not, its point must."""

    kecamatan: str | None
    desa: str | None
    is_stated: bool = True


def check_location(
    table_check: TableCheck,
    *,
    required: bool = True,
    read_tps_cell: Callable[[Cell], ParsedTps] | None = None,
) -> None:
    """Fill `kecamatan`, `desa`, `desa_text`, `tps`, and `place_stated` for check_coordinates.

    required: a row that names no place gets an error; else it is of the whole kabupaten.
    read_tps_cell: reads a cell of TPS; by default a single TPS.
    """
    desa, place = table_check.texts("desa_name"), table_check.texts("place")
    columns = (
        table_check.cells("kecamatan_code"),
        table_check.cells("kecamatan_name"),
        desa,
        table_check.texts("desa"),
        place,
        _list_has_point(table_check),
    )
    places = table_check.context.places
    resolve = _resolve if required else _resolve_if_given
    resolved = table_check.issues.read_distinct_rows(
        columns, lambda *cells: resolve(PlaceCells(*cells), places), columns=_PLACE_COLUMNS[:1]
    )
    for row in [row for row, faults in table_check.issues.errors.items() if NO_PLACE in faults]:
        table_check.issues.columns_to_fix[row] += _PLACE_COLUMNS
    table_check.values["kecamatan"] = resolved.map_to_rows(lambda p: p.kecamatan if p else None)
    table_check.values["desa"] = resolved.map_to_rows(lambda p: p.desa if p else None)
    table_check.values["place_stated"] = resolved.map_to_rows(lambda p: p.is_stated if p else True)
    table_check.values["desa_text"] = [name or text for name, text in zip(desa, place, strict=True)]
    table_check.values["tps"] = table_check.issues.read_distinct(
        table_check.cells("tps"), read_tps_cell or _read_single_tps, columns=["tps"]
    )


def _resolve_if_given(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    is_blank_place = not cells.has_point and all(map(is_blank, cells[:5]))
    return (ResolvedPlace(None, None), None) if is_blank_place else _resolve(cells, places)


@lru_cache(maxsize=4096)
def _resolve_cached(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    """Resolve a place, cached across tables; for texts only, as 1 and True are equal keys."""
    return _resolve_in_kecamatan(cells, places)


def _resolve(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    if not is_blank(cells.code) or not is_blank(cells.name):
        are_texts = {type(cells.code), type(cells.name)} <= {str, type(None)}
        return _resolve_cached(cells, places) if are_texts else _resolve_in_kecamatan(cells, places)
    desa = cells.desa_code or cells.desa
    if desa is not None:
        village = places.read_desa(desa, None, required=not cells.has_point)
        if village.kecamatan is not None:
            return ResolvedPlace(village.kecamatan, village.code), village.note
    if cells.place is not None:
        resolved = _resolve_free_text(cells.place, places)
        if resolved is not None:
            return resolved, f'tempat dibaca dari "{cells.place}"'
    if cells.has_point:
        return ResolvedPlace(None, None, is_stated=False), None
    raise UnreadableCell(
        NO_PLACE if cells.place is None else f'tempat "{cells.place}" tidak dikenal'
    )


def _resolve_in_kecamatan(
    cells: PlaceCells, places: PlaceLookup
) -> tuple[ResolvedPlace, str | None]:
    area = places.read_kecamatan(cells.code, cells.name)
    desa = cells.desa_code or cells.desa
    if desa is None or area.code is None:
        return ResolvedPlace(area.code, None), area.note
    village = places.read_desa(desa, area.code)
    notes = [note for note in (area.note, village.note) if note]
    return ResolvedPlace(area.code, village.code), "; ".join(notes) or None


def _resolve_free_text(place_text: str, places: PlaceLookup) -> ResolvedPlace | None:
    """Read a place in free words ("Desa Tanjung Gelam, Kec. Indralaya"): only what is certain."""
    parts = [part.strip() for part in place_text.split(",") if part.strip()]
    areas = {code for part in parts if (code := _find_kecamatan(part, places))}
    if len(areas) > 1:
        raise UnreadableCell(f'tempat "{place_text}" menyebut lebih dari satu kecamatan')
    area = next(iter(areas), None)
    for part in parts:
        try:
            village = places.read_desa(part, area, required=False)
        except UnreadableCell:
            continue
        if village.code is not None:
            return ResolvedPlace(village.kecamatan or area, village.code)
    return ResolvedPlace(area, None) if area else None


def _find_kecamatan(part: str, places: PlaceLookup) -> str | None:
    try:
        return places.read_kecamatan(None, part).code
    except UnreadableCell:
        return None


def _list_has_point(table_check: TableCheck) -> list[bool]:
    lat, lon, joined = map(table_check.cells, ("lat", "lon", "point"))
    return [
        (a is not None and b is not None) or c is not None
        for a, b, c in zip(lat, lon, joined, strict=True)
    ]


def _read_single_tps(cell: Cell) -> ParsedTps:
    """Return TPS as "001"; what is not a number stays as written, with a warning."""
    if is_blank(cell):
        return None, None
    try:
        return read_tps(cell), None
    except UnreadableCell as error:
        return cell_to_text(cell), str(error)
