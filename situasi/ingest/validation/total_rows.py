"""Total rows: told from reports, and held against what the rows above them add up to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pandas as pd

from situasi.domain.feed_schemas import ColumnKind, Feed
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.numbers import read_count, read_decimal
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS, ColumnMapping
from situasi.ingest.validation.column_sums import ColumnSums, RunningSums

_LABEL = re.compile(
    r"(grand\s*|sub\s*)?(total|jumlah|jml|rekapitulasi)\b.{0,60}", re.IGNORECASE | re.DOTALL
)
_LABEL_LETTERS = frozenset(
    "tjgsrTJGSR"
)  # with which a label begins: tells most cells apart at once
_NUMBER_STARTS = frozenset("0123456789+-.,\u2212")  # with which a number begins
_NO_SUM = re.compile(r"%|persen|\brata", re.IGNORECASE)

_TIME_COLUMNS = ("occurred_at", "date", "clock", "reported_at", "reported_clock")
_PLACE_COLUMNS = (
    "kecamatan", "kecamatan_code", "kecamatan_name", "desa", "desa_name", "place", "tps",
    "lat", "lon", "point",
)  # fmt: skip
# Columns whose numbers name something: of these a total row tells how many rows there are.
_IDENTIFIER_COLUMNS = (
    "id",
    "tps",
    "petugas",
    "nrp",
    "kasus",
    "ke",
    *_TIME_COLUMNS,
    *_PLACE_COLUMNS,
)
_SAMPLE_CELLS = 20  # filled cells that tell whether a column holds numbers

_IS_TOTAL = "baris jumlah, bukan laporan"
_TOTAL_MATCHES = f"{_IS_TOTAL}; sesuai dengan baris di atasnya, tidak perlu dibetulkan"
_TOTAL_NOT_CHECKED = (
    f"{_IS_TOTAL}: tidak ada angka yang dapat diperiksa; bila ini laporan, isi waktunya"
)


def mark_total_rows(table: Table, feed: Feed, mapping: ColumnMapping) -> Table:
    """The table, its total rows marked as no reports, with a reason that says whether they agree.

    A total row begins as one does ("Jumlah", "TOTAL KEC. KANDIS") and names neither a time nor
    a place and a kind; what names them is judged as any other row.
    """
    theirs = [
        h for h in table.cells.columns if h not in {*reserved_columns.ALL, *mapping.export_headings}
    ]
    totals = [
        row
        for row, label in _find_labelled_rows(table, theirs)
        if not _is_report(table, row, label, feed, mapping)
    ]
    aside = _list_reader_reasons(table)
    summed = _find_summable_headings(theirs, feed, mapping)
    counted = {h for name in _IDENTIFIER_COLUMNS for h in mapping.columns.get(name, ())}
    columns = _extract_number_columns(table, [h for h in summed if h not in counted])
    start = 0
    for row in totals:
        _add_to_sums(table.sums, columns, aside, start, row)
        start = row + 1
        if aside[row] is None:
            cells = {heading: _parse_number(table.cells[heading].iloc[row]) for heading in summed}
            told = {heading: number for heading, number in cells.items() if number is not None}
            aside[row] = _format_total_reason(told, table.sums)
            table.sums.start_subtotal()
    _add_to_sums(table.sums, columns, aside, start, len(table.row_numbers))
    if not totals:
        return table
    column = pd.Series(aside, table.cells.index, dtype="object")
    return replace(table, cells=table.cells.assign(**{reserved_columns.NOT_A_REPORT: column}))


def _list_reader_reasons(table: Table) -> list[str | None]:
    """Why each row is no report, as far as its reader knew."""
    if reserved_columns.NOT_A_REPORT not in table.cells.columns:
        return [None] * len(table.row_numbers)
    said: list[str | None] = table.cells[reserved_columns.NOT_A_REPORT].tolist()
    return said


def _find_labelled_rows(table: Table, headings: Sequence[str]) -> list[tuple[int, str]]:
    """The rows whose first filled cell is the label of a total, and its heading."""
    if not headings:
        return []
    first: list[Cell] = table.cells[headings[0]].tolist()
    for heading in headings[1:]:
        if None not in first:
            break
        column = table.cells[heading].tolist()
        first = [b if a is None else a for a, b in zip(first, column, strict=True)]
    return [
        (row, next(h for h in headings if table.cells[h].iloc[row] is not None))
        for row, cell in enumerate(first)
        if isinstance(cell, str) and cell[:1] in _LABEL_LETTERS and _LABEL.fullmatch(cell.strip())
    ]


def _is_report(table: Table, row: int, label: str, feed: Feed, mapping: ColumnMapping) -> bool:
    """Whether the row names a time, or a place and a kind, other than in its label."""

    def named(columns: Sequence[str], *, number: bool) -> bool:
        theirs = (h for name in columns for h in mapping.columns.get(name, ()) if h != label)
        cells = [table.cells[heading].iloc[row] for heading in theirs]
        return any(not is_blank(cell) and (number or _parse_number(cell) is None) for cell in cells)

    kinds = [column.name for column in feed.columns if column.allowed_codes] + ["step"]
    return named(_TIME_COLUMNS, number=True) or (
        named(_PLACE_COLUMNS, number=True) and named(kinds, number=False)
    )


def _find_summable_headings(
    sender_headings: Sequence[str], feed: Feed, mapping: ColumnMapping
) -> list[str]:
    """The headings whose numbers may be added up and told; shares and averages may not.

    Of officers none that holds text: a number there may be an NRP.
    """
    barred = {*mapping.vote_headings, *mapping.person_headings}
    if feed.name in OFFICER_FEEDS:
        texts = [column.name for column in feed.columns if column.kind is ColumnKind.TEXT]
        barred |= {
            *mapping.unused_headings,
            *(h for name in texts for h in mapping.columns.get(name, ())),
        }
    return [h for h in sender_headings if h not in barred and not _NO_SUM.search(h)]


def _extract_number_columns(table: Table, headings: Sequence[str]) -> dict[str, list[float]]:
    """The columns that mostly hold numbers; 0 in them for whatever is none."""
    found = {}
    for heading in headings:
        column = table.cells[heading].to_numpy()
        sample = list(islice((cell for cell in column if not is_blank(cell)), _SAMPLE_CELLS))
        if 2 * sum(_parse_number(cell) is not None for cell in sample) > len(sample):
            numbers = {cell: _parse_number(cell) or 0 for cell in set(column)}
            found[heading] = list(map(numbers.__getitem__, column))
    return found


def _add_to_sums(
    sums: RunningSums,
    columns: dict[str, list[float]],
    reasons: list[str | None],
    first: int,
    end: int,
) -> None:
    rows = reasons[first:end].count(None)
    sums.add(rows, {heading: sum(numbers[first:end]) for heading, numbers in columns.items()})


def _parse_number(cell: Cell) -> float | None:
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, str) and cell.strip()[:1] not in _NUMBER_STARTS:
        return None
    for read in (read_count, read_decimal):
        try:
            return read(cell)
        except UnreadableCell:
            continue
    return None


def _format_total_reason(totals: dict[str, float], sums: RunningSums) -> str:
    """told: the numbers of a total row by heading."""
    if not totals or not sums.total.row_count:
        return _TOTAL_NOT_CHECKED
    both = [part for part in (sums.subtotal, sums.total) if part.row_count]
    differing = [
        _format_difference(heading, number, both)
        for heading, number in totals.items()
        if not any(_matches_sum(number, heading, part) for part in both)
    ]
    if not differing:
        return _TOTAL_MATCHES
    return f"{_IS_TOTAL}; {'; '.join(differing[:5])}: periksa apakah ada baris yang kurang"


def _matches_sum(number: float, heading: str, column_sums: ColumnSums) -> bool:
    """Whether it is the sum above it, or, where there are no numbers, how many rows there are."""
    total = column_sums.by_heading.get(heading, column_sums.row_count)
    return math.isclose(number, total, abs_tol=1e-6)


def _format_difference(heading: str, number: float, all_sums: Sequence[ColumnSums]) -> str:
    sums = [
        f"{above_it.row_count} baris"
        if (total := above_it.by_heading.get(heading)) is None
        else f"berjumlah {_format_number(total)}"
        for above_it in all_sums
    ]
    said = f" ({sums[0]} sejak jumlah sebelumnya)" if sums[0] != sums[-1] else ""
    return f"{quote(heading)} tertulis {_format_number(number)}, di atasnya {sums[-1]}{said}"


def _format_number(number: float) -> str:
    whole = f"{number:,.10g}" if number == int(number) else f"{number:,.2f}"
    return whole.translate(str.maketrans(",.", ".,"))
