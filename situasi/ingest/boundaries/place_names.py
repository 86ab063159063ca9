"""Normalises names and codes of places, as files write them, for comparison."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

_TITLES = {"kecamatan", "kec", "kelurahan", "kel", "desa", "ds", "distrik"}
_KABUPATEN = {"kabupaten", "kab", "kota"}
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi", "7": "vii", "8": "viii"}
_NUMERALS = set(_ROMAN.values())
_CODE = re.compile(r"[\d.\s\-]+")


def normalize_name(value: object) -> str:
    """Return a name without title, case, accents, blanks and punctuation; "" if it is no text."""
    return "".join(_words(value, _TITLES))


def normalize_kabupaten(value: object) -> str:
    """Return the name of a kabupaten or kota, normalised in the same way."""
    return "".join(_words(value, _KABUPATEN))


def trailing_numeral(value: object) -> str:
    """Return the roman number at the end of a name ("Kandis II": "ii"), or ""."""
    words = _words(value, _TITLES)
    return words[-1] if words and words[-1] in _NUMERALS else ""


def code_digits(value: object) -> str:
    """Return the digits of a code as 16.10.04, 161004, "16 10 04", 161004.0; "" for any other."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else ""
    text = re.sub(r"^(\d{4,})\.0$", r"\1", str(value).strip())
    return re.sub(r"\D", "", text) if _CODE.fullmatch(text) else ""


def index_by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return normalised name -> code of (code, name) pairs, without names of two places."""
    codes_by_name: dict[str, set[str]] = {}
    for code, name in pairs:
        codes_by_name.setdefault(normalize_name(name), set()).add(code)
    return {name: codes.pop() for name, codes in codes_by_name.items() if name and len(codes) == 1}


def _words(value: object, titles: set[str]) -> list[str]:
    if not isinstance(value, str):
        return []
    text = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z]+|\d+", text)
    while len(words) > 1 and words[0] in titles:
        words = words[1:]
    return [_ROMAN.get(word, word) for word in words]
