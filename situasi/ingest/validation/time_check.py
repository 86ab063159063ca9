"""When a report happened and when it was reported: one cell or two, and whether it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from situasi.ingest.parsing.cells import Unreadable, is_blank
from situasi.ingest.parsing.datetime_columns import Moments, Moments64, moment64, read_plain_times
from situasi.ingest.parsing.datetimes import TimeRead, combine, read_time
from situasi.ingest.tables import Cell
from situasi.ingest.validation.table_check import Sheet

Cells = tuple[Cell, Cell, Cell]  # whole moment, date, clock

# From the start of a day or a month to the last second it may mean.
_LASTS = {"hari": timedelta(days=1, seconds=-1), "bulan": timedelta(days=31, seconds=-1)}


@dataclass(frozen=True)
class Times:
    """Moments as an array in UTC, NaT where there is none, and how exactly each is known."""

    at: Moments64
    precision: npt.NDArray[np.object_]

    def latest(self) -> Moments64:
        """See by_the_end."""
        ends = self.at.copy()
        for precision, lasts in _LASTS.items():
            ends[self.precision == precision] += np.timedelta64(lasts)
        return ends


def judge_when(sheet: Sheet, *, needed: bool = True, ahead: bool = False) -> None:
    """Fill `occurred_at`, `precision` and `reported_at`. Needs `latihan`.

    needed: a row without a time has a fault. ahead: its time may lie in the future (a plan).
    """
    happened = _happened if needed else _happened_if_said
    times = _read(sheet, ("occurred_at", "date", "clock"), happened)
    told = ("reported_at", "reported_clock")
    reported = _read(sheet, told, _reported) if sheet.headings.has(*told) else _none(sheet)
    sheet.values["occurred_at"] = Moments(times.at)
    sheet.values["precision"] = times.precision.tolist()
    sheet.values["reported_at"] = Moments(reported.latest())
    _plausible(sheet, times, reported, ahead)


def _none(sheet: Sheet) -> Times:
    size = sheet.bench.size
    return Times(np.full(size, np.datetime64("NaT", "us")), np.full(size, None, dtype="object"))


def _read(sheet: Sheet, names: tuple[str, ...], read: Callable[..., Any]) -> Times:
    """A column of moments alone in plain shapes at once; whatever else row by row.

    names: the column of whole moments or dates, then those that may complete it.
    """
    zone = sheet.context.election.zone
    columns = [sheet.cells(name) for name in names]
    alone = not sheet.headings.has(*names[1:])
    at = read_plain_times(columns[0] if alone else [None] * sheet.bench.size, zone)
    precision = np.full(len(at), "menit", dtype="object")
    precision[np.isnat(at)] = None
    rest = np.flatnonzero(np.isnat(at)).tolist()
    keys = [tuple(column[row] for column in columns) for row in rest]
    found = sheet.bench.each(keys, lambda key: read(key, zone), rest, columns=names[:1])
    for row, time in zip(rest, found, strict=True):
        if time:
            at[row], precision[row] = moment64(time.at), time.precision
    return Times(at, precision)


def by_the_end(at: datetime, precision: str) -> datetime:
    """The latest moment that a time known only to the day or month may mean."""
    return at + _LASTS.get(precision, timedelta(0))


def _happened(key: Cells, zone: ZoneInfo) -> tuple[TimeRead, str | None]:
    whole, day, clock = key
    if is_blank(whole) and is_blank(day) and is_blank(clock):
        raise Unreadable("waktu kosong")
    found = _joined(whole, day, clock, zone)
    return found, found.note


def _happened_if_said(key: Cells, zone: ZoneInfo) -> tuple[TimeRead | None, str | None]:
    return (None, None) if all(map(is_blank, key)) else _happened(key, zone)


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


def _plausible(sheet: Sheet, times: Times, reported: Times, ahead: bool) -> None:
    """Refuse the future (an exercise has its own time); doubt a report before the event.

    ahead: what is told may lie in the future, and be told before it happens.
    """
    latest = moment64(sheet.context.latest(sheet.now))
    real = ~np.array(sheet.values["latihan"], dtype="bool")
    for row in np.flatnonzero((times.at > latest) & real & (not ahead)).tolist():
        sheet.bench.fault(row, "waktu di masa depan; periksa tanggal dan jam", "occurred_at")
    for row in np.flatnonzero((reported.at > latest) & real).tolist():
        said = "waktu lapor di masa depan; periksa tanggal dan jam"
        sheet.bench.fault(row, said, "reported_at")
    exact = (times.precision == "menit") & (reported.precision == "menit") & (not ahead)
    for row in np.flatnonzero(exact & (reported.at < times.at)).tolist():
        sheet.bench.doubt(row, "waktu lapor lebih awal dari waktu kejadian")
