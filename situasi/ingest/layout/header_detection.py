"""Search for the heading row among titles, letterheads and merged group headings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from situasi.ingest.layout.heading_lines import (
    MAX_HEADING_LINES,
    is_column_numbering,
    is_sub_heading,
    is_title_line,
    may_be_pair,
    merge_lines,
)
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
    numbering: the texts of the row of column numbers, empty where there is none.
    """

    first_index: int
    last_index: int
    column_names: tuple[str | None, ...]
    texts: frozenset[str]
    first_letters: frozenset[str]
    score: int
    numbering: tuple[str, ...] = ()

    def is_first_number(self, cell: object) -> bool:
        """Return whether a cell begins as the row of column numbers does."""
        return bool(self.numbering) and cell in self._first_numbers

    @cached_property
    def _first_numbers(self) -> frozenset[object]:
        first = next(filter(None, self.numbering), "")
        return frozenset({first, int(first)} if first.isascii() and first.isdigit() else {first})

    def repeats_numbering(self, cells: Sequence[object]) -> bool:
        """Return whether a row is the row of column numbers again, as page breaks repeat it."""
        return bool(self.numbering) and tuple(_normalize_row(cells)) == self.numbering

    @cached_property
    def first_words(self) -> tuple[str, ...]:
        """Return the first words that every repeated heading begins with; other rows may too."""
        return tuple({text.split()[0] for text in self.texts})


@dataclass(frozen=True)
class _Candidate:
    """Adjacent rows that may be the heading together. score: columns of a feed that they name."""

    score: int
    first: int
    last: int
    texts: list[str]

    def is_better_than(self, other: Self | None) -> bool:
        """Return whether to prefer this one to a candidate that begins further up."""
        if self.score < _MIN_KNOWN_COLUMNS:
            return False
        if other is None or self.score > other.score:
            return True
        # The upper rows of the other one named nothing: they are titles.
        return self.score == other.score and self.first > other.first and self.last == other.last


def find_header(rows: Sequence[Sequence[object]], score_header: HeaderScorer) -> HeaderRow | None:
    """Return the row, or adjacent rows, that name most columns of a feed.

    None where no row names two. Raises SourceError when the only candidates are too wide.
    """
    normalized = [_normalize_row(row) for row in rows[:HEADER_SEARCH_ROWS]]
    is_too_wide = any(len(row) > reserved_columns.MAX_COLUMNS for row in normalized)
    normalized = [row if len(row) <= reserved_columns.MAX_COLUMNS else [] for row in normalized]
    best: _Candidate | None = None
    for index in range(len(normalized)):
        candidate = _find_candidate(normalized, index, score_header)
        if candidate.is_better_than(best):
            best = candidate
    if best is None:
        if is_too_wide:
            raise SourceError(reserved_columns.TOO_MANY_COLUMNS)
        return None
    return _build_header(normalized, best)


def _find_candidate(rows: list[list[str]], index: int, score_header: HeaderScorer) -> _Candidate:
    """Return the best heading that begins with this row: the row alone, or with rows below it."""
    row = rows[index]
    best = _Candidate(score_header(row) if row else 0, index, index, row)
    for last in range(index + 1, min(index + MAX_HEADING_LINES, len(rows))):
        above, below = rows[index:last], rows[last]
        if not any(row) or not any(below) or is_title_line(row, below):
            break
        width = max(map(len, (*above, below)))
        padded = [*below, *[""] * (width - len(below))]
        is_certain = is_sub_heading(above, padded)
        if not (is_certain or may_be_pair(above, padded)):
            break
        texts = merge_lines([*above, padded], score_header)
        score = score_header(texts)
        if is_certain or score > best.score:
            best = _Candidate(score, index, last, texts)
    return best


def _build_header(rows: list[list[str]], best: _Candidate) -> HeaderRow:
    last = best.last
    raw = {text.casefold() for row in rows[best.first : last + 1] for text in row if text}
    numbering: tuple[str, ...] = ()
    if last + 1 < len(rows) and is_column_numbering(rows[last + 1]):
        last += 1
        numbering = tuple(rows[last])
    return HeaderRow(
        first_index=best.first,
        last_index=last,
        column_names=make_unique_names(best.texts),
        texts=frozenset(raw),
        first_letters=frozenset(letter for text in raw for letter in _letter_cases(text[0])),
        score=best.score,
        numbering=numbering,
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
