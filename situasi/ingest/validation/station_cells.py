"""Cells about a TPS that hold more than its number: a whole code, or its desa in the same cell."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from situasi.ingest.gazetteer.codes import TpsCode, parse_tps_code
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_cell, quote
from situasi.ingest.parsing.numbers import read_tps
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck

V = TypeVar("V")

_TPS_MENTION = re.compile(r"\btps(?![a-z])\W{0,3}(?:(?:no|nomor|nmr)\W{0,3})?[0-9]{1,4}", re.I)
_SEVERAL_TPS = re.compile(
    r"\btps\W{0,3}[0-9]{1,3}\s*(?:-|–|,|&|/|s\.?\s?/?d\b\.?|dan\b|sampai\b)\s*(?:tps\W{0,3})?[0-9]{1,3}\b",
    re.I,
)
_MIN_PLACE_LETTERS = 4  # no desa or kecamatan has a shorter name


@dataclass
class StationCells:
    """The cells about the place of each row, completed from one another.

    tps: cells of the TPS, to be read. desa_code: of the desa. desa: its name. place: free words.
    """

    tps: list[Cell]
    desa_code: Texts
    desa: Texts
    place: Texts


def complete_station_cells(table: TableCheck) -> StationCells:
    """Return the cells with what one of them says of another.

    A whole code of a TPS gives its desa; a TPS cell with words gives the desa where none is
    named elsewhere; a desa, its code or a place that names a TPS gives its number. Adds a
    warning where words were moved, an error where two cells name different TPS.
    """
    cells = StationCells(
        table.cells("tps"), table.texts("desa"), table.texts("desa_name"), table.texts("place")
    )
    _split_tps_cells(table, cells)
    for column in (cells.desa_code, cells.desa, cells.place):
        _refuse_several(table, cells, column)
        _take_tps_from_words(table, cells, column)
    return cells


def _split_tps_cells(table: TableCheck, cells: StationCells) -> None:
    """Give each row the desa that the cell of its TPS names, by code or in words."""
    stations = _read_distinct(cells.tps, parse_tps_code)
    for row, station in _list_rows(cells.tps, stations):
        _set_station(table, cells, row, station)
    words = _read_distinct(cells.tps, _extract_place_words)
    kecamatan = list(
        zip(table.cells("kecamatan_code"), table.cells("kecamatan_name"), strict=True)
        if words
        else ()
    )
    for row, text in _list_rows(cells.tps, words):
        if cells.desa[row] or cells.desa_code[row] or cells.place[row]:
            continue
        if all(map(is_blank, kecamatan[row])):
            cells.place[row] = text
        else:
            cells.desa[row] = text
            table.issues.add_warning(row, f"desa dibaca dari {quote(cells.tps[row])}")


def _set_station(table: TableCheck, cells: StationCells, row: int, station: TpsCode) -> None:
    written = cells.desa_code[row]
    cells.tps[row] = station.tps
    if written is None or parse_tps_code(written) == station:
        cells.desa_code[row] = station.desa
    elif _digits(written) != _digits(station.desa):
        reason = f"kode TPS milik desa {station.desa}, tetapi kode desa {quote(written)}"
        table.issues.add_error(row, reason, "tps", "desa")


def _refuse_several(table: TableCheck, cells: StationCells, column: Texts) -> None:
    """Add an error to counts whose place names several TPS: of which is the count?"""
    if table.feed.name != "tps":
        return
    several = _read_distinct(column, lambda c: c if _SEVERAL_TPS.search(str(c)) else None)
    for row, text in _list_rows(column, several):
        if is_blank(cells.tps[row]):
            reason = f"{quote(text)} menyebut beberapa TPS: tulis satu per baris, atau desanya saja"
            table.issues.add_error(row, reason, "tps")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _take_tps_from_words(table: TableCheck, cells: StationCells, column: Texts) -> None:
    """Give rows without a TPS the one that this column names; check the others against it."""
    numbers = _read_distinct(column, _find_tps_number)
    for row, number in _list_rows(column, numbers):
        written = cells.tps[row]
        if is_blank(written):
            cells.tps[row] = number
        elif (other := _try_read_tps(written)) and other != number:
            reason = f"TPS {quote(written)}, tetapi {quote(column[row])} menyebut TPS {number}"
            table.issues.add_error(row, reason, "tps")


def _read_distinct(cells: Sequence[Cell], read: Callable[[Cell], V | None]) -> dict[Cell, V]:
    """Return what each distinct text or number gives, without those that give nothing."""
    values = {cell: read(cell) for cell in set(cells) if not isinstance(cell, bool | None)}
    return {cell: value for cell, value in values.items() if value is not None}


def _list_rows(cells: Sequence[Cell], values: dict[Cell, V]) -> list[tuple[int, V]]:
    if not values:
        return []
    return [(row, values[cell]) for row, cell in enumerate(cells) if cell in values]


def _find_tps_number(cell: Cell) -> str | None:
    """Return the number of the one TPS that a text names, or None."""
    if not isinstance(cell, str):
        return None
    # Places are mostly distinct texts: only those that begin like a code are read as one.
    if cell[:2].isdigit() and (station := parse_tps_code(cell)):
        return station.tps
    return _try_read_tps(cell) if "tps" in cell.lower() else None


def _try_read_tps(cell: Cell) -> str | None:
    try:
        return read_tps(cell)
    except UnreadableCell:
        return None


def _extract_place_words(cell: Cell) -> str | None:
    """Return what a TPS cell says besides its one TPS: `Ds. Tanjung Seteko Kec. Indralaya`."""
    if not isinstance(cell, str) or len(cell) < _MIN_PLACE_LETTERS:
        return None
    text = normalize_cell(cell).replace("_", " ")
    if _try_read_tps(cell) is None or parse_tps_code(cell):
        return None
    rest = _TPS_MENTION.sub(" ", text).strip(" ,;:/-()")
    return rest if sum(map(str.isalpha, rest)) >= _MIN_PLACE_LETTERS else None
