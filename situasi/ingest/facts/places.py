"""Place of a report that no column names: from titles, a point, or the rows above."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.facts.group_sums import mark_group_sums
from situasi.ingest.gazetteer.free_places import read_free_place
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.place_mentions import (
    AreaMention,
    find_desa,
    find_kecamatan,
)
from situasi.ingest.messages.station_mentions import find_stations
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_text
from situasi.ingest.parsing.numbers import SPELLED_BEHIND
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.table_rows import TAG_ROW
from situasi.ingest.tables import Cell

_PLACES = ("kecamatan", "kode_kecamatan", "tempat")
_OTHER_PLACES = ("kecamatan", "kode_kecamatan", "desa", "kode_desa", "lat", "koordinat")
# Latitude and longitude, with altitude and accuracy behind them as telephones write them.
_POINT = re.compile(
    r"(-?\d{1,2}\.\d{3,})\s*[,; ]\s*(-?\d{2,3}\.\d{3,})(?:[ ,]+-?\d+(?:\.\d+)?){0,2}"
)
_PLAIN_STATION = re.compile(r"(?:tps\W{0,3}(?:no\W{0,3})?)?\d{1,3}(?:\.0)?", re.IGNORECASE)
_STATION_CELL = re.compile(r"tps\W{0,3}(?:no\W{0,3})?\d{1,3}", re.IGNORECASE)
_MAX_TEXT_CHARS = 2_000
BASE_OF_RECORD = "baris induk, bukan laporan sendiri: laporannya baris lain; tidak perlu dibetulkan"
_AREA_OF_TITLES = "kecamatan dari judul atau nama berkas"
_DESA_CODE = re.compile(r"\d{2}\.?\d{2}\.?\d{2}\.?\d{4}")


def complete_place(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Fill in point, desa and kecamatan where no column names them, each noted at its row."""
    if facts.kecamatan is None:
        _take_places_in_words(table, context)
    _take_points(table)
    _take_desa_codes(table)
    mark_group_sums(table, context)
    _fill_from_records(table)
    _fill_down(table)
    if facts.tps is not None and not table.has_any("tps", *_PLACES, "desa", "kode_desa"):
        rows = table.find_empty_rows("tps")
        table.fill("tps", dict.fromkeys(rows, facts.tps), "TPS dari judul")
    if facts.kecamatan is not None and not table.has_any(*_PLACES, "lat", "koordinat"):
        # A row without a TPS of its own is no count of the whole kecamatan.
        no_station = table.find_unnamed_stations()
        rows = [row for row in table.find_empty_rows(*_PLACES) if row not in no_station]
        table.fill("kecamatan", dict.fromkeys(rows, facts.kecamatan), _AREA_OF_TITLES)
    if facts.kecamatan is not None and not table.has_any(*_OTHER_PLACES):
        _take_area_beside_places(table, facts.kecamatan, context)
    if facts.venue is not None and table.has_any("checkin", "giat"):
        rows = table.find_empty_rows(*_PLACES, "desa", "kode_desa", "lokasi", "lat", "koordinat")
        table.fill("tempat", dict.fromkeys(rows, facts.venue), "tempat dari judul")
    if facts.desa is not None and not table.has_any("desa", "kode_desa", "tempat"):
        rows = table.find_empty_rows("desa")
        table.fill("desa", dict.fromkeys(rows, facts.desa), "desa dari judul atau nama berkas")


def _take_area_beside_places(table: ConvertedTable, area: str, context: IngestContext) -> None:
    """Fill in the kecamatan of the titles where a place in words does not tell its own.

    Such as a desa whose name two kecamatan have. For a count or a phase its desa must be of it.
    """
    code = context.places.read_kecamatan(None, area).code
    must_name_desa = table.has_any("hadir", "fase", "tps")
    for name in table.find_columns("tempat")[:1]:
        column = table.cells[name].tolist()
        needs_area = {
            cell: _needs_area(cell, code, context, must_name_desa=must_name_desa)
            for cell in set(column)
            if isinstance(cell, str)
        }
        open_rows = set(table.find_empty_rows("kecamatan"))
        rows = [r for r, c in enumerate(column) if r in open_rows and needs_area.get(c)]
        table.fill("kecamatan", dict.fromkeys(rows, area), _AREA_OF_TITLES)


def _needs_area(
    text: str, kecamatan: str | None, context: IngestContext, *, must_name_desa: bool
) -> bool:
    try:
        is_clear = read_free_place(text, context.places) is not None
    except UnreadableCell:
        return False
    if is_clear or not any(map(str.isalpha, text)):
        return False
    return not must_name_desa or context.places.read_desa(text, kecamatan).note is None


