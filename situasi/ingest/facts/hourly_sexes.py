"""Men and women in columns of their own for each hour, without a column for both."""

import re

from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_cell
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.hour_headings import parse_hour_heading

_SEX = r"(?:(?P<l>l|lk|laki|laki[ -]?laki|pria)|(?P<p>p|pr|perempuan|wanita))"
_PATTERNS = (
    re.compile(rf"(?P<hour>.*\d.*?)[\W_]+{_SEX}\W*", re.IGNORECASE),
    re.compile(rf"{_SEX}[\W_]+(?P<hour>.*\d.*)", re.IGNORECASE),
)


def sum_sexes(table: ConvertedTable) -> None:
    """Replace `09.00 L` and `09.00 P` by their sum, where no column of that hour holds it.

    Where only one of the two is filled, or is no number, the cell says so and its row is held.
    """
    if not table.has_any("tps"):
        return
    known = {hour.clock for heading in table.headings if (hour := parse_hour_heading(heading))}
    for clock, names in _find_pairs(table).items():
        if set(names) != {"l", "p"} or clock in known:
            continue
        pairs = zip(*(table.cells[names[sex]].tolist() for sex in "lp"), strict=True)
        sums = [_add(men, women) for men, women in pairs]
        table.drop_columns(list(names.values()))
        table.set_column(clock, sums)
        rows = [row for row, cell in enumerate(sums) if cell is not None]
        table.doubt(rows, "hadir dijumlahkan dari L dan P")


def _find_pairs(table: ConvertedTable) -> dict[str, dict[str, str]]:
    """Return the headings by sex, by hour."""
    found: dict[str, dict[str, str]] = {}
    for heading in table.headings:
        for pattern in _PATTERNS:
            match = pattern.fullmatch(normalize_cell(heading))
            hour = parse_hour_heading(match["hour"]) if match else None
            if match and hour:
                found.setdefault(hour.clock, {})["l" if match["l"] else "p"] = heading
                break
    return found


def _add(men: Cell, women: Cell) -> Cell:
    if is_blank(men) and is_blank(women):
        return None
    try:
        return read_count(men) + read_count(women)
    except UnreadableCell:
        return f"L {_format(men)} + P {_format(women)}"


def _format(cell: Cell) -> str:
    return "kosong" if is_blank(cell) else str(cell)
