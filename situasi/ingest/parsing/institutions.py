"""Standard names of the institutions that took part in an activity."""

import re
from collections.abc import Mapping

from situasi.ingest.parsing.cells import cell_to_text, is_blank, normalize_text
from situasi.ingest.tables import Cell

_SEPARATORS = re.compile(r"\s*(?:[,;/&+\n]|\b(?:dan|serta|bersama|and)\b)\s*", re.IGNORECASE)


def read_partners(cell: Cell, names: Mapping[str, str], kabupaten_name: str) -> str | None:
    """Return `kpu ogan ilir & panwaslu` as "KPU, Bawaslu"; unknown names as they were written.

    names: the standard name by words of a spelling, as in `Vocabulary.institutions`.
    kabupaten_name: ignored behind an institution's name, where it adds nothing.
    """
    text = cell_to_text(cell)
    if text is None or is_blank(text):
        return None
    kabupaten_pattern = re.compile(rf"\b(?:kab\w*\W*)?{re.escape(kabupaten_name)}\b", re.IGNORECASE)
    partners = [
        names.get(extract_words(kabupaten_pattern.sub(" ", part)), part.strip(" .-"))
        for part in _SEPARATORS.split(normalize_text(text[:2000]))
        if part.strip()
    ]
    return ", ".join(dict.fromkeys(filter(None, partners))) or None


def extract_words(name: str) -> str:
    """Return the words of a name in lower case, without marks and digits."""
    return " ".join(re.findall(r"[a-z]+", name.lower()))
