"""Finds the time of an event or state in a message, where its words have one meaning only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.proposal import RowDraft
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.parsing.datetimes import read_time

_NOW = re.compile(r"\b(?:saat ini|sementara|sekarang|hingga kini)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Timing:
    """The clock times and dates of a message.

    sent_at: local time of its header; latest_time: the latest time that the message can be about.
    default_day: for messages that name no date. zone_label: the local zone of clock times ("WIB").
    """

    passage: Passage
    clocks: Sequence[ClockMention]
    days: Sequence[DayMention]
    sent_at: datetime | None
    latest_time: datetime | None
    default_day: date | None
    zone_label: str

    def fill_event_time(self, draft: RowDraft, span: Span, until: int | None = None) -> None:
        """Fill in when an event happened: a clock time with it, or the only one of the message.

        until: where the next event of the same clause begins. Without a clock time it is asked.
        """
        clause, line = self.passage.clause_at(span.start), self.passage.line_at(span.start)
        end = clause.end if until is None else min(until, clause.end)
        search_spans: tuple[Span, ...] = (Span(span.start, end), clause, line)
        clock = self._single_clock_in(search_spans, self.clocks) or self._only_clock(
            lambda clock: not clock.is_until
        )
        if clock is None:
            many = len([clock for clock in self.clocks if not clock.is_until]) > 1
            why = self._format_clock_question(self.clocks) if many else "jam kejadian tidak disebut"
            draft.ask("waktu", why, "", *(clock.full_span for clock in self.clocks if many))
        else:
            self.fill_from_clock(draft, clock)

    def fill_state_time(self, draft: RowDraft, span: Span, events: Sequence[Span]) -> None:
        """Fill in when a state holds: a clock time with it, the only one, or the sent time.

        events: what happened at clock times of its own, which say nothing of the state.
        """
        clause = self.passage.clause_at(span.start)
        if _NOW.search(self.passage.excerpt(clause)):
            self._fill_sent_time(draft, self.passage.excerpt(clause))
            return
        parts = [self.passage.clause_at(event.start) for event in events]
        free = [c for c in self.clocks if not any(part.contains(c.span.start) for part in parts)]
        clock = self._single_clock_in((clause, self.passage.line_at(span.start)), free)
        if clock is None and len(free) > 1:
            draft.ask("waktu", self._format_clock_question(free), "", *(c.full_span for c in free))
        elif clock or free:
            self.fill_from_clock(draft, clock or free[0])
        else:
            self._fill_sent_time(draft, "waktu pesan dikirim")

    def _format_clock_question(self, clocks: Sequence[ClockMention]) -> str:
        excerpts = dict.fromkeys(self.passage.excerpt(clock.full_span) for clock in clocks)
        return f"beberapa jam disebut ({', '.join(excerpts)}): yang mana?"

    def _single_clock_in(
        self, search_spans: Sequence[Span], clocks: Sequence[ClockMention]
    ) -> ClockMention | None:
        for search_span in search_spans:
            inside = [clock for clock in clocks if search_span.contains(clock.span.start)]
            if len(inside) == 1:
                return inside[0]
        return None

    def _only_clock(self, predicate: Callable[[ClockMention], bool]) -> ClockMention | None:
        matches = [clock for clock in self.clocks if predicate(clock)]
        return matches[0] if len(matches) == 1 else None

    def _fill_sent_time(self, draft: RowDraft, words: str) -> None:
        if self.sent_at is None:
            draft.ask("waktu", "jam tidak disebut, dan waktu kirim tidak diketahui")
        else:
            draft.fill("waktu", format_time_cell(self.sent_at), words)

    def fill_from_clock(self, draft: RowDraft, clock: ClockMention) -> None:
        """Fill in the time of this clock, on its day; ask where either is not clear."""
        words = self.passage.excerpt(clock.span)
        day, question = self._choose_day(clock)
        draft.read_spans.append(clock.full_span)
        hours = [
            hour for hour in clock.hours if day is None or self._is_before_sending(day, hour, clock)
        ]
        day_text = f"{day:%d/%m/%Y} " if day else ""
        if clock.is_range:
            excerpt = self.passage.excerpt(clock.full_span)
            draft.ask("waktu", f'"{excerpt}" adalah rentang: tulis satu waktu')
        elif question:
            cell = clock.format_cell(clock.hours[0]) if len(clock.hours) == 1 else ""
            draft.ask("waktu", f'"{words}": {question}', cell, *(d.span for d in self.days))
        elif not hours:
            draft.ask("waktu", f'"{words}" sesudah pesan dikirim: hari apa?')
        elif len(hours) > 1:
            options = " atau ".join(f"{hour:02d}.{clock.minute:02d}" for hour in hours)
            draft.ask("waktu", f'"{words}": {options}?')
        else:
            day_spans = [d.span for d in self.days if d.day == day]
            draft.fill("waktu", day_text + clock.format_cell(hours[0]), words, *day_spans)

    def _choose_day(self, clock: ClockMention) -> tuple[date | None, str | None]:
        line = self.passage.line_at(clock.span.start)
        for mentions in ([d for d in self.days if line.contains(d.span.start)], self.days):
            days = {d.day for d in mentions}
            if len(days) == 1:
                return days.pop(), None
        if self.days:
            excerpts = dict.fromkeys(self.passage.excerpt(d.span) for d in self.days)
            return None, f"beberapa tanggal disebut ({', '.join(excerpts)}): yang mana?"
        day = self.sent_at.date() if self.sent_at else self.default_day
        return day, None if day else "tanggal tidak disebut"

    def _is_before_sending(self, day: date, hour: int, clock: ClockMention) -> bool:
        is_other_zone = clock.zone.strip() not in {"", self.zone_label}
        if (
            self.sent_at is None
            or self.latest_time is None
            or day != self.sent_at.date()
            or is_other_zone
        ):
            return True
        latest = self.latest_time
        return latest.date() > day or (hour, clock.minute) <= (latest.hour, latest.minute)


def format_time_cell(at: datetime) -> str:
    """Return a time as the cell of a row."""
    return f"{at:%d/%m/%Y %H.%M}" + (f".{at:%S}" if at.second else "")


_ZONE = r"(?: ?(?P<zone>wib|wita|wit)\b)?"
_PART = r"(?: ?(?P<part>pagi|siang|sore|malam)\b)?"
_CLOCK_PREFIX = r"\b(?:pukul|pkl|pk|jam|jm|pkul)\b[ .:]{0,3}"
_UNTIL = r"(?P<until>\b(?:s ?[./]? ?d\b\.?|sampai(?: dengan)?|hingga|per)[ ]{0,2})?"
_CLOCK = re.compile(
    rf"{_UNTIL}(?:{_CLOCK_PREFIX}(?P<h1>[0-9]{{1,2}})(?:[.:](?P<m1>[0-9]{{2}})(?:[.:][0-9]{{2}})?)?(?![0-9])"
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


class ClockMention(NamedTuple):
    """A time of day in the text. hours: the possible ones; is_until: counted up to this time.

    full_span: with the second clock time of a range. hour_position: where its hour is.
    """

    span: Span
    hours: tuple[int, ...]
    minute: int
    zone: str
    is_until: bool
    is_range: bool
    full_span: Span
    hour_position: int

    def format_cell(self, hour: int) -> str:
        """Return the time with this hour as a cell."""
        return f"{hour:02d}.{self.minute:02d}{self.zone}"


class DayMention(NamedTuple):
    """A date in the text."""

    span: Span
    day: date


def find_clocks(passage: Passage) -> list[ClockMention]:
    """Return the clock times of the text, a range as one."""
    clocks = []
    for match in _CLOCK.finditer(passage.text):
        hour = int(match["h1"] or match["h2"] or match["h3"])
        minute_text = match["m1"] or match["m2"] or match["m3"]
        minute = int(minute_text or 0)
        hours = _possible_hours(hour, minute_text is not None, (match["part"] or "").lower())
        if hours and minute < 60:
            zone = f" {match['zone'].upper()}" if match["zone"] else ""
            tail = _RANGE.match(passage.text, match.end())
            until, span = bool(match["until"]), Span(*match.span())
            full = Span(span.start, tail.end() if tail else span.end)
            position = next(match.start(name) for name in ("h1", "h2", "h3") if match[name])
            clocks.append(
                ClockMention(span, hours, minute, zone, until, bool(tail), full, position)
            )
    return [
        clock
        for clock, previous in zip(clocks, [None, *clocks], strict=False)
        if not _ends_range(clock, previous)
    ]


def find_days(passage: Passage, zone: ZoneInfo) -> list[DayMention]:
    """Return the dates of the text."""
    days = []
    for match in _DAY.finditer(passage.text):
        try:
            at = read_time(match[0], zone).moment.astimezone(zone)
        except UnreadableCell:
            continue
        days.append(DayMention(Span(*match.span()), at.date()))
    return days


def _ends_range(clock: ClockMention, previous: ClockMention | None) -> bool:
    """Return whether this is the second of two clock times of a range."""
    return previous is not None and previous.is_range and clock.span.start - previous.span.end <= 20


def _possible_hours(hour: int, has_minutes: bool, part: str) -> tuple[int, ...]:
    """Return the hours meant: 02.00 or 14.00 for `jam 2`, 14.00 for `jam 2 siang`."""
    if hour > 24:
        return ()
    if part and 1 <= hour <= 12:
        afternoon = hour % 12 + 12
        return {
            "pagi": (hour % 12,),
            "siang": (hour if hour in {10, 11, 12} else afternoon,),
            "sore": (afternoon,),
            "malam": (hour % 12,) if hour in {12, 1, 2, 3} else (afternoon,),
        }[part]
    if has_minutes or hour > 12 or hour == 0:
        return (hour,)
    return (hour, hour % 12 + 12)