def take_station_column(table: ConvertedTable) -> None:
    """Take for the TPS the one column that names nothing else, whatever its heading (`ASAL`)."""
    if table.has_any("tps", "tempat", "lokasi"):
        return
    found = []
    for name in table.headings:
        column = table.cells[name].tolist()
        cells = (c for r, c in enumerate(column) if not is_blank(c) and r not in table.reasons)
        if _is_station(next(cells, None)) and all(map(_is_station, cells)):
            found.append(name)
    if len(found) == 1:
        table.rename(found[0], "tps")


def _is_station(cell: Cell) -> bool:
    return isinstance(cell, str) and _STATION_CELL.fullmatch(cell.strip()) is not None


def _take_places_in_words(table: ConvertedTable, context: IngestContext) -> None:
    """Read the place that the words of an event name, where the table has no column of places.

    Only one after `Kec.`, with the desa and the TPS in it where each is one; beside a point, which
    is compared with it, also the one desa that is named alone.
    """
    has_place = table.has_any(*_PLACES, "desa", "kode_desa", "tps", "lokasi")
    has_point = table.has_any("koordinat", "lat")
    if has_place or not table.has_any("jenis", "giat"):
        return
    found: dict[str, dict[int, Cell]] = {"kecamatan": {}, "desa": {}, "tps": {}}
    for name in table.find_columns("uraian")[:1]:
        for row, cell in enumerate(table.cells[name].tolist()):
            for heading, value in _find_place(cell, context, has_point).items():
                found[heading][row] = value
    for heading, by_row in found.items():
        table.fill(heading, by_row)
    table.doubt(found["kecamatan"], "tempat dibaca dari uraian")


def _find_place(cell: Cell, context: IngestContext, has_point: bool) -> dict[str, str]:
    """Return kecamatan, desa and TPS of a text; nothing where it names none or several.

    has_point: a desa alone is enough.
    """
    if not isinstance(cell, str):
        return {}
    passage = Passage(normalize_text(cell[:_MAX_TEXT_CHARS]))
    areas = find_kecamatan(passage, context.places)
    stations = find_stations(passage, mentions_turnout=False)
    desa = find_desa(passage, areas, stations, context.places)
    codes = {area.code for area in areas if _is_sure(area)}
    if not areas and has_point and len(desa) == 1 and _is_sure(desa[0]):
        codes = {desa[0].kecamatan_code}
    code = codes.pop() if len(codes) == 1 and all(map(_is_sure, areas)) else None
    if code is None:
        return {}
    place = {"kecamatan": context.register.kecamatan[code].name}
    if len(desa) == 1 and _is_sure(desa[0]) and desa[0].kecamatan_code == code:
        place["desa"] = desa[0].cell
        if len(stations) == 1 and len(stations[0].numbers) == 1:
            place["tps"] = stations[0].numbers[0]
    return place


def _is_sure(area: AreaMention) -> bool:
    return area.code is not None and area.question is None and area.doubt is None


def _take_desa_codes(table: ConvertedTable) -> None:
    """Read a code of a desa, or of a TPS, that stands under the heading of a kecamatan's code."""
    for name in table.find_columns("kode_kecamatan") if not table.has_any("kode_desa") else ():
        column = table.cells[name].tolist()
        filled = [cell for cell in column if not is_blank(cell)]
        if filled and all(_DESA_CODE.fullmatch(str(cell).strip()) for cell in filled):
            table.rename(name, "kode_desa")


def _take_points(table: ConvertedTable) -> None:
    """Use a point that stands under the heading of a place (`lokasi`) as coordinates.

    Else the one column under an unknown heading that holds points alone.
    """
    if table.has_any("koordinat", "lat", "lon"):
        return
    unknown = table.list_unknown()
    points_alone = [name for name in unknown if _holds_points(table.cells[name].tolist())]
    for name in table.find_columns("tempat"):
        column = table.cells[name].tolist()
        points = {
            cell: f"{match[1]}, {match[2]}"
            for cell in set(column)
            if isinstance(cell, str) and (match := _POINT.fullmatch(cell.strip()))
        }
        by_row: dict[int, Cell] = {r: points[c] for r, c in enumerate(column) if c in points}
        if by_row:
            table.set_column(name, [None if cell in points else cell for cell in column])
            table.fill("koordinat", by_row)
            return
    if len(points_alone) == 1:
        table.rename(points_alone[0], "koordinat")


