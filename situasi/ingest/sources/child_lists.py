"""Repeat groups inside a row, taken out as tables of their own.

They are lists of objects in a JSON document, or columns with a number (`hadir_1`, `hadir_2`;
`pantau[1]/hadir`, `pantau/1/hadir`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from situasi.ingest.readers import json_rows, reserved_columns
from situasi.ingest.readers.limits import FILE_LIMITS, format_too_many_rows
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.choices import find_choice_flags
from situasi.ingest.sources.parent_facts import read_headings
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.tables import Cell, SourceError, Table

# Headings that join a list to its object; taken out again before the rows are checked.
LIST_KEY, LIST_PARENT = "__kunci", "__induk"
_PARENTS = "induk"
_NUMBERED = (
    re.compile(r"(?P<name>.*[A-Za-z])[_ .-]?\(?(?P<number>\d{1,2})\)?"),
    re.compile(r"(?P<group>[^\[\]]*[A-Za-z])\[(?P<number>\d{1,2})\][/.:_-]?(?P<name>.*[A-Za-z])"),
    re.compile(
        r"(?P<group>.*[A-Za-z])(?P<mark>[/.:])(?P<number>\d{1,2})(?P=mark)(?P<name>.*[A-Za-z])"
    ),
)
_NUMBERED_NAME = "ulangan"
_TELL_APART = frozenset(("waktu", "jam", "tps"))  # each number has its own


def split_lists(table: Table, catalog: SourceCatalog) -> list[Table]:
    """Return the table without the lists of reports in its rows, and each list as a table.

    A list whose objects are no reports stays as it is. A row of a list has the number of the
    row that holds it. Raises SourceError for more rows than a file may have.
    """
    is_sheet = reserved_columns.SHEET in table.cells.columns
    lists = [
        h for h in table.cells.columns if not is_sheet and _starts_a_list(table.cells[h].tolist())
    ]
    meanings = read_headings(list(table.cells.columns), catalog).meanings if lists else {}
    children = [
        (child, [heading])
        for heading in lists
        if meanings.get(heading) != "jenis"  # the categories of a report, each an object
        if (child := _take_list(table, heading, catalog)) is not None
    ]
    if (numbered := _take_numbered(table, catalog)) is not None:
        children.append(numbered)
    if not children:
        return [table]
    cells = table.cells.drop(columns=[name for _, names in children for name in names])
    keys = [str(row) for row in range(len(cells))]
    name = table.sheet if is_sheet else _PARENTS
    cells = cells.assign(**{LIST_KEY: keys, reserved_columns.SHEET: name}).astype("object")
    return [replace(table, cells=cells), *(child for child, _ in children)]


def _starts_a_list(column: Sequence[Cell]) -> bool:
    first = next((cell for cell in column if cell is not None), None)
    return isinstance(first, str) and first.startswith("[{")


def _take_list(table: Table, heading: str, catalog: SourceCatalog) -> Table | None:
    """Return the objects of a list as rows; None where they are no reports."""
    rows: list[dict[str, object]] = []
    parents: list[int] = []
    for parent, cell in enumerate(table.cells[heading].tolist()):
        for item in _read_list(cell):
            rows.append(json_rows.to_row(item))
            parents.append(parent)
        if len(rows) > FILE_LIMITS.max_rows:
            raise SourceError(format_too_many_rows(FILE_LIMITS.max_rows))
    headings = list(dict.fromkeys(name for row in rows for name in row))
    if not read_headings(headings, catalog).facts:
        return None
    return _build_children(table, heading, rows, parents)


def _build_children(
    table: Table, name: str, rows: Sequence[Mapping[str, object]], parents: Sequence[int]
) -> Table:
    headings = dict.fromkeys(heading for row in rows for heading in row)
    data: dict[str, list[object]] = {h: [row.get(h) for row in rows] for h in headings}
    data[LIST_PARENT] = [str(parent) for parent in parents]
    data[reserved_columns.SHEET] = [name] * len(rows)
    numbers = [table.row_numbers[parent] for parent in parents]
    return Table(pd.DataFrame(data, dtype="object"), numbers, sheet=name)


def _take_numbered(table: Table, catalog: SourceCatalog) -> tuple[Table, list[str]] | None:
    """Return the groups of columns with a number as rows, and their headings.

    None where they are no reports, or where neither the source is known to write repeat groups so
    nor each group has its own hour or TPS: `TPS 1`, `TPS 2` alone are columns of one report.
    """
    flags = set(find_choice_flags(table.cells))
    headings = [name for name in table.cells.columns if name not in flags]
    profile = catalog.recognize(headings, table.sheet)
    groups = _group_numbered(headings, profile)
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    if len(groups) < 2:
        return None
    known = read_headings(names, catalog)
    is_usual = profile is not None and profile.numbered_repeats
    is_told = not known.names.isdisjoint(_TELL_APART)
    if not known.facts or not (is_usual or is_told):
        return None
    rows: list[dict[str, object]] = []
    parents: list[int] = []
    columns = {h: table.cells[h].tolist() for group in groups.values() for h in group.values()}
    for parent in range(len(table.cells)):
        for group in groups.values():
            row = {name: columns[heading][parent] for name, heading in group.items()}
            if any(cell is not None for cell in row.values()):
                rows.append(row)
                parents.append(parent)
    name = table.sheet if reserved_columns.SHEET in headings else _NUMBERED_NAME
    return _build_children(table, name, rows, parents), list(columns)


def _group_numbered(
    headings: Sequence[str], profile: SourceProfile | None
) -> dict[int, dict[str, str]]:
    """Return the headings of each number by their name without it.

    Only of names that are counted from 1 (or 0, as programs count) without a gap.
    """
    groups = group_numbered(headings, profile)
    first = min(groups, default=2)
    is_counted = first <= 1 and list(groups) == list(range(first, first + len(groups)))
    return groups if is_counted else {}


def group_numbered(
    headings: Sequence[str], profile: SourceProfile | None = None
) -> dict[int, dict[str, str]]:
    """Return the headings of each number by their name without it, if the first has this name.

    What the profile leaves out is none of them.
    """
    groups: dict[int, dict[str, str]] = {}
    for heading in headings:
        match = next(filter(None, (pattern.fullmatch(heading) for pattern in _NUMBERED)), None)
        if match and not (profile and profile.is_metadata(heading)):
            parts = match.groupdict()
            name = f"{parts['group']}/{parts['name']}" if parts.get("group") else parts["name"]
            groups.setdefault(int(parts["number"]), {})[name] = heading
    counted = groups[min(groups)].keys() if groups else ()
    return {
        number: {name: h for name, h in group.items() if name in counted}
        for number, group in sorted(groups.items())
        if not group.keys().isdisjoint(counted)
    }


def unfold_numbered(table: Table, profile: SourceProfile) -> Table:
    """Return a table with a row for each number of the columns that a person mapped (`tps_1`).

    They keep the headings of the first number, which are those that the profile knows; an id gets
    the number. A row without any of them stays one row.
    """
    headings = list(table.cells.columns)
    groups = group_numbered(headings, profile) if profile.numbered_repeats else {}
    firsts = next(iter(groups.values()), {})
    mapped = {name for name, heading in firsts.items() if profile.find_heading(heading)}
    if not mapped or len(groups) < 2:
        return table
    columns = {h: table.cells[h].tolist() for h in headings}
    numbered = {heading for group in groups.values() for heading in group.values()}
    ids = {h for h in columns if h not in numbered and profile.find_heading(h) == "id"}
    rows: list[dict[str, Cell]] = []
    numbers: list[int] = []
    for row, row_number in enumerate(table.row_numbers):
        shared = {h: column[row] for h, column in columns.items() if h not in numbered}
        filled = [
            number
            for number, group in groups.items()
            if any(columns[h][row] is not None for name, h in group.items() if name in mapped)
        ]
        for number in filled or list(groups)[:1]:
            own = {firsts[name]: columns[h][row] for name, h in groups[number].items()}
            marked = {h: f"{shared[h]}/{number}" for h in ids if shared[h] is not None}
            rows.append({**shared, **own, **marked})
            numbers.append(row_number)
    kept = [h for h in headings if h not in numbered or h in firsts.values()]
    cells = pd.DataFrame(rows, columns=kept, dtype="object")
    return replace(table, cells=cells.where(cells.notna(), None), row_numbers=numbers)


def _read_list(cell: Cell) -> list[object]:
    if not isinstance(cell, str) or not cell.startswith("["):
        return []
    try:
        items = json_rows.DECODER.decode(cell)
    except json_rows.DECODE_ERRORS:
        return []
    return items if isinstance(items, list) else []
