"""Check of when a report happened and when it was reported: one or two cells, and plausibility."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.datetime_columns import (
    DatetimeArray,
    DatetimeColumn,
    read_plain_times,
    to_datetime64,
)
from situasi.ingest.parsing.datetimes import ParsedTime, combine_date_and_clock, read_time
from situasi.ingest.parsing.spoken_times import take_range_end
from situasi.ingest.parsing.time_of_day import is_clock_with_seconds, read_clock
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck

CLOCK_WITHOUT_DAY = "jam tanpa tanggal"
HOURLESS = "jam tidak disebut: hanya harinya yang dicatat"

TimeCells = tuple[Cell, Cell, Cell]  # whole moment, date, clock

_OLDEST = timedelta(days=330)  # before the day of voting; of the year before it is a slip
# Duration from the start of a day or a month to its last possible second.
_PRECISION_SPANS = {"hari": timedelta(days=1, seconds=-1), "bulan": timedelta(days=31, seconds=-1)}


@dataclass(frozen=True)
class Times:
    """Moments as an array in UTC, NaT where there is none, and the precision of each."""

    moments: DatetimeArray
    precision: npt.NDArray[np.object_]

    def latest(self) -> DatetimeArray:
        """Return the latest moment that each time may mean. See compute_latest_moment."""
        ends = self.moments.copy()
        for precision, span in _PRECISION_SPANS.items():
            ends[self.precision == precision] += np.timedelta64(span)
        return ends


@dataclass(frozen=True)
class TimeColumns:
    """The columns about the time of a row, by their names in the feed."""

    occurred_at: DatetimeColumn
    precision: Texts
    reported_at: DatetimeColumn


def check_times(
    table: TableCheck,
    latihan: list[bool],
    *,
    required: bool = True,
    allow_future: bool = False,
    is_at_end: Sequence[bool] = (),
) -> TimeColumns:
    """Return when each row happened and was reported.

    latihan: whether a row is an exercise, which may be in the future.
    required: a row without a time gets an error. allow_future: its time may be ahead (a plan).
    is_at_end: whether of a range (07.00 s.d. 09.00) the end counts, not the start; () for none.
    """
    read_event = _read_event_time if required else _read_event_time_if_given
    times = _read_times(table, ("occurred_at", "date", "clock"), read_event, is_at_end)
    names = ("reported_at", "reported_clock")
    reported = (
        _read_times(table, names, _read_reported_time)
        if table.mapping.has(*names)
        else _build_empty_times(table.issues.row_count)
    )
    _check_plausible(table, times, reported, ~np.array(latihan, dtype="bool"), allow_future)
    return TimeColumns(
        DatetimeColumn(times.moments), times.precision.tolist(), DatetimeColumn(reported.latest())
    )


def _build_empty_times(size: int) -> Times:
    return Times(np.full(size, np.datetime64("NaT", "us")), np.full(size, None, dtype="object"))


def _read_times(
    table: TableCheck,
    names: tuple[str, ...],
    read: Callable[..., Any],
    is_at_end: Sequence[bool] = (),
) -> Times:
    """Read a column of plain moments at once; everything else row by row.

    names: the column of moments or dates, then the columns that may complete it.
    """
    zone = table.context.election.zone
    columns = [table.cells(name) for name in names]
    single = not table.mapping.has(*names[1:])
    at = read_plain_times(columns[0] if single else [None] * table.issues.row_count, zone)
    precision = np.full(len(at), "menit", dtype="object")
    precision[np.isnat(at)] = None
    rest = np.flatnonzero(np.isnat(at)).tolist()
    if is_at_end:
        ranges = [row for row in rest if is_at_end[row]]
        columns = [_take_range_ends(table, column, ranges) for column in columns]
    keys = list(zip(*([column[row] for row in rest] for column in columns), strict=True))
    parsed = table.issues.read_distinct(keys, lambda key: read(key, zone), rest, columns=names[:1])
    for row, time in zip(rest, parsed, strict=True):
        if time:
            at[row], precision[row] = to_datetime64(time.moment), time.precision
    return Times(at, precision)


def _take_range_ends(table: TableCheck, column: list[Cell], rows: Sequence[int]) -> list[Cell]:
    """Return the cells of a column, in these rows with the end of a range, which is warned of."""
    cells = {cell for row in rows if isinstance(cell := column[row], str)}
    ends = {cell: end for cell in cells if (end := take_range_end(cell))}
    if not ends:
        return column
    column = list(column)
    for row in rows:
        cell = column[row]
        if isinstance(cell, str) and cell in ends:
            column[row] = ends[cell]
            note = f"waktu {quote(cell)}: dipakai akhirnya, sampai saat itu jumlah ini dihitung"
            table.issues.add_warning(row, note)
    return column


def note_missing_hours(table: TableCheck, times: TimeColumns) -> None:
    """Add a warning to the rows of which only the day is known."""
    for row, precision in enumerate(times.precision):
        if precision == "hari":
            table.issues.add_warning(row, HOURLESS)


def compute_latest_moment(moment: datetime, precision: str) -> datetime:
    """Return the latest moment that a time known only to the day or month may mean."""
    return moment + _PRECISION_SPANS.get(precision, timedelta(0))


def _read_event_time(key: TimeCells, zone: ZoneInfo) -> tuple[ParsedTime, str | None]:
    full_time, day, clock = key
    if is_blank(full_time) and is_blank(day) and is_blank(clock):
        raise UnreadableCell("waktu kosong")
    parsed = _combine_cells(full_time, day, clock, zone)
    return parsed, parsed.note


def _read_event_time_if_given(
    key: TimeCells, zone: ZoneInfo
) -> tuple[ParsedTime | None, str | None]:
    return (None, None) if all(map(is_blank, key)) else _read_event_time(key, zone)


def _combine_cells(full_time: Cell, day: Cell, clock: Cell, zone: ZoneInfo) -> ParsedTime:
    if is_blank(day) and is_blank(full_time):
        # A column headed "time" may hold the whole moment.
        try:
            if is_clock_with_seconds(clock):
                raise UnreadableCell(CLOCK_WITHOUT_DAY)
            return read_time(clock, zone)
        except UnreadableCell as error:
            read_clock(clock)  # that it is no hour is told first
            raise UnreadableCell(CLOCK_WITHOUT_DAY) from error
    if is_blank(day):
        return (
            read_time(full_time, zone)
            if is_blank(clock)
            else combine_date_and_clock(full_time, clock, zone)
        )
    if not is_blank(clock):
        return combine_date_and_clock(day, clock, zone)
    if is_blank(full_time):
        return read_time(day, zone)
    # Headings "tanggal" and "waktu": the second is often the clock alone.
    try:
        return combine_date_and_clock(day, full_time, zone)
    except UnreadableCell:
        return read_time(full_time, zone)


def _read_reported_time(
    key: tuple[Cell, Cell], zone: ZoneInfo
) -> tuple[ParsedTime | None, str | None]:
    day, clock = key
    if is_blank(day):
        return None, None if is_blank(clock) else "jam lapor tanpa tanggal diabaikan"
    if is_blank(clock):
        return read_time(day, zone), None
    try:
        return combine_date_and_clock(day, clock, zone), None
    except UnreadableCell:
        sent = read_time(day, zone)
        if sent.precision != "menit":
            raise
        return sent, f"jam lapor {quote(clock)} tidak sama dengan waktu lapor"


def _check_plausible(
    table: TableCheck,
    times: Times,
    reported: Times,
    is_real: npt.NDArray[np.bool_],
    allow_future: bool,
) -> None:
    """Add errors for times in the future (not in an exercise) and of another year before voting.

    Add warnings for reports before events.

    allow_future: the event may be in the future, and reported before it happens.
    """
    latest = to_datetime64(table.context.compute_latest_time(table.now))
    for row in np.flatnonzero((times.moments > latest) & is_real & (not allow_future)).tolist():
        table.issues.add_error(row, "waktu di masa depan; periksa tanggal dan jam", "occurred_at")
    earliest = to_datetime64(table.context.election.midnight - _OLDEST)
    is_exact = times.precision == "menit"  # what happened years ago is told by its day
    for row in np.flatnonzero((times.moments < earliest) & is_exact).tolist():
        table.issues.add_error(
            row, "waktu hampir setahun sebelum pemungutan: periksa tahunnya", "occurred_at"
        )
    for row in np.flatnonzero((reported.moments > latest) & is_real).tolist():
        reason = "waktu lapor di masa depan; periksa tanggal dan jam"
        table.issues.add_error(row, reason, "reported_at")
    exact = (times.precision == "menit") & (reported.precision == "menit") & (not allow_future)
    for row in np.flatnonzero(exact & (reported.moments < times.moments)).tolist():
        table.issues.add_warning(row, "waktu lapor lebih awal dari waktu kejadian")
