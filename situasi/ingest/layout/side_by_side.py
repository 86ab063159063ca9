"""Tables that lie side by side on one sheet, under the same headings once more."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import Table
from situasi.ingest.validation.column_sums import RunningSums

_REPEATED = re.compile(r"(?P<name>.+) \((?P<number>\d+)\)")
_MIN_HEADINGS = 3  # repeated together; two may be anything
# Columns of which each block has one: a place, and what is reported of it.
_PLACES = frozenset(("desa_name", "tps", "kecamatan_name"))
_REPORTED = frozenset(("hadir", "fase", "jenis", "wide"))


def split_blocks(
    tables: Iterable[Table], find_column: Callable[[str], str | None]
) -> Iterator[Table]:
    """Yield each table, and one that repeats its headings to the right as a table a block.

    Rows keep their numbers; where a block is empty it has no row. find_column: of a heading.
    """
    for table in tables:
        blocks = _find_blocks(list(table.cells.columns), find_column)
        if len(blocks) < 2:
            yield table
            continue
        shared = [name for name in table.cells.columns if name in reserved_columns.ALL]
        note = f"{len(blocks)} tabel berdampingan di satu lembar, dibaca satu per satu"
        for index, block in enumerate(blocks):
            notes = (*table.notes, note) if index == 0 else ()
            titles = _take_titles(table.titles, index, len(blocks))
            titled = replace(table, notes=notes, titles=titles)
            yield _take_block(titled, block, shared, is_first=index == 0)


def _find_blocks(
    headings: Sequence[str], find_column: Callable[[str], str | None]
) -> list[dict[str, str]]:
    """Return the headings of each block by their plain name, from left to right.

    None where they are not repeated as a whole.
    """
    blocks: dict[int, dict[str, str]] = {}
    for heading in headings:
        if heading in reserved_columns.ALL:
            continue
        match = _REPEATED.fullmatch(heading)
        is_repeated = match is not None and match["name"] in headings
        number = int(match["number"]) if match and is_repeated else 1
        blocks.setdefault(number, {})[match["name"] if match and is_repeated else heading] = heading
    order = [headings.index(next(iter(block.values()))) for block in blocks.values()]
    ends = [headings.index(list(block.values())[-1]) for block in blocks.values()]
    first = blocks.get(1, {})
    is_in_order = all(end < start for end, start in zip(ends, order[1:], strict=False))
    is_whole = all(
        len(block) >= _MIN_HEADINGS
        and block.keys() <= first.keys()
        and _is_report(block, find_column, is_alike=block.keys() == first.keys())
        for block in blocks.values()
    )
    return list(blocks.values()) if is_in_order and is_whole else []


def _is_report(
    block: Iterable[str], find_column: Callable[[str], str | None], *, is_alike: bool
) -> bool:
    """Return whether a block tells something of its places; of a TPS whatever all blocks name."""
    columns = {find_column(name) for name in block}
    is_of_stations = is_alike and {"desa_name", "tps"} <= columns
    return is_of_stations or not (columns.isdisjoint(_PLACES) or columns.isdisjoint(_REPORTED))


def _take_titles(titles: Sequence[str], index: int, count: int) -> tuple[str, ...]:
    """Return the titles of one of the blocks: of `KEC. A KEC. B` above two, that of each."""
    titles_of_block = []
    for title in titles:
        label = re.match(r"\w+", title)
        starts = [m.start() for m in re.finditer(rf"\b{label[0]}\b", title)] if label else []
        ends = [*starts[1:], None]
        is_own = len(starts) == count
        titles_of_block.append(title[starts[index] : ends[index]].strip() if is_own else title)
    return tuple(titles_of_block)


def _take_block(
    table: Table, block: dict[str, str], shared: Sequence[str], *, is_first: bool
) -> Table:
    """Return the columns of one block; the first keeps every row that no other block explains."""
    cells = table.cells[[*block.values(), *shared]]
    filled = table.cells[list(block.values())].notna().any(axis=1)
    others = table.cells.drop(columns=[*block.values(), *shared]).notna().any(axis=1)
    kept = (filled | ~others) if is_first else filled
    names = {heading: name for name, heading in block.items()}
    numbers = [table.row_numbers[row] for row in kept.to_numpy().nonzero()[0]]
    sums = table.sums if is_first else RunningSums()
    rows = cells[kept].rename(columns=names).reset_index(drop=True)
    return replace(table, cells=rows, row_numbers=numbers, sums=sums)
