"""Headings that nobody listed, told by their words: all are known, and one says what is below."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from situasi.ingest.parsing.cells import find_foreign_letters
from situasi.ingest.vocabulary.csv_lists import remove_brackets

_WORD = re.compile(r"[^\W\d_]+")
# A number may count questions, hours or repeats, and a share is no count.
_UNCLEAR = re.compile(r"[\d%]|persen", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_CHARS = 120
_LONGEST_PHRASE = 4  # words
# As programs cut questions that name a column.
_CUT_HEADING = re.compile(r"[^\W\d]+_[^\W\d]{3,}(?<=.{17})")


@dataclass(frozen=True)
class HeadingWords:
    """The words of the headings of columns, by (feed, column); feed `*`: of every feed.

    core: those of which a heading has one. other: those that may stand beside it.
    """

    core: Mapping[tuple[str, str], frozenset[str]]
    other: Mapping[tuple[str, str], frozenset[str]]

    def find(self, heading: str) -> tuple[str, str] | None:
        """Return the one (feed, column) whose words are all the words of a heading, or None."""
        return self._find_cached(heading)

    @cached_property
    def _find_cached(self) -> Callable[[str], tuple[str, str] | None]:
        return lru_cache(maxsize=16_384)(self._find)

    def _find(self, heading: str) -> tuple[str, str] | None:
        if _UNCLEAR.search(heading) or len(heading) > _MAX_CHARS or find_foreign_letters(heading):
            return None
        for text in dict.fromkeys((heading, remove_brackets(heading))):
            words = [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text))]
            found = [key for key in self.core if self._explains(key, words)]
            if not found and _CUT_HEADING.fullmatch(heading):
                found = [key for key in self.core if self._explains_cut(key, words)]
            if len(found) == 1:
                return found[0]
        return None

    def _explains_cut(self, key: tuple[str, str], words: list[str]) -> bool:
        """Return whether words do so once the last is completed: `Jumlah_pemilih_hadi`."""
        *whole, last = words
        return any(
            self._explains(key, [*whole, word])
            for word in self._known[key]
            if word.startswith(last) and " " not in word
        )

    def _explains(self, key: tuple[str, str], words: list[str]) -> bool:
        """Return whether words can be split into listed phrases of this column, one of them core.

        Of each phrase the longest is taken, so `di tps` is a place and `tps` alone may be refused.
        """
        core, known = self.core[key], self._known[key]
        has_core, start = False, 0
        while start < len(words):
            phrases = (
                (end, " ".join(words[start:end]))
                for end in range(min(len(words), start + _LONGEST_PHRASE), start, -1)
            )
            end, phrase = next(((e, p) for e, p in phrases if p in known), (0, ""))
            if not end:
                return False
            has_core, start = has_core or phrase in core, end
        return has_core

    @cached_property
    def _known(self) -> Mapping[tuple[str, str], frozenset[str]]:
        return {key: words | self.other.get(key, frozenset()) for key, words in self.core.items()}


def build_heading_words(rows: Iterable[tuple[str, str, bool, str]]) -> HeadingWords:
    """Return the words of rows of (feed, column, whether it is core, word)."""
    core: dict[tuple[str, str], set[str]] = {}
    other: dict[tuple[str, str], set[str]] = {}
    for feed, column, is_core, word in rows:
        (core if is_core else other).setdefault((feed, column), set()).add(word.lower())
    return HeadingWords(
        {key: frozenset(words) for key, words in core.items()},
        {key: frozenset(words) for key, words in other.items()},
    )