def _holds_points(column: Sequence[Cell]) -> bool:
    """Return whether a column has cells, and each is a point."""
    filled = [cell for cell in column if not is_blank(cell)]
    return bool(filled) and all(
        isinstance(cell, str) and _POINT.fullmatch(cell.strip()) for cell in filled
    )


def _fill_from_records(table: ConvertedTable) -> None:
    """Give the rows of one record the place that its first row alone names (REDCap).

    That row is none of the reports, where it holds no hour and no count of its own.
    """
    is_record = partial(table.vocabulary.clues.is_heading, "record_id")
    names = table.find_columns(*_PLACES, "desa", "kode_desa", "tps")
    for record in list(filter(is_record, table.headings))[:1]:
        records = table.cells[record].tolist()
        rows_by_record: dict[Cell, list[int]] = {}
        for row, key in enumerate(records):
            if not is_blank(key):
                rows_by_record.setdefault(key, []).append(row)
        columns = {name: table.cells[name].tolist() for name in names}
        for first, *others in rows_by_record.values():
            blank = all(is_blank(c[row]) for c in columns.values() for row in others)
            if not others or not blank or all(is_blank(c[first]) for c in columns.values()):
                continue
            for column in columns.values():
                for row in others:
                    column[row] = column[first]
            if first in table.find_empty_rows("waktu", "tanggal", "jam", "hadir"):
                table.reasons.setdefault(first, BASE_OF_RECORD)
        for name, column in columns.items():
            table.set_column(name, column)


def _fill_down(table: ConvertedTable) -> None:
    """Repeat a desa or kecamatan that is written once above its TPS, where the TPS count up.

    Only in rows that say nothing else of their place; one of a form says all that it knows.
    """
    stations = table.find_columns("tps")
    names = table.find_columns("kecamatan", "desa", "tempat")
    for name in names if stations else ():
        column = table.cells[name].tolist()
        if None not in column or column[0] is None:
            continue
        numbers = table.cells[stations[0]].tolist()
        skipped = table.total_rows | table.reasons.keys()
        numbers = [None if row in skipped else number for row, number in enumerate(numbers)]
        above = _list_places_above(table, name, numbers)
        if above and _count_up(column, numbers):
            table.fill(name, above, f"{name} dari baris di atasnya")


def _list_places_above(
    table: ConvertedTable, name: str, numbers: Sequence[Cell]
) -> dict[int, Cell]:
    """Return by row the place above it in this column, for rows of which only the TPS is known.

    numbers: the cells of the TPS. Below a row with another place of its own none is known.
    """
    is_named = _mark_rows(table, {*_OTHER_PLACES, "tempat", "lokasi"} - {"kecamatan"}, name)
    records = _mark_rows(table, ("id", "waktu_lapor"))
    is_area = name in table.find_columns("kecamatan")[:1]
    area = [None] * table.size if is_area else table.list_cells("kecamatan")
    found: dict[int, Cell] = {}
    above: Cell = None
    area_above: Cell = None
    for row, place in enumerate(table.cells[name].tolist()):
        if row in table.total_rows or table.reasons.get(row) == TAG_ROW:
            continue
        is_elsewhere = not is_blank(area[row]) and area[row] != area_above
        if place is not None:
            above, area_above = place, area[row]
        elif is_named[row] or is_elsewhere or not _is_blank_or_number(numbers[row]):
            above, area_above = None, area[row]
        elif above is not None and not records[row] and not is_blank(numbers[row]):
            found[row] = above
    return found


def _mark_rows(table: ConvertedTable, headings: Iterable[str], without: str = "") -> list[bool]:
    """Return for each row whether a cell under these headings is filled, except in one column."""
    names = [n for heading in headings for n in table.find_columns(heading) if n != without]
    columns = [table.cells[name].tolist() for name in names]
    return [not all(is_blank(column[row]) for column in columns) for row in range(table.size)]


def _is_blank_or_number(cell: Cell) -> bool:
    """Return whether a cell of a TPS says nothing of its place: `2`, `TPS 02`, no whole code."""
    number = SPELLED_BEHIND.sub("", str(cell).strip())
    return is_blank(cell) or _PLAIN_STATION.fullmatch(number) is not None


def _count_up(places: Sequence[Cell], numbers: Sequence[Cell]) -> bool:
    """Return whether the TPS below each written place have growing numbers."""
    for (_, before), (place, number) in pairwise(zip(places, numbers, strict=True)):
        if place is None and not is_blank(number) and not is_blank(before):
            digits = [int("".join(filter(str.isdigit, str(n))) or 0) for n in (before, number)]
            if digits[1] <= digits[0]:
                return False
    return True
