"""How large the cells of a workbook would become in memory, told from its XML."""

from __future__ import annotations

import re
import string
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from situasi.ingest.readers.reserved_columns import CELL_LIMIT, MAX_COLUMNS
from situasi.ingest.readers.table_builder import column_letters
from situasi.ingest.tables import SourceRefused

MAX_AREA = 3_000_000  # cells in the rectangles of all sheets together
WIDE_AREA = 500_000  # the same for a sheet wider than any report
MAX_ELEMENTS = 4_000_000  # tags of a sheet that must be followed one by one
MAX_TEXT = 150_000_000  # bytes of all shared texts, counted at every use

# A cell as every common program writes it. Anything else is weighed the slow, exact way.
_PLAIN = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="[0-9]*")?'
    rb'(?: t="(?:s"><v>[0-9]{1,9}<|(?:n|str|b|e|d|inlineStr)" ?/?>)| ?/?>)'
)
# Which shared text a cell of that kind holds; every such cell above has one.
_INDEX = re.compile(rb' t="s"><v>([0-9]{1,9})<')
_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.digits.encode()
_SHARED = re.compile(rb"<(?:[^\s<>/:]*:)?si(?=[\s/>])")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")

LONG = "Satu sel di berkas Excel ini berisi teks yang terlalu panjang."
HUGE = (
    "Isi berkas Excel ini terlalu besar setelah dibuka; "
    "bagi menjadi beberapa berkas atau simpan sebagai CSV."
)
STRANGE = "Berkas Excel ini tidak tersusun seperti buatan Excel; simpan ulang di Excel."


@dataclass(frozen=True)
class Weight:
    """One sheet in memory: rows and columns of its rectangle from A1, bytes of shared texts."""

    rows: int = 0
    columns: int = 0
    text: int = 0

    @property
    def area(self) -> int:
        return self.rows * self.columns

    @property
    def refusable(self) -> bool:
        """Whether it is beyond the limits alone; its empty cells may be the reason."""
        return self.area > (WIDE_AREA if self.columns > MAX_COLUMNS else MAX_AREA)


def refuse_area(rows: int, columns: int, area: int) -> None:
    """Refuse a sheet of this size when the area of all sheets so far is beyond the limit."""
    if area > (WIDE_AREA if columns > MAX_COLUMNS else MAX_AREA):
        raise SourceRefused(
            f"Lembar Excel ini terpakai sampai sel {column_letters(columns - 1)}{rows}, terlalu "
            "luas untuk dibaca; hapus isi jauh di luar tabel, atau bagi menjadi beberapa berkas."
        )


def shared_lengths(pieces: Iterable[bytes]) -> Sequence[int]:
    """The length in bytes of every shared text, its markup included."""
    lengths, rest = array("I"), b""
    for piece in pieces:
        parts = _SHARED.split(rest + piece)
        rest = parts[-1]
        lengths.extend(map(len, parts[:-1]))
        if max(map(len, parts)) > 4 * CELL_LIMIT:
            raise SourceRefused(LONG)
        if len(lengths) > MAX_AREA:
            raise SourceRefused(STRANGE)
    lengths.append(len(rest))
    return lengths[1:]  # the first entry is what stands before the first text


def quick(pieces: Iterable[bytes], shared: Sequence[int]) -> Weight | None:
    """The weight of a sheet written plainly, counting empty cells too; None of any other.

    pieces: the sheet's XML, cut only before a cell or another tag.
    """
    rows = columns = text = 0
    for piece in pieces:
        found = _PLAIN.findall(piece)
        if len(found) != _cells(piece, len(found)):
            return None
        # All references as one text: each row and each column is then looked at once.
        references = b" ".join(found)
        numbers = map(int, set(references.translate(None, _LETTERS).split()))
        letters = set(references.translate(None, _DIGITS).decode("ascii").split())
        rows = max(rows, *numbers, 0)
        columns = max(columns, *map(column_number, letters), 0)
        try:
            text += sum(map(shared.__getitem__, map(int, _INDEX.findall(piece))))
        except IndexError:
            return None
    return Weight(rows, columns, text)


def _cells(piece: bytes, plain: int) -> int | None:
    """How many tags may be cells; None where some of another namespace may be.

    plain: how many are known to be.
    """
    if b":c" in piece and any(mark in piece for mark in (b":c ", b":c>", b":c/")):
        return None
    tags = piece.count(b"<c")
    return tags if tags == plain else tags - piece.count(b"<co") - piece.count(b"<cf")


def column_number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


class _Exact:
    """Follows the cells of one sheet tag by tag; only filled cells weigh."""

    def __init__(self, shared: Sequence[int]) -> None:
        self._shared = shared
        self._row = self._column = self._elements = 0
        self._type = ""
        self._index: list[str] = []  # texts of the <v> being read
        self.rows = self.columns = self.text = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise SourceRefused(STRANGE)
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._column += 1
            self._type = attributes.get("t", "")
            if "r" in attributes:
                self._place(attributes["r"])
        elif name in {"v", "is"}:
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)
            refuse_area(self.rows, self.columns, self.rows * self.columns)
            if name == "v" and self._type == "s":
                self._listen()
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0

    def _place(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if not match:
            raise SourceRefused(STRANGE)
        self._column, self._row = column_number(match[1]), int(match[2])

    def _listen(self) -> None:
        # Only while a shared text is named: handlers cost time at every tag.
        self._index = []
        self.parser.CharacterDataHandler = self._index.append
        self.parser.EndElementHandler = self._end

    def _end(self, _name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        try:
            self.text += self._shared[int("".join(self._index) or 0)]
        except IndexError:
            raise SourceRefused(STRANGE) from None
        if self.text > MAX_TEXT:
            raise SourceRefused(HUGE)


def exact(source: IO[bytes], shared: Sequence[int]) -> Weight:
    """The weight of any sheet, its filled cells counted one by one.

    Raises SourceRefused on XML that is damaged or like nothing that Excel writes.
    """
    cells = _Exact(shared)
    try:
        cells.parser.ParseFile(source)
    except (expat.ExpatError, ValueError) as damage:
        raise SourceRefused(STRANGE) from damage
    return Weight(cells.rows, cells.columns, cells.text)
