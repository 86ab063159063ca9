"""Tables that lie one below the other in a sheet or a text, each under its own headings."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from situasi.ingest.layout.statement_rows import find_statements, is_rule, states_nothing
from situasi.ingest.readers.table_builder import format_titles

_MIN_HEADINGS = 3  # filled cells of a heading; two may be a line of a form
_MIN_KNOWN = 2
_CERTAIN = 3  # known headings that no row of content has, however many others stand beside them
_NUMBERED_TITLE = re.compile(r"\s*(?:[IVX]{1,5}|[A-Za-z]|\d{1,2})[.)]\s")  # of one table only

_LEVELS = {"kecamatan": 0, "kec": 0, "desa": 1, "ds": 1, "kelurahan": 1, "kel": 1, "tps": 2}
_PLACE = re.compile(rf"\b({'|'.join(_LEVELS)})\b", re.IGNORECASE)


class StackedTable(NamedTuple):
    """Where a table begins among the rows of its sheet: with its title lines, and its heading."""

    first_index: int
    heading_index: int


def find_stacked_tables(
    rows: Sequence[Sequence[object]], score_header: Callable[[Sequence[str]], int]
) -> list[StackedTable]:
    """Return the tables of a sheet from top to bottom; [] where there is only one.

    rows: None where a cell is empty; lines drawn across are looked through. A heading stands below
    an empty row or a title line, and has rows below it. One that is repeated begins a table only
    below a title of its own: of another hour or place than that above the first.
    """
    kept = [index for index, row in enumerate(rows) if not is_rule(_list_texts(row))]
    found = _find_headings([rows[index] for index in kept], score_header)
    return [StackedTable(kept[table.first_index], kept[table.heading_index]) for table in found]


def leave_out_replaced(shared: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """Return the titles of all tables without the places that one names otherwise in its own."""
    first = min((level for line in own for level in _list_levels(line)), default=len(_LEVELS))
    return tuple(line for line in shared if max(_list_levels(line), default=-1) < first)


def _list_levels(line: str) -> list[int]:
    """Return the levels of the places in a title that begins with one: `DESA : MIJI KEC. ...`."""
    words = _PLACE.findall(line) if names_place(line) else []
    return [_LEVELS[word.casefold()] for word in words]


def names_place(title: str) -> bool:
    """Return whether a title begins with a place: `DESA : MIJI`."""
    return _PLACE.match(title.strip()) is not None


def list_shared_titles(
    rows: Sequence[Sequence[object]], tables: Sequence[StackedTable]
) -> tuple[str, ...]:
    """Return the titles above the first table, which are those of all, but for numbered ones."""
    above = format_titles(rows[: tables[0].heading_index])
    return tuple(line for line in above if line and not _NUMBERED_TITLE.match(line))


def format_note(tables: Sequence[StackedTable], first_number: int, where: str = "") -> str:
    """Return the note on these tables. first_number: of the first row."""
    headings = ", ".join(str(first_number + table.heading_index) for table in tables)
    return (
        f"{len(tables)} tabel bersusun{where}, dibaca satu per satu (judul kolom di baris"
        f" {headings})"
    )


def _find_headings(
    rows: Sequence[Sequence[object]], score_header: Callable[[Sequence[str]], int]
) -> list[StackedTable]:
    """Return the same of rows without lines drawn across."""
    found: list[int] = []
    titles_by_key: dict[frozenset[str], set[tuple[str, ...]]] = {}
    for index, row in enumerate(rows[:-1]):
        if index and _count_filled(rows[index - 1]) > 1:
            continue
        texts = [" ".join(cell.split()) for cell in row if isinstance(cell, str)]
        if len(texts) < _MIN_HEADINGS or len(texts) < _count_filled(row):
            continue
        titles = _read_titles(rows, index)
        known = titles_by_key.setdefault(frozenset(text.casefold() for text in texts), set())
        is_repeated = bool(known) and (not titles or titles in known)
        below = _list_texts(rows[index + 1])
        if is_repeated or (len(below) < 2 and not states_nothing(below)):
            continue
        score = score_header(texts)
        if score >= _CERTAIN or (score >= _MIN_KNOWN and 2 * score >= len(texts)):
            found.append(index)
            known.add(titles)
    if len(found) < 2:
        return []
    firsts = [0, *(_find_first_title(rows, index) for index in found[1:])]
    return [StackedTable(*pair) for pair in zip(firsts, found, strict=True)]


def _read_titles(rows: Sequence[Sequence[object]], heading: int) -> tuple[str, ...]:
    """Return the texts of the title lines above a heading; `Lanjutan` is none."""
    lines = [_list_texts(row) for row in rows[_find_first_title(rows, heading) : heading]]
    statements = {*find_statements(lines)}
    titles = [texts for index, texts in enumerate(lines) if index not in statements]
    return tuple(text.casefold() for texts in titles for text in texts)


def _find_first_title(rows: Sequence[Sequence[object]], heading: int) -> int:
    """Return the first of the title lines above a heading: up to an empty row above these."""
    first = heading
    for index in range(heading - 1, -1, -1):
        filled = [str(cell) for cell in rows[index] if cell is not None]
        if len(filled) > 1 or (not filled and first < heading):
            break
        if filled and not any(map(str.isalnum, filled[0])):  # `-`: a row with nothing in it
            break
        if filled:
            first = index
    return first


def _list_texts(row: Sequence[object]) -> list[str]:
    return [str(cell).strip() for cell in row if cell is not None]


def _count_filled(row: Sequence[object]) -> int:
    return len(row) - list(row).count(None)
