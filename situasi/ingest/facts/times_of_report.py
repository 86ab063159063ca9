"""The time or the day of a report from when it was sent, where no column says when it happened."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE
from situasi.ingest.facts.time_cells import find_undated_rows, find_untimed_rows
from situasi.ingest.facts.time_columns import find_time_columns, find_time_meaning
from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.phase_days import came_before_voting
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.profile import SourceProfile, matches_heading
from situasi.ingest.tables import Cell, UnknownHeadings
from situasi.ingest.vocabulary.wide_headings import WideHeading

TIME_OF_REPORT = "waktu kejadian tidak ditanya: dipakai waktu lapor"
TIME_OF_ANSWER = "waktu kejadian tidak ditanya: dipakai jam lapor yang diisi pelapor"
TIME_OF_FORM = "waktu kejadian tidak ditanya: dipakai waktu formulir diisi"
_NOT_ASKED = "hari dan jam kejadian tidak ditanya"
NO_TIME_FILLED = "waktu kejadian kosong: dipakai waktu lapor"
TIMES_OF_SENDING = (TIME_OF_REPORT, TIME_OF_FORM, NO_TIME_FILLED)
ONLY_REACHED = "tahap sudah tercapai saat dilaporkan; jamnya tidak disebut"
COUNTS = ("hadir", "hadir_dpt", "hadir_l", "hadir_p")
_PLACES = ("kecamatan", "desa", "tps", "tempat")
_EARLY_MIN = 15  # so long before its hour a round may be counted
_HALF_DAY_MIN = 12 * 60
_CLOCKS_DIFFER_MIN = 60  # how far telephones and servers may disagree
_MIN_ANSWERS, _DAWN = 3, 5
_SAMPLE_ROWS = 100
_CLOCKS_MAY_DIFFER, _SOON = timedelta(minutes=-5), timedelta(hours=2)


class SendingEvidence(NamedTuple):
    """What the times of sending say of answers without a zone.

    is_shifted: read as UTC, all of them are just before they were sent. is_shifted_day: and they
    are of no single round, nor sent at once. is_night: they are as they were sent, without a zone
    either, and most of them of the night.
    """

    is_shifted: bool = False
    is_shifted_day: bool = False
    is_night: bool = False


def compare_with_sending(
    events: Sequence[Cell], sent: Sequence[Cell], election: Election
) -> SendingEvidence:
    """Compare the times of events with those of sending, row by row; few rows are no evidence.

    The night after the voting is no evidence either: boxes arrive in it.
    """
    filled = [pair for pair in zip(events, sent, strict=True) if not any(map(is_blank, pair))]
    # Where rows from all of the table say nothing the thousands between them are not parsed.
    sample = _weigh_sending(filled[:: len(filled) // _SAMPLE_ROWS + 1], election)
    return _weigh_sending(filled, election) if any(sample) else sample


def _weigh_sending(filled: Sequence[tuple[Cell, Cell]], election: Election) -> SendingEvidence:
    """Return what pairs of an event and its sending say; nothing where one cannot be read."""
    zone = election.zone
    if len(filled) < _MIN_ANSWERS or any(_names_zone(event) for event, _ in filled):
        return SendingEvidence()
    pairs = [(read_moment(event, zone), read_moment(report, zone)) for event, report in filled]
    moments = [(at, reported) for at, reported in pairs if at and reported]
    if len(moments) < len(pairs):
        return SendingEvidence()
    lags = [reported - at for at, reported in moments]
    times = [at for at, _ in moments]
    offset = times[0].utcoffset() or timedelta(0)
    is_shifted = all(offset <= lag <= offset + _SOON for lag in lags)
    nightly = sum(at.hour < _DAWN and at.date() <= election.day for at in times)
    is_as_sent = all(_CLOCKS_MAY_DIFFER <= lag <= _SOON for lag in lags)
    is_zoneless = not any(_names_zone(report) for _, report in filled)
    return SendingEvidence(
        is_shifted,
        is_shifted and (nightly > 0 or max(times) - min(times) > _SOON),
        is_as_sent and is_zoneless and nightly * 2 > len(times),
    )


def read_moment(cell: Cell, written: tzinfo) -> datetime | None:
    """Return a moment; one that names no zone is in the one given. None where it is none."""
    try:
        parts = parse_date_parts(cell)
    except (UnreadableCell, ValueError):
        return None
    if parts.clock is None or parts.clock[0] == 24:
        return None
    return datetime.combine(parts.day, time(*parts.clock[:3]), parts.zone or written)


def _names_zone(cell: Cell) -> bool:
    try:
        return parse_date_parts(cell).zone is not None
    except (UnreadableCell, ValueError):
        return False


def take_time_of_report(table: ConvertedTable, zone: ZoneInfo) -> None:
    """Use the time of submission where the source did not ask when it happened."""
    for name in table.find_columns("waktu_lapor")[:1]:
        column = table.cells[name].tolist()
        rows = [row for row, cell in enumerate(column) if not is_blank(cell)]
        states = _take_days_of_states(table, rows, column, zone)
        rows = [row for row in rows if row not in states]
        table.fill("waktu", {row: column[row] for row in rows})
        for clocks in table.find_columns("jam_lapor")[:1]:
            hours = table.cells[clocks].tolist()
            table.fill("jam", {row: hours[row] for row in rows if not is_blank(hours[row])})
        table.doubt(rows, TIME_OF_REPORT)


def take_hours_of_report(table: ConvertedTable) -> None:
    """Use the hour of the report where no column asks another time (`Jam Lapor`, dated title).

    Beside a day of the incident it is another hour.
    """
    if table.has_any("waktu", "tanggal", "jam", "waktu_lapor"):
        return
    for name in table.find_columns("jam_lapor")[:1]:
        hours = table.cells[name].tolist()
        filled = [row for row in find_untimed_rows(table) if not is_blank(hours[row])]
        rows = {row: hours[row] for row in filled if row not in table.reached}
        table.fill("jam", rows, TIME_OF_ANSWER)
        table.replace_cells(name, dict.fromkeys(rows))


def complete_from_reports(table: ConvertedTable, zone: ZoneInfo) -> None:
    """Use the time of submission in the rows that left the question for the time empty.

    Not where a column of hours under an unknown heading is filled: that may be theirs.
    """
    names = table.find_columns("waktu_lapor")[:1]
    rows = table.find_empty_rows("waktu", "tanggal", "jam") if names else []
    hours = [n for n in find_time_columns(table) if rows and find_time_meaning(table, n) == "jam"]
    for column in [table.cells[name].tolist() for name in hours]:
        rows = [row for row in rows if is_blank(column[row])]
    reported = table.cells[names[0]].tolist() if rows else []
    rows = [row for row in rows if not is_blank(reported[row])]
    states = _take_days_of_states(table, rows, reported, zone)
    rows = [row for row in rows if row not in states]
    table.fill("waktu", {row: reported[row] for row in rows}, NO_TIME_FILLED)


def _take_days_of_states(
    table: ConvertedTable, rows: Iterable[int], reported: Sequence[Cell], zone: ZoneInfo
) -> dict[int, Cell]:
    """Use the day alone where a row only says that a phase was reached; return these days by row.

    Such a TPS was not opened at the hour at which somebody said that it is open.
    """
    days: dict[int, Cell] = {}
    for row in table.reached.intersection(rows):
        if (day := _find_local_day(reported[row], zone)) is not None:
            days[row] = day
    table.fill("waktu", days, ONLY_REACHED)
    return days


def _find_local_day(moment: Cell, zone: ZoneInfo) -> str | None:
    try:
        parts = parse_date_parts(moment)
    except UnreadableCell:
        return None
    clock = time(*parts.clock[:3]) if parts.clock and parts.clock[0] < 24 else time(12)
    local = datetime.combine(parts.day, clock, parts.zone or zone).astimezone(zone)
    return f"{local:%d/%m/%Y}"


def take_hour_of_titles(table: ConvertedTable, clock: str, day: str | None, zone: ZoneInfo) -> None:
    """Use the hour of the titles for counts of a form that asks no hour, if they are one round.

    In a round each TPS is counted once, and no count is reported before its hour. day: of the
    titles.
    """
    names = [n for n in table.find_columns("waktu") if table.timed_by_form]
    names = names or table.find_columns("waktu_lapor")
    if not names or (not table.timed_by_form and table.has_any("waktu", "tanggal", "jam")):
        return
    reported = table.cells[names[0]].tolist()
    skipped = {*table.find_empty_rows(*COUNTS), *table.reasons, *table.total_rows}
    rows = [row for row in range(table.size) if row not in skipped]
    days = {
        row: find_day_of_report(reported[row], clock, zone, latest_min=_EARLY_MIN) for row in rows
    }
    stations = {tuple(table.read_first(name, row) for name in _PLACES) for row in rows}
    if not rows or len(stations) < len(rows) or {*days.values()} != {day or days[rows[0]]}:
        return
    if table.timed_by_form:
        table.replace_cells(names[0], dict.fromkeys(days))
        for row in table.timed_by_form.intersection(rows):
            table.doubts[row].remove(TIME_OF_FORM)
    table.fill("tanggal", days)
    table.fill("jam", dict.fromkeys(rows, clock), "jam dari judul atau nama berkas")
    table.doubt(rows, "tanggal dari waktu lapor")
    complete_from_reports(table, zone)


def forget_hours_of_forms(table: ConvertedTable, zone: ZoneInfo) -> None:
    """Keep the day alone of a form that was filled in when a phase had been reached."""
    for name in table.find_columns("waktu")[:1]:
        column = table.cells[name].tolist()
        for row in sorted(table.reached & table.timed_by_form):
            if (day := _find_local_day(column[row], zone)) is not None:
                column[row] = day
                table.doubts[row].remove(TIME_OF_FORM)
                table.doubt([row], ONLY_REACHED)
        if table.reached & table.timed_by_form:
            table.set_column(name, column)


def take_day_of_report(
    table: ConvertedTable, wide: Mapping[str, WideHeading], election: Election
) -> None:
    """Use the day of submission for an hour without a day; the day before where it is later.

    wide: the headings of a table with a column per hour.
    """
    if wide:
        _take_day_of_wide_report(table, wide, election)
        return
    names = table.find_columns("waktu_lapor")[:1]
    undated = find_undated_rows(table) if names else []
    reported = table.cells[names[0]].tolist() if undated else []
    clocks = [table.cells[name].tolist() for name in table.find_columns("jam", "waktu")]
    days: dict[int, Cell] = {}
    for row in undated:
        clock = next((column[row] for column in clocks if not is_blank(column[row])), None)
        if (day := find_day_of_report(reported[row], clock, election.zone)) is not None:
            days[row] = day
    table.fill("tanggal", days, "tanggal dari waktu lapor")


def _take_day_of_wide_report(
    table: ConvertedTable, wide: Mapping[str, WideHeading], election: Election
) -> None:
    """Use the day of submission for the hours of a row; the day before where one is later.

    The hours of phases take it only where all of the row are of that day.
    """
    names = table.find_columns("waktu_lapor")[:1]
    if not names or table.has_any("waktu", "tanggal", "jam"):
        return
    reported = table.cells[names[0]].tolist()
    columns = {name: table.cells[name].tolist() for name in wide}
    days: dict[int, Cell] = {}
    for row in table.find_empty_rows():
        filled = [
            (wide[n], column[row]) for n, column in columns.items() if not is_blank(column[row])
        ]
        hours = [heading.value for heading, _ in filled if heading.column == "clock"]
        phases = [(heading.value, cell) for heading, cell in filled if heading.column == "fase"]
        if hours:
            day = find_day_of_report(reported[row], max(hours), election.zone)
        else:
            day = _find_day_of_phases(reported[row], phases, election)
        if day is not None:
            days[row] = day
    table.fill("tanggal", days, "tanggal dari waktu lapor")


def _find_day_of_phases(
    reported: Cell, phases: Sequence[tuple[str, Cell]], election: Election
) -> str | None:
    """Return the one day of all phases of a form; None where one may be of another day.

    A form that was sent after the day of voting may tell of that day; and where the phases are not
    in their order, one is of another day: supplies of the afternoon came on the day before.
    """
    days = {find_day_of_report(reported, clock, election.zone) for _, clock in phases}
    day = days.pop() if len(days) == 1 else None
    if day is None or parse_date_parts(day).day > election.day:
        return None
    order = sorted((FASE.index(phase), read_clock(clock).clock) for phase, clock in phases)
    clocks = [clock for _, clock in order]
    return day if clocks == sorted(clocks) else None


def find_day_of_report(
    reported: Cell, clock: Cell, zone: ZoneInfo, *, latest_min: int = _CLOCKS_DIFFER_MIN
) -> str | None:
    """Return the day on which it was this hour, at most so many minutes after it was reported.

    None where a cell cannot be read, or where it would be more than half a day before.
    """
    moment = read_moment(reported, zone)
    if moment is None:
        return None
    return find_day_before(moment.astimezone(zone), clock, latest_min=latest_min)


def find_day_before(
    sent_at: datetime, clock: Cell, *, latest_min: int = _CLOCKS_DIFFER_MIN
) -> str | None:
    """Return the day of an hour that was told at a time; None as `find_day_of_report` does."""
    try:
        hour = read_clock(clock)
    except (UnreadableCell, ValueError):
        return None
    minutes = 60 * hour.clock[0] + hour.clock[1] - (60 * sent_at.hour + sent_at.minute)
    # Hours later today, or nearly a day ago.
    if hour.day is not None or latest_min < minutes < _HALF_DAY_MIN:
        return None
    return f"{sent_at - timedelta(days=minutes > latest_min):%d/%m/%Y}"


def date_hours_of_forms(
    converted: ConvertedTable, profile: SourceProfile, election: Election
) -> None:
    """Take the day of voting for an hour alone where all forms were sent on it.

    Supplies that came after the TPS opened came the day before.
    """
    is_hour = profile.unzoned_times and converted.has_any("jam")
    if is_hour and _was_sent_on(election.day, election.zone, converted, profile):
        rows = [
            row
            for row in find_undated_rows(converted)
            if not came_before_voting(
                converted.read_first("fase", row), converted.read_first("jam", row), election
            )
        ]
        day = f"{election.day:%d/%m/%Y}"
        converted.fill("tanggal", dict.fromkeys(rows, day), "tanggal dari waktu formulir diisi")


def check_form_days(
    converted: ConvertedTable,
    profile: SourceProfile,
    election: Election,
    has_time: bool,
    is_day_asked: bool,
) -> None:
    """Raise UnknownHeadings where only times of forms, in whatever zone, say when it was."""
    is_dated = has_time and converted.has_any("waktu", "tanggal")
    if not is_dated or not (is_day_asked or _was_sent_on(election.day, None, converted, profile)):
        problem = "hari kejadian tidak ditanya, hanya jamnya" if has_time else _NOT_ASKED
        raise UnknownHeadings(
            f"{problem}; waktu {profile.title} sendiri tidak menyebut "
            "zonanya: pilih kolom waktunya dan zona waktunya"
        )


def _was_sent_on(
    day: date, zone: ZoneInfo | None, converted: ConvertedTable, profile: SourceProfile
) -> bool:
    """Return whether all times of a form are of this day, as written and, in a zone, from UTC."""
    cells = converted.source.cells
    times = [
        cell
        for name in cells.columns
        if any(matches_heading(name, pattern) for pattern in profile.unzoned_times)
        for cell in set(cells[name].tolist())
        if not is_blank(cell)
    ]
    try:
        parts = [parse_date_parts(cell) for cell in times]
    except UnreadableCell:
        return False
    days = {part.day for part in parts}
    if zone is not None:
        hours = [(part.day, time(min(part.clock[0], 23) if part.clock else 0)) for part in parts]
        days |= {datetime.combine(*hour, UTC).astimezone(zone).date() for hour in hours}
    return days <= {day}
