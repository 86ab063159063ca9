"""Columns of wide tables, each of which is a report of its own: per hour, per phase, per TPS."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from situasi.ingest.parsing.box_arrivals import AT_PPK, is_bare_arrival
from situasi.ingest.parsing.cells import normalize_cell
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.parsing.phase_days import SUPPLIES
from situasi.ingest.vocabulary.csv_lists import normalize_key, remove_brackets
from situasi.ingest.vocabulary.hour_headings import (
    find_bare_hours,
    find_coded_hours,
    is_hourly_table,
    parse_hour_heading,
)

_TIME_WORDS = re.compile(r"^(?:(?:jam|pukul|pkl|waktu|wkt|time|berapa)[\s/&._]*)+")
_TIME_WORDS_BEHIND = re.compile(r"\W{1,3}(?:jam|pukul|pkl|waktu|wkt|time)\W{0,3}$")
_ZONE_WORDS = re.compile(r"\W{0,3}\b(?:wib|wita|wit)\b\W{0,3}$")
# Alone they may name the beginning of anything; beside one another they are of the vote.
UNCLEAR_PHASES = frozenset(("mulai", "dimulai", "buka", "tutup", "open", "close"))
# Whole words of letters: `5 desa` is no day of December, `TPS V` no month.
_MONTH = "|".join(name for name in sorted(MONTHS, key=len, reverse=True) if {*name} - {*"ivx"})
_WEEKDAY = r"(?:(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu)\b[\s,/]{1,3})?"
_DAY = re.compile(
    rf"[(\[] ?{_WEEKDAY}(?P<day>\d{{1,2}})(?: ?[ -] ?(?P<name>{_MONTH})\b\.?"
    r"| ?[/-] ?(?P<month>\d{1,2}))(?: ?[ /-] ?(?:20)?\d\d)? ?[)\]] ?$",
    re.IGNORECASE,
)
# Without brackets a month in figures needs its year: `1-2` are two TPS.
_DAY_OUTSIDE = re.compile(
    rf"(?<![\d/.-]){_WEEKDAY}(?:\b(?:tgl|tanggal)\b[\s.:]{{1,3}})?(?<!\d)(?P<day>\d{{1,2}})"
    rf"(?:[ -](?P<name>{_MONTH})\b\.?(?:[ -]20\d\d\b)?|(?P<mark>[/-])(?P<month>\d{{1,2}})"
    r"(?P=mark)20\d\d\b)",
    re.IGNORECASE,
)
_PLANNED = re.compile(r"\b(?:belum|tidak|rencana|jadwal|target|batas|estimasi|jumlah|jml)\b")
_LONGEST_GROUP = 3  # words of the heading above others
_OF_STATION = re.compile(r"([a-z]+)[\s/_-]+tps")
_STATION = re.compile(r"tps\W{0,3}(?P<number>[0-9]{1,3})")
# As `format_place_heading` writes it; nobody else does.
_PLACE = re.compile(r"hadir di (?P<level>kecamatan|desa): (?P<name>.+)")
# As `format_wide_heading` writes it: what a person may say of a column.
_CHOSEN = re.compile(r"hadir jam [0-2][0-9]\.[0-5][0-9]|jam [a-z ]+")


class WideHeading(NamedTuple):
    """What a heading says of the cells below it.

    holds: the column that the cell belongs to (`hadir` or `clock`); column, value: what the
    heading itself says (`clock` 08.00, `fase` dibuka, `tps` 3, `desa_name` Miji). is_coded:
    whether that is only the number in the code of a question. day: month and day that the heading
    names (`Tiba di TPS (26 Nov)`); None: that of the table.
    """

    holds: str
    column: str
    value: str
    is_coded: bool = False
    day: tuple[int, int] | None = None


def find_wide_headings(
    headings: Sequence[str], columns: set[str], phases: Mapping[str, str]
) -> dict[str, WideHeading]:
    """Return the headings below which each cell is a report of its own; {} for most tables.

    columns: those of the feed that other headings name. phases: code by key of word.
    """
    if places := _find_each(headings, _parse_place):
        return places
    found = _find_each(headings, _parse_hour)
    found |= {
        heading: WideHeading("hadir", "clock", clock)
        for heading, clock in find_bare_hours(headings).items()
    }
    found |= {
        heading: WideHeading("hadir", "clock", clock, is_coded=True)
        for heading, clock in find_coded_hours(headings).items()
    }
    if "tps" in columns and columns.isdisjoint({"clock", "fase", "occurred_at"}):
        words = {_clean_phase(heading) for heading in headings} & UNCLEAR_PHASES
        are_clear = len({phases[word] for word in words if word in phases}) > 1
        found |= _find_each(headings, lambda heading: _parse_phase(heading, phases, are_clear))
        found |= _find_grouped_phases([h for h in headings if h not in found], phases)
        found |= _find_arrivals(found)
    if found or "tps" in columns:
        return found
    stations = _find_each(headings, _parse_station)
    return stations if len(stations) > 1 else {}


def names_time(heading: str) -> bool:
    """Return whether a heading begins or ends with a word of time: `jam dibuka`."""
    text = _clean_phase(heading)
    return bool(_TIME_WORDS.search(text) or _TIME_WORDS_BEHIND.search(text))


def is_wide_table(headings: Sequence[str], columns: set[str], phases: Mapping[str, str]) -> bool:
    """Return whether headings are surely of a wide table; a single hour may be anything."""
    wide = find_wide_headings(headings, columns, phases).values()
    is_certain = any(
        heading.column != "clock" or heading.is_coded or (heading.day and "tps" in columns)
        for heading in wide
    )
    return is_certain or is_hourly_table(headings, has_tps="tps" in columns)


def format_place_heading(level: str, name: str) -> str:
    """Return the heading of a column of counts of one kecamatan or desa."""
    return f"hadir di {level}: {name}"


def format_wide_heading(wide: WideHeading) -> str | None:
    """Return our own heading for a column of counts at an hour, or of hours of a phase."""
    if (wide.holds, wide.column) == ("hadir", "clock"):
        return f"hadir jam {wide.value[:5]}"
    return f"jam {wide.value.replace('_', ' ')}" if wide.column == "fase" else None


def list_wide_headings(phases: Iterable[str]) -> list[str]:
    """Return the headings that a person may choose: for each half hour, each code of a phase."""
    clocks = [f"{hour:02d}.{minute}" for hour in range(7, 15) for minute in ("00", "30")]
    chosen = [
        *(WideHeading("hadir", "clock", clock) for clock in clocks),
        *(WideHeading("clock", "fase", phase) for phase in phases),
    ]
    return list(filter(None, map(format_wide_heading, chosen)))


def is_wide_heading(heading: str) -> bool:
    """Return whether a heading is written as `format_wide_heading` does."""
    return _CHOSEN.fullmatch(heading) is not None


def _find_each(
    headings: Sequence[str], parse: Callable[[str], WideHeading | None]
) -> dict[str, WideHeading]:
    return {heading: wide for heading in headings if (wide := parse(heading))}


def _parse_hour(heading: str) -> WideHeading | None:
    hour = parse_hour_heading(heading)
    if hour is not None:
        return WideHeading("hadir", "clock", hour.clock)
    plain, day = split_day(heading)
    hour = parse_hour_heading(plain) if day is not None else None
    return WideHeading("hadir", "clock", hour.clock, day=day) if hour else None


def _clean_phase(heading: str) -> str:
    return _ZONE_WORDS.sub("", normalize_cell(heading).lower())


def _strip_time_words(text: str) -> str:
    return _TIME_WORDS_BEHIND.sub("", _TIME_WORDS.sub("", text))


def _parse_phase(heading: str, phases: Mapping[str, str], are_clear: bool) -> WideHeading | None:
    """Return the phase whose hour stands below a heading: `JAM DIBUKA`, `Tiba di PPK (WIB)`.

    are_clear: whether words like `BUKA` are phases, as another heading is `TUTUP`.
    """
    plain, day = split_day(heading)
    rest = remove_brackets(plain)  # `Jam Tiba PPK (lewat tengah malam = 28/11)`
    if names_time(rest) and not _PLANNED.search(_clean_phase(plain)):
        plain = rest
    text = _clean_phase(plain)
    phase = _strip_time_words(text)
    if match := _OF_STATION.fullmatch(phase):  # `BUKA TPS`, `tutup TPS`
        phase = text = f"tps {match[1]}"
    if phase == text and phase in UNCLEAR_PHASES and not are_clear:
        return None
    key = normalize_key(phase)
    code = phases.get(key) or phases.get(f"kotak{key}")  # "Berangkat dari TPS": the boxes do
    return WideHeading("clock", "fase", code, day=day) if code else None


def _find_arrivals(found: Mapping[str, WideHeading]) -> dict[str, WideHeading]:
    """Return the headings of boxes at the PPK: `Kotak Tiba` beside `Kotak Berangkat`."""
    bare = [
        heading
        for heading, wide in found.items()
        if wide.value == SUPPLIES
        and is_bare_arrival(_strip_time_words(_clean_phase(split_day(heading)[0])))
    ]
    others = {wide.value for heading, wide in found.items() if heading not in bare}
    if AT_PPK in others or others.isdisjoint({SUPPLIES, "kotak_bergeser"}):
        return {}
    return {heading: found[heading]._replace(value=AT_PPK) for heading in bare}


def _find_grouped_phases(
    headings: Sequence[str], phases: Mapping[str, str]
) -> dict[str, WideHeading]:
    """Return the phases behind the heading of a group: `DI TPS DIBUKA` beside `DI TPS DITUTUP`."""
    groups: dict[str, dict[str, WideHeading]] = {}
    for heading in headings:
        words = heading.split()
        for count in range(1, min(len(words), _LONGEST_GROUP + 1)):
            wide = _parse_phase(" ".join(words[count:]), phases, are_clear=True)
            group = " ".join(words[:count]).lower()
            if wide is not None and not _PLANNED.search(group):
                groups.setdefault(group, {})[heading] = wide
    found: dict[str, WideHeading] = {}
    for group in sorted(groups, key=len, reverse=True):
        if len({wide.value for wide in groups[group].values()}) > 1:
            found = groups[group] | found
    return found


def split_day(heading: str) -> tuple[str, tuple[int, int] | None]:
    """Return a heading without the one day that it names, and its month and day."""
    match = _DAY.search(heading)
    if match is None and len(others := list(_DAY_OUTSIDE.finditer(heading))) == 1:
        match = others[0]
    if match is None:
        return heading, None
    month = MONTHS[match["name"].lower()] if match["name"] else int(match["month"])
    rest = f"{heading[: match.start()]} {heading[match.end() :]}"
    return " ".join(rest.split()).strip(" ,-"), (month, int(match["day"]))


def keep_day(own: str, heading: str) -> str:
    """Return our heading for a column, with the day that the heading of the sender names."""
    day = split_day(heading)[1] if is_wide_heading(own) else None
    return own if day is None else f"{own} ({day[1]:02d}/{day[0]:02d})"


def _parse_station(heading: str) -> WideHeading | None:
    match = _STATION.fullmatch(normalize_cell(heading).lower())
    return WideHeading("hadir", "tps", match["number"]) if match else None


def _parse_place(heading: str) -> WideHeading | None:
    match = _PLACE.fullmatch(heading)
    return WideHeading("hadir", f"{match['level']}_name", match["name"]) if match else None
