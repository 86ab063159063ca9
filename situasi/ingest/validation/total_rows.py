"""Detection of total rows, which are not reports, and comparison with the rows above them."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

import pandas as pd

from situasi.domain.feed_schemas import ColumnKind, Feed
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.count_columns import build_count_reader
from situasi.ingest.parsing.numbers import read_count, read_decimal
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS, ColumnMapping
from situasi.ingest.validation.column_sums import ColumnSums, RunningSums
from situasi.ingest.vocabulary.hour_headings import parse_hour_heading

NumberParser = Callable[[Cell], float | None]

_LABEL = re.compile(
    r"(grand\s*|sub\s*)?(total|jumlah|jml|rekapitulasi|j u m l a h|t o t a l)\b.{0,60}",
    re.IGNORECASE | re.DOTALL,
)
_LABEL_LETTERS = frozenset("tjgsrTJGSR")  # first letters of a label: a cheap first test
_NUMBER_STARTS = frozenset("0123456789+-.,\u2212")  # first characters of a number
# `JUMLAH KEL. INDRALAYA MULIA` may be that of the last rows alone, which are of its place.
_OF_PART = re.compile(
    r"(?:sub\W*)?(?:total|jumlah|jml)\W+(?!total|(?:ke)?seluruh|umum|akhir)[^\W\d_].*",
    re.IGNORECASE | re.DOTALL,
)
_UNIT = re.compile(r"(?<=[0-9]) ?(?:pers|anggota|agt|unit|kotak|titik)\.?$", re.IGNORECASE)
_NO_SUM = re.compile(r"%|persen|\brata", re.IGNORECASE)

_TIME_COLUMNS = ("occurred_at", "date", "clock", "reported_at", "reported_clock")
_PLACE_COLUMNS = (
    "kecamatan", "kecamatan_code", "kecamatan_name", "desa", "desa_name", "place", "tps",
    "lat", "lon", "point",
)  # fmt: skip
# Columns whose numbers identify something: under them a total row has the number of rows.
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
_SAMPLE_CELLS = 20  # filled cells checked to see whether a column holds numbers

IS_TOTAL = "baris jumlah, bukan laporan"
_TOTAL_MATCHES = IS_TOTAL + "; sesuai dengan baris di {}, tidak perlu dibetulkan"
_TOTAL_NOT_CHECKED = (
    f"{IS_TOTAL}: tidak ada angka yang dapat diperiksa; bila ini laporan, isi waktunya"
)


def mark_total_rows(table: Table, feed: Feed, mapping: ColumnMapping) -> Table:
    """Mark the total rows as not reports, with a reason that says whether the sums agree.

    A total row begins with a label ("Jumlah", "TOTAL KEC. KANDIS") and names neither a time nor
    a place and a kind; a row that names them is checked like any other row.
    """
    sender_headings = [
        h for h in table.cells.columns if h not in {*reserved_columns.ALL, *mapping.export_headings}
    ]
    names = ("kecamatan_name", "desa_name", "place", "tps")
    places = [heading for name in names for heading in mapping.columns.get(name, ())]
    labels = {
        row: label
        for row, label in find_labelled_rows(table.cells, sender_headings, places)
        if not _is_report(table, row, label, feed, mapping)
    }
    total_rows = list(labels)
    reasons = _list_reader_reasons(table)
    summable = _find_summable_headings(sender_headings, feed, mapping)
    identifiers = {h for name in _IDENTIFIER_COLUMNS for h in mapping.columns.get(name, ())}
    parsers = _build_parsers(table, summable)
    columns = _extract_number_columns(table, parsers, identifiers)
    parts = {row for row in total_rows if _is_of_part(table.cells[labels[row]].iloc[row])}
    has_sums_above = _has_sums_above(table.sums, reasons, total_rows, parts)
    start = 0
    for row in total_rows:
        _add_to_sums(table.sums, columns, reasons, start, row)
        first, start = start, row + 1
        if reasons[row] is None:
            cells = {h: parse(table.cells[h].iloc[row]) for h, parse in parsers.items()}
            totals = {heading: number for heading, number in cells.items() if number is not None}
            sexes = _compare_sexes(totals, mapping)
            if has_sums_above and row in parts:
                reasons[row] = _judge_sum_above(totals, columns, reasons, total_rows, row)
            elif table.sums.total.row_count:
                officers = _count_officers(table, feed, mapping, row)
                others = {heading: n for heading, n in totals.items() if n != officers or not n}
                above = (r for r in range(row - 1, first - 1, -1) if reasons[r] is None)
                is_right = (totals and not others) or (
                    row in parts and _sums_first_of(above, others, columns)
                )
                if is_right and not sexes:
                    reasons[row] = _TOTAL_MATCHES.format("atasnya")
                else:
                    reasons[row] = _format_total_reason(others, table.sums, sexes)
            else:
                below = _sum_rows_below(columns, reasons, total_rows, row)
                reasons[row] = _format_total_reason(totals, below, sexes, is_above=True)
            table.sums.start_subtotal()
    _add_to_sums(table.sums, columns, reasons, start, len(table.row_numbers))
    if not total_rows:
        return table
    column = pd.Series(reasons, table.cells.index, dtype="object")
    return replace(table, cells=table.cells.assign(**{reserved_columns.NOT_A_REPORT: column}))


def _count_officers(table: Table, feed: Feed, mapping: ColumnMapping, row: int) -> int:
    """Return how many officers are above a row: one of them may stand in several rows."""
    names = mapping.columns.get("nrp", ()) if feed.name in OFFICER_FEEDS else ()
    return max((table.cells[name].iloc[:row].nunique() for name in names), default=0)


def _list_reader_reasons(table: Table) -> list[str | None]:
    """Return for each row the reader's reason why it is not a report, or None."""
    if reserved_columns.NOT_A_REPORT not in table.cells.columns:
        return [None] * len(table.row_numbers)
    reasons: list[str | None] = table.cells[reserved_columns.NOT_A_REPORT].tolist()
    return reasons


