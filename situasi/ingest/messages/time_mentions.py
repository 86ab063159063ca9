"""When what a message tells happened or held: only where its words leave one answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.proposal import Draft
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.parsing.datetimes import read_time

_NOW = re.compile(r"\b(?:saat ini|sementara|sekarang|hingga kini)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Timing:
    """The clocks and days of a message.

    sent: local time of its header; latest: what that may mean at most. day: of a message
    that tells no date. zone: what a clock of here is called ("WIB").
    """

    passage: Passage
    clocks: Sequence[Clock]
    days: Sequence[Day]
    sent: datetime | None
    latest: datetime | None
    day: date | None
    zone: str

    def event(self, draft: Draft, span: Span, until: int | None = None) -> None:
        """Put when something happened: a clock told with it, or the only one of the message.

        until: where the next event of the same clause begins. Without a clock it is asked.
        """
        clause, line = self.passage.clause(span.start), self.passage.line(span.start)
        end = clause.end if until is None else min(until, clause.end)
        tried: tuple[Span, ...] = (Span(span.start, end), clause, line)
        clock = self._told(tried, self.clocks) or self._only(lambda c: not c.until)
        if clock is None:
            many = len([c for c in self.clocks if not c.until]) > 1
            why = self._several(self.clocks) if many else "jam kejadian tidak disebut"
            draft.ask("waktu", why, "", *(c.whole for c in self.clocks if many))
        else:
            self.at(draft, clock)

    def state(self, draft: Draft, span: Span, events: Sequence[Span]) -> None:
        """Put as of when a state holds: a clock told with it, the only one, or when it was sent.

        events: what happened at clocks of its own, which say nothing of the state.
        """
        clause = self.passage.clause(span.start)
        if _NOW.search(self.passage.words(clause)):
            self._as_sent(draft, self.passage.words(clause))
            return
        own = [self.passage.clause(event.start) for event in events]
        free = [c for c in self.clocks if not any(part.holds(c.span.start) for part in own)]
        clock = self._told((clause, self.passage.line(span.start)), free)
        if clock is None and len(free) > 1:
            draft.ask("waktu", self._several(free), "", *(c.whole for c in free))
        elif clock or free:
            self.at(draft, clock or free[0])
        else:
            self._as_sent(draft, "waktu pesan dikirim")

    def _several(self, clocks: Sequence[Clock]) -> str:
        told = dict.fromkeys(self.passage.words(clock.whole) for clock in clocks)
        return f"beberapa jam disebut ({', '.join(told)}): yang mana?"

    def _told(self, around: Sequence[Span], clocks: Sequence[Clock]) -> Clock | None:
        for part in around:
            inside = [c for c in clocks if part.holds(c.span.start)]
            if len(inside) == 1:
                return inside[0]
        return None

    def _only(self, fitting: Callable[[Clock], bool]) -> Clock | None:
        found = [clock for clock in self.clocks if fitting(clock)]
        return found[0] if len(found) == 1 else None

    def _as_sent(self, draft: Draft, words: str) -> None:
        if self.sent is None:
            draft.ask("waktu", "jam tidak disebut, dan waktu kirim tidak diketahui")
        else:
            draft.put("waktu", moment(self.sent), words)

    def at(self, draft: Draft, clock: Clock) -> None:
        """Put what this clock tells, on its day; ask where either is not clear."""
        words = self.passage.words(clock.span)
        day, why = self._day_of(clock)
        draft.read.append(clock.whole)
        hours = [hour for hour in clock.hours if day is None or self._by_then(day, hour, clock)]
        written = f"{day:%d/%m/%Y} " if day else ""
        if clock.range:
            whole = self.passage.words(clock.whole)
            draft.ask("waktu", f'"{whole}" adalah rentang: tulis satu waktu')
        elif why:
            cell = clock.cell(clock.hours[0]) if len(clock.hours) == 1 else ""
            draft.ask("waktu", f'"{words}": {why}', cell, *(d.span for d in self.days))
        elif not hours:
            draft.ask("waktu", f'"{words}" sesudah pesan dikirim: hari apa?')
        elif len(hours) > 1:
            either = " atau ".join(f"{hour:02d}.{clock.minute:02d}" for hour in hours)
            draft.ask("waktu", f'"{words}": {either}?')
        else:
            told = [d.span for d in self.days if d.day == day]
            draft.put("waktu", written + clock.cell(hours[0]), words, *told)

    def _day_of(self, clock: Clock) -> tuple[date | None, str | None]:
        line = self.passage.line(clock.span.start)
        for told in ([d for d in self.days if line.holds(d.span.start)], self.days):
            days = {d.day for d in told}
            if len(days) == 1:
                return days.pop(), None
        if self.days:
            named = dict.fromkeys(self.passage.words(d.span) for d in self.days)
            return None, f"beberapa tanggal disebut ({', '.join(named)}): yang mana?"
        day = self.sent.date() if self.sent else self.day
        return day, None if day else "tanggal tidak disebut"

    def _by_then(self, day: date, hour: int, clock: Clock) -> bool:
        elsewhere = clock.zone.strip() not in {"", self.zone}
        if self.sent is None or self.latest is None or day != self.sent.date() or elsewhere:
            return True
        latest = self.latest
        return latest.date() > day or (hour, clock.minute) <= (latest.hour, latest.minute)


def moment(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H.%M}" + (f".{at:%S}" if at.second else "")


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
            at = read_time(match[0], zone).moment.astimezone(zone)
        except UnreadableCell:
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
