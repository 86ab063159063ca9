"""A message as it is read: its lines and clauses, so that words are taken with their neighbours."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_END = re.compile(r"[;!?\n]|\.(?=\s|\Z)|,(?=\s+[^\s\d])")
_SHORT_WORDS = """ds kec kel kab tj tg tjg no lap s d pkl pk jl dgn an sdr bpk sei kp pem ind pml
rt lb rb ma muh yth jm pers bripka bharada nmr dll sd"""
_SHORT = frozenset(_SHORT_WORDS.split())
_LAST_WORD = re.compile(r"[a-z0-9]*\Z", re.IGNORECASE)


class Span(NamedTuple):
    """A piece of the text, from `start` up to `end`."""

    start: int
    end: int

    def contains(self, at: int) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True)
class Passage:
    """The text of one message, tidied line by line."""

    text: str

    @cached_property
    def lines(self) -> list[Span]:
        return self._split_at([m.start() for m in re.finditer("\n", self.text)])

    @cached_property
    def clauses(self) -> list[Span]:
        ends = [m.start() for m in _END.finditer(self.text) if not self._is_within_sentence(m)]
        return self._split_at(ends)

    def line_at(self, at: int) -> Span:
        return _find_span(self.lines, at)

    def clause_at(self, at: int) -> Span:
        return _find_span(self.clauses, at)

    def excerpt(self, span: tuple[int, int]) -> str:
        return self.text[span[0] : span[1]].strip(" .,;:\n")

    def _split_at(self, ends: list[int]) -> list[Span]:
        starts = [0, *(end + 1 for end in ends)]
        return [Span(a, b) for a, b in zip(starts, [*ends, len(self.text)], strict=True)]

    def _is_within_sentence(self, mark: re.Match[str]) -> bool:
        """Whether a full stop only shortens a word, or follows the number of a list."""
        if mark[0] != ".":
            return False
        before = self.text[max(0, mark.start() - 12) : mark.start()]
        found = _LAST_WORD.search(before)
        word = found[0].lower() if found else ""
        alone = not before.removesuffix(word).rsplit("\n", 1)[-1].strip()
        return word in _SHORT or (len(word) == 1 and word.isalpha()) or (word.isdigit() and alone)


def _find_span(spans: list[Span], at: int) -> Span:
    return spans[max(0, bisect_right(spans, at, key=lambda span: span.start) - 1)]