def find_labelled_rows(
    cells: pd.DataFrame, headings: Sequence[str], places: Sequence[str]
) -> list[tuple[int, str]]:
    """Return the rows that are labelled as a total, and the heading of the label.

    The label is the first filled cell under these headings, or stands under one of `places`, behind
    a row number; or it stood in a column that was left out (reserved_columns.TOTAL).
    """
    if not headings:
        return []
    labelled: dict[int, str] = {}
    if reserved_columns.TOTAL in cells.columns:
        kept = enumerate(cells[reserved_columns.TOTAL].tolist())
        labelled |= {row: reserved_columns.TOTAL for row, cell in kept if not is_blank(cell)}
    for heading in places:
        column: list[Cell] = cells[heading].tolist()
        if labels := {cell for cell in set(column) if _is_label(cell)}:
            labelled |= {row: heading for row, cell in enumerate(column) if cell in labels}
    first: list[Cell] = cells[headings[0]].tolist()
    for heading in headings[1:]:
        if None not in first:
            break
        column = cells[heading].tolist()
        first = [later if cell is None else cell for cell, later in zip(first, column, strict=True)]
    for row, cell in enumerate(first):
        if _is_label(cell):
            labelled[row] = next(h for h in headings if cells[h].iloc[row] is not None)
    return sorted(labelled.items())


def _is_label(cell: Cell) -> bool:
    return (
        isinstance(cell, str)
        and cell[:1] in _LABEL_LETTERS
        and _LABEL.fullmatch(cell.strip()) is not None
    )


def _is_report(table: Table, row: int, label: str, feed: Feed, mapping: ColumnMapping) -> bool:
    """Return whether the row names a time, or a place and a kind, outside its label."""

    def has_filled(columns: Sequence[str], *, number: bool) -> bool:
        headings = (h for name in columns for h in mapping.columns.get(name, ()) if h != label)
        cells = [table.cells[heading].iloc[row] for heading in headings]
        return any(not is_blank(cell) and (number or read_total(cell) is None) for cell in cells)

    kinds = [column.name for column in feed.columns if column.allowed_codes] + ["step"]
    return has_filled(_TIME_COLUMNS, number=True) or (
        has_filled(_PLACE_COLUMNS, number=True) and has_filled(kinds, number=False)
    )


