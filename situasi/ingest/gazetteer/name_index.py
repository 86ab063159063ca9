"""Index of place names, compared word by word: exact after normalising, or clearly nearest."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from situasi.domain.settings import ROOT
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.vocabulary import csv_lists

Words = tuple[str, ...]
Abbreviations = Mapping[str, Words]

# A name below this similarity is never accepted, however far ahead of the others it is.
MIN_SIMILARITY = 0.82
# Words that distinguish neighbours of the same name; one is never a misspelling of another.
_DISTINGUISHING_TEXT = """utara selatan barat timur tengah ulu ilir hulu hilir darat laut dalam luar
baru lama seberang induk"""
DISTINGUISHING_WORDS = frozenset(_DISTINGUISHING_TEXT.split())
# Found with one typo too (`Sebrang`): the shorter ones, and `dalam`, are too near to other words.
_LONG_DISTINGUISHING = frozenset(w for w in DISTINGUISHING_WORDS if len(w) > 4) - {"dalam"}
_ROMAN_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_DIGITS_OF_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMAN_NUMERALS, 1)}
_MAX_SPELLINGS = 64


def load_abbreviations(path: Path) -> dict[str, Words]:
    """Read `singkatan,kata` rows: what each abbreviation may stand for."""
    abbreviations: dict[str, Words] = {}
    for _, (short, word) in csv_lists.read_rows(path, ("singkatan", "kata")):
        if short and word:
            key = tokenize_name(short)[0]
            abbreviations[key] = (*abbreviations.get(key, ()), *tokenize_name(word))
    return abbreviations


def tokenize_name(text: str) -> Words:
    """Return the words of a name: lower case, no accents or marks, Roman numerals as digits."""
    plain = unicodedata.normalize("NFKD", normalize_text(text).lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[a-z]+|[0-9]+", re.sub(r"['`\u2019]", "", plain))
    return tuple(
        _DIGITS_OF_ROMAN.get(word, word.lstrip("0") or "0") if index else word
        for index, word in enumerate(words)
    )


def is_distinguishing(word: str) -> bool:
    """Return whether a word behind the name of a place makes it another: `Timur`, `II`."""
    plain = word.lower().strip(".")
    is_known = plain in DISTINGUISHING_WORDS or plain in _ROMAN_NUMERALS
    return is_known or any(OSA.distance(plain, known) == 1 for known in _LONG_DISTINGUISHING)


@dataclass
class NameIndex:
    """Names of one level, each with one code or several (where places share a name).

    display_names: the names as the register writes them, by code.
    """

    abbreviations: Abbreviations
    display_names: dict[str, str] = field(default_factory=dict)
    codes_by_spelling: dict[str, set[str]] = field(default_factory=dict)
    codes_by_expansion: dict[str, set[str]] = field(default_factory=dict)
    codes_by_words: dict[Words, set[str]] = field(default_factory=dict)
    words_by_length: dict[int, list[Words]] = field(default_factory=dict)
    known_words: set[str] = field(default_factory=set)

    def add(self, code: str, spelling: str) -> None:
        """Add a spelling of a place; its first spelling is the one displayed."""
        self.display_names.setdefault(code, spelling)
        words = tokenize_name(spelling)
        if not words:
            return
        if words not in self.codes_by_words:
            self.words_by_length.setdefault(len(words), []).append(words)
        self.codes_by_words.setdefault(words, set()).add(code)
        self.known_words.update(words)
        self.codes_by_spelling.setdefault(_join_words(words), set()).add(code)
        for expanded in self._expand_spellings(words):
            self.codes_by_expansion.setdefault(_join_words(expanded), set()).add(code)

    def find_exact(self, words: Words, within: frozenset[str] | None = None) -> set[str]:
        """Return the codes of exactly this name, with abbreviations expanded and blanks ignored."""
        if exact := _restrict_codes(self.codes_by_spelling.get(_join_words(words), set()), within):
            return exact
        codes: set[str] = set()
        for spelling in self._expand_spellings(words):
            codes |= self.codes_by_spelling.get(_join_words(spelling), set())
            codes |= self.codes_by_expansion.get(_join_words(spelling), set())
        return _restrict_codes(codes, within)

    def find_numbered(self, words: Words) -> set[str]:
        """Return the codes of names that are these words and a number: Seri Kembang I, II, III."""
        return {
            code
            for known, codes in self.codes_by_words.items()
            if known[:-1] == words and known[-1].isdigit()
            for code in codes
        }

    def find_nearest(self, words: Words, within: frozenset[str] | None = None) -> str | None:
        """Return the one code of which the name is a clear misspelling; None when unsure.

        The second-best name must have at least twice as many typos.
        """
        ranked = self._rank_by_typos(words, within)
        if not ranked:
            return None
        typos, code, spelling, known = ranked[0]
        second_typos = next((entry[0] for entry in ranked if entry[1] != code), None)
        if second_typos is not None and second_typos < 2 * max(typos, 1):
            return None
        length = max(len("".join(spelling)), len("".join(known)))
        is_similar = 1 - typos / length >= MIN_SIMILARITY
        return code if is_similar and self._may_stand_for(spelling, known) else None

    def suggest_names(self, words: Words, within: frozenset[str] | None = None) -> list[str]:
        """Return up to four names, as displayed, that the sender may have meant."""
        text = " ".join(words)
        scored = sorted(
            (
                (-fuzz.token_set_ratio(text, " ".join(known)), self.display_names[code])
                for known, codes in self.codes_by_words.items()
                for code in _restrict_codes(codes, within)
            ),
        )
        names = [name for score, name in scored if score <= -70]
        return list(dict.fromkeys(names))[:4]

    def _rank_by_typos(
        self, words: Words, within: frozenset[str] | None
    ) -> list[tuple[int, str, Words, Words]]:
        codes_by_name = {
            name: codes
            for name in self.words_by_length.get(len(words), ())
            if (codes := _restrict_codes(self.codes_by_words[name], within))
        }
        best: dict[str, tuple[int, str, Words, Words]] = {}
        for spelling in self._expand_spellings(words):
            for name, codes in codes_by_name.items():
                typos = sum(map(OSA.distance, spelling, name))
                for code in codes:
                    entry = (typos, code, spelling, name)
                    best[code] = min(best.get(code, entry), entry)
        return sorted(best.values())

    def _may_stand_for(self, spelling: Words, name: Words) -> bool:
        return all(
            word == known or (word not in self.known_words and _is_possible_typo(word, known))
            for word, known in zip(spelling, name, strict=True)
        )

    def _expand_spellings(self, words: Words) -> Iterable[Words]:
        """Return the words as written and with every abbreviation expanded in each way."""
        choices = [(word, *self.abbreviations.get(word, ())) for word in words]
        return islice(product(*choices), _MAX_SPELLINGS)


def build_name_index(
    names: Mapping[str, str],
    aliases: Iterable[tuple[str, str]],
    abbreviations: Abbreviations | None = None,
) -> NameIndex:
    """Index names by code, and the aliases, (code, spelling), of these places.

    abbreviations: None reads our own places.csv.
    """
    if abbreviations is None:
        abbreviations = load_abbreviations(ROOT / "data" / "vocabulary" / "places.csv")
    index = NameIndex(abbreviations)
    for code, spelling in (*names.items(), *aliases):
        if code in names:
            index.add(code, spelling)
    return index


def _join_words(words: Words) -> str:
    """Join words without blanks, so that `tanjungraja` is found; with blanks if one is a letter."""
    has_single_letter = any(len(word) == 1 and word.isalpha() for word in words)
    return (" " if has_single_letter else "").join(words)


def _is_possible_typo(word: str, intended: str) -> bool:
    """Return whether one word may be a misspelling: one typo from four letters, two from eight."""
    if not word.isalpha() or not intended.isalpha() or word in DISTINGUISHING_WORDS:
        return False
    if (
        intended in DISTINGUISHING_WORDS
        and sum(OSA.distance(word, other) <= 1 for other in DISTINGUISHING_WORDS) != 1
    ):
        return False
    shorter = min(len(word), len(intended))
    allowed = 0 if shorter < 4 else 1 if shorter < 8 else 2
    return int(OSA.distance(word, intended)) <= allowed


def _restrict_codes(codes: set[str], within: frozenset[str] | None) -> set[str]:
    return set(codes) if within is None else codes & within
