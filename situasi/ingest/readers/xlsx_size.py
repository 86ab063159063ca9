"""How large the cells of a workbook would become in memory, told from its XML."""

from __future__ import annotations

import re
import string
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from situasi.ingest.readers.reserved_columns import MAX_CELL_CHARS, MAX_COLUMNS
from situasi.ingest.readers.table_builder import column_letters
from situasi.ingest.tables import SourceError

MAX_CELLS = 3_000_000  # cells in the rectangles of all sheets together
MAX_CELLS_IF_WIDE = 500_000  # the same for a sheet wider than any report
MAX_ELEMENTS = 4_000_000  # tags of a sheet that must be followed one by one
MAX_TEXT_BYTES = 150_000_000  # bytes of all shared texts, counted at every use

# A cell as every common program writes it. Anything else is weighed the slow, exact way.
_PLAIN_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="[0-9]*")?'
    rb'(?: t="(?:s"><v>[0-9]{1,9}<|(?:n|str|b|e|d|inlineStr)" ?/?>)| ?/?>)'
)
# Which shared text a cell of that kind holds; every such cell above has one.
_SHARED_TEXT_INDEX = re.compile(rb' t="s"><v>([0-9]{1,9})<')
_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.digits.encode()
_SHARED_TEXT_TAG = re.compile(rb"<(?:[^\s<>/:]*:)?si(?=[\s/>])")
_CELL_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")

CELL_TOO_LONG = "Satu sel di berkas Excel ini berisi teks yang terlalu panjang."
CONTENT_TOO_LARGE = (
    "Isi berkas Excel ini terlalu besar setelah dibuka; "
    "bagi menjadi beberapa berkas atau simpan sebagai CSV."
)
UNEXPECTED_STRUCTURE = (
    "Berkas Excel ini tidak tersusun seperti buatan Excel; simpan ulang di Excel."
)


@dataclass(frozen=True)
class SheetSize:
    """One sheet in memory: rows and columns of its rectangle from A1, bytes of shared texts."""

    rows: int = 0
    columns: int = 0
    text_bytes: int = 0

    @property
    def cell_count(self) -> int:
        return self.rows * self.columns

    @property
    def exceeds_limit(self) -> bool:
        """Whether it is beyond the limits alone; its empty cells may be the reason."""
        return self.cell_count > (MAX_CELLS_IF_WIDE if self.columns > MAX_COLUMNS else MAX_CELLS)


def check_area(rows: int, columns: int, total_cells: int) -> None:
    """Refuse a sheet of this size when the area of all sheets so far is beyond the limit."""
    if total_cells > (MAX_CELLS_IF_WIDE if columns > MAX_COLUMNS else MAX_CELLS):
        raise SourceError(
            f"Lembar Excel ini terpakai sampai sel {column_letters(columns - 1)}{rows}, terlalu "
            "luas untuk dibaca; hapus isi jauh di luar tabel, atau bagi menjadi beberapa berkas."
        )


def read_shared_text_lengths(chunks: Iterable[bytes]) -> Sequence[int]:
    """The length in bytes of every shared text, its markup included."""
    lengths, rest = array("I"), b""
    for piece in chunks:
        parts = _SHARED_TEXT_TAG.split(rest + piece)
        rest = parts[-1]
        lengths.extend(map(len, parts[:-1]))
        if max(map(len, parts)) > 4 * MAX_CELL_CHARS:
            raise SourceError(CELL_TOO_LONG)
        if len(lengths) > MAX_CELLS:
            raise SourceError(UNEXPECTED_STRUCTURE)
    lengths.append(len(rest))
    return lengths[1:]  # the first entry is what stands before the first text


def measure_plain_sheet(chunks: Iterable[bytes], text_lengths: Sequence[int]) -> SheetSize | None:
    """The weight of a sheet written plainly, counting empty cells too; None of any other.

    pieces: the sheet's XML, cut only before a cell or another tag.
    """
    rows = columns = text = 0
    for piece in chunks:
        found = _PLAIN_CELL.findall(piece)
        if len(found) != _count_cell_tags(piece, len(found)):
            return None
        # All references as one text: each row and each column is then looked at once.
        references = b" ".join(found)
        numbers = map(int, set(references.translate(None, _LETTERS).split()))
        letters = set(references.translate(None, _DIGITS).decode("ascii").split())
        rows = max(rows, *numbers, 0)
        columns = max(columns, *map(column_number, letters), 0)
        try:
            text += sum(map(text_lengths.__getitem__, map(int, _SHARED_TEXT_INDEX.findall(piece))))
        except IndexError:
            return None
    return SheetSize(rows, columns, text)


def _count_cell_tags(chunk: bytes, plain_cell_count: int) -> int | None:
    """How many tags may be cells; None where some of another namespace may be.

    plain: how many are known to be.
    """
    if b":c" in chunk and any(mark in chunk for mark in (b":c ", b":c>", b":c/")):
        return None
    tags = chunk.count(b"<c")
    return tags if tags == plain_cell_count else tags - chunk.count(b"<co") - chunk.count(b"<cf")


def column_number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


class _SheetMeasurer:
    """Follows the cells of one sheet tag by tag; only filled cells weigh."""

    def __init__(self, text_lengths: Sequence[int]) -> None:
        self._text_lengths = text_lengths
        self._row = self._column = self._elements = 0
        self._type = ""
        self._index_parts: list[str] = []  # texts of the <v> being read
        self.rows = self.columns = self.text_bytes = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise SourceError(UNEXPECTED_STRUCTURE)
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._column += 1
            self._type = attributes.get("t", "")
            if "r" in attributes:
                self._move_to(attributes["r"])
        elif name in {"v", "is"}:
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)
            check_area(self.rows, self.columns, self.rows * self.columns)
            if name == "v" and self._type == "s":
                self._start_reading_index()
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0

    def _move_to(self, reference: str) -> None:
        match = _CELL_REFERENCE.fullmatch(reference)
        if not match:
            raise SourceError(UNEXPECTED_STRUCTURE)
        self._column, self._row = column_number(match[1]), int(match[2])

    def _start_reading_index(self) -> None:
        # Only while a shared text is named: handlers cost time at every tag.
        self._index_parts = []
        self.parser.CharacterDataHandler = self._index_parts.append
        self.parser.EndElementHandler = self._end

    def _end(self, _name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        try:
            self.text_bytes += self._text_lengths[int("".join(self._index_parts) or 0)]
        except IndexError:
            raise SourceError(UNEXPECTED_STRUCTURE) from None
        if self.text_bytes > MAX_TEXT_BYTES:
            raise SourceError(CONTENT_TOO_LARGE)


def measure_any_sheet(source: IO[bytes], text_lengths: Sequence[int]) -> SheetSize:
    """The weight of any sheet, its filled cells counted one by one.

    Raises SourceRefused on XML that is damaged or like nothing that Excel writes.
    """
    cells = _SheetMeasurer(text_lengths)
    try:
        cells.parser.ParseFile(source)
    except (expat.ExpatError, ValueError) as damage:
        raise SourceError(UNEXPECTED_STRUCTURE) from damage
    return SheetSize(cells.rows, cells.columns, cells.text_bytes)
