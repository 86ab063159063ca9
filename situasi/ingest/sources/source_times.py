"""Times as sources write them: in UTC without saying so, the month first, seconds since 1970."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from situasi.domain.election import Election
from situasi.ingest.facts.time_cells import is_clock_alone, is_day_alone, is_time
from situasi.ingest.facts.time_columns import (
    find_record_times,
    find_time_columns,
    find_time_meaning,
)
from situasi.ingest.facts.times_of_report import (
    COUNTS,
    TIME_OF_ANSWER,
    compare_with_sending,
    read_moment,
)
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.date_patterns import ZONES
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.heading_groups import strip_groups
from situasi.ingest.sources.profile import SourceProfile, matches_heading
from situasi.ingest.tables import Cell, UnknownHeadings
from situasi.ingest.vocabulary.hour_headings import parse_hour_heading

_OF_SENDING = re.compile(
    r"input|entr[iy]|kirim|submi|created|terima|receiv|sent|isi|upload|unggah", re.IGNORECASE
)
TIME_HEADINGS = ("waktu", "tanggal", "waktu_lapor")
MONTH_FIRST = "tanggal dibaca bulan dahulu, seperti berkas ini menulisnya"

_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)
_OWN_ZONE = re.compile(r"(?:\d ?Z|[+-]\d{2}:?\d{2}|\b(?:UTC|GMT|WIB|WITA|WIT))$", re.IGNORECASE)
_ISO_START = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
# `Occurred at (UTC)`, `Waktu UTC+8`, `time_utc`, `Jam buka (WITA)`.
_ZONE_HEADING = re.compile(
    r"\b(?P<name>WIB|WITA|WIT)\b|(?:\b(?:UTC|GMT)|_utc$)"
    r"(?: ?(?P<sign>[+-]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?(?![a-z])",
    re.IGNORECASE,
)
_ENDS_IN_CLOCK = re.compile(r"(?:^|[\sT])\d{1,2}(?:[.:]\d{2}){1,2}$")  # no date as 27.11.24
_REWRITTEN = frozenset((str, int, float, datetime, time))
_WRITTEN_MOMENT = re.compile(
    r"\d{1,4}([/.-])\d{1,2}\1\d{2,4}(?:T| {1,2}|, ?)"
    r"\d{1,2}([:.])\d{2}(?:\2\d{2}(?:\.\d+)?)?(?: ?[AP]M)?",
    re.IGNORECASE,
)
_ASK_ZONE = "jam kejadian tampak ditulis dalam UTC: pilih kolom waktunya dan zona waktunya"
_EPOCH_DAYS = range(978_307_200, 4_102_444_800)  # seconds: 2001 to 2100


class MonthFirstFound(Exception):
    """A later part of a file shows that its dates, read day first until now, are month first."""


@dataclass
class DateOrder:
    """Whether a file writes 11/27/2024, as its cells have shown so far; None: none has."""

    month_first: bool | None = None
    _is_assumed: bool = False

    def resolve(self, days: Iterable[str], default: bool | None = None) -> bool:
        """Return whether these dates are month first. Raises MonthFirstFound.

        A file that writes both is read day first, and what does not fit that is held. default:
        of the source, where none of its dates tells; a spreadsheet may have rewritten them.
        """
        pairs = {(int(m[1]), int(m[3])) for text in days if (m := _SLASHED.match(text))}
        if pairs and self.month_first is None:
            if any(first > 12 for first, _ in pairs):
                self.month_first = False
            elif any(second > 12 for _, second in pairs):
                if self._is_assumed:
                    raise MonthFirstFound
                self.month_first = True
            else:
                self._is_assumed = default is None
        return bool(default if self.month_first is None else self.month_first)


def convert_times(
    table: ConvertedTable, profile: SourceProfile | None, order: DateOrder, zone: ZoneInfo
) -> None:
    """Rewrite the times of a source as this election's local times.

    order: of the file, from its tables so far. zone: the election's. A time that names its own
    zone stays as it is. Raises MonthFirstFound.
    """
    columns = {h: table.find_columns(h) for h in TIME_HEADINGS}
    names = [name for group in columns.values() for name in group]
    if order.resolve(_list_days(table, names), profile.month_first if profile else None):
        for name in names:
            _swap_month_and_day(table, name, profile)
    for heading, group in columns.items():
        written = profile.zones.get(heading) if profile else None
        for name in group:
            _convert_epochs(table, name, zone)
            if written:
                _convert_zone(table, name, ZoneInfo(written), zone)
    if profile is not None and profile.utc_answers == "always":
        _keep_days_alone(table, zone)


def _list_days(table: ConvertedTable, names: Iterable[str]) -> set[str]:
    return {cell[:11] for n in names for cell in table.cells[n].tolist() if type(cell) is str}


def judge_utc_answers(
    table: ConvertedTable, profile: SourceProfile | None, election: Election
) -> None:
    """Read answers without a zone as UTC where all of them then are just before they were sent.

    Only of a source that stores some answers so; of another a person is asked: raises
    UnknownHeadings. So too where most hours are of the night, as those of a day are in UTC.
    """
    names = table.find_columns("waktu")
    reports = table.find_columns("waktu_lapor") or find_record_times(table)
    if len(names) != 1 or not reports or (profile and "waktu" in profile.zones):
        return
    cells = table.cells[names[0]].tolist()
    evidence = compare_with_sending(cells, table.cells[reports[0]].tolist(), election)
    if profile is None or profile.utc_answers != "sometimes":
        if evidence.is_shifted_day or evidence.is_night:
            raise UnknownHeadings(_ASK_ZONE)
    elif evidence.is_shifted:
        _convert_zone(table, names[0], ZoneInfo("UTC"), election.zone)
        rows = [row for row, cell in enumerate(cells) if not is_blank(cell)]
        table.doubt(rows, "waktu kejadian dibaca UTC, seperti waktu kirimnya")


def _convert_moments(
    table: ConvertedTable, profile: SourceProfile, order: DateOrder, zone: ZoneInfo
) -> None:
    """Rewrite as local times all that have a day and an hour; an hour alone stays as asked."""
    names = [name for name in table.headings if _all_cells(table, name, _is_written_moment)]
    if order.resolve(_list_days(table, names), profile.month_first):
        for name in names:
            _swap_month_and_day(table, name, profile)
    for name in names:
        column = table.cells[name].tolist()
        moments = {cell: read_moment(cell, UTC) for cell in set(column) if not is_blank(cell)}
        texts = {cell: _format(m.astimezone(zone)) for cell, m in moments.items() if m is not None}
        table.set_column(name, [texts.get(cell, cell) for cell in column])


def _is_written_moment(cell: Cell) -> bool:
    return isinstance(cell, datetime) or bool(
        isinstance(cell, str) and _WRITTEN_MOMENT.fullmatch(cell.strip())
    )


def _keep_days_alone(table: ConvertedTable, zone: ZoneInfo) -> None:
    """Take the hour from days that were asked without one, which a source in UTC adds to them.

    It is midnight or noon here, or midnight in UTC.
    """
    midnight = datetime(2000, 1, 1, tzinfo=UTC).astimezone(zone)
    added = {time(0), time(12), midnight.time()}
    for name in table.find_columns("tanggal"):
        column = table.cells[name].tolist()
        moments = {c: read_moment(c, zone) for c in set(column) if not is_blank(c)}
        days = {c: f"{m:%d/%m/%Y}" for c, m in moments.items() if m and m.time() in added}
        if days.keys() == moments.keys():
            table.set_column(name, [days.get(cell, cell) for cell in column])


def convert_source_zones(
    table: ConvertedTable, profile: SourceProfile, order: DateOrder, zone: ZoneInfo
) -> None:
    """Rewrite as local times those that the profile gives a zone under the source's heading.

    Raises MonthFirstFound.
    """
    if profile.utc_answers == "always":
        _convert_moments(table, profile, order, zone)
    for name in table.headings:
        if written := profile.find_zone(name):
            _convert_zone(table, name, ZoneInfo(written), zone)


def convert_heading_zones(
    table: ConvertedTable, profile: SourceProfile | None, zone: ZoneInfo
) -> None:
    """Rewrite as local times those under a heading that names another zone: UTC, `UTC+8`, WITA.

    Where the profile says in which zone the times of a heading are, that counts.
    """
    for name in table.headings:
        if profile is not None and profile.find_heading(name) in profile.zones:
            continue
        written = find_heading_zone(name)
        if written is not None and not _is_always(written, zone):
            _convert_zone(table, name, written, zone)


def find_heading_zone(name: str) -> tzinfo | None:
    """Return the zone that a heading of times names; None for others, and for those of an hour."""
    match = None if parse_hour_heading(name) else _ZONE_HEADING.search(name)
    return _read_offset(match) if match else None


def _is_always(written: tzinfo, zone: ZoneInfo) -> bool:
    """Return whether a zone has this offset the whole year."""
    days = [datetime(2000, month, 1, tzinfo=zone) for month in (1, 7)]
    return all(day.utcoffset() == day.replace(tzinfo=written).utcoffset() for day in days)


def _read_offset(match: re.Match[str]) -> tzinfo:
    if match["name"]:
        return ZONES[match["name"].lower()]
    if match["sign"] is None:
        return ZoneInfo("UTC")
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return timezone(-offset if match["sign"] == "-" else offset)


def _swap_month_and_day(table: ConvertedTable, name: str, profile: SourceProfile | None) -> None:
    column = table.cells[name].tolist()
    swapped = {
        text: f"{int(m[3]):02d}/{int(m[1]):02d}/{m[4]}{m[5]}"
        for text in set(column)
        if isinstance(text, str) and (m := _SLASHED.match(text))
    }
    if swapped:
        table.set_column(name, [_replace(cell, swapped) for cell in column])
        if profile is None or not profile.month_first:  # else the source is known to write so
            table.doubt((row for row, cell in enumerate(column) if cell in swapped), MONTH_FIRST)


def _convert_epochs(table: ConvertedTable, name: str, zone: ZoneInfo) -> None:
    """Rewrite seconds or milliseconds since 1970; a program that writes so writes all so."""
    column = table.cells[name].tolist()
    first = next((cell for cell in column if cell is not None), None)
    if _read_epoch(first, zone) is None:
        return
    texts = {cell: text for cell in set(column) if (text := _read_epoch(cell, zone))}
    if texts:
        table.set_column(name, [_replace(cell, texts) for cell in column])


def _read_epoch(cell: Cell, zone: ZoneInfo) -> str | None:
    if isinstance(cell, bool | datetime) or cell is None:
        return None
    text = str(cell).removesuffix(".0")
    if not text.isdigit() or len(text) not in {10, 13}:
        return None
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    if int(seconds) not in _EPOCH_DAYS:
        return None
    return _format(datetime.fromtimestamp(seconds, UTC).astimezone(zone))


def _convert_zone(table: ConvertedTable, name: str, written: tzinfo, zone: ZoneInfo) -> None:
    column = table.cells[name].tolist()
    naive = {c for c in set(column) if isinstance(c, str) and not _OWN_ZONE.search(c.strip())}
    suffix = _format_zone(written)
    texts = _convert_iso_texts([c for c in naive if _ISO_START.match(c)], written, zone)
    for cell in naive - texts.keys():
        if suffix and any(map(str.isdigit, cell)) and (":" in cell or _ends_in_clock(cell)):
            texts[cell] = f"{cell} {suffix}"
    moments: dict[Any, Cell] = {
        cell: _format(cell.replace(tzinfo=written).astimezone(zone))
        for cell in set(column)
        if isinstance(cell, datetime) and cell.tzinfo is None
    }
    if suffix:  # the clocks of a workbook
        clocks = {c for c in set(column) if isinstance(c, time) and c.tzinfo is None}
        moments |= {cell: f"{cell:%H:%M:%S} {suffix}" for cell in clocks}
    changed = moments | texts
    if changed:
        table.set_column(name, [_replace(cell, changed) for cell in column])


def _ends_in_clock(cell: str) -> bool:
    return bool(_ENDS_IN_CLOCK.search(cell.strip()[-20:]))


def _format_zone(written: tzinfo) -> str | None:
    """Return how a time without its own zone names this one; None where it cannot."""
    if isinstance(written, ZoneInfo):
        return "UTC" if written.key == "UTC" else None
    return f"{datetime(2000, 1, 1, tzinfo=written):%z}"


def _convert_iso_texts(texts: list[str], written: tzinfo, zone: ZoneInfo) -> dict[Cell, Cell]:
    if not texts:
        return {}
    moments = pd.to_datetime(pd.Series(texts), format="ISO8601", errors="coerce")
    local = moments.dt.tz_localize(written, ambiguous="NaT", nonexistent="NaT").dt.tz_convert(zone)
    return {
        text: _format(moment)
        for text, moment in zip(texts, local.tolist(), strict=True)
        if not pd.isna(moment)
    }


def _format(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")  # with its offset: nobody converts it twice


def _replace(cell: Cell, texts: Mapping[Any, Cell]) -> Cell:
    return texts.get(cell, cell) if type(cell) in _REWRITTEN else cell


def name_reported_days(table: ConvertedTable, profile: SourceProfile | None) -> None:
    """Take days of reporting beside hours without a day for the days of these hours.

    `Tanggal laporan | Jam` is one moment, and no time of sending. An hour of reporting is that of
    the event where the source itself notes when a report was sent.
    """
    if table.has_any("waktu", "tanggal"):
        return
    days = [n for n in _find_asked(table, profile, "waktu_lapor") if not _OF_SENDING.search(n)]
    if len(days) != 1 or not _all_cells(table, days[0], is_day_alone):
        return
    has_sending = profile and any(
        profile.find_heading(name) == "waktu_lapor" for name in table.headings
    )
    clocks = _find_asked(table, profile, "jam")
    if not clocks and has_sending:
        clocks = _find_asked(table, profile, "jam_lapor")
    if len(clocks) == 1 and _all_cells(table, clocks[0], is_clock_alone):
        table.cells = table.cells.rename(columns={days[0]: "tanggal", clocks[0]: "jam"})
        table.notes.append(f'kolom "{days[0]}" dibaca sebagai hari dari "{clocks[0]}"')


def name_asked_times(table: ConvertedTable, profile: SourceProfile | None) -> None:
    """Take the time of a report that a form asked for that of the event, where it asked no other.

    Only beside the time at which the report was sent, which nobody was asked. A count is of the
    time that its reporter states; what else happened may have been earlier.
    """
    reports = _find_asked(table, profile, "waktu_lapor")
    clocks = [name for name in reports if find_time_meaning(table, name) == "jam"]
    moments = [name for name in reports if _all_cells(table, name, _is_moment)]
    answers = [name for name in clocks or moments if not _OF_SENDING.search(name)]
    is_count = bool(_find_asked(table, profile, *COUNTS))
    others = ("waktu", "jam", "jam_lapor", *(() if clocks and is_count else ("tanggal",)))
    is_sent = bool(clocks and moments) or any(
        _is_time_of_record(name, profile) for name in table.headings
    )
    if len(answers) != 1 or not is_sent or _find_asked(table, profile, *others):
        return
    known = [name for name in table.headings if profile and _is_of_source(name, profile)]
    is_wide = bool(table.vocabulary.find_wide_headings(table.headings))
    if is_wide or find_time_columns(table, {*known, *reports}):
        return
    column = table.cells[answers[0]].tolist()
    if not is_count:
        table.doubt([r for r, cell in enumerate(column) if not is_blank(cell)], TIME_OF_ANSWER)
    table.rename(answers[0], "jam" if clocks else "waktu")
    table.notes.append(
        f'kolom "{answers[0]}" dibaca sebagai waktu kejadian: formulirnya menanyakannya'
    )


def _is_of_source(name: str, profile: SourceProfile) -> bool:
    return profile.find_heading(name) is not None or profile.is_of_record(name)


def _is_time_of_record(name: str, profile: SourceProfile | None) -> bool:
    """Return whether a source notes under this heading when a form was filled in or sent."""
    if profile is None:
        return False
    is_form_time = any(matches_heading(name, heading) for heading in profile.form_times)
    return is_form_time or profile.find_heading(name) == "waktu_lapor"


def _is_moment(cell: Cell) -> bool:
    return is_time(cell) and not is_clock_alone(cell) and not is_day_alone(cell)


def _find_asked(table: ConvertedTable, profile: SourceProfile | None, *meanings: str) -> list[str]:
    """Return the columns of these meanings, in groups too, that are not the source's own."""
    find = table.vocabulary.find_own_heading
    names = strip_groups(
        table.headings, lambda text: find(text) is not None, profile.groups if profile else ""
    )
    return [
        name
        for name in table.headings
        if find(names.get(name, name)) in meanings
        and not (profile and _is_of_source(name, profile))
    ]


def _all_cells(table: ConvertedTable, name: str, test: Callable[[Cell], bool]) -> bool:
    """Return whether a column has cells, and all are such."""
    cells = table.list_filled(name)
    return bool(cells) and all(map(test, cells))
