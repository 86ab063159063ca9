"""Conversion of wide TPS tables: each filled cell of an hour, phase or place becomes a report."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.count_columns import compare_sexes, is_blank_count
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.numbers import find_count
from situasi.ingest.parsing.phase_days import may_be_another_day
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.readers.reserved_columns import DOUBT, NOT_A_REPORT, NOT_YET, VOTING_DAY
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import ColumnMapping
from situasi.ingest.validation.phase_order import order_phases
from situasi.ingest.validation.table_check import REASON_BY_MARK
from situasi.ingest.validation.total_rows import format_total, read_total
from situasi.ingest.vocabulary.hour_headings import find_hours_by_sex
from situasi.ingest.vocabulary.wide_headings import WideHeading

# No day has more hours to report and no desa as many TPS; bounds the size of the result.
MAX_WIDE_COLUMNS = 30
_WITH_DAY = re.compile(r"\d[/-]\d+[/-]\d")
_FILLED_DAY = re.compile(r"tanggal (?:dari|tidak disebut)")
# The sum of a row whose columns are places; the counts of hours are not to be added up.
_ROW_SUM = re.compile(
    r"(?:grand |sub)?(?:total|jumlah|jml|jlh)(?: (?:total|hadir|pemilih|tps|semua|seluruhnya))*",
    re.IGNORECASE,
)
_PLACES = frozenset(("tps", "kecamatan_name", "desa_name"))
# Headings added by `unpivot`: what the sender's heading says, and a day if there is none.
_HEADING_BY_COLUMN = {
    "clock": "__jam",
    "fase": "__fase",
    "tps": "__tps",
    "kecamatan_name": "__kecamatan",
    "desa_name": "__desa",
}
_DAY_HEADING = "__hari"
# Columns that make a row without any filled hour worth checking.
_INFORMATIVE_COLUMNS = ("uraian", "teks_asli", "fase", "kontak", "pengawal", "lingkup")
# Columns about a single moment: a table with a column per hour does not say which hour they mean.
_SINGLE_MOMENT_COLUMNS = frozenset(
    (
        "clock",
        "fase",
        "kontak",
        "pengawal",
        "hadir_dpt",
        "hadir_dptb",
        "hadir_dpk",
        "hadir_l",
        "hadir_p",
    )
)


class UnpivotResult(NamedTuple):
    """A table with one report per row, its headings, and notes for the sender."""

    table: Table
    mapping: ColumnMapping
    notes: tuple[str, ...] = ()


def count_reports(table: Table, context: IngestContext) -> int:
    """Return how many reports a table may become: the larger of its rows and filled wide cells."""
    wide = list(context.vocabulary.find_wide_headings(list(table.cells.columns)))
    return max(len(table.row_numbers), int(table.cells[wide].notna().to_numpy().sum()))


def unpivot(table: Table, mapping: ColumnMapping, context: IngestContext) -> UnpivotResult:
    """Turn a table with a column per hour, phase or place into one report per filled cell of these.

    Each report keeps the sender's row number and, of these columns, only its own cell.
    A report without a date is of the election day. Other tables are kept.
    """
    known = [heading for group in mapping.columns.values() for heading in group]
    found = context.vocabulary.find_wide_headings([*known, *mapping.unused_headings])
    wide = {heading: found[heading] for heading in mapping.unused_headings if heading in found}
    has_own_count = mapping.has("hadir") and any(h.column != "fase" for h in wide.values())
    if not wide or len(wide) > MAX_WIDE_COLUMNS or has_own_count:
        return UnpivotResult(table, mapping)
    filled, empty = _find_filled_cells(table, wide, mapping)
    reports, undated = _build_reports(table, filled, wide, mapping, context)
    notes = _format_notes(table, len(filled), empty, undated)
    return UnpivotResult(reports, _map_unpivoted_columns(mapping, wide), notes)


def _find_filled_cells(
    table: Table, wide: dict[str, WideHeading], mapping: ColumnMapping
) -> tuple[list[tuple[int, str | None]], list[int]]:
    """Return (row, heading) of every filled wide cell, and the rows that are forms left empty.

    A row without any is checked as (row, None) where it is broken, is not a report, or has more
    than the name of its TPS.
    """
    columns = {heading: table.cells[heading].tolist() for heading in wide}
    # `belum lapor` under an hour is no count; under a phase it is no hour, and is told.
    tests = {n: is_blank if h.column == "fase" else is_blank_count for n, h in wide.items()}
    headings = [h for name in _INFORMATIVE_COLUMNS for h in mapping.columns.get(name, ())]
    names = [mark for mark in (*REASON_BY_MARK, *headings) if mark in table.cells.columns]
    has_content = table.cells[names].notna().any(axis=1).tolist()
    reader_reasons = (
        table.cells[NOT_A_REPORT].tolist()
        if NOT_A_REPORT in table.cells.columns
        else [None] * len(has_content)
    )
    filled: list[tuple[int, str | None]] = []
    empty: list[int] = []
    for row, reason in enumerate(reader_reasons):
        cells = [(row, name) for name, test in tests.items() if not test(columns[name][row])]
        if reason is not None or (has_content[row] and not cells):
            filled.append((row, None))
        elif cells:
            filled += cells
        else:
            empty.append(row)
    return filled, empty


def _build_reports(
    table: Table,
    filled: list[tuple[int, str | None]],
    wide: dict[str, WideHeading],
    mapping: ColumnMapping,
    context: IngestContext,
) -> tuple[Table, bool]:
    """Return the reports, and whether one of them has no day."""
    rows = [row for row, _ in filled]
    data: dict[str, list[Cell]] = {}
    for name in table.cells.columns:
        cells = table.cells[name].tolist()
        is_wide = name in wide
        data[name] = [
            cells[row] if not is_wide or heading in (name, None) else None
            for row, heading in filled
        ]
    for column in _list_added_columns(wide):
        data[_HEADING_BY_COLUMN[column]] = [
            wide[heading].value if heading and wide[heading].column == column else None
            for _, heading in filled
        ]
    row_sums = _compare_row_sums(table, wide, mapping)
    for index, note in chain(
        _list_doubts(table, filled, wide),
        ((i, row_sums[row]) for i, (row, name) in enumerate(filled) if name and row in row_sums),
    ):
        notes = data.setdefault(DOUBT, [None] * len(filled))
        notes[index] = _join_notes(notes[index], note)
    for index, reason in _find_not_yet(table, filled, wide, context).items():
        data.setdefault(NOT_A_REPORT, [None] * len(filled))[index] = reason
    day_columns = [data[n] for c in ("date", "occurred_at") for n in mapping.columns.get(c, ())]
    day = f"{context.election.day:%d/%m/%Y}"
    reasons = data.get(NOT_A_REPORT, [None] * len(filled))
    data[_DAY_HEADING] = [
        day
        if reason is None
        and all(is_blank(column[index]) for column in day_columns)
        and not _may_be_another_day(filled[index], wide, table)
        else None
        for index, reason in enumerate(reasons)
    ]
    named_days = _list_named_days(filled, wide, context.election.day)
    undated = [
        index
        for index, cell in enumerate(data[_DAY_HEADING])
        if cell == day and index not in named_days
    ]
    notes = data.setdefault(DOUBT, [None] * len(filled)) if undated else []
    for index in undated:
        notes[index] = _join_notes(notes[index], f"tanggal {VOTING_DAY}")
    for index, named in named_days.items():
        for dates in day_columns:
            dates[index] = None
        data[_DAY_HEADING][index] = named
    _put_phases_in_order(data, filled, wide, table, mapping, context.election.day)
    reports = pd.DataFrame(data, dtype="object")
    return replace(
        table, cells=reports, row_numbers=[table.row_numbers[row] for row in rows]
    ), bool(undated)


def _list_doubts(
    table: Table, filled: list[tuple[int, str | None]], wide: dict[str, WideHeading]
) -> Iterator[tuple[int, str]]:
    """Yield what is doubtful of single reports: a coded hour, a count that is not men and women."""
    by_sex = {
        clock: [table.cells[name].tolist() for name in names]
        for clock, names in find_hours_by_sex(table.cells.columns.tolist()).items()
    }
    for index, (row, name) in enumerate(filled):
        heading = wide[name] if name is not None else None
        if heading is None or heading.column != "clock":
            continue
        if heading.is_coded:
            yield index, f'jam dari kode pertanyaan "{name}"'
        cells = [column[row] for column in by_sex.get(heading.value, ())]
        if cells and (
            note := compare_sexes(*map(find_count, (table.cells[name].iloc[row], *cells)))
        ):
            yield index, note


def _find_row_sums(wide: dict[str, WideHeading], mapping: ColumnMapping) -> list[str]:
    """Return the headings of sums of rows, where each column of counts is of a place."""
    if not {heading.column for heading in wide.values()} <= _PLACES:
        return []
    return [h for h in mapping.unused_headings if _ROW_SUM.fullmatch(" ".join(h.split()))]


def _compare_row_sums(
    table: Table, wide: dict[str, WideHeading], mapping: ColumnMapping
) -> dict[int, str]:
    """Return by row how the sum that the sender wrote differs; not where a count is unreadable."""
    columns = [table.cells[heading].tolist() for heading in wide]
    differing = {}
    for name in _find_row_sums(wide, mapping):
        for row, whole in enumerate(map(read_total, table.cells[name].tolist())):
            cells = [column[row] for column in columns if not is_blank_count(column[row])]
            counts = list(map(find_count, cells))
            known = [count for count in counts if count is not None]
            if whole is not None and known and len(known) == len(counts) and sum(known) != whole:
                written, total = format_total(whole), format_total(sum(known))
                differing[row] = f'"{name}" tertulis {written}, isi barisnya berjumlah {total}'
    return differing


def _list_named_days(
    filled: list[tuple[int, str | None]], wide: dict[str, WideHeading], voting_day: date
) -> dict[int, str]:
    """Return the days that the headings of reports name, by report; of the year of voting."""
    days = {name: heading.day for name, heading in wide.items() if heading.day is not None}
    return {
        index: f"{days[name][1]:02d}/{days[name][0]:02d}/{voting_day.year}"
        for index, (_, name) in enumerate(filled)
        if name in days
    }


def _find_not_yet(
    table: Table,
    filled: list[tuple[int, str | None]],
    wide: dict[str, WideHeading],
    context: IngestContext,
) -> dict[int, str]:
    """Return the cells that say that a phase has not come yet, by their report."""
    is_not_yet = partial(context.vocabulary.clues.is_cell, "not_yet")
    phases = {h: table.cells[h].tolist() for h, w in wide.items() if w.column == "fase"}
    return {
        index: NOT_YET.format(f"{wide[heading].value}: {phases[heading][row]}")
        for index, (row, heading) in enumerate(filled)
        if heading in phases and is_not_yet(phases[heading][row])
    }


def _put_phases_in_order(
    data: dict[str, list[Cell]],
    filled: list[tuple[int, str | None]],
    wide: dict[str, WideHeading],
    table: Table,
    mapping: ColumnMapping,
    voting_day: date,
) -> None:
    """Give the phases of a row that are after midnight their day, and hold those out of order."""
    phases_by_day: dict[tuple[int, object], list[int]] = {}
    for index, (row, heading) in enumerate(filled):
        if heading is not None and wide[heading].column == "fase":
            phases_by_day.setdefault((row, wide[heading].day), []).append(index)
    names = [n for c in ("date", "occurred_at") for n in mapping.columns.get(c, ())]
    names.append(_DAY_HEADING)
    for (row, _), indexes in phases_by_day.items():
        headings = [str(filled[index][1]) for index in indexes]
        phases = [(wide[h].value, table.cells[h].iloc[row]) for h in headings]
        for index, (_, cell) in zip(indexes, phases, strict=True):
            _prefer_own_day(data, index, cell, names)
        base = next(
            (d for n in names for i in indexes if (d := _find_day(data[n][i])) is not None), None
        )
        ordered = order_phases(phases, is_voting_day=base == voting_day)
        for index, phase in zip(indexes, ordered, strict=True):
            reason = phase.reason
            if phase.days and base is None:
                reason = f"{phase.note}, tetapi tanggalnya tidak jelas"
            elif phase.days and base is not None:
                filled_name = next((n for n in names if not is_blank(data[n][index])), _DAY_HEADING)
                data[filled_name][index] = f"{base + timedelta(days=phase.days):%d/%m/%Y}"
                notes = data.setdefault(DOUBT, [None] * len(filled))
                notes[index] = _join_notes(notes[index], str(phase.note))
            if reason is not None:
                data.setdefault(NOT_A_REPORT, [None] * len(filled))[index] = reason


def _prefer_own_day(data: dict[str, list[Cell]], index: int, cell: Cell, names: list[str]) -> None:
    """Take the day that the cell of a phase names itself before that of its row or the titles.

    A column of days that the sender wrote contradicts it where it is more than a day away.
    """
    if not isinstance(cell, datetime) and not _WITH_DAY.search(str(cell)):
        return
    try:
        own = read_clock(cell).day
    except (UnreadableCell, ValueError):
        return
    day = next((d for name in names if (d := _find_day(data[name][index])) is not None), None)
    if own is None or day is None or own == day:
        return
    note = str(data[DOUBT][index] or "") if DOUBT in data else ""
    is_filled = not is_blank(data[_DAY_HEADING][index]) or _FILLED_DAY.search(note)
    if is_filled or abs(own - day) <= timedelta(days=1):
        for name in names:
            data[name][index] = None
        if DOUBT in data:
            parts = [part for part in note.split("; ") if not _FILLED_DAY.match(part)]
            data[DOUBT][index] = "; ".join(parts) or None


def _find_day(cell: Cell) -> date | None:
    """Return the day that a cell is; None where it is none, or a moment."""
    try:
        parts = parse_date_parts(cell)
    except UnreadableCell:
        return None
    return parts.day if parts.clock is None else None


def _join_notes(note: Cell, other: str) -> str:
    return other if is_blank(note) else f"{note}; {other}"


def _may_be_another_day(
    cell: tuple[int, str | None], wide: dict[str, WideHeading], table: Table
) -> bool:
    """Return whether a cell is the hour of a phase that may not be of the day of voting."""
    row, heading = cell
    if heading is None or wide[heading].column != "fase":
        return False
    return may_be_another_day(wide[heading].value, table.cells[heading].iloc[row])


def _list_added_columns(wide: dict[str, WideHeading]) -> list[str]:
    return list(dict.fromkeys(heading.column for heading in wide.values()))


def _map_unpivoted_columns(mapping: ColumnMapping, wide: dict[str, WideHeading]) -> ColumnMapping:
    added = _list_added_columns(wide)
    # An hour of its own column is that of each place, and an escort that of the box.
    is_place = set(added) <= {"tps", "kecamatan_name", "desa_name"}
    kept = {"clock"} if is_place else {"pengawal"} if added == ["fase"] else set()
    # A count beside the hours of phases is of none of these.
    single = (_SINGLE_MOMENT_COLUMNS | ({"hadir"} if added == ["fase"] else set())) - kept
    columns = {name: group for name, group in mapping.columns.items() if name not in single}
    dropped = [heading for name in single for heading in mapping.columns.get(name, ())]
    for name in ("hadir", "clock"):
        if own := tuple(h for h, heading in wide.items() if heading.holds == name):
            columns[name] = (*columns.get(name, ()), *own)
    for name in added:
        columns[name] = (*columns.get(name, ()), _HEADING_BY_COLUMN[name])
    columns["date"] = (*columns.get("date", ()), _DAY_HEADING)
    added_headings = (*map(_HEADING_BY_COLUMN.__getitem__, added), _DAY_HEADING)
    compared = find_hours_by_sex(mapping.unused_headings).values()
    used = {*wide, *chain.from_iterable(compared), *_find_row_sums(wide, mapping)}
    unused = tuple(h for h in (*mapping.unused_headings, *sorted(dropped)) if h not in used)
    return replace(
        mapping,
        columns=columns,
        export_headings=(*mapping.export_headings, *added_headings),
        unused_headings=unused,
    )


def _format_notes(
    table: Table, report_count: int, empty_rows: list[int], has_undated: bool
) -> tuple[str, ...]:
    notes = [f"tabel melebar: {len(table.row_numbers)} baris menjadi {report_count} laporan"]
    if empty_rows:
        numbers = ", ".join(str(table.row_numbers[row]) for row in empty_rows[:10])
        numbers += ", …" if len(empty_rows) > 10 else ""
        notes.append(
            f"{len(empty_rows)} baris tanpa isi dilewati: tidak ada laporan (baris {numbers})"
        )
    if has_undated:
        notes.append("tanggal tidak disebut: dibaca sebagai hari pemungutan suara")
    return tuple(notes)
