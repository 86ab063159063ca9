"""Marks of officers' names within their unit: a name matches, and is never stored.

The roster keeps three marks of each name: of the whole name, of its first word with initials, and
of its first word. `Andi S.` meets `Andi Saputra` where the unit has only one such officer.
"""

import re
from difflib import SequenceMatcher
from itertools import permutations
from typing import NamedTuple

from situasi.access.officer_key import OfficerKey
from situasi.common import service_numbers
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.redaction.persons import RANKS, TITLES

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
_ALIKE = 0.75  # of words that differ by a slip
_ALIKE_AS_ONE = 0.9  # of names without their blanks
_MOST_COMPARED = 4  # words of a name
# One first name, cut in many ways.
_MUHAMMAD = re.compile(r"m|md|m[ou]h|mo?hd|m[ou]h?amm?[ae][dt]")


class OfficerName(NamedTuple):
    """The words of a name, and the words of the unit that stands beside it ("" for none)."""

    words: tuple[str, ...]
    unit: str


def parse_name(text: str, shortest: int = 2) -> OfficerName | None:
    """Return the name and unit of `Bripka Andi S., Polsek Indralaya`; None without a name.

    shortest: letters of its first word; one that begins with an initial is not looked up.
    """
    plain = NUMBER_MARK.sub(" ", normalize_text(text))
    plain = service_numbers.replace_service_numbers(plain, lambda _: " ")
    unit = _UNIT_START.search(plain)
    if unit:
        plain = plain[: unit.start()]
    name = _RANK_CLASS.sub(" ", plain.split(",")[0])  # academic titles follow a comma
    words = [word for word in re.findall(r"[^\W\d_]+", name.lower()) if word not in _NO_NAMES]
    while len(words) > 1 and words[0] in _HONORIFICS:
        words.pop(0)
    if not words or len(words) > _MAX_WORDS or len(words[0]) < shortest:
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


class RankedName(NamedTuple):
    """A name in a list, and the rank beside it ("" for none)."""

    words: tuple[str, ...]
    rank: str

    def may_be(self, other: "RankedName") -> bool:
        """Return whether both may be of one person: cut short, or written otherwise.

        Under another rank a slip is none: then only words that are left out or cut to an initial.
        """
        is_same_rank = self.rank == other.rank or not (self.rank and other.rank)
        few, many = sorted((self.words, other.words), key=len)
        ratio = SequenceMatcher(None, "".join(few), "".join(many)).ratio()
        if is_same_rank and ratio >= _ALIKE_AS_ONE:
            return True
        return any(
            all(_may_be_word(a, b, is_same_rank) for a, b in zip(few, order, strict=False))
            for order in permutations(many[:_MOST_COMPARED], len(few[:_MOST_COMPARED]))
        )


def parse_ranked_name(name: str, rank: str) -> RankedName | None:
    """Return a name with the rank that stands beside or in it; None without a name."""
    parsed = parse_name(name, shortest=1)
    ranks = [word for word in re.findall(r"[a-z]+", f"{rank} {name}".lower()) if word in TITLES]
    return RankedName(parsed.words, ranks[0] if ranks else "") if parsed else None


def _may_be_word(first: str, second: str, may_slip: bool) -> bool:
    if first == second or (_MUHAMMAD.fullmatch(first) and _MUHAMMAD.fullmatch(second)):
        return True
    if 1 in {len(first), len(second)}:
        return first[0] == second[0]
    is_cut = first.startswith(second) or second.startswith(first)
    return may_slip and (is_cut or SequenceMatcher(None, first, second).ratio() >= _ALIKE)
