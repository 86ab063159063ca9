"""Marks of officers' names within their unit: a name matches, and is never stored.

The roster keeps three marks of each name: of the whole name, of its first word with initials, and
of its first word. `Andi S.` meets `Andi Saputra` where the unit has only one such officer.
"""

import re
from typing import NamedTuple

from situasi.access.officer_key import OfficerKey
from situasi.common import service_numbers
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.redaction.persons import RANKS

_UNIT_WORDS_TEXT = """polsek polres polda sat satuan kesatuan unit koramil kodim brimob bko bag
seksi pos polpos satlantas satreskrim satsamapta satintelkam satbinmas samapta intelkam reskrim
lantas binmas propam"""
_UNIT_START = re.compile(
    rf"(?:[,(/]|(?<=\s)(?:dari|di)\s|(?<=\s)-\s|(?=\b(?:polsek|polres|polda|koramil|kodim)\b))\s*"
    rf"(?P<unit>(?:{'|'.join(_UNIT_WORDS_TEXT.split())})\b[^,;()\n]*)",
    re.IGNORECASE,
)
_NO_NAMES = RANKS | frozenset(("pol", "purn", "nrp", "nip", "nama", "petugas"))
_HONORIFICS = frozenset(("h", "hj", "dr", "drs", "dra", "ir"))  # only before a name
_NOT_IN_UNITS = frozenset(["polri", "ri", "kesatuan", "satuan", "unit"])
_RANK_CLASS = re.compile(r"\bpol\b\.?", re.IGNORECASE)
_MAX_WORDS = 8


class OfficerName(NamedTuple):
    """The words of a name, and the words of the unit that stands beside it ("" for none)."""

    words: tuple[str, ...]
    unit: str


def parse_name(text: str) -> OfficerName | None:
    """Return the name and unit of `Bripka Andi S., Polsek Indralaya`; None without a name."""
    plain = NUMBER_MARK.sub(" ", normalize_text(text))
    plain = service_numbers.replace_service_numbers(plain, lambda _: " ")
    unit = _UNIT_START.search(plain)
    if unit:
        plain = plain[: unit.start()]
    name = _RANK_CLASS.sub(" ", plain.split(",")[0])  # academic titles follow a comma
    words = [word for word in re.findall(r"[^\W\d_]+", name.lower()) if word not in _NO_NAMES]
    while len(words) > 1 and words[0] in _HONORIFICS:
        words.pop(0)
    if not words or len(words) > _MAX_WORDS or len(words[0]) < 2:
        return None
    return OfficerName(tuple(words), normalize_unit(unit["unit"]) if unit else "")


def normalize_unit(text: str | None) -> str:
    """Return a unit by its words alone: `Polsek  INDRALAYA` and `polsek indralaya` are one."""
    words = re.findall(r"[^\W_]+", normalize_text(text or "").lower())
    return " ".join(word for word in words if word not in _NOT_IN_UNITS)


def build_roster_marks(name: OfficerName, unit: str, key: OfficerKey) -> str | None:
    """Return the marks that the roster keeps of a name, joined by blanks; None without a unit."""
    if not unit:
        return None
    forms = [("whole", " ".join(name.words)), ("first", name.words[0])]
    if len(name.words) > 1:
        forms.insert(1, ("initials", _abbreviate(name.words)))
    return " ".join(key.mark_name(unit, kind, form) for kind, form in forms)


def list_query_marks(name: OfficerName, unit: str, key: OfficerKey) -> list[str]:
    """Return the marks by which a name is looked up, the most certain first."""
    whole, short = " ".join(name.words), _abbreviate(name.words)
    if len(name.words) == 1:
        forms = [("whole", whole), ("first", whole)]
    elif short == whole:
        forms = [("whole", whole), ("initials", whole)]
    else:
        forms = [("whole", whole), ("whole", short)]
    return [key.mark_name(unit, kind, form) for kind, form in forms]


def _abbreviate(words: tuple[str, ...]) -> str:
    return " ".join([words[0], *(word[0] for word in words[1:])])
