"""When what a message tells happened or held: only where its words leave one answer."""

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
    """The clocks and days of a message.

    sent: local time of its header; latest: what that may mean at most. day: of a message
    that tells no date. zone: what a clock of here is called ("WIB").
    """

    passage: Passage
    clocks: Sequence[ClockMention]
    days: Sequence[DayMention]
    sent_at: datetime | None
    latest_time: datetime | None
    default_day: date | None
    zone_label: str

    def fill_event_time(self, draft: RowDraft, span: Span, until: int | None = None) -> None:
        """Put when something happened: a clock told with it, or the only one of the message.

        until: where the next event of the same clause begins. Without a clock it is asked.
        """
        clause, line = self.passage.clause_at(span.start), self.passage.line_at(span.start)
        end = clause.end if until is None else min(until, clause.end)
        tried: tuple[Span, ...] = (Span(span.start, end), clause, line)
        clock = self._single_clock_in(tried, self.clocks) or self._only_clock(
            lambda c: not c.is_until
        )
        if clock is None:
            many = len([c for c in self.clocks if not c.is_until]) > 1
            why = self._format_clock_question(self.clocks) if many else "jam kejadian tidak disebut"
            draft.ask("waktu", why, "", *(c.full_span for c in self.clocks if many))
        else:
            self.fill_from_clock(draft, clock)

    def fill_state_time(self, draft: RowDraft, span: Span, events: Sequence[Span]) -> None:
        """Put as of when a state holds: a clock told with it, the only one, or when it was sent.

        events: what happened at clocks of its own, which say nothing of the state.
        """
        clause = self.passage.clause_at(span.start)
        if _NOW.search(self.passage.excerpt(clause)):
            self._fill_sent_time(draft, self.passage.excerpt(clause))
            return
        own = [self.passage.clause_at(event.start) for event in events]
        free = [c for c in self.clocks if not any(part.contains(c.span.start) for part in own)]
        clock = self._single_clock_in((clause, self.passage.line_at(span.start)), free)
        if clock is None and len(free) > 1:
            draft.ask("waktu", self._format_clock_question(free), "", *(c.full_span for c in free))
        elif clock or free:
            self.fill_from_clock(draft, clock or free[0])
        else:
            self._fill_sent_time(draft, "waktu pesan dikirim")

    def _format_clock_question(self, clocks: Sequence[ClockMention]) -> str:
        told = dict.fromkeys(self.passage.excerpt(clock.full_span) for clock in clocks)
        return f"beberapa jam disebut ({', '.join(told)}): yang mana?"

    def _single_clock_in(
        self, around: Sequence[Span], clocks: Sequence[ClockMention]
    ) -> ClockMention | None:
        for part in around:
            inside = [c for c in clocks if part.contains(c.span.start)]
            if len(inside) == 1:
                return inside[0]
        return None

    def _only_clock(self, predicate: Callable[[ClockMention], bool]) -> ClockMention | None:
        found = [clock for clock in self.clocks if predicate(clock)]
        return found[0] if len(found) == 1 else None

    def _fill_sent_time(self, draft: RowDraft, words: str) -> None:
        if self.sent_at is None:
            draft.ask("waktu", "jam tidak disebut, dan waktu kirim tidak diketahui")
        else:
            draft.fill("waktu", format_time_cell(self.sent_at), words)

    def fill_from_clock(self, draft: RowDraft, clock: ClockMention) -> None:
        """Put what this clock tells, on its day; ask where either is not clear."""
        words = self.passage.excerpt(clock.span)
        day, why = self._choose_day(clock)
        draft.read_spans.append(clock.full_span)
        hours = [
            hour for hour in clock.hours if day is None or self._is_before_sending(day, hour, clock)
        ]
        written = f"{day:%d/%m/%Y} " if day else ""
        if clock.is_range:
            whole = self.passage.excerpt(clock.full_span)
            draft.ask("waktu", f'"{whole}" adalah rentang: tulis satu waktu')
        elif why:
            cell = clock.format_cell(clock.hours[0]) if len(clock.hours) == 1 else ""
            draft.ask("waktu", f'"{words}": {why}', cell, *(d.span for d in self.days))
        elif not hours:
            draft.ask("waktu", f'"{words}" sesudah pesan dikirim: hari apa?')
        elif len(hours) > 1:
            either = " atau ".join(f"{hour:02d}.{clock.minute:02d}" for hour in hours)
            draft.ask("waktu", f'"{words}": {either}?')
        else:
            told = [d.span for d in self.days if d.day == day]
            draft.fill("waktu", written + clock.format_cell(hours[0]), words, *told)

    def _choose_day(self, clock: ClockMention) -> tuple[date | None, str | None]:
        line = self.passage.line_at(clock.span.start)
        for told in ([d for d in self.days if line.contains(d.span.start)], self.days):
            days = {d.day for d in told}
            if len(days) == 1:
                return days.pop(), None
        if self.days:
            named = dict.fromkeys(self.passage.excerpt(d.span) for d in self.days)
            return None, f"beberapa tanggal disebut ({', '.join(named)}): yang mana?"
        day = self.sent_at.date() if self.sent_at else self.default_day
        return day, None if day else "tanggal tidak disebut"

    def _is_before_sending(self, day: date, hour: int, clock: ClockMention) -> bool:
        elsewhere = clock.zone.strip() not in {"", self.zone_label}
        if (
            self.sent_at is None
            or self.latest_time is None
            or day != self.sent_at.date()
            or elsewhere
        ):
            return True
        latest = self.latest_time
        return latest.date() > day or (hour, clock.minute) <= (latest.hour, latest.minute)


def format_time_cell(at: datetime) -> str:
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
    """A time of day in the text. hours: those it may mean; until: counted up to it.

    whole: with the second clock of a range. digits: where its hour stands.
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
        return f"{hour:02d}.{self.minute:02d}{self.zone}"


class DayMention(NamedTuple):
    """A date in the text."""

    span: Span
    day: date


def find_clocks(passage: Passage) -> list[ClockMention]:
    found = []
    for match in _CLOCK.finditer(passage.text):
        hour = int(match["h1"] or match["h2"] or match["h3"])
        written = match["m1"] or match["m2"] or match["m3"]
        minute = int(written or 0)
        hours = _possible_hours(hour, written is not None, (match["part"] or "").lower())
        if hours and minute < 60:
            zone = f" {match['zone'].upper()}" if match["zone"] else ""
            ranged = _RANGE.match(passage.text, match.end())
            until, span = bool(match["until"]), Span(*match.span())
            whole = Span(span.start, ranged.end() if ranged else span.end)
            digits = next(match.start(name) for name in ("h1", "h2", "h3") if match[name])
            found.append(
                ClockMention(span, hours, minute, zone, until, bool(ranged), whole, digits)
            )
    return [
        c for c, before in zip(found, [None, *found], strict=False) if not _ends_range(c, before)
    ]


def find_days(passage: Passage, zone: ZoneInfo) -> list[DayMention]:
    found = []
    for match in _DAY.finditer(passage.text):
        try:
            at = read_time(match[0], zone).moment.astimezone(zone)
        except UnreadableCell:
            continue
        found.append(DayMention(Span(*match.span()), at.date()))
    return found


def _ends_range(clock: ClockMention, before: ClockMention | None) -> bool:
    """Whether this is the second of two clocks that are one range."""
    return before is not None and before.is_range and clock.span.start - before.span.end <= 20


def _possible_hours(hour: int, has_minutes: bool, part: str) -> tuple[int, ...]:
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
    if has_minutes or hour > 12 or hour == 0:
        return (hour,)
    return (hour, hour % 12 + 12)
