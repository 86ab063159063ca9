"""Whether a source has the columns that its feed cannot do without."""

from collections.abc import Mapping, Sequence
from typing import Any

from situasi.ingest.context import IngestContext
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import RejectedRow, Table, UnknownHeadings
from situasi.ingest.validation.column_mapping import QUARANTINE_NUMBER
from situasi.ingest.validation.time_check import CLOCK_WITHOUT_DAY
from situasi.ingest.vocabulary.csv_lists import is_row_number

# Fewer rows go to quarantine, where they are corrected sooner than columns are mapped.
_MIN_INCOMPLETE_ROWS = 5


def is_unknown(rows: Sequence[Mapping[str, Any]], context: IngestContext) -> bool:
    """Return whether parsed rows have no headings of a report; False for few or empty rows."""
    if len(rows) < _MIN_INCOMPLETE_ROWS:
        return False
    if all(cell is None or cell == "" for row in rows for cell in row.values()):
        return False
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return context.count_known_headings(headings) < 2


def find_missing_headings(
    table: Table, rejected: Sequence[RejectedRow], accepted_count: int, context: IngestContext
) -> frozenset[str] | None:
    """Return the columns that a table lacks altogether, so that every row is rejected for it.

    Empty where a row is accepted, and for a few rows of which every column is known: quarantine
    is the shorter way for them. None where no row is a report.
    """
    marks = _list_marks(table)
    rejected = [row for row in rejected if not marks & {*row.reasons}]
    if not accepted_count and not rejected:
        return None
    if accepted_count:
        return frozenset()
    if len(rejected) > 1 and _lack_only_days(table, rejected):
        return frozenset({"tanggal"})
    if len(rejected) < _MIN_INCOMPLETE_ROWS and not _has_unknown_column(table, context):
        return frozenset()
    headings = set(table.cells.columns)
    missing = [
        {heading for heading, cell in row.raw_cells.items() if not cell} - headings
        for row in rejected
    ]
    lacking = [names for names in missing if names]
    if 2 * len(lacking) < len(rejected):
        return frozenset()
    return frozenset(set.intersection(*lacking))


def _list_marks(table: Table) -> frozenset[str]:
    """Return the reasons for which rows are no reports, whatever columns there are."""
    if reserved_columns.NOT_A_REPORT not in table.cells.columns:
        return frozenset()
    return frozenset(table.cells[reserved_columns.NOT_A_REPORT].dropna())


def _lack_only_days(table: Table, rejected: Sequence[RejectedRow]) -> bool:
    """Return whether each report has an hour and no day: one day is asked for all."""
    is_returned = QUARANTINE_NUMBER in table.cells.columns
    return not is_returned and all(CLOCK_WITHOUT_DAY in row.reasons for row in rejected)


def _has_unknown_column(table: Table, context: IngestContext) -> bool:
    """Return whether a column with cells has a heading that names nothing, so it can be mapped."""
    names = [name for name in table.cells.columns if name not in reserved_columns.ALL]
    if QUARANTINE_NUMBER in names:
        return False
    unknown = [
        name
        for name in names
        if not is_row_number(name)
        and context.vocabulary.find_any_column(name) is None
        and not context.is_vote_heading(name)
    ]
    return bool(table.cells[unknown].notna().to_numpy().any())


def check_complete(tables: Sequence[tuple[frozenset[str] | None, int]]) -> None:
    """Raise UnknownHeadings where all tables of a source lack the same columns.

    tables: what `find_missing_headings` returns for each, and its rows; those of details, which
    are no reports, are not counted.
    """
    found = [(names, row_count) for names, row_count in tables if names is not None]
    missing = frozenset.intersection(*(names for names, _ in found)) if found else frozenset()
    if missing:
        names = ", ".join(sorted(missing))
        row_count = sum(row_count for _, row_count in found)
        raise UnknownHeadings(f"semua {row_count} baris tidak memuat kolom yang perlu: {names}")
