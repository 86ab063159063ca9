"""Clocks and days that a message tells."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.parsing.cells import Unreadable
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.parsing.datetimes import read_time

_ZONE = r"(?: ?(?P<zone>wib|wita|wit)\b)?"
_PART = r"(?: ?(?P<part>pagi|siang|sore|malam)\b)?"
_LEAD = r"\b(?:pukul|pkl|pk|jam|jm|pkul)\b[ .:]{0,3}"
_UNTIL = r"(?P<until>\b(?:s ?[./]? ?d\b\.?|sampai(?: dengan)?|hingga|per)[ ]{0,2})?"
_CLOCK = re.compile(
    rf"{_UNTIL}(?:{_LEAD}(?P<h1>[0-9]{{1,2}})(?:[.:](?P<m1>[0-9]{{2}})(?:[.:][0-9]{{2}})?)?(?![0-9])"
    r"|(?<![\w.,:/])(?P<h2>[0-9]{1,2})[.:](?P<m2>[0-9]{2})(?= ?(?:wib|wita|wit)\b)"
    r"|(?:^|(?<=\bs\.d\. )|(?<=\bs/d )|(?<=\bsd )|(?<=\bsampai ))"
    r"(?P<h3>[01][0-9]|2[0-4])[.:](?P<m3>[0-5][0-9])(?![0-9%.:]))"
    rf"{_PART}{_ZONE}",
    re.IGNORECASE | re.MULTILINE,
)
_RANGE = re.compile(
    r" ?(?:-|\u2013|s ?[./]? ?d\.?|sampai|hingga) ?(?:[0-9]{1,2}[.:][0-9]{2}(?![0-9,])|selesai)",
    re.I,
)
_MONTH = "|".join(sorted((m for m in MONTHS if len(m) > 2), key=len, reverse=True))
_DAY = re.compile(
    rf"(?<![\w/.-])[0-9]{{1,2}}(?:[/.-][0-9]{{1,2}}[/.-](?:20[0-9]{{2}}|[0-9]{{2}})"
    rf"| (?:{_MONTH}) 20[0-9]{{2}})(?![\w/-])",
    re.IGNORECASE,
)


class Clock(NamedTuple):
    """A time of day in the text. hours: those it may mean; until: counted up to it.

    whole: with the second clock of a range. digits: where its hour stands.
    """

    span: Span
    hours: tuple[int, ...]
    minute: int
    zone: str
    until: bool
    range: bool
    whole: Span
    digits: int

    def cell(self, hour: int) -> str:
        return f"{hour:02d}.{self.minute:02d}{self.zone}"


class Day(NamedTuple):
    """A date in the text."""

    span: Span
    day: date


def clocks_of(passage: Passage) -> list[Clock]:
    found = []
    for match in _CLOCK.finditer(passage.text):
        hour = int(match["h1"] or match["h2"] or match["h3"])
        written = match["m1"] or match["m2"] or match["m3"]
        minute = int(written or 0)
        hours = _hours(hour, written is not None, (match["part"] or "").lower())
        if hours and minute < 60:
            zone = f" {match['zone'].upper()}" if match["zone"] else ""
            ranged = _RANGE.match(passage.text, match.end())
            until, span = bool(match["until"]), Span(*match.span())
            whole = Span(span.start, ranged.end() if ranged else span.end)
            digits = next(match.start(name) for name in ("h1", "h2", "h3") if match[name])
            found.append(Clock(span, hours, minute, zone, until, bool(ranged), whole, digits))
    return [c for c, before in zip(found, [None, *found], strict=False) if not _ends(c, before)]


def days_of(passage: Passage, zone: ZoneInfo) -> list[Day]:
    found = []
    for match in _DAY.finditer(passage.text):
        try:
            at = read_time(match[0], zone).at.astimezone(zone)
        except Unreadable:
            continue
        found.append(Day(Span(*match.span()), at.date()))
    return found


def _ends(clock: Clock, before: Clock | None) -> bool:
    """Whether this is the second of two clocks that are one range."""
    return before is not None and before.range and clock.span.start - before.span.end <= 20


def _hours(hour: int, exact: bool, part: str) -> tuple[int, ...]:
    """The hours that a written one may mean: `jam 2` is 02.00 or 14.00, `jam 2 siang` 14.00."""
    if hour > 24:
        return ()
    if part and 1 <= hour <= 12:
        later = hour % 12 + 12
        return {
            "pagi": (hour % 12,),
            "siang": (hour if hour in {10, 11, 12} else later,),
            "sore": (later,),
            "malam": (hour % 12,) if hour in {12, 1, 2, 3} else (later,),
        }[part]
    if exact or hour > 12 or hour == 0:
        return (hour,)
    return (hour, hour % 12 + 12)
