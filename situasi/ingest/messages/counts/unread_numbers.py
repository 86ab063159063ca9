"""Checks every number of a message: read into a row, or shown to the operator as not read."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from situasi.ingest.messages.message_text import Span
from situasi.ingest.parsing.number_words import SPELLED_HUNDREDS, SPELLED_WORDS

# A number as people see it, with its separators (`07.05`, `118/465`, `1.234`, `-3.25`).
# with a letter typed for a digit (`1O1`) as one.
_NUMBER = re.compile(
    r"(?<![\w*])(?=[OolI]*\d)(?=\d*[OolI])[\dOolI]{2,4}(?!\w)|-?(?<!\d)(?<!\*{5})\d+(?:[.,:/-]\d+)*%?"
)
# `1.`, `2)` before the lines of a list, counting up from one.
_ITEM = re.compile(r"^ *(\d{1,2})[.)] +(?=[^\W\d_])", re.MULTILINE)
_DIGITS = re.compile(r"\d+")
_MASK = "*****"  # before the last digits of a telephone number or NRP
# `dua orang`: a number in words, only where it plainly counts people; at the end of a line behind
# `=` or `:`; and one of hundreds, which is no word of anything else.
_SPELLED = re.compile(
    rf"\b(?P<counted>{SPELLED_WORDS}) "
    r"(?:orang|org|pemilih|jiwa|warga|personel|personil|anggota|korban|saksi|linmas)\b"
    rf"|(?<=[=:] )(?P<alone>{SPELLED_WORDS})(?=[ .]*$)"
    rf"|\b(?P<large>{SPELLED_HUNDREDS})\b(?! ?(?:ribu|persen|juta)\b)",
    re.IGNORECASE | re.MULTILINE,
)


def find_digit_runs(text: str) -> Iterator[Span]:
    """Yield each run of digits, except the rest of a masked number."""
    for match in _DIGITS.finditer(text):
        if text[max(0, match.start() - len(_MASK)) : match.start()] != _MASK:
            yield Span(*match.span())


def find_unread_numbers(text: str, read_spans: Iterable[Span]) -> tuple[str, ...]:
    """Return the numbers, as written, that are not fully in spans that were read.

    Numbers of people in words, such as `dua orang`, are among them, behind those in digits.
    """
    spans = _merge_spans([*read_spans, *_find_list_numbers(text)])
    starts = [span.start for span in spans]

    def is_covered(run: Span) -> bool:
        position = bisect_right(starts, run.start) - 1
        return position >= 0 and run.end <= spans[position].end

    unread = [run for run in find_digit_runs(text) if not is_covered(run)]
    numbers: list[str] = []
    index = 0
    for match in _NUMBER.finditer(text):
        unread_inside = 0
        while index < len(unread) and unread[index].start < match.end():
            unread_inside += unread[index].start >= match.start()
            index += 1
        if unread_inside:
            numbers.append(match[0])
    for match in _SPELLED.finditer(text):
        if not is_covered(Span(*match.span(match.lastgroup or 0))):
            numbers.append(match[0])
    return tuple(numbers)


def _find_list_numbers(text: str) -> list[Span]:
    """Return the numbers that only count the lines of a list."""
    items = list(_ITEM.finditer(text))
    if [int(item[1]) for item in items] != list(range(1, len(items) + 1)) or len(items) < 2:
        return []
    return [Span(*item.span(1)) for item in items]


def _merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, with overlapping ones merged."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(Span(*span))
    return merged
