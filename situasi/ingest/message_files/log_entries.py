"""Logs of a post by radio or telephone: one entry a line, which begins with its hour."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
# `0910 `, `09.10 wib -`, `pukul 09:10 :`, `1) 09.10`; a word follows, and no unit of a count.
_HOUR = re.compile(
    r"[ \t]{0,12}(?:[-*\u2022]|[0-9]{1,3}[.)])?[ \t]{0,4}\(?(?:(?:pukul|pkl|pk|jam)[ .:]{0,2})?"
    r"(?:(?P<hour>[01]?[0-9]|2[0-4])[.:](?P<minute>[0-5][0-9])(?:[.:][0-5][0-9])?"
    r"|(?P<hour4>[01][0-9]|2[0-4])(?P<minute4>[0-5][0-9]))(?![0-9.,:/])"
    r"[ \t]?(?:wib|hrs|lt)?\b\)?[ \t]{0,4}[-:|,>\u2013\u2014]?[ \t]{0,8}(?=[^\W\d_]|[(\"'*\[])"
    r"(?!(?:orang|org|pemilih|pmlh|jiwa|warga|hadir|suara|lembar|s\.?/?d|sampai|hingga)\b)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<![\w/.-])[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:20)?[0-9]{2}(?![\w/-])"
    r"|(?<![\w/.-])[0-9]{1,2} (?:jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|nop|des)[a-z]*"
    r" 20[0-9]{2}",
    re.IGNORECASE,
)
# `Elang 2 :`, `dari Posko 3 -`; one word or two, and mostly a number.
_CALLER = re.compile(
    r"(?:(?:dari|dr|ke|de|from)[ ])?(?P<name>[^\W\d_]{1,12}(?:[ .-][^\W\d_]{1,12})?)"
    r"(?:[ .-]?(?P<number>[0-9]{1,3}))?[ ]?[:>\u2013-][ ]?(?=[^\W\d_(])",
    re.IGNORECASE,
)
_NO_CALLER = frozenset(
    [
        "tps",
        "desa",
        "ds",
        "kec",
        "kel",
        "kelurahan",
        "kecamatan",
        "dusun",
        "info",
        "situasi",
        "kejadian",
    ]
)
_FEWEST_ENTRIES = 2
_ENOUGH = 0.6  # of the lines behind the first entry begin with an hour
_MOST_HEADING_LINES = 6


class LogEntry(NamedTuple):
    """An entry. header, text: together the lines of it. sender: its call sign, never stored.

    day, clock: of the entry; both None for the lines above the first.
    """

    text: str
    header: str
    sender: str | None
    day: str | None
    clock: str | None


def split_log(text: str, place_words: frozenset[str] = frozenset()) -> list[LogEntry] | None:
    """Return the entries of a log, and the lines above them; None where the text is no log.

    A line without an hour belongs to the entry above it. place_words: of no call sign.
    """
    lines = [match[0] for match in _LINE.finditer(text)]
    hours = [_HOUR.match(line) for line in lines]
    first = next((index for index, hour in enumerate(hours) if hour), None)
    if first is None or sum(map(bool, map(str.strip, lines[:first]))) > _MOST_HEADING_LINES:
        return None
    below = [hour for line, hour in zip(lines[first:], hours[first:], strict=True) if line.strip()]
    count = sum(map(bool, below))
    if count < _FEWEST_ENTRIES or count < _ENOUGH * len(below) or not _is_in_order(hours):
        return None
    above = "".join(lines[:first])
    entries = [LogEntry(above, "", None, None, None)] if above.strip() else []
    leading, day = ("" if entries else above), _find_day(above)
    callers = _find_callers(lines, hours, place_words)
    for line, hour in zip(lines[first:], hours[first:], strict=True):
        if hour is None:
            day = _find_day(line) or day
            last = entries[-1]
            entries[-1] = last._replace(text=last.text + line)
        else:
            caller = _CALLER.match(line, hour.end())
            is_caller = caller is not None and caller["name"].lower() in callers
            end = caller.end() if caller and is_caller else hour.end()
            sender = line[hour.end() : end].strip(" :>\u2013-") if is_caller else None
            entries.append(
                LogEntry(line[end:], leading + line[:end], sender, day, _format_clock(hour))
            )
            leading = ""
    return entries


def _format_clock(hour: re.Match[str]) -> str:
    hours, minutes = hour["hour"] or hour["hour4"], hour["minute"] or hour["minute4"]
    return f"{int(hours) % 24:02d}.{minutes}"


def _is_in_order(hours: Sequence[re.Match[str] | None]) -> bool:
    """Return whether the hours of most entries follow one another, up or down: a log is kept so."""
    clocks = [_format_clock(hour) for hour in hours if hour]
    pairs = list(pairwise(clocks))
    rising = sum(first <= second for first, second in pairs)
    falling = sum(first >= second for first, second in pairs)
    return max(rising, falling) >= _ENOUGH * len(pairs)


def _find_day(text: str) -> str | None:
    """Return the only date of these lines, as written."""
    days = {match[0] for match in _DAY.finditer(text)}
    return days.pop().replace("-", "/").replace(".", "/") if len(days) == 1 else None


def _find_callers(
    lines: Sequence[str], hours: Sequence[re.Match[str] | None], place_words: frozenset[str]
) -> frozenset[str]:
    """Return the names of call signs: with a number, or more than once; and of no place.

    One that is a word of a place too begins most entries, and the place is named behind it.
    """
    behind: dict[str, list[str]] = {}
    weights: dict[str, int] = {}
    entries = [(line, hour) for line, hour in zip(lines, hours, strict=True) if hour]
    for line, hour in entries:
        if caller := _CALLER.match(line, hour.end()):
            name = caller["name"].lower()
            behind.setdefault(name, []).append(line[caller.end() :])
            weights[name] = weights.get(name, 0) + (2 if caller["number"] else 1)

    def is_caller(name: str) -> bool:
        words = re.split(r"[ .-]", name)
        texts = behind[name]
        if not _NO_CALLER.isdisjoint(words) or weights[name] < 2:
            return False
        if place_words.isdisjoint(words):
            return True
        is_of_most = len(texts) >= max(_FEWEST_ENTRIES, _ENOUGH * len(entries))
        return is_of_most and any(re.search(r"\btps\b", text, re.IGNORECASE) for text in texts)

    return frozenset(filter(is_caller, behind)) if place_words else frozenset()
