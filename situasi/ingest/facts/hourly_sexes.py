"""Men and women in columns of their own for each hour of a table."""

from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.count_columns import is_blank_count
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.hour_headings import find_hours_by_sex, parse_hour_heading


def sum_sexes(table: ConvertedTable) -> None:
    """Put the sum of `09.00 L` and `09.00 P` where no column of that hour holds a count.

    Where only one of the two is filled, or is no number, the cell says so and its row is held.
    """
    if not table.has_any("tps"):
        return
    hours = {name: hour for name in table.headings if (hour := parse_hour_heading(name))}
    own = {hour.clock: name for name, hour in reversed(hours.items())}
    for clock, names in find_hours_by_sex(table.headings).items():
        pairs = zip(*(table.cells[name].tolist() for name in names), strict=True)
        sums = [_add(men, women) for men, women in pairs]
        if clock in own:
            rows = _find_missing_sums(table, own[clock], sums)
            table.fill(own[clock], {row: sums[row] for row in rows})
        else:
            table.drop_columns(names)
            table.set_column(clock, sums)
            rows = [row for row, cell in enumerate(sums) if cell is not None]
        table.doubt(rows, f"hadir {clock} dijumlahkan dari L dan P")


def _find_missing_sums(table: ConvertedTable, name: str, sums: list[Cell]) -> list[int]:
    """Return the rows whose own cell of an hour is blank, and whose men and women are counted."""
    skipped = table.total_rows | table.reasons.keys()
    return [
        row
        for row, (cell, total) in enumerate(zip(table.cells[name].tolist(), sums, strict=True))
        if is_blank_count(cell) and isinstance(total, int) and row not in skipped
    ]


def _add(men: Cell, women: Cell) -> Cell:
    if is_blank(men) and is_blank(women):
        return None
    try:
        return read_count(men) + read_count(women)
    except UnreadableCell:
        return f"L {_format(men)} + P {_format(women)}"


def _format(cell: Cell) -> str:
    return "kosong" if is_blank(cell) else str(cell)
