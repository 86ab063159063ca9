"""Sheets of repeat groups as a person maps them: with the columns of the rows they belong to."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from situasi.ingest.context import IngestContext
from situasi.ingest.readers import grid, reserved_columns
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.parent_facts import (
    Headings,
    ParentFacts,
    choose_shown,
    number_children,
)
from situasi.ingest.sources.repeat_groups import (
    Parents,
    Part,
    find_parent_table,
    find_source_join,
    index_rows,
    inspect_table,
    make_key,
    sort_parents_first,
)
from situasi.ingest.sources.sheet_mapping import list_headings, take_alike
from situasi.ingest.tables import Cell, Table


def join_sheets(sheets: Sequence[Sheet], context: IngestContext) -> list[Sheet]:
    """Return the sheets of a file; those of repeat groups show the columns of their parents too.

    So a person can map them whose headings are known to nobody.
    """
    files: dict[str, dict[str, int]] = {}
    for index, sheet in enumerate(sheets):
        header = grid.guess_header(sheet.rows)
        headings = list_headings(sheet, header)
        is_plain = header.count == 1 and not sheet.is_hidden
        if is_plain and find_source_join(headings, "", context.sources):
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
    parents, indexed = Parents(), dict[str, Part]()
    parts = [
        inspect_table(replace(_build_table(sheets[index]), sheet=name), catalog)
        for name, index in positions.items()
    ]
    for part in sort_parents_first(parts, parents):
        index = positions[part.name]
        if part.parent_key is not None:
            keys = [make_key(cell) for cell in part.table.cells[part.parent_key].tolist()]
            above = find_parent_table(part, keys, parents)
            rows = [parents.facts.get((above, key)) for key in keys]
            if any(rows) and (data := _show_parents(part, rows, parents.headings[above], catalog)):
                at = positions[above]
                sheets[index] = replace(_widen(sheets[index], part, data), parent=sheets[at].name)
                sheets[at] = _mark_parents(sheets[at], indexed[above], {*keys})
                table = replace(_build_table(sheets[index]), sheet=part.name)
                part = inspect_table(table, catalog)
        if part.key is not None:
            index_rows(part, parents, zone)
            indexed[part.name] = part


def _build_table(sheet: Sheet) -> Table:
    return take_alike([sheet], grid.guess_header(sheet.rows))


def _show_parents(
    part: Part,
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


def _widen(sheet: Sheet, part: Part, data: dict[str, list[Cell]]) -> Sheet:
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


def _mark_parents(sheet: Sheet, part: Part, keys: set[str]) -> Sheet:
    cells = part.table.cells[part.key].tolist()
    numbers = zip(part.table.row_numbers, cells, strict=True)
    found = {number for number, cell in numbers if make_key(cell) in keys}
    return replace(sheet, parent_numbers=sheet.parent_numbers | found)
