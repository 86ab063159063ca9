"""Where a report happened: kecamatan, desa and TPS. The order of trust: docs/rules.md."""

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

ParsedTps = tuple[str | None, str | None]  # as it is kept, and a doubt

# By any of these a place can be told.
_PLACE_COLUMNS = ("kecamatan_name", "desa_name", "lat", "lon")

NO_PLACE = "tempat tidak disebut: isi kecamatan, desa atau koordinat"


class PlaceCells(NamedTuple):
    """What one row says of its place."""

    code: Cell
    name: Cell
    desa: str | None
    desa_code: str | None
    place: str | None
    has_point: bool


@dataclass(frozen=True)
class ResolvedPlace:
    """Where that is. stated: whether words told it; if not, the point must."""

    kecamatan: str | None
    desa: str | None
    is_stated: bool = True


def check_location(
    table_check: TableCheck,
    *,
    required: bool = True,
    read_tps_cell: Callable[[Cell], ParsedTps] | None = None,
) -> None:
    """Fill `kecamatan`, `desa`, `desa_text`, `tps`, and `place_stated` for the points.

    needed: a row that names no place has a fault; else it is of the whole kabupaten.
    tps: how a cell of TPS is read, and doubted; one TPS where not given.
    """
    desa, place = table_check.texts("desa_name"), table_check.texts("place")
    said = (
        table_check.cells("kecamatan_code"),
        table_check.cells("kecamatan_name"),
        desa,
        table_check.texts("desa"),
        place,
        _list_has_point(table_check),
    )
    places = table_check.context.places
    find = _resolve if required else _resolve_if_given
    found = table_check.issues.read_distinct_rows(
        said, lambda *cells: find(PlaceCells(*cells), places), columns=_PLACE_COLUMNS[:1]
    )
    for row in [row for row, faults in table_check.issues.errors.items() if NO_PLACE in faults]:
        table_check.issues.columns_to_fix[row] += _PLACE_COLUMNS
    table_check.values["kecamatan"] = found.map_to_rows(lambda f: f.kecamatan if f else None)
    table_check.values["desa"] = found.map_to_rows(lambda f: f.desa if f else None)
    table_check.values["place_stated"] = found.map_to_rows(lambda f: f.is_stated if f else True)
    table_check.values["desa_text"] = [a or b for a, b in zip(desa, place, strict=True)]
    table_check.values["tps"] = table_check.issues.read_distinct(
        table_check.cells("tps"), read_tps_cell or _read_single_tps, columns=["tps"]
    )


def _resolve_if_given(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    silent = not cells.has_point and all(map(is_blank, cells[:5]))
    return (ResolvedPlace(None, None), None) if silent else _resolve(cells, places)


@lru_cache(maxsize=4096)
def _resolve_cached(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    """Remembered from one table of a file to the next, for texts: 1 and True are equal keys."""
    return _resolve_in_kecamatan(cells, places)


def _resolve(cells: PlaceCells, places: PlaceLookup) -> tuple[ResolvedPlace, str | None]:
    if not is_blank(cells.code) or not is_blank(cells.name):
        textual = {type(cells.code), type(cells.name)} <= {str, type(None)}
        return _resolve_cached(cells, places) if textual else _resolve_in_kecamatan(cells, places)
    desa = cells.desa_code or cells.desa
    if desa is not None:
        village = places.read_desa(desa, None, required=not cells.has_point)
        if village.kecamatan is not None:
            return ResolvedPlace(village.kecamatan, village.code), village.note
    if cells.place is not None:
        told = _resolve_free_text(cells.place, places)
        if told is not None:
            return told, f'tempat dibaca dari "{cells.place}"'
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
    """A place in free words ("Desa Tanjung Gelam, Kec. Indralaya"): only what is certain."""
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
    lat, lon, joined = (
        table_check.cells("lat"),
        table_check.cells("lon"),
        table_check.cells("point"),
    )
    return [
        (a is not None and b is not None) or c is not None
        for a, b, c in zip(lat, lon, joined, strict=True)
    ]


def _read_single_tps(cell: Cell) -> ParsedTps:
    """TPS as "001"; what is no number stays as written, with a doubt."""
    if is_blank(cell):
        return None, None
    try:
        return read_tps(cell), None
    except UnreadableCell as error:
        return cell_to_text(cell), str(error)
