"""Finds lists with one count for each TPS: `TPS 1 s.d. 3 hadir 40, 45, 50`, `Miji 1 = 85`."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.messages.counts import count_words as words
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.station_mentions import TpsMention

# The 2 of `masing2` is no count, and an hour is none.
_LEAD = re.compile(
    r"(?:\b(?:jam|jm|pkl|pukul)[ .]{0,2}[0-9]{1,2}(?:[.:][0-9]{2})?(?![0-9])"
    r"|[^0-9\n;]|(?<=[a-z])2(?= )){0,60}",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"[0-9]{1,4}(?:(?: ?[,/&+] ?(?:dan ?)?| dan )[0-9]{1,4}){1,40}(?![\w%]|[.:][0-9])",
    re.IGNORECASE,
)
# `Tj Gelam 1 = 85`: the number of a TPS without its word, and what is counted there.
_PAIR = re.compile(r"(?<![\w.:=-])([0-9]{1,2}) ?[:=] ?[0-9]{1,3}(?![0-9.:])(?: ?(?:orang|org)\b)?")
_TPS_WORD = re.compile(r"\btps\b", re.IGNORECASE)
_MAX_PAIRS = 60
_LONGEST_LIST = 1_000  # characters
_MAX_NAME_WORDS = 4
_DIGITS = re.compile("[0-9]+")


class ListedCount(NamedTuple):
    """A count of a list with its TPS. is_present: the words before say that voters are counted."""

    tps: TpsMention
    digits: Span
    is_present: bool


def find_listed_counts(passage: Passage, stations: Sequence[TpsMention]) -> list[ListedCount]:
    """Return the counts of every list that has exactly one for each of its TPS, in their order."""
    return [count for tps in stations if len(tps.numbers) > 1 for count in _pair(passage, tps)]


def _pair(passage: Passage, tps: TpsMention) -> Iterator[ListedCount]:
    text = passage.text
    lead = _LEAD.match(text, tps.span.end)
    counts = lead and _LIST.match(text, lead.end())
    if not lead or not counts or words.OTHERS.search(lead[0]) or words.PART.search(lead[0]):
        return
    digits = [Span(*match.span()) for match in _DIGITS.finditer(text, *counts.span())]
    is_present = bool(words.HEADS.search(lead[0]) or words.BEHIND.match(text, counts.end()))
    is_present = is_present and not words.ABSENT.search(lead[0])
    is_joined = is_present or lead[0].rstrip().endswith((":", "="))
    is_joined = is_joined or bool(words.FOR_EACH.search(lead[0]))
    if is_joined and len(digits) == len(tps.numbers) and _is_in_order(text, tps):
        for number, span in zip(tps.numbers, digits, strict=True):
            yield ListedCount(TpsMention(tps.span, (number,)), span, is_present)


def _is_in_order(text: str, tps: TpsMention) -> bool:
    """Return whether the TPS are written in the order of their numbers."""
    written = [int(match[0]) for match in _DIGITS.finditer(text, *tps.span)]
    return written == sorted(written)


def find_stations_of_desa(passage: Passage, places: PlaceLookup) -> list[TpsMention]:
    """Return the TPS whose number stands with a count behind or below the name of their desa.

    Nothing where the message names a TPS or counts votes: the numbers may be of candidates.
    """
    text = passage.text
    if _TPS_WORD.search(text) or words.COUNTING.search(text):
        return []
    pairs = list(zip(range(_MAX_PAIRS), _PAIR.finditer(text), strict=False))
    return [
        TpsMention(Span(*pair.span(1)), (f"{int(pair[1]):03d}",))
        for _index, pair in pairs
        if int(pair[1]) and _stands_below_desa(text[: pair.start()], pair[1], places)
    ]


def _stands_below_desa(before: str, number: str, places: PlaceLookup) -> bool:
    """Return whether a text ends with the name of a desa, and pairs behind it.

    `Meranjat 1` is no TPS where there is a Meranjat I.
    """
    for line in reversed(before[-_LONGEST_LIST:].split("\n")):
        names = _PAIR.sub(" ", line).strip(" :=,;.-(").split()[-_MAX_NAME_WORDS:]
        if names:
            known = (" ".join(names[-size:]) for size in range(len(names), 0, -1))
            name = next((name for name in known if places.names_desa(name)), None)
            return name is not None and not places.names_desa(f"{name} {number}")
    return False


class CountHead(NamedTuple):
    """A line without a TPS, above lines that may count people. start: where it begins."""

    start: int
    is_of_voters: bool


def find_count_heads(passage: Passage, stations: Sequence[TpsMention]) -> list[CountHead]:
    """Return the filled lines without a TPS, and whether each speaks of voters who came."""
    starts = sorted(tps.span.start for tps in stations)
    heads = []
    for line in passage.lines:
        text = passage.text[line.start : line.end]
        has_station = bisect_left(starts, line.start) < bisect_left(starts, line.end)
        if text.strip() and not has_station:
            is_other = words.ABSENT.search(text) or words.OTHERS.search(text)
            heads.append(CountHead(line.start, bool(words.HEADS.search(text)) and not is_other))
    return heads


def is_below_voters(heads: Sequence[CountHead], position: int) -> bool:
    """Return whether the nearest head above a position speaks of voters who came."""
    index = bisect_left(heads, (position,))
    return index > 0 and heads[index - 1].is_of_voters
