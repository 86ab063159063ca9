"""Conversion of JSON objects to rows: safe numbers, duplicate keys reported, points unpacked."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from situasi.ingest.layout.header_detection import HeaderScorer
from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.json_objects import flatten_object
from situasi.ingest.tables import SourceError, Table, UnknownHeadings
from situasi.ingest.validation.column_sums import RunningSums

# ValueError covers JSONDecodeError; RecursionError comes from brackets inside brackets.
DECODE_ERRORS = (ValueError, RecursionError)
_FEATURE_KEYS = frozenset({"type", "properties", "geometry", "bbox"})
_MAX_TABLE_CELLS = 400_000  # of one table
_MAX_INTEGER_DIGITS = 18  # longer whole numbers stay text: they are codes, not counts

NO_KNOWN_KEYS = (
    "Isi JSON ini tidak memuat kolom laporan yang dikenal; perlu sekurangnya dua, "
    "misalnya waktu, kecamatan dan jenis."
)


def parse_integer(text: str) -> int | str:
    """Return a whole number; one of more than 18 digits stays text, because it is a code."""
    return int(text) if len(text) <= _MAX_INTEGER_DIGITS else text


class NotFinite(str):
    """The text of a number that is infinite or too large to be one: `Infinity`, `1e400`."""

    __slots__ = ()


def _parse_decimal(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else NotFinite(text)


def _parse_constant(name: str) -> str | None:
    return None if name == "NaN" else NotFinite(name)


def build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; where a key occurs twice with different values, mark the row as broken."""
    result = dict(pairs)
    if len(result) < len(pairs):
        duplicates = {key for key, value in pairs if result[key] != value}
        if duplicates:
            names = ", ".join(sorted(duplicates)[:3])
            result[reserved_columns.BROKEN] = reserved_columns.excerpt(
                f"kunci ganda dengan isi berbeda: {names}"
            )
    return result


DECODER = json.JSONDecoder(
    object_pairs_hook=build_object,
    parse_int=parse_integer,
    parse_float=_parse_decimal,
    parse_constant=_parse_constant,
)


def to_row(value: object) -> dict[str, object]:
    """Convert a JSON value to a row: an object, a GeoJSON feature, or anything else as broken."""
    if not isinstance(value, dict):
        return {
            reserved_columns.BROKEN: reserved_columns.excerpt(dump_compact(value)) or "(kosong)"
        }
    if value.get("type") == "Feature" and "geometry" in value:
        return _feature_to_row(value)
    cells = dict(flatten_object(value))
    row = {name: _to_cell(cell) for name, cell in cells.items()}
    if infinite := [name for name, cell in cells.items() if type(cell) is NotFinite]:
        row[reserved_columns.NOT_FINITE] = reserved_columns.excerpt(
            ", ".join(f"{name}: {cells[name]}" for name in infinite)
        )
    return row


def _feature_to_row(feature: dict[str, Any]) -> dict[str, object]:
    properties = feature.get("properties")
    cells = to_row(properties) if isinstance(properties, dict) or properties else {}
    for key, value in feature.items():
        if key not in _FEATURE_KEYS:
            for name, cell in flatten_object({key: value}):
                cells.setdefault(name, _to_cell(cell))
    match feature["geometry"]:
        case {"type": "Point", "coordinates": [float() | int() as lon, float() | int() as lat, *_]}:
            cells |= {"lat": lat, "lon": lon}
        case None:
            pass
        case {"type": str() as name}:
            cells[reserved_columns.GEOMETRY] = reserved_columns.excerpt(name, 40)
        case _:
            cells[reserved_columns.GEOMETRY] = "tidak dikenal"
    return cells


def _to_cell(value: object) -> object:
    if isinstance(value, str):
        return reserved_columns.clean_text(value)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        texts = [str(item) for item in value if item is not None]
        return reserved_columns.clean_text(", ".join(texts))
    if isinstance(value, dict | list):
        return reserved_columns.clean_text(dump_compact(value)) if value else None
    return str(value) if isinstance(value, bool) else value  # True is the same key as 1


def dump_compact(value: object) -> str:
    """Return a value as JSON without blanks between its parts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def build_tables(
    rows: Iterable[tuple[int, dict[str, object]]],
    score_header: HeaderScorer,
    chunk_rows: int,
    notes: Sequence[str],
    get_progress: Callable[[], float],
    unread_keys: Sequence[str] = (),
) -> Iterator[Table]:
    """Yield tables of numbered rows; each has all headings met so far, in order of appearance.

    unread_keys: keys that held no rows; complete only after the last row, so the last table
    has the note. Raises SourceError if the first rows name no columns of a feed, or too many.
    """
    headings: dict[str, None] = {}
    numbers: list[int] = []
    cells: list[dict[str, object]] = []
    yielded, sums = False, RunningSums()
    for number, row in rows:
        if not any(cell is not None for cell in row.values()):
            continue
        numbers.append(number)
        cells.append(row)
        headings.update(dict.fromkeys(row))
        if len(headings) > reserved_columns.MAX_COLUMNS:
            raise SourceError(reserved_columns.TOO_MANY_COLUMNS)
        if len(numbers) >= chunk_rows or len(numbers) * len(headings) >= _MAX_TABLE_CELLS:
            table = _build_table(
                headings, numbers, cells, () if yielded else notes, get_progress(), score_header
            )
            yield replace(table, sums=sums)
            numbers, cells, yielded = [], [], True
    unread_note = (
        (f"di luar daftar laporan, tidak dibaca: {', '.join(unread_keys[:5])}",)
        if unread_keys
        else ()
    )
    if numbers or unread_note or not yielded:
        notes = (*(() if yielded else notes), *unread_note)
        last_table = _build_table(headings, numbers, cells, notes, get_progress(), score_header)
        yield replace(last_table, sums=sums)


def _build_table(
    headings: dict[str, None],
    row_numbers: list[int],
    cells: list[dict[str, object]],
    notes: Sequence[str],
    progress: float,
    score_header: HeaderScorer,
) -> Table:
    sender_headings = [name for name in headings if name not in reserved_columns.ALL]
    if score_header(sender_headings) < 2:
        raise UnknownHeadings(NO_KNOWN_KEYS)
    data = {name: [row.get(name) for row in cells] for name in headings}
    return Table(pd.DataFrame(data, dtype=object), row_numbers, tuple(notes), progress)
