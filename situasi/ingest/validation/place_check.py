"""Where a report happened: kecamatan, desa and TPS. The order of trust: docs/rules.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from situasi.ingest.gazetteer.lookup import Places
from situasi.ingest.parsing.cells import Unreadable, is_blank
from situasi.ingest.parsing.numbers import read_tps
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import text
from situasi.ingest.validation.table_check import Sheet

Tps = tuple[str | None, str | None]  # as it is kept, and a doubt

# By any of these a place can be told.
_PLACE = ("kecamatan_name", "desa_name", "lat", "lon")

NOWHERE = "tempat tidak disebut: isi kecamatan, desa atau koordinat"


class Said(NamedTuple):
    """What one row says of its place."""

    code: Cell
    name: Cell
    desa: str | None
    desa_code: str | None
    place: str | None
    pointed: bool


@dataclass(frozen=True)
class Found:
    """Where that is. stated: whether words told it; if not, the point must."""

    kecamatan: str | None
    desa: str | None
    stated: bool = True


def judge_where(
    sheet: Sheet, *, needed: bool = True, tps: Callable[[Cell], Tps] | None = None
) -> None:
    """Fill `kecamatan`, `desa`, `desa_text`, `tps`, and `place_stated` for the points.

    needed: a row that names no place has a fault; else it is of the whole kabupaten.
    tps: how a cell of TPS is read, and doubted; one TPS where not given.
    """
    desa, place = sheet.texts("desa_name"), sheet.texts("place")
    said = (
        sheet.cells("kecamatan_code"),
        sheet.cells("kecamatan_name"),
        desa,
        sheet.texts("desa"),
        place,
        _pointed(sheet),
    )
    places = sheet.context.places
    find = _find if needed else _find_if_said
    found = sheet.bench.each_together(
        said, lambda *cells: find(Said(*cells), places), columns=_PLACE[:1]
    )
    for row in [row for row, faults in sheet.bench.faults.items() if NOWHERE in faults]:
        sheet.bench.concerned[row] += _PLACE
    sheet.values["kecamatan"] = found.of(lambda f: f.kecamatan if f else None)
    sheet.values["desa"] = found.of(lambda f: f.desa if f else None)
    sheet.values["place_stated"] = found.of(lambda f: f.stated if f else True)
    sheet.values["desa_text"] = [a or b for a, b in zip(desa, place, strict=True)]
    sheet.values["tps"] = sheet.bench.each(sheet.cells("tps"), tps or _one_tps, columns=["tps"])


def _find_if_said(said: Said, places: Places) -> tuple[Found, str | None]:
    silent = not said.pointed and all(map(is_blank, said[:5]))
    return (Found(None, None), None) if silent else _find(said, places)


@lru_cache(maxsize=4096)
def _known(said: Said, places: Places) -> tuple[Found, str | None]:
    """Remembered from one table of a file to the next, for texts: 1 and True are equal keys."""
    return _in_kecamatan(said, places)


def _find(said: Said, places: Places) -> tuple[Found, str | None]:
    if not is_blank(said.code) or not is_blank(said.name):
        textual = {type(said.code), type(said.name)} <= {str, type(None)}
        return _known(said, places) if textual else _in_kecamatan(said, places)
    desa = said.desa_code or said.desa
    if desa is not None:
        village = places.desa(desa, None, needed=not said.pointed)
        if village.kecamatan is not None:
            return Found(village.kecamatan, village.code), village.note
    if said.place is not None:
        told = _from_place(said.place, places)
        if told is not None:
            return told, f'tempat dibaca dari "{said.place}"'
    if said.pointed:
        return Found(None, None, stated=False), None
    raise Unreadable(NOWHERE if said.place is None else f'tempat "{said.place}" tidak dikenal')


def _in_kecamatan(said: Said, places: Places) -> tuple[Found, str | None]:
    area = places.kecamatan(said.code, said.name)
    desa = said.desa_code or said.desa
    if desa is None or area.code is None:
        return Found(area.code, None), area.note
    village = places.desa(desa, area.code)
    notes = [note for note in (area.note, village.note) if note]
    return Found(area.code, village.code), "; ".join(notes) or None


def _from_place(written: str, places: Places) -> Found | None:
    """A place in free words ("Desa Tanjung Gelam, Kec. Indralaya"): only what is certain."""
    parts = [part.strip() for part in written.split(",") if part.strip()]
    areas = {code for part in parts if (code := _kecamatan_of(part, places))}
    if len(areas) > 1:
        raise Unreadable(f'tempat "{written}" menyebut lebih dari satu kecamatan')
    area = next(iter(areas), None)
    for part in parts:
        try:
            village = places.desa(part, area, needed=False)
        except Unreadable:
            continue
        if village.code is not None:
            return Found(village.kecamatan or area, village.code)
    return Found(area, None) if area else None


def _kecamatan_of(part: str, places: Places) -> str | None:
    try:
        return places.kecamatan(None, part).code
    except Unreadable:
        return None


def _pointed(sheet: Sheet) -> list[bool]:
    lat, lon, joined = sheet.cells("lat"), sheet.cells("lon"), sheet.cells("point")
    return [
        (a is not None and b is not None) or c is not None
        for a, b, c in zip(lat, lon, joined, strict=True)
    ]


def _one_tps(cell: Cell) -> Tps:
    """TPS as "001"; what is no number stays as written, with a doubt."""
    if is_blank(cell):
        return None, None
    try:
        return read_tps(cell), None
    except Unreadable as error:
        return text(cell), str(error)
