"""Total rows: told from reports, and held against what the rows above them add up to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pandas as pd

from situasi.domain.feed_schemas import Feed, Kind
from situasi.ingest.parsing.cells import Unreadable, is_blank, quote
from situasi.ingest.parsing.numbers import read_count, read_decimal
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import OFFICERS, Headings
from situasi.ingest.validation.column_sums import RunningSums, Sums

_LABEL = re.compile(
    r"(grand\s*|sub\s*)?(total|jumlah|jml|rekapitulasi)\b.{0,60}", re.IGNORECASE | re.DOTALL
)
_LETTERS = frozenset("tjgsrTJGSR")  # with which a label begins: tells most cells apart at once
_NUMERIC = frozenset("0123456789+-.,\u2212")  # with which a number begins
_NO_SUM = re.compile(r"%|persen|\brata", re.IGNORECASE)

_TIME = ("occurred_at", "date", "clock", "reported_at", "reported_clock")
_PLACE = (
    "kecamatan", "kecamatan_code", "kecamatan_name", "desa", "desa_name", "place", "tps",
    "lat", "lon", "point",
)  # fmt: skip
# Columns whose numbers name something: of these a total row tells how many rows there are.
_NAMING = ("id", "tps", "petugas", "nrp", "kasus", "ke", *_TIME, *_PLACE)
_SAMPLE = 20  # filled cells that tell whether a column holds numbers

_IS_TOTAL = "baris jumlah, bukan laporan"
_AGREES = f"{_IS_TOTAL}; sesuai dengan baris di atasnya, tidak perlu dibetulkan"
_UNPROVEN = f"{_IS_TOTAL}: tidak ada angka yang dapat diperiksa; bila ini laporan, isi waktunya"


def set_totals_aside(table: Table, feed: Feed, headings: Headings) -> Table:
    """The table, its total rows marked as no reports, with a reason that says whether they agree.

    A total row begins as one does ("Jumlah", "TOTAL KEC. KANDIS") and names neither a time nor
    a place and a kind; what names them is judged as any other row.
    """
    theirs = [h for h in table.cells.columns if h not in {*reserved_columns.ALL, *headings.ours}]
    totals = [
        row
        for row, label in _beginning(table, theirs)
        if not _is_report(table, row, label, feed, headings)
    ]
    aside = _aside(table)
    summed = _summed(theirs, feed, headings)
    counted = {h for name in _NAMING for h in headings.columns.get(name, ())}
    columns = _columns_of_numbers(table, [h for h in summed if h not in counted])
    start = 0
    for row in totals:
        _add(table.sums, columns, aside, start, row)
        start = row + 1
        if aside[row] is None:
            cells = {heading: _number(table.cells[heading].iloc[row]) for heading in summed}
            told = {heading: number for heading, number in cells.items() if number is not None}
            aside[row] = _reason(told, table.sums)
            table.sums.start_anew()
    _add(table.sums, columns, aside, start, len(table.rows))
    if not totals:
        return table
    column = pd.Series(aside, table.cells.index, dtype="object")
    return replace(table, cells=table.cells.assign(**{reserved_columns.ASIDE: column}))


def _aside(table: Table) -> list[str | None]:
    """Why each row is no report, as far as its reader knew."""
    if reserved_columns.ASIDE not in table.cells.columns:
        return [None] * len(table.rows)
    said: list[str | None] = table.cells[reserved_columns.ASIDE].tolist()
    return said


def _beginning(table: Table, headings: Sequence[str]) -> list[tuple[int, str]]:
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
        if isinstance(cell, str) and cell[:1] in _LETTERS and _LABEL.fullmatch(cell.strip())
    ]


def _is_report(table: Table, row: int, label: str, feed: Feed, headings: Headings) -> bool:
    """Whether the row names a time, or a place and a kind, other than in its label."""

    def named(columns: Sequence[str], *, number: bool) -> bool:
        theirs = (h for name in columns for h in headings.columns.get(name, ()) if h != label)
        cells = [table.cells[heading].iloc[row] for heading in theirs]
        return any(not is_blank(cell) and (number or _number(cell) is None) for cell in cells)

    kinds = [column.name for column in feed.columns if column.words] + ["step"]
    return named(_TIME, number=True) or (named(_PLACE, number=True) and named(kinds, number=False))


def _summed(theirs: Sequence[str], feed: Feed, headings: Headings) -> list[str]:
    """The headings whose numbers may be added up and told; shares and averages may not.

    Of officers none that holds text: a number there may be an NRP.
    """
    barred = {*headings.refused, *headings.names}
    if feed.name in OFFICERS:
        texts = [column.name for column in feed.columns if column.kind is Kind.TEXT]
        barred |= {*headings.unused, *(h for name in texts for h in headings.columns.get(name, ()))}
    return [h for h in theirs if h not in barred and not _NO_SUM.search(h)]


def _columns_of_numbers(table: Table, headings: Sequence[str]) -> dict[str, list[float]]:
    """The columns that mostly hold numbers; 0 in them for whatever is none."""
    found = {}
    for heading in headings:
        column = table.cells[heading].to_numpy()
        sample = list(islice((cell for cell in column if not is_blank(cell)), _SAMPLE))
        if 2 * sum(_number(cell) is not None for cell in sample) > len(sample):
            numbers = {cell: _number(cell) or 0 for cell in set(column)}
            found[heading] = list(map(numbers.__getitem__, column))
    return found


def _add(
    sums: RunningSums,
    columns: dict[str, list[float]],
    aside: list[str | None],
    first: int,
    end: int,
) -> None:
    rows = aside[first:end].count(None)
    sums.add(rows, {heading: sum(numbers[first:end]) for heading, numbers in columns.items()})


def _number(cell: Cell) -> float | None:
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, str) and cell.strip()[:1] not in _NUMERIC:
        return None
    for read in (read_count, read_decimal):
        try:
            return read(cell)
        except Unreadable:
            continue
    return None


def _reason(told: dict[str, float], sums: RunningSums) -> str:
    """told: the numbers of a total row by heading."""
    if not told or not sums.whole.rows:
        return _UNPROVEN
    both = [part for part in (sums.since, sums.whole) if part.rows]
    differing = [
        _difference(heading, number, both)
        for heading, number in told.items()
        if not any(_agrees(number, heading, part) for part in both)
    ]
    if not differing:
        return _AGREES
    return f"{_IS_TOTAL}; {'; '.join(differing[:5])}: periksa apakah ada baris yang kurang"


def _agrees(number: float, heading: str, above: Sums) -> bool:
    """Whether it is the sum above it, or, where there are no numbers, how many rows there are."""
    total = above.columns.get(heading, above.rows)
    return math.isclose(number, total, abs_tol=1e-6)


def _difference(heading: str, number: float, above: Sequence[Sums]) -> str:
    sums = [
        f"{above_it.rows} baris"
        if (total := above_it.columns.get(heading)) is None
        else f"berjumlah {_written(total)}"
        for above_it in above
    ]
    said = f" ({sums[0]} sejak jumlah sebelumnya)" if sums[0] != sums[-1] else ""
    return f"{quote(heading)} tertulis {_written(number)}, di atasnya {sums[-1]}{said}"


def _written(number: float) -> str:
    whole = f"{number:,.10g}" if number == int(number) else f"{number:,.2f}"
    return whole.translate(str.maketrans(",.", ".,"))
