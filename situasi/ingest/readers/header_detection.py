"""Search for the heading row among titles, letterheads and merged group headings."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import SourceError

HeaderScorer = Callable[[Sequence[str]], int]

HEADER_SEARCH_ROWS = 40  # rows in which the heading is searched
_MIN_KNOWN_COLUMNS = 2  # recognised columns that make a row a heading
_INVISIBLE_CHARS = "\ufeff\u200b\u200e\u200f"


@dataclass(frozen=True)
class HeaderRow:
    """Position and content of the heading.

    first_index, last_index: its rows among those searched (last includes a "(1) (2) (3)" row).
    column_names: one unique name per column; None where the column has no heading.
    texts: every text of its rows, casefolded, to detect a heading repeated at a page break.
    first_letters: first letters of rows that may be a repeated heading.
    """

    first_index: int
    last_index: int
    column_names: tuple[str | None, ...]
    texts: frozenset[str]
    first_letters: frozenset[str]
    score: int

    @cached_property
    def first_words(self) -> tuple[str, ...]:
        """Return the first words that every repeated heading begins with; other rows may too."""
        return tuple({text.split()[0] for text in self.texts})


def find_header(rows: Sequence[Sequence[object]], score_header: HeaderScorer) -> HeaderRow | None:
    """Return the row, or pair of adjacent rows, that names most columns of a feed.

    None where no row names two. Raises SourceError when the only candidates are too wide.
    """
    normalized = [_normalize_row(row) for row in rows[:HEADER_SEARCH_ROWS]]
    is_too_wide = any(len(row) > reserved_columns.MAX_COLUMNS for row in normalized)
    normalized = [row if len(row) <= reserved_columns.MAX_COLUMNS else [] for row in normalized]
    best: tuple[int, int, int, list[str]] | None = None
    for index, row in enumerate(normalized):
        below = normalized[index + 1] if index + 1 < len(normalized) else []
        for last, texts in ((index, row), (index + 1, _merge_row_pair(row, below, score_header))):
            score = score_header(texts) if texts else 0
            if score >= _MIN_KNOWN_COLUMNS and (best is None or score > best[0]):
                best = (score, index, last, texts)
    if best is None:
        if is_too_wide:
            raise SourceError(reserved_columns.TOO_MANY_COLUMNS)
        return None
    return _build_header(normalized, best)


def _build_header(rows: list[list[str]], best: tuple[int, int, int, list[str]]) -> HeaderRow:
    score, first, last, texts = best
    raw = {text.casefold() for row in rows[first : last + 1] for text in row if text}
    if last + 1 < len(rows) and _is_numbering(rows[last + 1]):
        last += 1
    return HeaderRow(
        first_index=first,
        last_index=last,
        column_names=make_unique_names(texts),
        texts=frozenset(raw),
        first_letters=frozenset(letter for text in raw for letter in _letter_cases(text[0])),
        score=score,
    )


def _letter_cases(letter: str) -> str:
    return letter + letter.upper() + letter.lower()


def _normalize_row(row: Sequence[object]) -> list[str]:
    """Return a row as texts without line breaks, invisible marks and empty cells at its end."""
    texts = [_cell_text(cell) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # Excel stores every number as a float
    return " ".join(str(cell).strip(_INVISIBLE_CHARS).split())


def _merge_row_pair(above: list[str], below: list[str], score_header: HeaderScorer) -> list[str]:
    """Merge two heading rows: per column the sub-heading, its group's title, or both joined.

    Empty when the lower row cannot be a heading: it has digits, as data has, or no title of
    the upper row spans two of its columns.
    """
    if not any(above) or any(c.isdigit() for text in below for c in text):
        return []
    width = max(len(above), len(below))
    top, sub = (row + [""] * (width - len(row)) for row in (above, below))
    if not any(text and not title for title, text in zip(top, sub, strict=True)):
        return []
    group, texts = "", []
    for title, text in zip(top, sub, strict=True):
        group = title or group
        options = (f"{group} {text}", text, title) if text else (title,)
        known = (option for option in options if option.strip() and score_header([option]))
        texts.append(next(known, options[0]).strip())
    return texts


def classify_rows_above(
    rows: Sequence[Sequence[object]], header: HeaderRow, score_header: HeaderScorer
) -> tuple[list[int], list[int]]:
    """Return the indexes of non-empty rows above the heading: titles, and rows of another table.

    A row of several cells below another row that names columns belongs to another table.
    """
    texts = [_normalize_row(row) for row in rows[: header.first_index]]
    headers = [index for index, row in enumerate(texts) if score_header(row) >= _MIN_KNOWN_COLUMNS]
    titles, table_rows = [], []
    for index, row in enumerate(texts):
        filled = sum(map(bool, row))
        if filled > 1 and headers and headers[0] < index:
            table_rows.append(index)
        elif filled:
            titles.append(index)
    return titles, table_rows


_NUMBERING = re.compile(r"\(?(\d{1,3})[).]?")


def _is_numbering(row: list[str]) -> bool:
    """Return whether a row only numbers its columns, as official tables print below the heading."""
    matches = [_NUMBERING.fullmatch(text) for text in row if text]
    numbers = [int(match[1]) for match in matches if match]
    return len(matches) >= 3 and numbers == list(range(1, len(matches) + 1))


def make_unique_names(texts: Sequence[str]) -> tuple[str | None, ...]:
    """Return unique column names: a second "Keterangan" becomes "Keterangan (2)"."""
    used_names: set[str] = set(reserved_columns.ALL)
    names: list[str | None] = []
    for text in texts:
        name, count = text, 1
        while name in used_names:
            count += 1
            name = f"{text} ({count})"
        if text:
            used_names.add(name)
        names.append(name or None)
    return tuple(names)
