"""The text of a message with its lines and clauses, to see words in their context."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_END = re.compile(r"[;!?\n]|\.(?=\s|\Z)|,(?=\s+[^\s\d])")
_SHORT_WORDS = """ds kec kel kab tj tg tjg no lap s d pkl pk jl dgn an sdr bpk sei kp pem ind pml
rt lb rb ma muh yth jm pers bripka bharada nmr dll sd"""
_SHORT = frozenset(_SHORT_WORDS.split())
_WRAPPED = 50  # characters of a line that goes on in the next
# A point of a list or a line of a form begins another subject.
_NEW_SUBJECT = re.compile(r"\W{0,3}(?:\d{1,2}|[a-zA-Z])[.)] |[-*\u2022] ?|[^\W\d_][\w/ ]{1,28}:")
_ITEM = re.compile(r"^(?:\W{0,3}(?:\d{1,2}|[a-zA-Z])[.)] +|[-*\u2022] ?)+")
_SENTENCE_END = re.compile(r"[.;!?](?=\s)")
_MAX_TOLD = 500  # characters
_SHORT_TEXT = 200  # characters of a text that is told whole
_LAST_WORD = re.compile(r"[a-z0-9]*\Z", re.IGNORECASE)


class Span(NamedTuple):
    """A part of the text, from `start` up to but without `end`."""

    start: int
    end: int

    def contains(self, position: int) -> bool:
        """Return whether this position is in the span."""
        return self.start <= position < self.end


@dataclass(frozen=True)
class Passage:
    """The text of one message, normalised line by line."""

    text: str

    @cached_property
    def lines(self) -> list[Span]:
        """Return the lines."""
        return self._split_at([match.start() for match in re.finditer("\n", self.text)])

    @cached_property
    def clauses(self) -> list[Span]:
        """Return the clauses: parts between punctuation marks."""
        ends = [
            mark.start() for mark in _END.finditer(self.text) if not self._is_within_sentence(mark)
        ]
        return self._split_at(ends)

    def line_at(self, at: int) -> Span:
        """Return the line at this position."""
        return _find_span(self.lines, at)

    def clause_at(self, at: int) -> Span:
        """Return the clause at this position."""
        return _find_span(self.clauses, at)

    def sentence_at(self, at: int) -> Span:
        """Return the line at this position, with those above and below into which it wraps.

        A line wraps where it is long and ends without a mark, and the next begins in small letters.
        """
        index = max(0, bisect_right(self.lines, at, key=lambda span: span.start) - 1)
        first = last = index
        while first > 0 and self._wraps(first - 1):
            first -= 1
        while last + 1 < len(self.lines) and self._wraps(last):
            last += 1
        return Span(self.lines[first].start, self.lines[last].end)

    def tell_of(self, starts: list[int], *, is_only: bool) -> str:
        """Return what the text tells at these positions, on one line; a short text is told whole.

        is_only: the text tells of nothing else, so the lines below go on with it.
        """
        whole = " ".join(self.text.split())
        is_line = "\n" not in self.text.strip()
        if is_only and len(whole) <= (_MAX_TOLD if is_line else _SHORT_TEXT):
            return whole
        spans: list[Span] = []
        for start in starts:
            if not spans or start >= spans[-1].end:
                spans.append(self._paragraph_at(start, is_only=is_only))
        parts = [_ITEM.sub("", " ".join(self.text[slice(*span)].split())) for span in spans]
        return " ".join(parts)[:_MAX_TOLD]

    def _paragraph_at(self, at: int, *, is_only: bool) -> Span:
        """Return the sentence at this position, of a long line from its beginning alone.

        is_only: with the lines below it up to an empty one or to another subject.
        """
        start, end = self.sentence_at(at)
        if end - start > _MAX_TOLD:
            marks = _SENTENCE_END.finditer(self.text, start, at)
            ends = [mark.end() for mark in marks if not self._is_within_sentence(mark)]
            start = max([start, *ends])
        for line in self.lines:
            text = self.text[slice(*line)].strip()
            if is_only and line.start > at and line.start <= end + 1:
                if not text or _NEW_SUBJECT.match(text):
                    break
                end = max(end, line.end)
        return Span(start, end)

    def _wraps(self, index: int) -> bool:
        line = self.text[slice(*self.lines[index])].rstrip()
        below = self.text[slice(*self.lines[index + 1])].lstrip()
        return len(line) >= _WRAPPED and line[-1] not in ".:;!?" and below[:1].islower()

    def excerpt(self, span: tuple[int, int]) -> str:
        """Return the text of a span, without punctuation around it."""
        return self.text[span[0] : span[1]].strip(" .,;:\n")

    def _split_at(self, ends: list[int]) -> list[Span]:
        starts = [0, *(end + 1 for end in ends)]
        return [
            Span(start, end) for start, end in zip(starts, [*ends, len(self.text)], strict=True)
        ]

    def _is_within_sentence(self, mark: re.Match[str]) -> bool:
        """Return whether a full stop only ends an abbreviation, or follows the number of a list."""
        if mark[0] != ".":
            return False
        before = self.text[max(0, mark.start() - 12) : mark.start()]
        last_word = _LAST_WORD.search(before)
        word = last_word[0].lower() if last_word else ""
        starts_line = not before.removesuffix(word).rsplit("\n", 1)[-1].strip()
        return (
            word in _SHORT
            or (len(word) == 1 and word.isalpha())
            or (word.isdigit() and starts_line)
        )


def _find_span(spans: list[Span], position: int) -> Span:
    return spans[max(0, bisect_right(spans, position, key=lambda span: span.start) - 1)]