def _find_summable_headings(
    sender_headings: Sequence[str], feed: Feed, mapping: ColumnMapping
) -> list[str]:
    """Return the headings whose numbers may be added up and shown; not shares and averages.

    In feeds about officers no text column: a number there may be an NRP.
    """
    excluded = {*mapping.vote_headings, *mapping.person_headings}
    if feed.name in OFFICER_FEEDS:
        texts = [column.name for column in feed.columns if column.kind is ColumnKind.TEXT]
        excluded |= {
            *mapping.unused_headings,
            *(h for name in texts for h in mapping.columns.get(name, ())),
        }
    return [h for h in sender_headings if h not in excluded and not _NO_SUM.search(h)]


def _build_parsers(table: Table, headings: Sequence[str]) -> dict[str, NumberParser]:
    """Return the parser of each column; all hours of a table are one column of counts."""
    hours = [heading for heading in headings if parse_hour_heading(heading)]
    hour_cells = {cell for heading in hours for cell in set(table.cells[heading].tolist())}
    of_hours = _build_parser(hour_cells)
    return {
        h: of_hours if h in hours else _build_parser(set(table.cells[h].tolist())) for h in headings
    }


def _build_parser(cells: set[Cell]) -> NumberParser:
    """Return a parser that reads `6.7` as the count it is taken for, where the column shows it."""
    read = build_count_reader(list(cells))

    def parse(cell: Cell) -> float | None:
        number = read_total(cell)
        if number is None or number.is_integer():
            return number
        try:
            count, _ = read(cell)
        except UnreadableCell:
            return number
        return number if count is None else count

    return parse


def _extract_number_columns(
    table: Table, parsers: dict[str, NumberParser], identifiers: set[str]
) -> dict[str, list[float]]:
    """Return the columns that mostly hold numbers, with 0 for every other cell."""
    columns = {}
    for heading, parse in parsers.items():
        if heading in identifiers:
            continue
        column = table.cells[heading].to_numpy()
        sample = list(islice((cell for cell in column if not is_blank(cell)), _SAMPLE_CELLS))
        if 2 * sum(read_total(cell) is not None for cell in sample) > len(sample):
            numbers = {cell: parse(cell) or 0 for cell in set(column)}
            columns[heading] = list(map(numbers.__getitem__, column))
    return columns


def _add_to_sums(
    sums: RunningSums,
    columns: dict[str, list[float]],
    reasons: list[str | None],
    first: int,
    end: int,
) -> None:
    rows = reasons[first:end].count(None)
    sums.add(rows, {heading: sum(numbers[first:end]) for heading, numbers in columns.items()})


def _sums_first_of(
    rows: Iterable[int], totals: dict[str, float], columns: dict[str, list[float]]
) -> bool:
    """Return whether all numbers are those of the first of these rows, of however many."""
    sums = dict.fromkeys(totals, 0.0)
    for row in rows:
        sums = {h: n + (columns[h][row] if h in columns else 1) for h, n in sums.items()}
        if sums and all(math.isclose(n, totals[h], abs_tol=1e-6) for h, n in sums.items()):
            return True
    return False


def _is_of_part(cell: Cell) -> bool:
    return _OF_PART.fullmatch(str(cell).strip()) is not None


def _has_sums_above(
    sums: RunningSums, reasons: Sequence[str | None], total_rows: Sequence[int], parts: set[int]
) -> bool:
    """Return whether the totals of places stand above their rows: one is first, a row is last."""
    counted = [r for r, reason in enumerate(reasons) if reason is None and r not in {*total_rows}]
    return (
        bool(counted and parts)
        and not sums.total.row_count
        and min(parts) < counted[0]
        and max(parts) < counted[-1]
    )


