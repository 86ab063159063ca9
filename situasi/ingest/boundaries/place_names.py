"""Normalises names and codes of places, as boundary files write them, for comparison."""

import math
import re

from situasi.ingest.gazetteer.name_index import Words, tokenize_name

_TITLES = frozenset({"kecamatan", "kec", "kelurahan", "kel", "desa", "ds", "distrik"})
KABUPATEN_TITLES = frozenset({"kabupaten", "kab", "kota"})
_CODE = re.compile(r"[\d.\s\-]+")


def parse_words(value: object, titles: frozenset[str] = _TITLES) -> Words:
    """Return the words of a name without the titles before it; none if it is no text."""
    words = tokenize_name(value) if isinstance(value, str) else ()
    while len(words) > 1 and words[0] in titles:
        words = words[1:]
    return words


def code_digits(value: object) -> str:
    """Return the digits of a code as 16.10.04, 161004, "16 10 04", 161004.0; "" for any other."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else ""
    text = re.sub(r"^(\d{4,})\.0$", r"\1", str(value).strip())
    return re.sub(r"\D", "", text) if _CODE.fullmatch(text) else ""
