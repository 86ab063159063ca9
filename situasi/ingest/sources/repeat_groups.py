"""Tables of repeat groups: which row of which table a row belongs to.

A child table is a sheet, a file of an archive, or the lists inside the objects of a JSON document.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from situasi.ingest.facts.time_columns import choose_time_columns
from situasi.ingest.parsing.cells import is_blank, normalize_cell
from situasi.ingest.readers import reserved_columns
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.child_lists import LIST_KEY, LIST_PARENT
from situasi.ingest.sources.parent_facts import (
    Headings,
    ParentFacts,
    read_headings,
    read_parent_facts,
    tells_phases,
)
from situasi.ingest.sources.profile import Join, matches_heading
from situasi.ingest.tables import Cell, Table

# Key of a row among the parents: its table, and what its children call it.
RowKey = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Part:
    """A table with what it is to the others.

    key, parent_key: headings of a join, None where the table is no parent or no child.
    """

    table: Table
    headings: Headings
    name: str
    key: str | None
    parent_key: str | None


@dataclass
class Parents:
    """The rows that have children.

    headings: of each table. times: its columns of times under headings that are not ours.
    reporting: how many children of a row are reports. told: of what these are. above: the parent
    of a row that is none itself.
    """

    headings: dict[str, tuple[Headings, tuple[str, ...]]] = field(default_factory=dict)
    times: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: dict[RowKey, ParentFacts] = field(default_factory=dict)
    reporting: dict[RowKey, int] = field(default_factory=dict)
    told: dict[RowKey, frozenset[str]] = field(default_factory=dict)
    above: dict[RowKey, RowKey] = field(default_factory=dict)

    def count_report(self, key: RowKey | None, facts: frozenset[str]) -> None:
        """Count a report of these facts below a row, and below all rows above that."""
        while key is not None:
            self.told[key] = self.told.get(key, frozenset()) | facts
            self.reporting[key] = self.reporting.get(key, 0) + 1
            key = self.above.get(key)


def find_join(table: Table, catalog: SourceCatalog) -> Join | None:
    """Return under which headings a table names its rows and their parents, or None."""
    headings = list(table.cells.columns)
    if LIST_KEY in headings or LIST_PARENT in headings:
        return Join(child=LIST_PARENT, parent=LIST_KEY)
    return find_source_join(headings, table.sheet, catalog)


def find_source_join(headings: Sequence[str], sheet: str, catalog: SourceCatalog) -> Join | None:
    """Return the join of the source that these headings show, where one of its keys is there."""
    profile = catalog.recognize(headings, sheet)
    if profile is None or profile.join is None:
        return None
    keys = (profile.join.child, profile.join.parent)
    return profile.join if any(_find_heading(headings, key) for key in keys) else None


def _find_heading(headings: Sequence[str], wanted: str) -> str | None:
    return next((h for h in headings if matches_heading(h, f"={wanted}")), None)


def inspect_table(table: Table, catalog: SourceCatalog) -> Part:
    """Return a table with its keys and what its headings say."""
    names = list(table.cells.columns)
    join = find_join(table, catalog)
    key = _find_heading(names, join.parent) if join else None
    parent_key = _find_heading(names, join.child) if join else None
    headings = read_headings(names, catalog)
    if not headings.facts and key is not None and tells_phases(table, catalog):
        headings = replace(headings, facts=frozenset(("fase",)))
    return Part(table, headings, _name_table(table), key, parent_key)


def _name_table(table: Table) -> str:
    column = table.cells.get(reserved_columns.SHEET)
    return table.sheet or (str(column.iloc[0]) if column is not None and len(column) else "")


def sort_parents_first(parts: Sequence[Part], parents: Parents) -> Iterator[Part]:
    """Yield each table after the one to which its rows belong; those are indexed meanwhile."""
    left = sorted(parts, key=lambda part: part.parent_key is not None)
    while left:
        part = next((part for part in left if _may_join(part, left, parents)), left[0])
        left.remove(part)
        yield part


def _may_join(part: Part, left: Sequence[Part], parents: Parents) -> bool:
    """Return whether the parents of these rows are known, or are in none of the tables left."""
    if part.parent_key is None:
        return True
    if named := _list_named_parents(part):
        return not any(other.name in named for other in left if other is not part)
    keys = {make_key(cell) for cell in part.table.cells[part.parent_key].tolist()}
    if any((name, key) in parents.facts for name in parents.headings for key in keys):
        return True
    others = [other for other in left if other is not part and other.key is not None]
    return not any(
        keys & {make_key(cell) for cell in other.table.cells[other.key].tolist()}
        for other in others
    )


def find_parent_table(part: Part, keys: Sequence[str], parents: Parents) -> str:
    """Return the table that the children name, else the one that knows most of their keys."""
    named = _list_named_parents(part)
    if len(named) == 1 and named <= parents.headings.keys():
        return named.pop()
    counts = {n: sum((n, key) in parents.facts for key in set(keys)) for n in parents.headings}
    return max(counts, key=lambda name: counts[name], default="")


def _list_named_parents(part: Part) -> set[str]:
    column = part.table.cells.get("_parent_table_name")
    cells = [] if column is None else column.tolist()
    return {str(cell) for cell in cells if not is_blank(cell)}


def index_rows(part: Part, parents: Parents, zone: ZoneInfo) -> None:
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
        (part.name, make_key(key)): row
        for key, row in zip(keys, facts, strict=True)
        if not is_blank(key)
    }


def make_key(cell: Cell) -> str:
    """Return the key of a row as text, the same for `1` and 1."""
    return normalize_cell(cell) or str(cell)
