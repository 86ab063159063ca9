"""Account for every number of a message: read into a row, or told to the operator as not read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from situasi.ingest.messages.message_text import Span

# A number as one sees it: with what joins its parts (`07.05`, `118/465`, `1.234`, `-3.25`).
_NUMBER = re.compile(r"-?(?<![*0-9])[0-9]+(?:[.,:/-][0-9]+)*%?")
# `1.`, `2)` before the words of a list, where they count up from one.
_ITEM = re.compile(r"^ *([0-9]{1,2})[.)] +(?=[^\W\d_])", re.MULTILINE)
_DIGITS = re.compile(r"[0-9]+")


def find_digit_runs(text: str) -> Iterator[Span]:
    """Yield each run of digits, but for what is left of a number that was masked."""
    for found in _DIGITS.finditer(text):
        if not text[: found.start()].endswith("*"):
            yield Span(*found.span())


def find_unread_numbers(text: str, read_spans: Iterable[Span]) -> tuple[str, ...]:
    """Return the numbers, as written, of which a part stands in no span that is read."""
    spans = _merge_spans([*read_spans, *_find_list_numbers(text)])
    starts = [span.start for span in spans]

    def covered(run: Span) -> bool:
        at = bisect_right(starts, run.start) - 1
        return at >= 0 and run.end <= spans[at].end

    left = [run for run in find_digit_runs(text) if not covered(run)]
    found: list[str] = []
    at = 0
    for whole in _NUMBER.finditer(text):
        inside = 0
        while at < len(left) and left[at].start < whole.end():
            inside += left[at].start >= whole.start()
            at += 1
        if inside:
            found.append(whole[0])
    return tuple(found)


def _find_list_numbers(text: str) -> list[Span]:
    """Return the numbers that only count the lines of a list."""
    items = list(_ITEM.finditer(text))
    if [int(item[1]) for item in items] != list(range(1, len(items) + 1)) or len(items) < 2:
        return []
    return [Span(*item.span(1)) for item in items]


def _merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(Span(*span))
    return found
