"""Tables of words by hour or day: the situation (`Aman`), or who was there; no counts of voters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import pandas as pd

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.count_columns import is_blank_count
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.readers.reserved_columns import ALL, NOT_A_REPORT
from situasi.ingest.tables import Cell, Table
from situasi.ingest.vocabulary.vocabulary import Vocabulary

_MIN_HOURS = 2
# `25/11`, `25 Nov`, `Senin 25-11-2024`, and a cell of a day: `2024-11-25 00:00:00`.
_DAY = re.compile(
    r"(?:[a-z']{4,6}\W{1,3})?(?P<day>\d{1,2})"
    r"(?: ?[/-] ?(?P<number>\d{1,2})| ?-?(?P<name>[a-z]{3,9})\.?)"
    r"(?:[ /-]{1,3}(?P<year>\d{4}|\d{2}))?",
    re.IGNORECASE,
)
_MONTH = re.compile(r"\b(?P<name>[a-z]{3,9})[ ,]{1,3}(?P<year>20\d\d)\b", re.IGNORECASE)
_DAY_DIGITS = 2
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?= 00:00:00|$)")
_MIN_SHARE = 0.5  # of the filled cells that must be a known kind of incident, or none


def unfold_hours(table: Table, vocabulary: Vocabulary) -> Table:
    """Return one row per filled hour where words stand below hours.

    Each keeps the row number of the sender. Other tables are returned as they are.
    """
    headings = [name for name in table.cells.columns if name not in ALL]
    hours = {
        name: wide.value
        for name, wide in vocabulary.find_wide_headings(headings).items()
        if wide.column == "clock" and not wide.is_coded
    }
    if len(hours) < _MIN_HOURS:
        return table
    columns = {name: table.cells[name].tolist() for name in hours}
    if _hold_presence(table, headings, columns, vocabulary):
        ticks = _read_ticks(columns, vocabulary)
        named = _find_named(table, headings, vocabulary)
        return _unfold(table, hours, ticks, ("kehadiran",), "kehadiran", named)
    if _hold_situations(list(columns.values()), vocabulary):
        return _unfold(table, hours, columns, ("jenis", "uraian"), "situasi")
    return table


def unfold_days(table: Table, vocabulary: Vocabulary, voting_day: date) -> Table:
    """Return one row per filled day where marks of who was there stand below days, as for hours.

    A day without a year is the one nearest to that of voting; a bare number is one of the month of
    the titles.
    """
    headings = [name for name in table.cells.columns if name not in ALL]
    month = _find_month(table.titles)
    days = {name: day for name in headings if (day := _read_day(name, voting_day, month))}
    if len(days) < _MIN_HOURS:
        return table
    columns = {name: table.cells[name].tolist() for name in days}
    if not _hold_presence(table, headings, columns, vocabulary):
        return table
    ticks = _read_ticks(columns, vocabulary)
    named = _find_named(table, headings, vocabulary)
    return _unfold(table, days, ticks, ("kehadiran",), "kehadiran", named, unit="tanggal")


def _read_ticks(
    columns: Mapping[str, Sequence[Cell]], vocabulary: Vocabulary
) -> dict[str, list[Cell]]:
    """Return the columns with their marks as words."""
    distinct = {cell for column in columns.values() for cell in column}
    read = partial(_read_tick, vocabulary=vocabulary, is_cross_absent=_has_other_ticks(distinct))
    return {name: list(map(read, column)) for name, column in columns.items()}


def _find_month(titles: Sequence[str]) -> tuple[int, int] | None:
    """Return the year and month that the titles name; None where they name none or several."""
    found = {
        (int(match["year"]), MONTHS[match["name"].lower()[:3]])
        for line in titles
        for match in _MONTH.finditer(line)
        if match["name"].lower()[:3] in MONTHS
    }
    return found.pop() if len(found) == 1 else None


def _read_day(
    heading: str, voting_day: date, month_of_titles: tuple[int, int] | None
) -> str | None:
    if month_of_titles and heading.isascii() and heading.isdigit() and len(heading) <= _DAY_DIGITS:
        try:
            return f"{date(*month_of_titles, int(heading)):%d/%m/%Y}"
        except ValueError:
            return None
    if iso := _ISO_DAY.match(heading):
        return f"{date.fromisoformat(iso[0]):%d/%m/%Y}"
    match = _DAY.fullmatch(heading.strip())
    month = match and (int(match["number"] or 0) or MONTHS.get((match["name"] or "").lower()[:3]))
    if not match or not month:
        return None
    years = [voting_day.year + n for n in (-1, 0, 1)]
    if match["year"]:
        years = [int(match["year"][-2:]) + 2000]
    found = []
    for year in years:
        try:
            found.append(date(year, month, int(match["day"])))
        except ValueError:
            continue
    near = min(found, key=lambda day: abs(day - voting_day), default=None)
    return f"{near:%d/%m/%Y}" if near else None


def _unfold(
    table: Table,
    hours: dict[str, str],
    columns: dict[str, list[Cell]],
    names: Sequence[str],
    kind: str,
    rows_with_hours: Sequence[bool] = (),
    unit: str = "jam",
) -> Table:
    """Return the table with the cells of each hour in a row of its own, under these headings.

    rows_with_hours: whether a row is one of those; () where all are. unit: our heading of what the
    columns are: `jam` or `tanggal`.
    """
    marks = [None] * len(table.row_numbers)
    if NOT_A_REPORT in table.cells.columns:
        marks = table.cells[NOT_A_REPORT].tolist()
    cells: list[tuple[int, str | None]] = []
    for row, mark in enumerate(marks):
        filled = [name for name in hours if not is_blank(columns[name][row])]
        is_whole = mark is not None or (rows_with_hours and not rows_with_hours[row])
        cells += [(row, None)] if is_whole else [(row, name) for name in filled]
    rows = [row for row, _ in cells]
    words = [name and columns[name][row] for row, name in cells]
    kept = [name for name in table.cells.columns if name not in hours]
    unfolded = table.cells[kept].iloc[rows].reset_index(drop=True)
    added: dict[str, list[Cell]] = {unit: [name and hours[name] for _, name in cells]}
    for name, column in (added | dict.fromkeys(names, words)).items():
        unfolded[name] = pd.Series(column, dtype="object")
    empty = len(marks) - len({*rows})
    notes = [f"tabel {kind} per {unit}: {len(marks)} baris menjadi {len(cells)} laporan"]
    notes += [f"{empty} baris tanpa isi dilewati: tidak ada laporan"] if empty else []
    numbers = [table.row_numbers[row] for row in rows]
    return replace(table, cells=unfolded, row_numbers=numbers, notes=(*table.notes, *notes))


def _hold_situations(columns: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> bool:
    """Return whether cells are words, most of them a kind of incident, and none a phase."""
    filled = [cell for column in columns for cell in column if not is_blank(cell)]
    if not filled or not all(isinstance(c, str) and any(map(str.isalpha, c)) for c in filled):
        return False
    distinct = set(filled)
    known = {cell for cell in distinct if vocabulary.find_code("incidents", "jenis", cell)}
    if all(map(is_blank_count, known)):  # `nihil` is no count either
        return False
    phases = any(vocabulary.find_code("tps", "fase", cell) for cell in distinct - known)
    return not phases and sum(cell in known for cell in filled) >= _MIN_SHARE * len(filled)


def _hold_presence(
    table: Table, headings: Sequence[str], columns: dict[str, list[Cell]], vocabulary: Vocabulary
) -> bool:
    """Return whether the cells beside officers say who is there, in words or by ticks."""
    named = _find_named(table, headings, vocabulary)
    filled = {
        cell
        for column in columns.values()
        for cell, is_named in zip(column, named, strict=True)
        if is_named and not is_blank(cell)
    }
    groups = ("present", "absent", "tick")
    return any(_read_tick(cell, vocabulary=vocabulary) == "hadir" for cell in filled) and all(
        any(vocabulary.clues.is_cell(group, cell) for group in groups) for cell in filled
    )


def _find_named(table: Table, headings: Sequence[str], vocabulary: Vocabulary) -> list[bool]:
    """Return whether each row names an officer."""
    officers = [n for n in headings if vocabulary.find_any_column(n) in {"petugas", "nrp"}]
    return (~table.cells[officers].isna().all(axis=1)).tolist()


def _has_other_ticks(cells: Iterable[Cell]) -> bool:
    """Return whether a tick stands beside crosses, which then say who is not there."""
    return not {"v", "\u2713", "\u2714", "\u221a", "\u2611"}.isdisjoint(
        cell.strip().lower() for cell in cells if isinstance(cell, str)
    )


def _read_tick(cell: Cell, *, vocabulary: Vocabulary, is_cross_absent: bool = False) -> Cell:
    if is_cross_absent and isinstance(cell, str) and cell.strip().lower() == "x":
        return "tidak hadir"
    is_present = any(vocabulary.clues.is_cell(group, cell) for group in ("present", "tick"))
    return "hadir" if is_present else cell
