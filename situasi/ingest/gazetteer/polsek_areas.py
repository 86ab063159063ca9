"""The kecamatan of a polsek: where it stands, and for which others it answers."""

import re

from situasi.domain.register import Register
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.parsing.cells import UnreadableCell

_POLSEK = r"\b(?:(?:ma|ka|waka)?polsek(?:ta)?|(?:kepolisian )?sektor)\b[\s:.-]*"
_NAME = r"(?P<name>[^\W\d_].{2,40})"
POLSEK = re.compile(_POLSEK + _NAME, re.IGNORECASE)
# `wilkum Polsek Indralaya`, `wil. hukum Polsek X`, `wilayah hukum Polsek X`.
POLSEK_AREA = re.compile(
    r"\b(?:wilkum|wil(?:ayah)?\b\.? ?(?:(?:hukum|hkm|kerja|tugas)\b\.? ?)?)[ :]*" + _POLSEK + _NAME,
    re.IGNORECASE,
)
_NAME_END = re.compile(r"[^\w\s.]|\b(?:polres|resor|kab|kabupaten|tanggal|tgl|hari|bulan)\b|\d")


def find_seat(name: str, places: PlaceLookup) -> str | None:
    """Return the kecamatan in which the polsek stands whose name a text begins with."""
    words = _NAME_END.split(name.lower())[0].split()
    for count in range(min(3, len(words)), 0, -1):
        try:
            area = places.read_kecamatan(None, " ".join(words[:count]))
        except UnreadableCell:
            continue
        if area.code is not None and area.note is None:
            return area.code
    return None


def list_covered(code: str, register: Register) -> list[str]:
    """Return the kecamatan for which the polsek of this one's name answers."""
    known = register.kecamatan
    if not known[code].polsek.endswith(f" {known[code].name}"):  # of its own now
        return [code]
    return sorted(
        {other.code for other in known.values() if other.polsek == known[code].polsek} | {code}
    )


def format_others(code: str, register: Register) -> str:
    """Return a note of the other kecamatan for which the polsek of this one answers."""
    others = [register.name_of(c) for c in list_covered(code, register) if c != code]
    return f"; wilayahnya juga {', '.join(others)}" if others else ""
