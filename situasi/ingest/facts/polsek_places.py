"""Place of a report that only names the polsek from which it comes."""

import re

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.gazetteer.polsek_areas import (
    POLSEK,
    POLSEK_AREA,
    find_seat,
    format_others,
    list_covered,
)
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.place_mentions import (
    find_desa,
)
from situasi.ingest.messages.station_mentions import find_stations
from situasi.ingest.parsing.cells import is_blank, normalize_cell, normalize_text
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_PLACES = (
    "kecamatan", "kode_kecamatan", "desa", "kode_desa", "tempat", "lokasi", "tps", "lat",
    "koordinat",
)  # fmt: skip
_COMMAND = re.compile(r"\b(?:(?:ma)?polres|resor)\b[^\n,\d]{0,40}", re.IGNORECASE)
_MAX_TEXT_CHARS = 2_000


def take_polsek_places(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Give the rows of a table without places that of the polsek in a column, or in the titles.

    A polsek stands in the kecamatan of its name and answers for others too: a desa of these in the
    words of an event counts before, and else a note names them. Counts of voters have no such
    place: those of a polsek are not those of its kecamatan. A muster without a place is where the
    titles say that the unit is.
    """
    if not table.has_any("jenis", "giat", "checkin") or table.has_any(*_PLACES):
        return
    empty = table.find_empty_rows()
    polsek: dict[int, str] = {}
    is_event = table.has_any("jenis", "giat")  # the unit of an officer is not where he is
    for name in table.headings if is_event else ():
        if table.vocabulary.find_own_heading(name) in {"pelapor", "satuan"}:
            is_named = POLSEK.match(f"{name} polsek") is not None
            column = table.cells[name].tolist()
            found = {r: _find_polsek(column[r], context, is_named=is_named) for r in empty}
            polsek |= {row: code for row, code in found.items() if code and row not in polsek}
    source = "polsek pelapor"
    if not polsek:
        source = "polsek di judul"
        code = _find_polsek(facts.words, context)
        polsek = dict.fromkeys(empty, code) if code else {}
        if not code and table.has_any("checkin") and (named := _COMMAND.search(facts.words)):
            note = f"tempat dari judul ({normalize_cell(named[0])})"
            table.fill("tempat", dict.fromkeys(empty, "Polres"), note)
    _fill_places(table, polsek, source, context)


def _find_polsek(cell: Cell, context: IngestContext, *, is_named: bool = False) -> str | None:
    """Return the kecamatan in which the polsek of a text stands. is_named: by its heading."""
    if is_blank(cell):
        return None
    text = normalize_cell(cell)
    match = POLSEK.search(f"polsek {text}" if is_named and not POLSEK.match(text) else text)
    return find_seat(match["name"], context.places) if match else None


def name_polsek_areas(table: ConvertedTable, context: IngestContext) -> None:
    """Give rows whose kecamatan is the area of a polsek the kecamatan of their desa in it.

    Without a desa an event is in that of the polsek itself, which is noted; a count stays open.
    """
    for name in table.find_columns("kecamatan"):
        column = table.cells[name].tolist()
        codes = {cell: code for cell in set(column) if (code := _read_area(cell, context))}
        for row in [row for row, cell in enumerate(column) if cell in codes]:
            code, desa = codes[column[row]], table.read_first("desa", row)
            area = _choose_covered(code, desa, table.has_any("jenis", "giat", "checkin"), context)
            if area is not None:
                note = "" if desa else format_others(code, context.register)
                table.doubt([row], f"kecamatan dari {normalize_cell(column[row])}{note}")
                column[row] = context.register.kecamatan[area].name
        if codes:
            table.set_column(name, column)


def _read_area(cell: Cell, context: IngestContext) -> str | None:
    """Return the kecamatan of the polsek whose area a cell is, and nothing else."""
    text = "" if is_blank(cell) else normalize_cell(cell)
    match = POLSEK_AREA.match(text) or POLSEK.match(text)
    return find_seat(match["name"], context.places) if match else None


def _choose_covered(code: str, desa: Cell, is_event: bool, context: IngestContext) -> str | None:
    """Return the kecamatan of a desa in the area of a polsek; None where it may be several."""
    covered = list_covered(code, context.register)
    if is_blank(desa):
        return code if is_event or len(covered) == 1 else None
    found = [c for c in covered if context.places.read_desa(desa, c, required=False).code]
    return found[0] if len(found) == 1 else None


def _fill_places(
    table: ConvertedTable, polsek: dict[int, str], source: str, context: IngestContext
) -> None:
    words = [table.cells[name].tolist() for name in table.find_columns("uraian")]
    places: dict[str, dict[int, Cell]] = {"kecamatan": {}, "desa": {}, "tps": {}}
    for row, code in polsek.items():
        covered = list_covered(code, context.register)
        text = "; ".join(str(column[row]) for column in words if not is_blank(column[row]))
        found = _find_desa_in_words(text, covered, context)
        if found is None:  # a desa elsewhere: a person says where it was
            continue
        if found:
            table.doubt([row], "tempat dibaca dari uraian")
        else:
            found = {"kecamatan": context.register.kecamatan[code].name}
            note = format_others(code, context.register)
            table.doubt([row], f"kecamatan dari {source}{note}")
        for heading, value in found.items():
            places[heading][row] = value
    for heading, by_row in places.items():
        table.fill(heading, by_row)


def _find_desa_in_words(
    text: str, covered: list[str], context: IngestContext
) -> dict[str, str] | None:
    """Return the one desa of these kecamatan that a text names, with its TPS.

    Nothing where it names none; None where it names others, or several.
    """
    passage = Passage(normalize_text(text[:_MAX_TEXT_CHARS]))
    stations = find_stations(passage, mentions_turnout=False)
    desa = [area for area in find_desa(passage, [], stations, context.places) if area.code]
    if not desa:
        return {}
    if len({area.code for area in desa}) > 1 or desa[0].kecamatan_code not in covered:
        return None
    kecamatan = context.register.kecamatan[desa[0].kecamatan_code]
    place = {"kecamatan": kecamatan.name, "desa": desa[0].cell}
    if len(stations) == 1 and len(stations[0].numbers) == 1:
        place["tps"] = stations[0].numbers[0]
    return place
