"""When a report happened and when it was reported: one cell or two, and whether it can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from situasi.feeds.common import Sheet
from situasi.feeds.table import Cell
from situasi.feeds.values.base import Unreadable, is_blank
from situasi.feeds.values.times import TimeRead, combine, read_time

Cells = tuple[Cell, Cell, Cell]  # whole moment, date, clock


def judge_when(sheet: Sheet) -> None:
    """Fill `occurred_at`, `precision` and `reported_at`. Needs `latihan`."""
    zone = sheet.context.election.zone
    whole = sheet.cells("occurred_at")
    if sheet.headings.has("date", "clock"):
        keys = zip(whole, sheet.cells("date"), sheet.cells("clock"), strict=True)
        times = sheet.bench.each(list(keys), lambda key: _happened(key, zone))
    else:
        times = sheet.bench.each(whole, lambda cell: _happened((cell, None, None), zone))
    told = zip(sheet.cells("reported_at"), sheet.cells("reported_clock"), strict=True)
    reported = sheet.bench.each(list(told), lambda key: _reported(key, zone))
    sheet.values["occurred_at"] = [t.at if t else None for t in times]
    sheet.values["precision"] = [t.precision if t else None for t in times]
    sheet.values["reported_at"] = [by_the_end(t.at, t.precision) if t else None for t in reported]
    _plausible(sheet, times, reported)


def by_the_end(at: datetime, precision: str) -> datetime:
    """The latest moment that a time known only to the day or month may mean."""
    if precision == "menit":
        return at
    days = 1 if precision == "hari" else 31
    return at + timedelta(days=days, seconds=-1)


def _happened(key: Cells, zone: ZoneInfo) -> tuple[TimeRead, str | None]:
    whole, day, clock = key
    if is_blank(whole) and is_blank(day) and is_blank(clock):
        raise Unreadable("waktu kosong")
    found = _joined(whole, day, clock, zone)
    return found, found.note


def _joined(whole: Cell, day: Cell, clock: Cell, zone: ZoneInfo) -> TimeRead:
    if is_blank(day) and is_blank(whole):
        # A column headed "time" may hold the whole moment.
        try:
            return read_time(clock, zone)
        except Unreadable as error:
            raise Unreadable("jam tanpa tanggal") from error
    if is_blank(day):
        return read_time(whole, zone) if is_blank(clock) else combine(whole, clock, zone)
    if not is_blank(clock):
        return combine(day, clock, zone)
    if is_blank(whole):
        return read_time(day, zone)
    # Headings "tanggal" and "waktu": the second is often the clock alone.
    try:
        return combine(day, whole, zone)
    except Unreadable:
        return read_time(whole, zone)


def _reported(key: tuple[Cell, Cell], zone: ZoneInfo) -> tuple[TimeRead | None, str | None]:
    day, clock = key
    if is_blank(day):
        return None, None if is_blank(clock) else "jam lapor tanpa tanggal diabaikan"
    return (read_time(day, zone) if is_blank(clock) else combine(day, clock, zone)), None


def _plausible(
    sheet: Sheet, times: Sequence[TimeRead | None], reported: Sequence[TimeRead | None]
) -> None:
    """Refuse the future (an exercise has its own time); doubt a report before the event."""
    latest = sheet.context.latest(sheet.now)
    rehearsal = sheet.values["latihan"]
    for row, (time, report) in enumerate(zip(times, reported, strict=True)):
        if time and time.at > latest and not rehearsal[row]:
            sheet.bench.fault(row, "waktu di masa depan; periksa tanggal dan jam")
        if report and report.at > latest and not rehearsal[row]:
            sheet.bench.fault(row, "waktu lapor di masa depan; periksa tanggal dan jam")
        both_exact = time and report and time.precision == report.precision == "menit"
        if both_exact and report.at < time.at:  # type: ignore[union-attr]
            sheet.bench.doubt(row, "waktu lapor lebih awal dari waktu kejadian")
