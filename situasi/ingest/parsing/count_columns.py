"""Reader of the counts of one column: what a dot means is decided by the whole column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_cell, quote
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.tables import Cell

CountReader = Callable[[Cell], tuple[int | None, str | None]]

# Words for "no number" in a column of counts; a written 0 stays a count.
_NO_COUNT_WORDS = frozenset(
    {"nihil", "nil", "tidak ada", "tdk ada", "belum ada", "blm ada", "belum", "blm", "kosong",
     "belum lapor", "blm lapor", "belum laporan", "blm laporan", "belum ada laporan",
     "blm ada laporan", "belum masuk", "blm masuk", "belum ada data", "blm ada data", "no report"}
)  # fmt: skip
_MARKED = re.compile(r"(?P<whole>[0-9]{1,9})(?P<mark>[.,])(?P<rest>[0-9]{1,17})")
_IN_WORDS = re.compile(r" ?\([^0-9()]*\)")
_GROUP_DIGITS = 3
_MIN_ROUND_CELLS = 3  # cells of a column that all end in .000 before this is suspicious


@dataclass(frozen=True)
class _MarkedNumber:
    """A number with one mark: `1.05` has whole 1 and rest 05."""

    whole: int
    mark: str
    rest: str

    @property
    def is_cut(self) -> bool:
        """Return whether it may be a thousand of which a spreadsheet cut the last zeros."""
        return (
            len(self.rest) < _GROUP_DIGITS and 1 <= self.whole <= 999 and self.rest.strip("0") != ""
        )

    @property
    def is_group(self) -> bool:
        """Return whether its digits are those of a thousand: three behind the mark."""
        return len(self.rest) == _GROUP_DIGITS and 1 <= self.whole <= 999

    def to_thousands(self) -> int:
        """Return it as a count in which the mark separates the thousands."""
        return self.whole * 1000 + int(self.rest.ljust(_GROUP_DIGITS, "0"))


def is_blank_count(cell: Cell) -> bool:
    """Return whether a cell of counts says nothing: empty, a dash, `nihil`; 0 is a count."""
    return is_blank(cell) or (
        isinstance(cell, str) and not cell.isdigit() and cell.strip().lower() in _NO_COUNT_WORDS
    )


def build_count_reader(cells: Sequence[Cell]) -> CountReader:
    """Return the reader of a column of counts; it returns a count or None, and a note.

    `1.05` among `1.050` and `1.125` is a thousand that lost its zero; where no other cell of the
    column shows what its mark means, it is refused. So are whole numbers below ten beside such
    cells (1 or 1.000?), and columns of which every cell ends in `.000`. The reader raises
    UnreadableCell.
    """
    distinct = {cell for cell in set(cells) if not is_blank_count(cell)}
    marked = {cell: number for cell in distinct if (number := _parse_marked(cell))}
    if not marked:
        return _read_plain
    lost_zeros = [n for cell, n in marked.items() if n.is_cut or not isinstance(cell, str)]
    groups = {number.mark for number in marked.values() if number.is_group}
    has_decimals = any(not (n.is_cut or n.is_group) for n in marked.values() if n.rest.strip("0"))
    if not lost_zeros:
        filled = sum(not is_blank_count(cell) for cell in cells)
        is_round = len(marked) == len(distinct) and all(n.rest == "000" for n in marked.values())
        return _refuse_round if is_round and filled >= _MIN_ROUND_CELLS else _read_plain

    def read(cell: Cell) -> tuple[int | None, str | None]:
        number = marked.get(cell)
        if number is None:
            return _read_beside_cut(cell)
        if has_decimals or number.mark not in groups:
            raise UnreadableCell(_format_unclear(cell, number))
        count = number.to_thousands()
        if number.is_group and isinstance(cell, str):
            return count, None
        return count, f"jumlah {quote(cell)} dibaca {count}, seperti isi lain kolomnya"

    return read


def compare_sexes(total: int | None, men: int | None, women: int | None) -> str | None:
    """Return a note where men and women together are not the total; None where one is unknown."""
    if total is None or men is None or women is None or men + women == total:
        return None
    return f"hadir {total} tidak sama dengan L + P = {men + women}"


def _parse_marked(cell: Cell) -> _MarkedNumber | None:
    """Return a number with one mark that is no whole number as it stands; None for all others."""
    if isinstance(cell, bool) or not isinstance(cell, str | float):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return None
    match = _MARKED.fullmatch(normalize_cell(cell))
    return _MarkedNumber(int(match["whole"]), match["mark"], match["rest"]) if match else None


def _read_plain(cell: Cell) -> tuple[int | None, str | None]:
    if is_blank(cell):
        return None, None
    if is_blank_count(cell):
        return None, f"jumlah {quote(cell)} dibaca kosong"
    if isinstance(cell, str) and "(" in cell:
        cell = _IN_WORDS.sub("", cell)
    return read_count(cell), None


def _read_beside_cut(cell: Cell) -> tuple[int | None, str | None]:
    """Read a cell of a column in which zeros were cut: a single digit may have lost three."""
    count, note = _read_plain(cell)
    if count is not None and 1 <= count <= 9:
        raise UnreadableCell(f"jumlah {quote(cell)} bisa berarti {count} atau {count}000")
    return count, note


def _refuse_round(cell: Cell) -> tuple[int | None, str | None]:
    if is_blank_count(cell):
        return _read_plain(cell)
    raise UnreadableCell(
        f"jumlah {quote(cell)}: semua isi kolomnya berakhir 000 di belakang tanda, "
        "ribuan atau desimal tidak jelas; tulis tanpa titik"
    )


def _format_unclear(cell: Cell, number: _MarkedNumber) -> str:
    if number.is_cut:
        return (
            f"jumlah {quote(cell)} bukan bilangan bulat, atau ribuan yang nolnya hilang; "
            f"tulis misalnya {number.to_thousands()}"
        )
    return f"jumlah {quote(cell)} bukan bilangan bulat, dan isi lain kolomnya tidak memperjelas"
