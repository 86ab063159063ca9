"""Repeat groups: rows of a child table get the time and place of the report they belong to.

Where the children are the reports (a count each hour), their parent only says when and where.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

import pandas as pd

from situasi.ingest.facts.times_of_report import find_day_before
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers import reserved_columns
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.child_lists import LIST_KEY, LIST_PARENT, split_lists
from situasi.ingest.sources.parent_facts import (
    Headings,
    ParentFacts,
    choose_inherited,
    needs_day,
    number_children,
    read_headings,
)
from situasi.ingest.sources.repeat_groups import (
    Parents,
    Part,
    find_join,
    find_parent_table,
    index_rows,
    inspect_table,
    make_key,
    sort_parents_first,
)
from situasi.ingest.tables import Cell, Table
from situasi.ingest.vocabulary.csv_lists import is_row_number

CHILD_DETAIL = "baris rincian (“{}”) dari laporan lain, bukan laporan sendiri"
_PARENTS_LEFT_OUT = "{} baris induk “{}” bukan laporan sendiri: laporannya {} baris rinciannya"
_PARENT_UNKNOWN = "induk baris ini tidak ada dalam berkas"
_COMPLETE_IT = ": isi sendiri waktu dan tempatnya"
_COUNTS, _HOURS = frozenset(("hadir",)), frozenset(("jam", "waktu"))
_REPORTER = frozenset(("petugas",))
_WORDS = re.compile(r"[^\W\d_]+")


def join_children(
    tables: Iterable[Table], catalog: SourceCatalog, zone: ZoneInfo
) -> Iterator[Table]:
    """Yield the tables with repeat groups joined to their parents; all others as they are.

    zone: the election's. A file of an archive that is a source of its own is joined by itself. A
    source whose first table has neither a list of reports nor the key of a join is streamed. Raises
    SourceError for lists of more rows than a file may have.
    """
    for _, source in groupby(tables, key=attrgetter("file")):
        yield from _join_source(source, catalog, zone)


def _join_source(
    tables: Iterator[Table], catalog: SourceCatalog, zone: ZoneInfo
) -> Iterator[Table]:
    first = next(tables)
    if reserved_columns.SHEET in first.cells.columns and find_join(first, catalog):
        yield from _join_all([first, *tables], catalog, zone)
        return
    for table in chain([first], tables):
        parts = split_lists(table, catalog)
        yield from _join_all(parts, catalog, zone) if len(parts) > 1 else parts


def _join_all(tables: Sequence[Table], catalog: SourceCatalog, zone: ZoneInfo) -> Iterator[Table]:
    parents = Parents()
    joined: list[Part] = []
    parts = [inspect_table(table, catalog) for table in tables]
    for part in sort_parents_first(parts, parents):
        if part.parent_key is not None:
            part = _join_part(_name_stations(part, parents, catalog), parents, catalog)
        if part.key is not None:
            index_rows(part, parents, zone)
        joined.append(part)
    for part in joined:
        table = _leave_out_parents(part, parents)
        keys = [h for h in (LIST_KEY, LIST_PARENT) if h in table.cells.columns]
        yield replace(table, cells=table.cells.drop(columns=keys)) if keys else table


def _name_stations(part: Part, parents: Parents, catalog: SourceCatalog) -> Part:
    """Return a child table with the numbers in a repeat group of TPS (`tps_rep`) as TPS."""
    group = part.name.rpartition("-")[2].lower()
    numbers = [name for name in part.table.cells.columns if is_row_number(name)]
    parent_names = [headings.names for headings, _ in parents.headings.values()]
    has_station = any("tps" in names for names in (part.headings.names, *parent_names))
    if has_station or len(numbers) != 1 or "tps" not in _WORDS.findall(group):
        return part
    table = replace(part.table, cells=part.table.cells.rename(columns={numbers[0]: "tps"}))
    return replace(part, table=table, headings=read_headings(list(table.cells.columns), catalog))


def _join_part(part: Part, parents: Parents, catalog: SourceCatalog) -> Part:
    """Return a child table with the facts of its parents, or marked as details of them."""
    cells = part.table.cells
    if not part.headings.facts and part.key is None:
        return _mark_details(part)
    keys = [make_key(cell) for cell in cells[part.parent_key].tolist()]
    name = find_parent_table(part, keys, parents)
    rows = [parents.facts.get((name, key)) for key in keys]
    if part.headings.facts:
        for key, row in zip(keys, rows, strict=True):
            if row is not None:
                parents.count_report((name, key), part.headings.facts)
    elif part.key is not None:  # between a report and those that are in it
        own_keys = [make_key(cell) for cell in cells[part.key].tolist()]
        parents.above |= {
            (part.name, own): (name, key) for own, key in zip(own_keys, keys, strict=True)
        }
    parent, names = parents.headings.get(name, (None, ()))
    profile = parent.profile if parent else None
    known = replace(part, headings=read_headings(list(cells.columns), catalog, profile))
    joined = _inherit(known, rows, parent, names, parents.times.get(name, ()))
    if profile is not None:
        joined = replace(joined, source=profile.name)
    headings = read_headings(list(joined.cells.columns), catalog, profile)
    whole = replace(part, table=joined, headings=headings)
    return whole if part.headings.facts else _mark_details(whole)


def _mark_details(part: Part) -> Part:
    reasons = [CHILD_DETAIL.format(part.name)] * len(part.table.cells)
    cells = part.table.cells.assign(**{reserved_columns.NOT_A_REPORT: reasons})
    return replace(part, table=replace(part.table, cells=cells.astype("object")))


def _inherit(
    part: Part,
    rows: Sequence[ParentFacts | None],
    parent: Headings | None,
    names: Sequence[str],
    times: Sequence[str],
) -> Table:
    """Return a child table with the columns of its parents that it has not itself.

    Where it needs any of them, a row whose parent is missing is held.
    times: those of them that say under other headings than ours when it was.
    """
    data: dict[str, list[Cell]] = {}
    if parent is not None:
        for heading in choose_inherited(parent, names, part.headings, times):
            if heading not in part.table.cells.columns:
                data[heading] = [None if row is None else row.cells[heading] for row in rows]
    if any(row and row.day for row in rows) and needs_day(part.table, part.headings):
        data["tanggal"] = _list_days(part, rows)
    if "id" not in part.headings.names:
        data["id"] = number_children(part.name, rows)
    if None in rows:
        is_needed = bool(data.keys() - {"id"})
        mark = reserved_columns.NOT_A_REPORT if is_needed else reserved_columns.DOUBT
        note = f"{_PARENT_UNKNOWN}{_COMPLETE_IT}" if is_needed else _PARENT_UNKNOWN
        data[mark] = [note if row is None else None for row in rows]
    added = pd.DataFrame(data, index=part.table.cells.index, dtype="object")
    cells = pd.concat([part.table.cells, added], axis="columns")
    return replace(part.table, cells=cells)


def _list_days(part: Part, rows: Sequence[ParentFacts | None]) -> list[Cell]:
    """Return the day of each row: its parent's, or the one before where its hour comes later.

    `23.50` in a form that was sent at 00.40 is of the day before.
    """
    days: list[Cell] = [None if row is None else row.day for row in rows]
    hours = [h for h, name in part.headings.meanings.items() if name in _HOURS]
    for heading in hours:
        clocks = part.table.cells[heading].tolist()
        for index, (row, clock) in enumerate(zip(rows, clocks, strict=True)):
            if row is not None and row.sent_at is not None and not is_blank(clock):
                days[index] = find_day_before(row.sent_at, clock) or row.day
    return days


def _leave_out_parents(part: Part, parents: Parents) -> Table:
    """Return a table without the rows that only say when and where their children report.

    Nor those with the sum or the last of the counts that their children tell one by one: without
    an hour, or without a TPS. Who reports what the children tell is no report of an officer.
    """
    facts, names = part.headings.facts, part.headings.names
    if facts == _REPORTER and not any(_REPORTER & told for told in parents.told.values()):
        facts = frozenset()
    is_count = bool(facts) and facts <= _COUNTS and ("tps" not in names or not names & _HOURS)
    if part.key is None or not parents.reporting or not (is_count or not facts):
        return part.table
    cells = part.table.cells
    keys = [(part.name, make_key(cell)) for cell in cells[part.key].tolist()]
    counts = [
        parents.reporting.get(key, 0) if facts <= parents.told.get(key, frozenset()) else 0
        for key in keys
    ]
    kept = [row for row, count in enumerate(counts) if not count]
    if len(kept) == len(counts):
        return part.table
    note = _PARENTS_LEFT_OUT.format(len(counts) - len(kept), part.name, sum(counts))
    return replace(
        part.table,
        cells=cells.iloc[kept].reset_index(drop=True),
        row_numbers=[part.table.row_numbers[row] for row in kept],
        notes=(*part.table.notes, note),
    )
