"""JSON objects become rows of cells: numbers kept safe, doubled keys told, points unfolded."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.header_detection import Recognise
from situasi.ingest.tables import SourceRefused, Table
from situasi.ingest.validation.column_sums import RunningSums

# ValueError covers JSONDecodeError; RecursionError comes from brackets inside brackets.
BROKEN = (ValueError, RecursionError)
_OF_A_FEATURE = frozenset({"type", "properties", "geometry", "bbox"})
_MOST_CELLS = 400_000  # of one table
_WHOLE_DIGITS = 18  # longer whole numbers stay text: they are codes, not counts

NO_KEYS = (
    "Isi JSON ini tidak memuat kolom laporan yang dikenal; perlu sekurangnya dua, "
    "misalnya waktu, kecamatan dan jenis."
)


def whole(text: str) -> int | str:
    """A whole number; a longer one stays text: it is a code, not a count."""
    return int(text) if len(text) <= _WHOLE_DIGITS else text


def _decimal(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name


def paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; where a key stands twice with different values, the row is marked broken."""
    found = dict(pairs)
    if len(found) < len(pairs):
        doubled = {key for key, value in pairs if found[key] != value}
        if doubled:
            named = ", ".join(sorted(doubled)[:3])
            found[reserved_columns.BROKEN] = reserved_columns.excerpt(
                f"kunci ganda dengan isi berbeda: {named}"
            )
    return found


DECODER = json.JSONDecoder(
    object_pairs_hook=paired, parse_int=whole, parse_float=_decimal, parse_constant=_constant
)


def row(value: object) -> dict[str, object]:
    """One row of a value of JSON: an object, a GeoJSON feature, or anything else as broken."""
    if not isinstance(value, dict):
        return {reserved_columns.BROKEN: reserved_columns.excerpt(compact(value)) or "(kosong)"}
    if value.get("type") == "Feature" and "geometry" in value:
        return _feature(value)
    return {_heading(key): _cell(cell) for key, cell in value.items()}


def _feature(feature: dict[str, Any]) -> dict[str, object]:
    properties = feature.get("properties")
    cells = row(properties) if isinstance(properties, dict) or properties else {}
    for key, value in feature.items():
        if key not in _OF_A_FEATURE:
            cells.setdefault(_heading(key), _cell(value))
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


def _heading(key: str) -> str:
    return reserved_columns.sound(key) or "(tanpa nama)"


def _cell(value: object) -> object:
    if isinstance(value, str):
        return reserved_columns.sound(value)
    if isinstance(value, dict | list):
        return reserved_columns.sound(compact(value)) if value else None
    return value


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tables(
    rows: Iterable[tuple[int, dict[str, object]]],
    recognise: Recognise,
    chunk_rows: int,
    notes: Sequence[str],
    share: Callable[[], float],
    beside: Sequence[str] = (),
) -> Iterator[Table]:
    """Tables of numbered rows; each has all headings met so far, in order of appearance.

    beside: keys that held no rows, known when the last row was given; the last table tells them.

    Raises SourceRefused where the first rows name no columns of a feed, or there are too many.
    """
    headings: dict[str, None] = {}
    numbers: list[int] = []
    cells: list[dict[str, object]] = []
    given, sums = False, RunningSums()
    for number, found in rows:
        if not any(cell is not None for cell in found.values()):
            continue
        numbers.append(number)
        cells.append(found)
        headings.update(dict.fromkeys(found))
        if len(headings) > reserved_columns.MAX_COLUMNS:
            raise SourceRefused(reserved_columns.TOO_WIDE)
        if len(numbers) >= chunk_rows or len(numbers) * len(headings) >= _MOST_CELLS:
            some = _table(headings, numbers, cells, () if given else notes, share(), recognise)
            yield replace(some, sums=sums)
            numbers, cells, given = [], [], True
    said = (f"di luar daftar laporan, tidak dibaca: {', '.join(beside[:5])}",) if beside else ()
    if numbers or said or not given:
        notes = (*(() if given else notes), *said)
        rest = _table(headings, numbers, cells, notes, share(), recognise)
        yield replace(rest, sums=sums)


def _table(
    headings: dict[str, None],
    numbers: list[int],
    cells: list[dict[str, object]],
    notes: Sequence[str],
    share: float,
    recognise: Recognise,
) -> Table:
    own = [name for name in headings if name not in reserved_columns.ALL]
    if recognise(own) < 2:
        raise SourceRefused(NO_KEYS)
    data = {name: [found.get(name) for found in cells] for name in headings}
    return Table(pd.DataFrame(data, dtype=object), numbers, tuple(notes), share)
