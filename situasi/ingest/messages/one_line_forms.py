"""Ways of writing that are said in other words before a message is read.

Forms of one line have place, TPS, hour and count, each without a word that says which it is.
Corrections (`bukan 99 tapi 89`) name what is wrong before what is right.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.parsing.cells import UnreadableCell

_FORM_MARKS = "#|;*/"
_FEWEST_PARTS, _MOST_PARTS = 4, 9
_NAME_PART = re.compile(r"[^\W\d_][\w .'()-]{2,40}")
_TPS_WORD = re.compile(r"\btps\b", re.IGNORECASE)
_STATION_PART = re.compile(r"(?:tps[ .-]*)?0{0,2}([1-9][0-9]?)", re.IGNORECASE)
_CLOCK_PART = re.compile(
    r"(?:(?:jam|jm|pkl|pukul)[ .]*)?([01]?[0-9]|2[0-3])(?:[.:]?([0-5][0-9]))?(?: ?wib)?",
    re.IGNORECASE,
)
_COUNT_PART = re.compile(r"\b(?:hadir|hdr|pemilih|pmlh|partisipasi|turnout)\b", re.IGNORECASE)
_COUNTED = r"[0-9]{1,4}(?: (?:orang|org|pemilih|jiwa))?\b"
_WRONG_FIRST = re.compile(
    rf"\b(?:bukan|bkn) (?P<wrong>{_COUNTED})[, ]{{1,3}}"
    rf"(?:tapi|tp|tetapi|melainkan|(?:yang|yg) (?:benar|betul))[ :]{{1,2}}(?P<right>{_COUNTED})",
    re.IGNORECASE,
)
_OLDEST_COUNT_H = 3  # hours from a bare hour to the message that tells it


def spell_out_forms(text: str, places: PlaceLookup, sent_at: datetime | None) -> str:
    """Return a text in which `HADIR#KANDIS#KUMBANG#1#9#77` says what each of its parts is.

    Such a line has its parts between the same mark, and begins with what is told; behind the desa
    follow the TPS, an hour and a count. Lines that are not surely of this kind stay as they are.
    sent_at: local; only beside it is a bare number an hour.
    """
    return "\n".join(_spell_out(line, places, sent_at) for line in text.split("\n"))


def put_right_count_first(text: str) -> str:
    """Return a text in which `bukan 99 tapi 89` is `89 bukan 99`."""
    return _WRONG_FIRST.sub(r"\g<right> bukan \g<wrong>", text)


def _spell_out(line: str, places: PlaceLookup, sent_at: datetime | None) -> str:
    for mark in _FORM_MARKS:
        parts = [part.strip() for part in line.strip(mark + " ").split(mark)]
        if _FEWEST_PARTS <= len(parts) <= _MOST_PARTS:
            return _spell_parts(parts, places, sent_at) or line
    return line


def _spell_parts(parts: Sequence[str], places: PlaceLookup, sent_at: datetime | None) -> str | None:
    found = _find_place_parts(parts, places)
    if found is None or found.last + 1 >= len(parts):
        return None
    head, rest = " ".join(parts[: found.first]), list(filter(None, parts[found.last + 2 :]))
    station = _STATION_PART.fullmatch(parts[found.last + 1])
    clock = _take_clock(rest, sent_at)
    if station is None:
        return None
    numbers = [part for part in rest if part[0].isdigit()]
    words = [part for part in rest if part not in numbers]
    says_count = len(numbers) == 1 and _COUNT_PART.search(" ".join((head, *words)))
    count = [f"hadir {number}" if says_count else number for number in numbers]
    told = [head, found.words, f"TPS {station[1]}", *([f"jam {clock}"] if clock else [])]
    return " ".join(filter(None, (*told, *count, *words)))


class _PlaceParts(NamedTuple):
    """Which parts of a form name a kecamatan and a desa in it, and how a message says so."""

    first: int
    last: int
    words: str


def _find_place_parts(parts: Sequence[str], places: PlaceLookup) -> _PlaceParts | None:
    """Return the parts with the place of a TPS; of a known kecamatan the other is its desa."""
    pairs = list(enumerate(pairwise(parts)))
    in_order = [(index, kecamatan, desa) for index, (kecamatan, desa) in pairs]
    reverse = [(index, kecamatan, desa) for index, (desa, kecamatan) in pairs]
    for is_sure in (True, False):
        for index, kecamatan, desa in (*in_order, *(reverse if is_sure else [])):
            if _may_lie_in(desa, kecamatan, places, is_sure=is_sure):
                return _PlaceParts(index, index + 1, f"Kec. {kecamatan} Desa {desa}")
    for index, part in enumerate(parts):
        if not _TPS_WORD.search(part) and places.names_desa(part):
            return _PlaceParts(index, index, f"Desa {part}")
    return None


def _may_lie_in(desa: str, kecamatan: str, places: PlaceLookup, *, is_sure: bool) -> bool:
    """Return whether one part names a kecamatan, and another a desa of it (not sure: any name)."""
    if not _NAME_PART.fullmatch(desa) or not _NAME_PART.fullmatch(kecamatan):
        return False
    try:
        code = places.read_kecamatan(None, kecamatan).code
        is_known = code is not None and places.read_desa(desa, code).code is not None
    except UnreadableCell:
        return False
    return is_known if is_sure else code is not None


def _take_clock(rest: list[str], sent_at: datetime | None) -> str | None:
    """Take the hour out of the parts behind a TPS: a time, or a bare hour before a count."""
    numbers = [part for part in rest if part.isdigit()]
    for part in rest:
        match = _CLOCK_PART.fullmatch(part)
        if match is None or (part.isdigit() and not _may_be_hour(match, numbers, sent_at)):
            continue
        rest.remove(part)
        return f"{match[1]}.{match[2] or '00'}"
    return None


def _may_be_hour(match: re.Match[str], numbers: Sequence[str], sent_at: datetime | None) -> bool:
    """Return whether bare digits are the hour of the only other number, not long before it came."""
    is_first = len(numbers) == 2 and match[0] == numbers[0] and len(match[0]) != 3
    return is_first and sent_at is not None and 0 <= sent_at.hour - int(match[1]) <= _OLDEST_COUNT_H