def _judge_sum_above(
    totals: dict[str, float],
    columns: dict[str, list[float]],
    reasons: Sequence[str | None],
    total_rows: Sequence[int],
    row: int,
) -> str:
    """Return the reason for a total of a place that stands above its rows."""
    others = {*total_rows}
    below = (r for r in range(row + 1, len(reasons)) if reasons[r] is None and r not in others)
    if _sums_first_of(below, totals, columns):
        return _TOTAL_MATCHES.format("bawahnya")
    sums = _sum_rows_below(columns, reasons, total_rows, row)
    return _format_total_reason(totals, sums, is_above=True)


def read_total(cell: Cell) -> float | None:
    """Return the number that a cell of a sum holds, also one that no count can be: -17, 118,5."""
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, str):
        if cell.strip()[:1] not in _NUMBER_STARTS:
            return None
        cell = _UNIT.sub("", cell.strip())
    for read in (read_count, read_decimal):
        try:
            return float(read(cell))
        except UnreadableCell:
            continue
    return None


def _sum_rows_below(
    columns: dict[str, list[float]],
    reasons: Sequence[str | None],
    total_rows: Sequence[int],
    row: int,
) -> RunningSums:
    """Return the sums of the rows below a total at the top: up to the next total, and of all."""
    sums, totals = RunningSums(), set(total_rows)
    end = next((other for other in total_rows if other > row), len(reasons))
    for first, last, part in ((row + 1, end, sums.subtotal), (row + 1, len(reasons), sums.total)):
        counted = [r for r in range(first, last) if r not in totals and reasons[r] is None]
        part.add(
            len(counted), {h: sum(column[r] for r in counted) for h, column in columns.items()}
        )
    return sums


def _format_total_reason(
    totals: dict[str, float], sums: RunningSums, other: str = "", *, is_above: bool = False
) -> str:
    """Return the reason for a total row. totals: its numbers by heading.

    other: what else differs in the row itself. is_above: the rows that it adds up stand below it.
    """
    if not totals or not sums.total.row_count:
        return _TOTAL_NOT_CHECKED
    parts = [part for part in (sums.subtotal, sums.total) if part.row_count]
    side = "bawahnya" if is_above else "atasnya"
    differing = [
        _format_difference(heading, number, parts, side)
        for heading, number in totals.items()
        if not any(_matches_sum(number, heading, part) for part in parts)
    ]
    if not differing and not other:
        return _TOTAL_MATCHES.format(side)
    if not differing:
        return f"{IS_TOTAL}; sesuai dengan baris di {side}, tetapi {other}: periksa baris itu"
    problems = "; ".join([*differing[:5], *filter(None, [other])])
    return f"{IS_TOTAL}; {problems}: periksa apakah ada baris yang kurang"


def _compare_sexes(totals: dict[str, float], mapping: ColumnMapping) -> str:
    """Return how men and women of a row differ from their sum beside them; "" where they fit."""
    names = [mapping.columns.get(name, ("",))[0] for name in ("hadir_l", "hadir_p", "hadir")]
    men, women, whole = map(totals.get, names)
    if men is None or women is None or whole is None or math.isclose(men + women, whole):
        return ""
    parts = f"{quote(names[0])} dan {quote(names[1])} berjumlah {format_total(men + women)}"
    return f"{parts}, {quote(names[2])} tertulis {format_total(whole)}"


def _matches_sum(number: float, heading: str, column_sums: ColumnSums) -> bool:
    """Compare a number with the sum above it, or with the row count where there are no numbers."""
    total = column_sums.by_heading.get(heading, column_sums.row_count)
    return math.isclose(number, total, abs_tol=1e-6)


def _format_difference(
    heading: str, number: float, all_sums: Sequence[ColumnSums], side: str
) -> str:
    sums = [
        f"{column_sums.row_count} baris"
        if (total := column_sums.by_heading.get(heading)) is None
        else f"berjumlah {format_total(total)}"
        for column_sums in all_sums
    ]
    since_last = f" ({sums[0]} sejak jumlah sebelumnya)" if sums[0] != sums[-1] else ""
    return f"{quote(heading)} tertulis {format_total(number)}, di {side} {sums[-1]}{since_last}"


def format_total(number: float) -> str:
    """Return a sum as it is shown: 1.050, 118,50."""
    text = f"{number:,.10g}" if number == int(number) else f"{number:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))
