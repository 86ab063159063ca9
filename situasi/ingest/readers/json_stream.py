"""Incremental reader of one JSON document, so that memory does not grow with the file."""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.json_rows import DECODER, build_object
from situasi.ingest.tables import SourceError

ROW_LIST_KEYS = frozenset(
    {
        "data", "rows", "items", "features", "records", "laporan", "kejadian", "results", "value",
        "entries", "submissions", "posts", "incidents",
    }
)  # fmt: skip
# Keys of an object around the list of rows: `{"data": {"entries": [...]}}`.
_OUTER_KEYS = frozenset({"data", "result", "response"})
# Of an answer of a program, beside the one object that it holds.
_ANSWER_KEYS = frozenset(
    {"status", "success", "code", "message", "error", "errors", "meta", "links"}
)

# Characters always kept in the window: the longest readable value.
_LOOKAHEAD_CHARS = reserved_columns.MAX_CELL_CHARS
_WHITESPACE = re.compile(r"[ \t\n\ufeff]*")
# Keys that GeoJSON has beside its list of rows.
_METADATA_KEYS = frozenset({"type", "name", "crs", "bbox", "count", "next", "previous", "total"})
_TOO_DEEP = "Isi JSON ini bersarang terlalu dalam untuk laporan."
EMPTY = "JSON ini tidak berisi satu laporan pun."
_TWO_LISTS = "JSON ini memuat dua daftar laporan; kirim satu daftar per berkas."


@dataclass(frozen=True)
class OtherListItem:
    """A value of another list than the list of rows. list_key: key of that list."""

    list_key: str
    value: Any


class JsonDocumentStream:
    """A JSON document over chunks of text; its window is about twice _LOOKAHEAD_CHARS."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._window = ""
        self._position = 0
        self._row_count = 0
        self._is_exhausted = False
        self.unread_keys: list[str] = []  # keys beside the list of rows that hold no rows

    def iterate_rows(self) -> Iterator[Any]:
        """Yield the values of the list of rows, or the document itself where it is one object.

        Objects of other lists beside it are yielded as OtherListItem.
        """
        start = self._peek()
        if start == "[":
            yield from self._read_list()
        elif start == "{":
            yield from self._read_wrapper()
        else:
            raise self._build_syntax_error()
        if self._peek():
            raise self._build_syntax_error()
        if not self._row_count:
            raise SourceError(EMPTY)

    def _read_wrapper(self) -> Iterator[Any]:
        """Yield the rows of the list in an object; without a list, the object is the row."""
        fields = yield from self._read_fields(is_outermost=True)
        if fields is not None:
            self._row_count += 1
            yield build_object(_unwrap(fields))

    def _read_fields(
        self, *, is_outermost: bool
    ) -> Generator[Any, None, list[tuple[str, Any]] | None]:
        """Yield the rows of the list in an object and return None; without a list its fields."""
        self._expect("{")
        pairs: list[tuple[str, Any]] = []
        has_list = False
        while self._peek() != "}":
            key = self._read_key()
            first = self._peek()
            inner: list[tuple[str, Any]] | None = None
            if key in ROW_LIST_KEYS and first == "[":
                self._check_one_list(has_list)
                has_list = True
                yield from self._read_list()
            elif key in _OUTER_KEYS and first == "{" and is_outermost:
                inner = yield from self._read_fields(is_outermost=False)
                if inner is None:
                    self._check_one_list(has_list)
                    has_list = True
                else:
                    pairs.append((key, build_object(inner)))
            else:
                pairs.append((key, self._read_value()))
            if len(pairs) > reserved_columns.MAX_COLUMNS:
                raise SourceError(reserved_columns.TOO_MANY_COLUMNS)
            if not self._consume_comma("}"):
                break
        self._expect("}")
        if not has_list:
            return pairs
        yield from self._list_others(pairs)
        return None

    def _list_others(self, pairs: list[tuple[str, Any]]) -> Iterator[OtherListItem]:
        """Yield the objects of other lists beside the rows; note the keys of all other values."""
        for key, value in pairs:
            objects = [item for item in value if item] if isinstance(value, list) else []
            if any(isinstance(item, dict) for item in objects):
                self._row_count += len(objects)
                yield from (OtherListItem(key, item) for item in objects)
            elif value not in (None, "", [], {}) and key not in _METADATA_KEYS:
                self.unread_keys.append(key)

    @staticmethod
    def _check_one_list(has_list: bool) -> None:
        if has_list:
            raise SourceError(_TWO_LISTS)

    def _read_list(self) -> Iterator[Any]:
        self._expect("[")
        while self._peek() != "]":
            value = self._read_value()
            self._row_count += 1
            yield value
            if not self._consume_comma("]"):
                break
        self._expect("]")

    def _read_key(self) -> str:
        if self._peek() != '"':
            raise self._build_syntax_error()
        key = self._read_value()
        self._expect(":")
        return str(key)

    def _consume_comma(self, end_char: str) -> bool:
        """Return whether a value follows after a comma; a comma before the end is accepted."""
        if self._peek() != ",":
            return False
        self._expect(",")
        return self._peek() != end_char

    def _read_value(self) -> Any:
        if not self._peek():
            raise self._build_syntax_error()
        try:
            value, self._position = DECODER.raw_decode(self._window, self._position)
        except RecursionError:
            raise SourceError(_TOO_DEEP) from None
        except ValueError:
            raise self._build_syntax_error() from None
        return value

    def _expect(self, char: str) -> None:
        if self._peek() != char:
            raise self._build_syntax_error()
        self._position += 1

    def _peek(self) -> str:
        """Return the next non-blank character, its whole value in the window; "" at the end."""
        while True:
            self._fill_window()
            self._position = _WHITESPACE.match(self._window, self._position).end()  # type: ignore[union-attr]
            if self._is_exhausted or len(self._window) - self._position >= _LOOKAHEAD_CHARS:
                return self._window[self._position : self._position + 1]

    def _fill_window(self) -> None:
        if self._is_exhausted or len(self._window) - self._position >= _LOOKAHEAD_CHARS:
            return
        parts = [self._window[self._position :]]
        size = len(parts[0])
        while size < 2 * _LOOKAHEAD_CHARS:
            text = next(self._chunks, None)
            if text is None:
                self._is_exhausted = True
                break
            parts.append(text)
            size += len(text)
        self._window, self._position = "".join(parts), 0

    def _build_syntax_error(self) -> SourceError:
        damage = (
            "terpotong" if self._is_exhausted and self._position >= len(self._window) else "rusak"
        )
        position = f" setelah laporan ke-{self._row_count}" if self._row_count else ""
        return SourceError(f"JSON ini {damage}{position}; ekspor ulang dari sumbernya.")


def _unwrap(fields: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the fields of the only object in an answer (`{"result": {...}}`), else these."""
    inner = [value for key, value in fields if key in _OUTER_KEYS and isinstance(value, dict)]
    others = {key for key, _ in fields} - _OUTER_KEYS
    return list(inner[0].items()) if len(inner) == 1 and others <= _ANSWER_KEYS else fields
