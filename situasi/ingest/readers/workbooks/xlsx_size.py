"""Estimate of how much memory the cells of a workbook would take, from its XML."""

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
MAX_ELEMENTS = 4_000_000  # tags of a sheet that has to be parsed tag by tag
MAX_TEXT_BYTES = 150_000_000  # bytes of all shared texts, counted at every use

# A cell as every common program writes it. Anything else is measured the slow, exact way.
_PLAIN_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="[0-9]*")?'
    rb'(?: t="(?:s"><v>[0-9]{1,9}<|(?:n|str|b|e|d|inlineStr)" ?/?>)| ?/?>)'
)
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
    """Size of one sheet in memory: rows and columns from A1, bytes of its shared texts."""

    rows: int = 0
    columns: int = 0
    text_bytes: int = 0

    @property
    def cell_count(self) -> int:
        """Return the number of cells of the rectangle."""
        return self.rows * self.columns

    @property
    def exceeds_limit(self) -> bool:
        """Return whether this sheet alone exceeds the limits; empty cells may be the reason."""
        return self.cell_count > (MAX_CELLS_IF_WIDE if self.columns > MAX_COLUMNS else MAX_CELLS)


def check_area(rows: int, columns: int, total_cells: int) -> None:
    """Raise SourceError if, after a sheet of this size, all sheets together exceed the limit."""
    if total_cells > (MAX_CELLS_IF_WIDE if columns > MAX_COLUMNS else MAX_CELLS):
        raise SourceError(
            f"Lembar Excel ini terpakai sampai sel {column_letters(columns - 1)}{rows}, terlalu "
            "luas untuk dibaca; hapus isi jauh di luar tabel, atau bagi menjadi beberapa berkas."
        )


def read_shared_text_lengths(chunks: Iterable[bytes]) -> Sequence[int]:
    """Return the length in bytes of every shared text, its markup included."""
    lengths, rest = array("I"), b""
    for chunk in chunks:
        parts = _SHARED_TEXT_TAG.split(rest + chunk)
        rest = parts[-1]
        lengths.extend(map(len, parts[:-1]))
        if max(map(len, parts)) > 4 * MAX_CELL_CHARS:
            raise SourceError(CELL_TOO_LONG)
        if len(lengths) > MAX_CELLS:
            raise SourceError(UNEXPECTED_STRUCTURE)
    lengths.append(len(rest))
    return lengths[1:]  # the first entry is the markup before the first text


def measure_plain_sheet(chunks: Iterable[bytes], text_lengths: Sequence[int]) -> SheetSize | None:
    """Return the size of a sheet in plain form, empty cells included; None for any other sheet.

    chunks: the sheet's XML, cut only before a cell or another tag.
    """
    rows = columns = size = 0
    for chunk in chunks:
        references = _PLAIN_CELL.findall(chunk)
        if len(references) != _count_cell_tags(chunk, len(references)):
            return None
        # All references as one text, so that each distinct row and column is parsed once.
        joined = b" ".join(references)
        numbers = map(int, set(joined.translate(None, _LETTERS).split()))
        letters = set(joined.translate(None, _DIGITS).decode("ascii").split())
        rows = max(rows, *numbers, 0)
        columns = max(columns, *map(column_number, letters), 0)
        try:
            size += sum(map(text_lengths.__getitem__, map(int, _SHARED_TEXT_INDEX.findall(chunk))))
        except IndexError:
            return None
    return SheetSize(rows, columns, size)


def _count_cell_tags(chunk: bytes, plain_cell_count: int) -> int | None:
    """Return how many tags may be cells; None where tags with a namespace prefix may be cells.

    plain_cell_count: how many are known to be cells.
    """
    if b":c" in chunk and any(mark in chunk for mark in (b":c ", b":c>", b":c/")):
        return None
    tags = chunk.count(b"<c")
    return tags if tags == plain_cell_count else tags - chunk.count(b"<co") - chunk.count(b"<cf")


def column_number(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


class _SheetMeasurer:
    """Counts the cells of one sheet tag by tag; only filled cells add to the size."""

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
        # Set these handlers only for a shared text: they cost time at every tag.
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
    """Return the size of any sheet, counting its filled cells one by one.

    Raises SourceError on XML that is damaged or unlike anything that Excel writes.
    """
    measurer = _SheetMeasurer(text_lengths)
    try:
        measurer.parser.ParseFile(source)
    except (expat.ExpatError, ValueError) as damage:
        raise SourceError(UNEXPECTED_STRUCTURE) from damage
    return SheetSize(measurer.rows, measurer.columns, measurer.text_bytes)
