"""Headings that are names of places, as in a table of hours by kecamatan."""

import re
from collections.abc import Sequence
from functools import lru_cache

from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.parsing.cells import UnreadableCell

_MIN_PLACES = 2  # one name among headings may be anything
_MARKED = {
    "kecamatan": re.compile(r"(?:kecamatan|kec)\b[\s.:]*(.+)", re.IGNORECASE),
    "desa": re.compile(r"(?:desa\W+kelurahan|desa|kelurahan|kel|ds)\b[\s.:]*(.+)", re.IGNORECASE),
}


def find_place_headings(
    headings: Sequence[str], places: PlaceLookup, kecamatan: str | None = None
) -> tuple[str, dict[str, str]]:
    """Return the level (`kecamatan`, `desa`) of headings that name places, and the name in each.

    None where fewer than two are of one level. kecamatan: the code of that in which all lie, where
    it is known: then they are desa.
    """
    levels = ("desa",) if kecamatan else ("kecamatan", "desa")
    found = {
        level: {
            heading: name
            for heading in headings
            if heading and (name := _read_name(heading, level, kecamatan, places))
        }
        for level in levels
    }
    level = max(levels, key=lambda other: len(found[other]))
    return level, found[level] if len(found[level]) >= _MIN_PLACES else {}


@lru_cache(maxsize=4096)
def _read_name(heading: str, level: str, kecamatan: str | None, places: PlaceLookup) -> str | None:
    """Return the name of a place of this level that a heading is, exactly; else None."""
    marked = {other: pattern.fullmatch(heading.strip()) for other, pattern in _MARKED.items()}
    match = marked.pop(level)
    if any(marked.values()):
        return None
    name = match[1] if match else heading.strip()
    if not any(map(str.isalpha, name)):
        return None
    is_known = (
        _is_kecamatan(name, places) if level == "kecamatan" else (_is_desa(name, kecamatan, places))
    )
    return name if is_known else None


def _is_kecamatan(name: str, places: PlaceLookup) -> bool:
    try:
        area = places.read_kecamatan(None, name)
    except UnreadableCell:
        return False
    return area.code is not None and area.note is None


def _is_desa(name: str, kecamatan: str | None, places: PlaceLookup) -> bool:
    try:
        desa = places.read_desa(name, kecamatan)
    except UnreadableCell:  # in several kecamatan
        return True
    return desa.code is not None and desa.note is None
