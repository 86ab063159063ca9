"""Finds the time of an event or state in a message, where its words have one meaning only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from situasi.domain.election import Election
from situasi.domain.labels import N_
from situasi.ingest.messages.clock_mentions import ClockMention
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.proposal import (
    LOGGED_TIME_WORDS,
    ONLY_SENT_TIME,
    SENT_TIME_WORDS,
    RowDraft,
)
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.parsing.datetimes import read_time
from situasi.ingest.parsing.phase_days import find_usual_hours

_NOW = re.compile(r"\b(?:saat ini|sementara|sekarang|hingga kini)\b", re.IGNORECASE)

# Before a clock time in a clause of its own: it is of something else that begins.
_OTHER_EVENT = re.compile(
    r"\b(?:mulai|dimulai|lanjut|dilanjutkan|penghitungan|rencana|target)\b", re.I
)
# A line that heads a report, whose hour is that of the lines below it; and one that tells of
# something else.
_HEAD = re.compile(
    r"\b(?:laporan|lap|lapsit|update|data|perkembangan|pemilih|hadir|kehadiran|partisipasi|rekap\w*"
    r"|posisi|situasi|pantauan|per|tanggal|tgl|hari|waktu|jam|pukul)\b",
    re.IGNORECASE,
)
_NO_HEAD = re.compile(
    r"\btps\b|\b(?:di)?(?:buka|tutup|mulai|apel|rapat|rencana|target|perkiraan|lanjut)\w*\b", re.I
)
# Since then something holds, which says nothing of when it was seen or counted.
_SINCE = re.compile(r"\b(?:sejak|semenjak|mulai|dari|dr) *\Z", re.IGNORECASE)
# Days named by their distance: the date is asked.
_OTHER_DAY = re.compile(
    r"\b(?:kemarin|kemaren|kmrn|semalam|smlm|(?:tadi|td) (?:malam|mlm)|malam tadi|besok|bsk"
    r"|lusa)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Timing:
    """The clock times and dates of a message.

    sent_at: local time of its header; latest_time: the latest time that the message can be about.
    default_day: for messages that name no date. is_logged: the header tells when it happened, not
    when it was written.
    """

    passage: Passage
    clocks: Sequence[ClockMention]
    days: Sequence[DayMention]
    sent_at: datetime | None
    latest_time: datetime | None
    default_day: date | None
    election: Election
    is_logged: bool = False

    def fill_event_time(self, draft: RowDraft, span: Span, until: int | None = None) -> None:
        """Fill in when an event happened: a clock time with it, or the only one of the message.

        until: where the next event of the same clause begins. Without a clock time it is asked.
        """
        clause, line = self.passage.clause_at(span.start), self.passage.line_at(span.start)
        end = clause.end if until is None else min(until, clause.end)
        search_spans: tuple[Span, ...] = (Span(span.start, end), clause)
        clock = self._single_clock_in(search_spans, self.clocks)
        if clock is None:
            free = [clock for clock in self.clocks if not self._is_of_other_event(clock)]
            spans = (line, self.passage.sentence_at(span.start))
            clock = self._single_clock_in(spans, free) or _only_event_clock(free)
        if clock is None:
            self._ask_event_time(draft)
        else:
            self.fill_from_clock(draft, clock)

    def _ask_event_time(self, draft: RowDraft) -> None:
        """Ask when an event happened, and say whether the hour of the message may stand for it."""
        if self.is_logged and self.sent_at is not None and not self.clocks:
            self._fill_sent_time(draft, SENT_TIME_WORDS)
        elif len([clock for clock in self.clocks if not clock.is_until]) > 1:
            spans = (clock.full_span for clock in self.clocks)
            draft.ask("waktu", self._format_clock_question(self.clocks), "", *spans)
        elif self.sent_at is None or self.clocks or self._names_other_day(self.sent_at.date()):
            draft.ask("waktu", N_("jam kejadian tidak disebut"))
        else:
            draft.ask("waktu", ONLY_SENT_TIME)

    def _names_other_day(self, sent_on: date) -> bool:
        if any(mention.day != sent_on for mention in self.days):
            return True
        return not self.days and _OTHER_DAY.search(self.passage.text) is not None

    def fill_state_time(
        self, draft: RowDraft, span: Span, events: Sequence[Span], *, may_be_since: bool = False
    ) -> None:
        """Fill in when a state holds: a clock time with it, the only one, or the sent time.

        events: what happened at clock times of its own, which say nothing of the state.
        may_be_since: whether the time from which it holds will do.
        """
        clause = self.passage.clause_at(span.start)
        if _NOW.search(self.passage.excerpt(clause)):
            self._fill_sent_time(draft, self.passage.excerpt(clause))
            return
        parts = [self.passage.clause_at(event.start) for event in events]
        free = [
            clock
            for clock in self.clocks
            if not any(part.contains(clock.span.start) for part in parts)
            and (clause.contains(clock.span.start) or not self._is_of_other_event(clock))
            and (may_be_since or clock.is_range or not self._is_since(clock))
        ]
        clock = self._single_clock_in((clause, self.passage.line_at(span.start)), free)
        if clock is None and len(free) > 1:
            clock = self._find_head_clock(span, free)
        if clock is None and len(free) > 1:
            draft.ask("waktu", self._format_clock_question(free), "", *(c.full_span for c in free))
        elif clock or free:
            self.fill_from_clock(draft, clock or free[0])
        else:
            self._fill_sent_time(draft, SENT_TIME_WORDS)

    def _find_head_clock(self, span: Span, clocks: Sequence[ClockMention]) -> ClockMention | None:
        """Return the hour of the nearest line above that heads a report and names only one.

        A line between that tells something else at an hour of its own leaves it open.
        """
        line = self.passage.line_at(span.start)
        if any(line.contains(clock.span.start) for clock in clocks):
            return None
        above = [clock for clock in clocks if clock.span.start < line.start]
        if not above:
            return None
        head = self.passage.line_at(above[-1].span.start)
        text = self.passage.text[slice(*head)]
        inside = [clock for clock in above if head.contains(clock.span.start)]
        without = text.replace(self.passage.text[slice(*inside[0].full_span)], " ")
        is_head = (
            inside[0].is_until
            or bool(_HEAD.search(without))
            or any(head.contains(day.span.start) for day in self.days)
            or not re.search(r"[^\W_]", without)
        )
        if len(inside) > 1 or inside[0].is_range or not is_head or _NO_HEAD.search(without):
            return None
        return inside[0]

    def _format_clock_question(self, clocks: Sequence[ClockMention]) -> str:
        excerpts = dict.fromkeys(self.passage.excerpt(clock.full_span) for clock in clocks)
        return N_("beberapa jam disebut ({names}): yang mana?").format(names=", ".join(excerpts))

    def _single_clock_in(
        self, search_spans: Sequence[Span], clocks: Sequence[ClockMention]
    ) -> ClockMention | None:
        for search_span in search_spans:
            inside = [clock for clock in clocks if search_span.contains(clock.span.start)]
            if len(inside) == 1:
                return inside[0]
        return None

    def _is_of_other_event(self, clock: ClockMention) -> bool:
        """Return whether the clause of a time says that something else began then."""
        clause = self.passage.clause_at(clock.span.start)
        return bool(_OTHER_EVENT.search(self.passage.text, clause.start, clock.span.start))

    def _is_since(self, clock: ClockMention) -> bool:
        start = clock.span.start
        return bool(_SINCE.search(self.passage.text[max(0, start - 12) : start]))

    def _fill_sent_time(self, draft: RowDraft, words: str) -> None:
        """Fill in the sent time, unless the message names another day."""
        day_spans = [mention.span for mention in self.days]
        if self.sent_at is None:
            draft.ask("waktu", N_("jam tidak disebut, dan waktu kirim tidak diketahui"))
        elif any(mention.day != self.sent_at.date() for mention in self.days):
            excerpts = ", ".join(dict.fromkeys(map(self.passage.excerpt, day_spans)))
            text = N_('tanggal "{words}" tanpa jam: pukul berapa?').format(words=excerpts)
            draft.ask("waktu", text, "", *day_spans)
        elif not self.days and (other := _OTHER_DAY.search(self.passage.text)):
            draft.ask("waktu", N_('"{words}": tanggal dan jam berapa?').format(words=other[0]))
        else:
            is_entry = self.is_logged and words == SENT_TIME_WORDS
            words = LOGGED_TIME_WORDS if is_entry else words
            draft.fill("waktu", format_time_cell(self.sent_at), words, *day_spans)

    def fill_from_clock(self, draft: RowDraft, clock: ClockMention) -> None:
        """Fill in the time of this clock, on its day; ask where either is not clear."""
        words = self.passage.excerpt(clock.span)
        day, question = self._choose_day(clock)
        draft.read_spans.append(clock.full_span)
        hours = [
            hour for hour in clock.hours if day is None or self._is_before_sending(day, hour, clock)
        ]
        if len(hours) > 1 and day == self.election.day:
            usual = find_usual_hours(draft.told, self.election)
            hours = [hour for hour in hours if hour in usual] or hours
        day_text = f"{day:%d/%m/%Y} " if day else ""
        if clock.is_range:
            excerpt = self.passage.excerpt(clock.full_span)
            draft.ask(
                "waktu", N_('"{words}" adalah rentang: tulis satu waktu').format(words=excerpt)
            )
        elif question:
            cell = clock.format_cell(clock.hours[0]) if len(clock.hours) == 1 else ""
            text = N_('"{words}": {reason}').format(words=words, reason=question)
            draft.ask("waktu", text, cell, *(d.span for d in self.days))
        elif not hours:
            draft.ask("waktu", N_('"{words}" sesudah pesan dikirim: hari apa?').format(words=words))
        elif len(hours) > 1:
            text = N_('"{words}": {one} atau {other}?')
            one, other = (f"{hour:02d}.{clock.minute:02d}" for hour in (hours[0], hours[-1]))
            draft.ask("waktu", text.format(words=words, one=one, other=other))
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
            text = N_("beberapa tanggal disebut ({names}): yang mana?")
            return None, text.format(names=", ".join(excerpts))
        if other := _OTHER_DAY.search(self.passage.text):
            return None, N_('"{words}": tanggal berapa?').format(words=other[0])
        day = self.sent_at.date() if self.sent_at else self.default_day
        return day, None if day else N_("tanggal tidak disebut")

    def _is_before_sending(self, day: date, hour: int, clock: ClockMention) -> bool:
        is_other_zone = clock.zone.strip() not in {"", self.election.zone_label}
        if (
            self.sent_at is None
            or self.latest_time is None
            or day != self.sent_at.date()
            or is_other_zone
        ):
            return True
        latest = self.latest_time
        return latest.date() > day or (hour, clock.minute) <= (latest.hour, latest.minute)


def _only_event_clock(clocks: Sequence[ClockMention]) -> ClockMention | None:
    """Return the only time that is not one up to which something was counted."""
    matches = [clock for clock in clocks if not clock.is_until]
    return matches[0] if len(matches) == 1 else None


def format_time_cell(at: datetime) -> str:
    """Return a time as the cell of a row."""
    return f"{at:%d/%m/%Y %H.%M}" + (f".{at:%S}" if at.second else "")


_MONTH = "|".join(sorted((m for m in MONTHS if len(m) > 2), key=len, reverse=True))
_DAY = re.compile(
    rf"(?<![\w/.-])[0-9]{{1,2}}(?:[/.-][0-9]{{1,2}}[/.-](?:20[0-9]{{2}}|[0-9]{{2}})"
    rf"| (?:{_MONTH}) 20[0-9]{{2}})(?![\w/-]|\.[0-9])",
    re.IGNORECASE,
)
# `26 Nov`, `tgl 26/11`, `tgl 26`: a day without its year. `3 des` may be a desa.
_DAY_WITHOUT_YEAR = re.compile(
    rf"(?:\b(?P<mark>tgl|tanggal)[ .:]{{1,3}}|(?<![\w/.,:-])(?<!tps ))(?P<day>[0-9]{{1,2}})"
    rf"(?: (?P<name>{_MONTH})|(?P<separator>[/-])(?P<number>[0-9]{{1,2}}))?"
    r"(?![\w/-]|[.,][0-9]| ?(?:s ?[./]? ?d\b|:))(?: (?P<year>(?:20)?[0-9]{2})(?![\w.:,/-]))?",
    re.IGNORECASE,
)
# A report is of no day further from that on which it was sent: `16.10.04` is a code, not 2004.
_MAX_DISTANCE = timedelta(days=366)
_LIKE_DESA = "des"


class DayMention(NamedTuple):
    """A date in the text."""

    span: Span
    day: date


def find_days(passage: Passage, zone: ZoneInfo, near: date | None) -> list[DayMention]:
    """Return the dates of the text, within a year of `near` where that is given.

    near: also gives the year, or month and year, that a date does not say.
    """
    days = []
    for match in _DAY.finditer(passage.text):
        try:
            at = read_time(match[0], zone).moment.astimezone(zone)
        except UnreadableCell:
            continue
        if near is None or abs(at.date() - near) <= _MAX_DISTANCE:
            days.append(DayMention(Span(*match.span()), at.date()))
    if near is not None:
        days += _find_days_without_year(passage, near, [mention.span for mention in days])
    return sorted(days)


def _find_days_without_year(
    passage: Passage, near: date, known: Sequence[Span]
) -> Iterator[DayMention]:
    for match in _DAY_WITHOUT_YEAR.finditer(passage.text):
        start, name = match.start("day"), (match["name"] or "").lower()
        is_marked = match["mark"] is not None
        if any(span.contains(start) for span in known):
            continue
        if not is_marked and (not name or name == _LIKE_DESA):
            continue
        month = MONTHS[name] if name else int(match["number"] or 0)
        if day := _nearest_day(near, int(match["day"]), month):
            has_year = match["year"] is not None and int(match["year"]) % 100 == day.year % 100
            parts = ("day", "name", "number", *(["year"] if has_year else []))
            end = max(match.end(part) for part in parts)
            yield DayMention(Span(start, end), day)


def _nearest_day(near: date, day: int, month: int) -> date | None:
    """Return the nearest date with this day and month; month 0: of any month."""
    found = []
    for distance in range(-12, 13):
        months = near.year * 12 + near.month - 1 + distance
        with suppress(ValueError):  # 31 November
            found.append(date(months // 12, months % 12 + 1, day))
    return min(
        (at for at in found if month in {0, at.month}), key=lambda at: abs(at - near), default=None
    )
