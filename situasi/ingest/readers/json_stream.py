"""One JSON document read piece by piece, so that memory does not grow with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.json_rows import DECODER, paired
from situasi.ingest.tables import SourceRefused

# Under these keys exports keep their rows.
LISTS = frozenset({"data", "rows", "items", "features", "records", "laporan", "kejadian"})

_AHEAD = (
    reserved_columns.CELL_LIMIT
)  # characters that are always at hand: the longest value readable
_BLANK = re.compile(r"[ \t\n\ufeff]*")
# What a list of GeoJSON says besides its rows.
_ABOUT = frozenset({"type", "name", "crs", "bbox"})
_DEEP = "Isi JSON ini bersarang terlalu dalam untuk laporan."
_EMPTY = "JSON ini tidak berisi satu laporan pun."
_DOUBLE = "JSON ini memuat dua daftar laporan; kirim satu daftar per berkas."


@dataclass(frozen=True)
class Beside:
    """A value of another list than that of the rows. key: of that list."""

    key: str
    value: Any


class Document:
    """A JSON document over pieces of text; holds a window of about twice _AHEAD."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._window = ""
        self._at = 0
        self._count = 0
        self._ended = False
        self.beside: list[str] = []  # keys beside the list of rows, that hold no rows

    def rows(self) -> Iterator[Any]:
        """The values of its list of rows, or the document itself where it is one object.

        Objects of other lists beside it are given as `Beside`.
        """
        start = self._peek()
        if start == "[":
            yield from self._list()
        elif start == "{":
            yield from self._wrapper()
        else:
            raise self._broken()
        if self._peek():
            raise self._broken()
        if not self._count:
            raise SourceRefused(_EMPTY)

    def _wrapper(self) -> Iterator[Any]:
        """The rows of the list that an object holds; without a list, the object is the row."""
        self._expect("{")
        own: list[tuple[str, Any]] = []
        listed = False
        while self._peek() != "}":
            key = self._key()
            if key in LISTS and self._peek() == "[":
                if listed:
                    raise SourceRefused(_DOUBLE)
                listed = True
                yield from self._list()
            else:
                own.append((key, self._value()))
            if len(own) > reserved_columns.MAX_COLUMNS:
                raise SourceRefused(reserved_columns.TOO_WIDE)
            if not self._goes_on("}"):
                break
        self._expect("}")
        if not listed:
            self._count += 1
            yield paired(own)
            return
        for key, value in own:
            objects = [one for one in value if one] if isinstance(value, list) else []
            if any(isinstance(one, dict) for one in objects):
                self._count += len(objects)
                yield from (Beside(key, one) for one in objects)
            elif value not in (None, "", [], {}) and key not in _ABOUT:
                self.beside.append(key)

    def _list(self) -> Iterator[Any]:
        self._expect("[")
        while self._peek() != "]":
            value = self._value()
            self._count += 1
            yield value
            if not self._goes_on("]"):
                break
        self._expect("]")

    def _key(self) -> str:
        if self._peek() != '"':
            raise self._broken()
        key = self._value()
        self._expect(":")
        return str(key)

    def _goes_on(self, end: str) -> bool:
        """Whether a comma follows; a comma before the end is forgiven."""
        if self._peek() != ",":
            return False
        self._expect(",")
        return self._peek() != end

    def _value(self) -> Any:
        if not self._peek():
            raise self._broken()
        try:
            value, self._at = DECODER.raw_decode(self._window, self._at)
        except RecursionError:
            raise SourceRefused(_DEEP) from None
        except ValueError:
            raise self._broken() from None
        return value

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._broken()
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no blank, with all of its value at hand; "" at the end."""
        while True:
            self._fill()
            self._at = _BLANK.match(self._window, self._at).end()  # type: ignore[union-attr]
            if self._ended or len(self._window) - self._at >= _AHEAD:
                return self._window[self._at : self._at + 1]

    def _fill(self) -> None:
        if self._ended or len(self._window) - self._at >= _AHEAD:
            return
        parts = [self._window[self._at :]]
        size = len(parts[0])
        while size < 2 * _AHEAD:
            text = next(self._texts, None)
            if text is None:
                self._ended = True
                break
            parts.append(text)
            size += len(text)
        self._window, self._at = "".join(parts), 0

    def _broken(self) -> SourceRefused:
        where = "terpotong" if self._ended and self._at >= len(self._window) else "rusak"
        after = f" setelah laporan ke-{self._count}" if self._count else ""
        return SourceRefused(f"JSON ini {where}{after}; ekspor ulang dari sumbernya.")
