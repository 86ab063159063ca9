"""Which code of a fixed vocabulary a written word stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from situasi.ingest.parsing.cells import Unreadable, is_blank, plain, quote
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import key, without_brackets

_NEGATIONS = frozenset(("tidak", "tdk", "tak", "belum", "blm", "bukan", "no", "not", "un", "non"))
_PARTS = re.compile(r"\s*(?:[/,;&+]|\bdan\b)\s*")


def read_word(known: Mapping[str, str], column: str, cell: Cell) -> tuple[str, str | None]:
    """The code a word stands for, and a note where it was misspelled.

    known: code by key of word. column: what to call it to the sender. Raises Unreadable.
    """
    if is_blank(cell):
        raise Unreadable(f"{column} kosong")
    text = plain(cell)
    if code := _exact(known, text):
        return code, None
    if near := _near(known, text):
        return near, f"{column} {quote(cell)} dibaca {label(near)}"
    if several := _several(known, text):
        raise Unreadable(
            f"{column} {quote(cell)} menyebut lebih dari satu: {', '.join(several)}; "
            "pilih yang utama"
        )
    offer = ", ".join(_nearest_labels(known, text))
    raise Unreadable(f"{column} {quote(cell)} tidak dikenal; pilihan terdekat: {offer}")


def label(code: str) -> str:
    """A code as people read it."""
    return code.replace("_", " ")


def _exact(known: Mapping[str, str], text: str) -> str | None:
    """The code of a word; of several words only where all mean the same."""
    for form in (text, without_brackets(text)):
        if code := known.get(key(form)):
            return code
    parts = {known.get(key(part)) for part in _PARTS.split(without_brackets(text)) if key(part)}
    return parts.pop() if len(parts) == 1 else None


def _several(known: Mapping[str, str], text: str) -> list[str]:
    """The labels of the codes that a text of several words names; none where a part is unknown."""
    parts = [known.get(key(part)) for part in _PARTS.split(text) if key(part)]
    return sorted({label(code) for code in parts if code}) if all(parts) else []


def _near(known: Mapping[str, str], text: str) -> str | None:
    """The code of a clear misspelling: nearest by far, and no `tidak` lost on the way."""
    name = key(text)
    if not name.isalpha() or _negated(text):
        return None
    # Looked for a little further than allowed, to see who comes second.
    found = process.extract(name, known.keys(), scorer=OSA.distance, score_cutoff=3, limit=None)
    if not found:
        return None
    best, least, _ = found[0]
    code = known[best]
    second = min((slips for word, slips, _ in found if known[word] != code), default=99)
    allowed = min(_allowed(name), _allowed(best))
    return code if least <= allowed and second >= 2 * least else None


def _allowed(word: str) -> int:
    return 0 if len(word) < 5 else 1 if len(word) < 9 else 2


def _negated(text: str) -> bool:
    first = re.match(r"\W*([a-z]+)", text.lower())
    return bool(first and first[1] in _NEGATIONS)


def _nearest_labels(known: Mapping[str, str], text: str) -> list[str]:
    found = process.extract(key(text), known.keys(), scorer=fuzz.ratio, limit=40)
    return list(dict.fromkeys(label(known[word]) for word, _, _ in found))[:4]
