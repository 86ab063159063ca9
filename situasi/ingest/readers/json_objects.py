"""Flattening of JSON objects inside objects: `grup/kolom`, points, questions with their answers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from situasi.ingest.readers import reserved_columns

_MAX_DEPTH = 5  # of objects inside objects; what lies deeper stays one cell
_LAT_KEYS, _LON_KEYS = ("latitude", "lat"), ("longitude", "lon", "lng", "long")
_POINT_KEY = re.compile(
    r"lat|latitude|lon|lng|long|longitude|alt|altitude|accuracy|precision|type|coordinates"
    r"|properties|crs|srid|utm_\w+",
    re.IGNORECASE,
)
_NAME_KEYS = ("tag", "label", "name", "title", "value")  # of an object that only names a choice


def flatten_object(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield heading and value of every field: of a scalar, a list, or an object too deep.

    A point becomes the text `lat, lon`; lists of questions with answers (`label`, `value`) become
    one field a question; lists of objects stay as they are. Headings are unique.
    """
    names: dict[str, int] = {}
    for name, cell in _iterate_fields(value, "", 0):
        count = names[name] = names.get(name, 0) + 1
        yield (name if count == 1 else f"{name} ({count})"), cell


def _iterate_fields(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, cell in value.items():
        name = f"{prefix}{_clean_heading(key)}"
        if isinstance(cell, list) and len(cell) == 1 and _is_point(cell[0]):
            cell = cell[0]
        if key == reserved_columns.BROKEN:
            yield key, cell
        elif isinstance(cell, dict):
            yield from _iterate_object(name, cell, depth)
        elif answers := _find_answers(cell):
            yield from answers
        else:
            yield name, cell


def _iterate_object(name: str, value: dict[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    if (point := _read_point(value)) is not None:
        yield name, point
        rest = {key: cell for key, cell in value.items() if not _POINT_KEY.fullmatch(key)}
        yield from _iterate_fields(rest, f"{name}/", depth + 1)
    elif not value or depth >= _MAX_DEPTH:
        yield name, value
    else:
        yield from _iterate_fields(value, f"{name}/", depth + 1)


def _clean_heading(key: str) -> str:
    return reserved_columns.clean_text(key) or "(tanpa nama)"


def _read_point(value: Mapping[str, Any]) -> str | None:
    """Return `lat, lon` for a GeoJSON point or an object that is only a place; else None.

    "" where both are empty.
    """
    if value.get("type") == "Point" and isinstance(value.get("coordinates"), list):
        lon, lat = (*value["coordinates"], None, None)[:2]
    else:
        lat, lon = (_find_number(value, keys) for keys in (_LAT_KEYS, _LON_KEYS))
        if lat is None and not any(key in value for key in _LAT_KEYS):
            return None
        if lon is None and not any(key in value for key in _LON_KEYS):
            return None
    if lat in (None, "") and lon in (None, ""):
        return ""
    return f"{lat}, {lon}"


def _is_point(value: object) -> bool:
    return (
        isinstance(value, dict)
        and all(map(_POINT_KEY.fullmatch, value))
        and _read_point(value) is not None
    )


def _find_number(value: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((value[key] for key in keys if key in value), None)


def _find_answers(value: object) -> list[tuple[str, Any]]:
    """Return the questions and answers in a list of them, or in a list of parts with `fields`."""
    if not isinstance(value, list) or not value:
        return []
    parts = [item.get("fields") if isinstance(item, dict) else None for item in value]
    if all(isinstance(part, list) for part in parts):
        lists = [_find_answers(part) for part in parts if part]
        return [pair for answers in lists for pair in answers] if all(lists) else []
    if not all(isinstance(item, dict) and "label" in item for item in value):
        return []
    answered = [item for item in value if "value" in item]  # a heading of the form has none
    return [(_clean_heading(str(item["label"])), _read_answer(item["value"])) for item in answered]


def _read_answer(value: Any) -> Any:
    """Return an answer without the objects around it: a scalar, a point, or a list of names."""
    for _ in range(_MAX_DEPTH):
        if not isinstance(value, dict):
            break
        if (point := _read_point(value)) is not None:
            return point
        name = next((key for key in ("value", *_NAME_KEYS) if key in value), None)
        if name is None:
            return value
        value = value[name]
    if isinstance(value, list):
        return [_read_answer(item) for item in value]
    return value
