"""Names of places compared word by word: exact after normalising, or clearly nearest."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from situasi.ingest.parsing.cells import normalize_text

Words = tuple[str, ...]
Abbreviations = Mapping[str, Words]

# A name below this likeness is not offered as a reading, however far ahead of the rest.
MIN_SIMILARITY = 0.82
# Words that part neighbours of one name; one of them never stands for another.
_DISTINGUISHING_TEXT = """utara selatan barat timur tengah ulu ilir hulu hilir darat laut dalam luar
baru lama seberang induk"""
DISTINGUISHING_WORDS = frozenset(_DISTINGUISHING_TEXT.split())
_ROMAN_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_DIGITS_OF_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMAN_NUMERALS, 1)}
_MAX_SPELLINGS = 64


def load_abbreviations(path: Path) -> dict[str, Words]:
    """Read `singkatan,kata` rows: what each abbreviation may stand for."""
    found: dict[str, Words] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        mark = max(",;\t", key=head.count)
        for row in csv.reader(file, delimiter=mark):
            if len(row) > 1 and row[0].strip() and row[1].strip():
                short, word = tokenize_name(row[0]), tokenize_name(row[1])
                found[short[0]] = (*found.get(short[0], ()), *word)
    return found


def tokenize_name(text: str) -> Words:
    """The words of a name: lower case, no accents or marks, Roman numerals as digits."""
    plain = unicodedata.normalize("NFKD", normalize_text(text).lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[a-z]+|[0-9]+", re.sub(r"['`\u2019]", "", plain))
    return tuple(
        _DIGITS_OF_ROMAN.get(word, word.lstrip("0") or "0") if at else word
        for at, word in enumerate(words)
    )


@dataclass
class NameIndex:
    """The names of one level, each under one code or several (the same name twice).

    shown: the names as the register writes them, by code.
    """

    abbreviations: Abbreviations
    display_names: dict[str, str] = field(default_factory=dict)
    codes_by_spelling: dict[str, set[str]] = field(default_factory=dict)
    codes_by_expansion: dict[str, set[str]] = field(default_factory=dict)
    codes_by_words: dict[Words, set[str]] = field(default_factory=dict)
    words_by_length: dict[int, list[Words]] = field(default_factory=dict)
    known_words: set[str] = field(default_factory=set)

    def add(self, code: str, spelling: str) -> None:
        """Know a place by one more spelling; the first is the one shown."""
        self.display_names.setdefault(code, spelling)
        words = tokenize_name(spelling)
        if not words:
            return
        if words not in self.codes_by_words:
            self.words_by_length.setdefault(len(words), []).append(words)
        self.codes_by_words.setdefault(words, set()).add(code)
        self.known_words.update(words)
        self.codes_by_spelling.setdefault(_join_words(words), set()).add(code)
        for other in self._expand_spellings(words):
            self.codes_by_expansion.setdefault(_join_words(other), set()).add(code)

    def find_exact(self, words: Words, within: frozenset[str] | None = None) -> set[str]:
        """Codes of this very name, abbreviations spelled out, blanks left out or put in."""
        if found := _restrict_codes(self.codes_by_spelling.get(_join_words(words), set()), within):
            return found
        codes: set[str] = set()
        for spelling in self._expand_spellings(words):
            codes |= self.codes_by_spelling.get(_join_words(spelling), set())
            codes |= self.codes_by_expansion.get(_join_words(spelling), set())
        return _restrict_codes(codes, within)

    def find_numbered(self, words: Words) -> set[str]:
        """Codes of names that are these words and a number: Seri Kembang I, II, III."""
        return {
            code
            for known, codes in self.codes_by_words.items()
            if known[:-1] == words and known[-1].isdigit()
            for code in codes
        }

    def find_nearest(self, words: Words, within: frozenset[str] | None = None) -> str | None:
        """The one code whose name is a clear misspelling away; None when unsure.

        The second-best name must be at least twice as many slips away.
        """
        ranked = self._rank_by_typos(words, within)
        if not ranked:
            return None
        slips, code, spelling, known = ranked[0]
        second = next((other[0] for other in ranked if other[1] != code), None)
        if second is not None and second < 2 * max(slips, 1):
            return None
        length = max(len("".join(spelling)), len("".join(known)))
        alike = 1 - slips / length >= MIN_SIMILARITY
        return code if alike and self._may_stand_for(spelling, known) else None

    def suggest_names(self, words: Words, within: frozenset[str] | None = None) -> list[str]:
        """Up to four names, as shown, that the sender may have meant."""
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
        known = {
            name: codes
            for name in self.words_by_length.get(len(words), ())
            if (codes := _restrict_codes(self.codes_by_words[name], within))
        }
        best: dict[str, tuple[int, str, Words, Words]] = {}
        for spelling in self._expand_spellings(words):
            for name, codes in known.items():
                slips = sum(map(OSA.distance, spelling, name))
                for code in codes:
                    entry = (slips, code, spelling, name)
                    best[code] = min(best.get(code, entry), entry)
        return sorted(best.values())

    def _may_stand_for(self, spelling: Words, name: Words) -> bool:
        return all(
            word == meant or (word not in self.known_words and _is_possible_typo(word, meant))
            for word, meant in zip(spelling, name, strict=True)
        )

    def _expand_spellings(self, words: Words) -> Iterable[Words]:
        """The words as written and with every abbreviation spelled out each way."""
        choices = [(word, *self.abbreviations.get(word, ())) for word in words]
        return islice(product(*choices), _MAX_SPELLINGS)


def _join_words(words: Words) -> str:
    """Words without their blanks, so that `tanjungraja` is known; a lone letter keeps its own."""
    lone = any(len(word) == 1 and word.isalpha() for word in words)
    return (" " if lone else "").join(words)


def _is_possible_typo(word: str, intended: str) -> bool:
    """Whether one word may be a misspelling: one slip from four letters, two from eight."""
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
