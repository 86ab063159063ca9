"""Tables that lie one below the other on one sheet, each under its own headings."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from situasi.ingest.layout.statement_rows import states_nothing

_MIN_HEADINGS = 3  # filled cells of a heading; two may be a line of a form
_MIN_KNOWN = 2
_CERTAIN = 3  # known headings that no row of content has, however many others stand beside them


class StackedTable(NamedTuple):
    """Where a table begins among the rows of its sheet: with its title lines, and its heading."""

    first_index: int
    heading_index: int


def find_stacked_tables(
    rows: Sequence[Sequence[object]], score_header: Callable[[Sequence[str]], int]
) -> list[StackedTable]:
    """Return the tables of a sheet from top to bottom; [] where there is only one.

    rows: None where a cell is empty. A heading stands below an empty row or a title line, and has
    rows below it. One that is repeated begins a table only below a title of its own: of another
    hour or place than that above the first.
    """
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
        below = [str(cell).strip() for cell in rows[index + 1] if cell is not None]
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
    """Return the texts of the title lines above a heading."""
    lines = rows[_find_first_title(rows, heading) : heading]
    return tuple(str(cell).casefold() for row in lines for cell in row if cell is not None)


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


def _count_filled(row: Sequence[object]) -> int:
    return len(row) - list(row).count(None)
