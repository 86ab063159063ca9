"""Repeat groups: rows of a child table get the time and place of the report they belong to.

A child table is a sheet, a file of an archive, or the lists inside the objects of a JSON document.
Where the children are the reports (a count each hour), their parent only says when and where.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.time_columns import choose_time_columns
from situasi.ingest.parsing.cells import is_blank, normalize_cell
from situasi.ingest.readers import grid, reserved_columns
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.child_lists import LIST_KEY, LIST_PARENT, split_lists
from situasi.ingest.sources.parent_facts import (
    Headings,
    ParentFacts,
    choose_inherited,
    choose_shown,
    needs_day,
    number_children,
    read_headings,
    read_parent_facts,
)
from situasi.ingest.sources.profile import Join, matches_heading
from situasi.ingest.sources.sheet_mapping import list_headings, take_alike
from situasi.ingest.tables import Cell, Table

CHILD_DETAIL = "baris rincian (“{}”) dari laporan lain, bukan laporan sendiri"
_PARENTS_LEFT_OUT = "{} baris induk “{}” bukan laporan sendiri: laporannya {} baris rinciannya"
_PARENT_UNKNOWN = "induk baris ini tidak ada dalam berkas"
_COUNTS, _HOURS = frozenset(("hadir",)), frozenset(("jam", "waktu"))
# Key of a row among the parents: its table, and what its children call it.
_Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class _Part:
    """A table with what it is to the others.

    key, parent_key: headings of a join, None where the table is no parent or no child.
    """

    table: Table
    headings: Headings
    name: str
    key: str | None
    parent_key: str | None


@dataclass
class _Parents:
    """The rows that have children.

    headings: of each table. times: its columns of times under headings that are not ours.
    reporting: how many children of a row are reports. told: of what these are. above: the parent
    of a row that is none itself.
    """

    headings: dict[str, tuple[Headings, tuple[str, ...]]] = field(default_factory=dict)
    times: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: dict[_Key, ParentFacts] = field(default_factory=dict)
    reporting: dict[_Key, int] = field(default_factory=dict)
    told: dict[_Key, frozenset[str]] = field(default_factory=dict)
    above: dict[_Key, _Key] = field(default_factory=dict)

    def count_report(self, key: _Key | None, facts: frozenset[str]) -> None:
        """Count a report of these facts below a row, and below all rows above that."""
        while key is not None:
            self.told[key] = self.told.get(key, frozenset()) | facts
            self.reporting[key] = self.reporting.get(key, 0) + 1
            key = self.above.get(key)


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
    if reserved_columns.SHEET in first.cells.columns and _find_join(first, catalog):
        yield from _join_all([first, *tables], catalog, zone)
        return
    for table in chain([first], tables):
        parts = split_lists(table, catalog)
        yield from _join_all(parts, catalog, zone) if len(parts) > 1 else parts


def _find_join(table: Table, catalog: SourceCatalog) -> Join | None:
    headings = list(table.cells.columns)
    if LIST_KEY in headings or LIST_PARENT in headings:
        return Join(child=LIST_PARENT, parent=LIST_KEY)
    return _find_source_join(headings, table.sheet, catalog)


def _find_source_join(headings: Sequence[str], sheet: str, catalog: SourceCatalog) -> Join | None:
    profile = catalog.recognize(headings, sheet)
    if profile is None or profile.join is None:
        return None
    keys = (profile.join.child, profile.join.parent)
    return profile.join if any(_find_heading(headings, key) for key in keys) else None


def _find_heading(headings: Sequence[str], wanted: str) -> str | None:
    return next((h for h in headings if matches_heading(h, f"={wanted}")), None)


def _join_all(tables: Sequence[Table], catalog: SourceCatalog, zone: ZoneInfo) -> Iterator[Table]:
    parents = _Parents()
    joined: list[_Part] = []
    parts = [_inspect(table, catalog) for table in tables]
    for part in _sort_parents_first(parts, parents):
        if part.parent_key is not None:
            part = _join_part(part, parents, catalog)
        if part.key is not None:
            _index_rows(part, parents, zone)
        joined.append(part)
    for part in joined:
        table = _leave_out_parents(part, parents)
        keys = [h for h in (LIST_KEY, LIST_PARENT) if h in table.cells.columns]
        yield replace(table, cells=table.cells.drop(columns=keys)) if keys else table


def _sort_parents_first(parts: Sequence[_Part], parents: _Parents) -> Iterator[_Part]:
    """Yield each table after the one to which its rows belong; those are indexed meanwhile."""
    left = sorted(parts, key=lambda part: part.parent_key is not None)
    while left:
        part = next((part for part in left if _may_join(part, left, parents)), left[0])
        left.remove(part)
        yield part


def _may_join(part: _Part, left: Sequence[_Part], parents: _Parents) -> bool:
    """Return whether the parents of these rows are known, or are in none of the tables left."""
    if part.parent_key is None:
        return True
    if named := _list_named_parents(part):
        return not any(other.name in named for other in left if other is not part)
    keys = {_make_key(cell) for cell in part.table.cells[part.parent_key].tolist()}
    if any((name, key) in parents.facts for name in parents.headings for key in keys):
        return True
    others = [other for other in left if other is not part and other.key is not None]
    return not any(
        keys & {_make_key(cell) for cell in other.table.cells[other.key].tolist()}
        for other in others
    )


def _inspect(table: Table, catalog: SourceCatalog) -> _Part:
    names = list(table.cells.columns)
    join = _find_join(table, catalog)
    key = _find_heading(names, join.parent) if join else None
    parent_key = _find_heading(names, join.child) if join else None
    return _Part(table, read_headings(names, catalog), _name_table(table), key, parent_key)


def _name_table(table: Table) -> str:
    column = table.cells.get(reserved_columns.SHEET)
    return table.sheet or (str(column.iloc[0]) if column is not None and len(column) else "")


def _index_rows(part: _Part, parents: _Parents, zone: ZoneInfo) -> None:
    """Note what each row of a table says for its children."""
    keys = part.table.cells[part.key].tolist()
    facts = read_parent_facts(part.table, part.headings, zone)
    names = tuple(h for h in part.table.cells.columns if h not in reserved_columns.ALL)
    parents.headings[part.name] = part.headings, names
    profile = part.headings.profile
    unknown = [
        name
        for name in names
        if name not in part.headings.meanings and not (profile and profile.is_of_record(name))
    ]
    columns = {name: part.table.cells[name].tolist() for name in unknown}
    parents.times[part.name] = tuple(choose_time_columns(columns))
    parents.facts |= {
        (part.name, _make_key(key)): row
        for key, row in zip(keys, facts, strict=True)
        if not is_blank(key)
    }


def _make_key(cell: Cell) -> str:
    return normalize_cell(cell) or str(cell)


def _join_part(part: _Part, parents: _Parents, catalog: SourceCatalog) -> _Part:
    """Return a child table with the facts of its parents, or marked as details of them."""
    cells = part.table.cells
    if not part.headings.facts and part.key is None:
        return _mark_details(part)
    keys = [_make_key(cell) for cell in cells[part.parent_key].tolist()]
    name = _find_parent_table(part, keys, parents)
    rows = [parents.facts.get((name, key)) for key in keys]
    if part.headings.facts:
        for key, row in zip(keys, rows, strict=True):
            if row is not None:
                parents.count_report((name, key), part.headings.facts)
    elif part.key is not None:  # between a report and those that are in it
        own_keys = [_make_key(cell) for cell in cells[part.key].tolist()]
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


def _mark_details(part: _Part) -> _Part:
    reasons = [CHILD_DETAIL.format(part.name)] * len(part.table.cells)
    cells = part.table.cells.assign(**{reserved_columns.NOT_A_REPORT: reasons})
    return replace(part, table=replace(part.table, cells=cells.astype("object")))


def _find_parent_table(part: _Part, keys: Sequence[str], parents: _Parents) -> str:
    """Return the table that the children name, else the one that knows most of their keys."""
    named = _list_named_parents(part)
    if len(named) == 1 and named <= parents.headings.keys():
        return named.pop()
    counts = {n: sum((n, key) in parents.facts for key in set(keys)) for n in parents.headings}
    return max(counts, key=lambda name: counts[name], default="")


def _list_named_parents(part: _Part) -> set[str]:
    column = part.table.cells.get("_parent_table_name")
    cells = [] if column is None else column.tolist()
    return {str(cell) for cell in cells if not is_blank(cell)}


def _inherit(
    part: _Part,
    rows: Sequence[ParentFacts | None],
    parent: Headings | None,
    names: Sequence[str],
    times: Sequence[str],
) -> Table:
    """Return a child table with the columns of its parents that it has not itself.

    times: those of them that say under other headings than ours when it was.
    """
    data: dict[str, list[Cell]] = {}
    if parent is not None:
        for heading in choose_inherited(parent, names, part.headings, times):
            if heading not in part.table.cells.columns:
                data[heading] = [None if row is None else row.cells[heading] for row in rows]
    days = [None if row is None else row.day for row in rows]
    if any(days) and needs_day(part.table, part.headings):
        data["tanggal"] = [*days]
    if "id" not in part.headings.names:
        data["id"] = number_children(part.name, rows)
    if None in rows:
        data[reserved_columns.DOUBT] = [_PARENT_UNKNOWN if r is None else None for r in rows]
    added = pd.DataFrame(data, index=part.table.cells.index, dtype="object")
    cells = pd.concat([part.table.cells, added], axis="columns")
    return replace(part.table, cells=cells)


def _leave_out_parents(part: _Part, parents: _Parents) -> Table:
    """Return a table without the rows that only say when and where their children report.

    Nor those with the sum or the last of the counts that their children tell one by one: without
    an hour, or without a TPS.
    """
    facts, names = part.headings.facts, part.headings.names
    is_count = bool(facts) and facts <= _COUNTS and ("tps" not in names or not names & _HOURS)
    if part.key is None or not parents.reporting or not (is_count or not facts):
        return part.table
    cells = part.table.cells
    keys = [(part.name, _make_key(cell)) for cell in cells[part.key].tolist()]
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


def join_sheets(sheets: Sequence[Sheet], context: IngestContext) -> list[Sheet]:
    """Return the sheets of a file; those of repeat groups show the columns of their parents too.

    So a person can map them whose headings are known to nobody.
    """
    files: dict[str, dict[str, int]] = {}
    for index, sheet in enumerate(sheets):
        header = grid.guess_header(sheet.rows)
        headings = list_headings(sheet, header)
        is_plain = header.count == 1 and not sheet.is_hidden
        if is_plain and _find_source_join(headings, "", context.sources):
            file, _, name = sheet.name.rpartition(" / ")
            files.setdefault(file, {})[name] = index
    joined = list(sheets)
    for positions in files.values():
        if len(positions) > 1:
            _join_sheets_of_file(joined, positions, context.sources, context.election.zone)
    return joined


def _join_sheets_of_file(
    sheets: list[Sheet], positions: dict[str, int], catalog: SourceCatalog, zone: ZoneInfo
) -> None:
    """Put the columns of the parents into the sheets of one source. positions: by name."""
    parents, indexed = _Parents(), dict[str, _Part]()
    parts = [
        _inspect(replace(_build_table(sheets[index]), sheet=name), catalog)
        for name, index in positions.items()
    ]
    for part in _sort_parents_first(parts, parents):
        index = positions[part.name]
        if part.parent_key is not None:
            keys = [_make_key(cell) for cell in part.table.cells[part.parent_key].tolist()]
            above = _find_parent_table(part, keys, parents)
            rows = [parents.facts.get((above, key)) for key in keys]
            if any(rows) and (data := _show_parents(part, rows, parents.headings[above], catalog)):
                at = positions[above]
                sheets[index] = replace(_widen(sheets[index], part, data), parent=sheets[at].name)
                sheets[at] = _mark_parents(sheets[at], indexed[above], {*keys})
                table = replace(_build_table(sheets[index]), sheet=part.name)
                part = _inspect(table, catalog)
        if part.key is not None:
            _index_rows(part, parents, zone)
            indexed[part.name] = part


def _build_table(sheet: Sheet) -> Table:
    return take_alike([sheet], grid.guess_header(sheet.rows))


def _show_parents(
    part: _Part,
    rows: Sequence[ParentFacts | None],
    above: tuple[Headings, tuple[str, ...]],
    catalog: SourceCatalog,
) -> dict[str, list[Cell]]:
    """Return the columns that the parents add to a sheet; none where it would be too wide."""
    own = part.table.cells.columns
    chosen = [heading for heading in choose_shown(*above, catalog) if heading not in own]
    if len(own) + len(chosen) >= reserved_columns.MAX_COLUMNS:
        return {}
    data = {h: [None if row is None else row.cells[h] for row in rows] for h in chosen}
    if "id" not in {*part.headings.names, *own}:
        data["id"] = number_children(part.name, rows)
    return data


def _widen(sheet: Sheet, part: _Part, data: dict[str, list[Cell]]) -> Sheet:
    """Return a sheet with more columns, by heading."""
    header: HeaderPosition = grid.guess_header(sheet.rows)
    width = max(map(len, sheet.rows[header.first :]))
    more = dict(zip(part.table.row_numbers, zip(*data.values(), strict=True), strict=False))
    more[sheet.row_numbers[header.first]] = tuple(data)
    lines = zip(sheet.row_numbers, sheet.rows, strict=True)
    rows = [
        [*row, *[None] * (width - len(row)), *more[number]] if number in more else row
        for number, row in lines
    ]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    return replace(sheet, rows=rows)


def _mark_parents(sheet: Sheet, part: _Part, keys: set[str]) -> Sheet:
    cells = part.table.cells[part.key].tolist()
    numbers = zip(part.table.row_numbers, cells, strict=True)
    found = {number for number, cell in numbers if _make_key(cell) in keys}
    return replace(sheet, parent_numbers=sheet.parent_numbers | found)
