"""Full parser of written times, before any zone is applied: slow, but reads every pattern."""

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from situasi.ingest.parsing import date_patterns
from situasi.ingest.parsing.cells import (
    MAX_CELL_CHARS,
    UnreadableCell,
    check_letters,
    format_cell,
    is_blank,
    normalize_text,
    quote,
)
from situasi.ingest.parsing.spoken_times import simplify_time
from situasi.ingest.tables import Cell

ALLOWED_YEARS = range(1990, 2101)
EXAMPLE_TIME = "27/11/2024 07.30"
MIDNIGHT = (0, 0, 0, 0)
_EXCEL_ZERO = date(1899, 12, 30)

ClockTime = tuple[int, int, int, int]  # hour (24: end of day), minute, second, microsecond


class DateParts(NamedTuple):
    """Parts of a written time, before any zone is applied. clock None: no time of day written."""

    day: date
    clock: ClockTime | None
    zone: tzinfo | None
    precision: str
    note: str | None = None


def parse_date_parts(cell: Cell | date) -> DateParts:
    """Return date, clock and zone of a cell. Raises UnreadableCell."""
    if type(cell) is str:
        return _from_text(cell)
    if is_blank(cell):
        raise UnreadableCell("waktu kosong")
    if isinstance(cell, datetime):
        return _from_datetime(cell)
    if isinstance(cell, date):
        return DateParts(_check_year(cell, cell), None, None, "hari")
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(float(cell), cell)
    return _from_text(str(cell))


def extract_clock(match: re.Match[str], cell: object) -> ClockTime | None:
    """Return the time of day in a match of one of the patterns; None where it has none."""
    hour, minute, second, fraction, half = match.group(
        "hour", "minute", "second", "fraction", "half"
    )
    packed = match.groupdict().get("packed")
    if packed:
        hour, minute, second = packed[:-4] or packed[:-2], packed[-2:], "0"
        if len(packed) == 6:
            hour, minute, second = packed[:2], packed[2:4], packed[4:]
    if hour is None:
        return None
    h, m, s = int(hour), int(minute), int(second or 0)
    u = int(fraction[:6].ljust(6, "0")) if fraction else 0
    if half:
        if not 1 <= h <= 12:
            raise UnreadableCell(f"waktu {quote(cell)}: jam {hour} tidak cocok dengan AM/PM")
        h = h % 12 + (12 if half in "pP" else 0)
    if m > 59 or s > 59 or h > 24 or (h == 24 and (m or s or u)):
        raise UnreadableCell(f"waktu {quote(cell)}: jam {hour}.{minute} tidak ada")
    return h, m, s, u


def extract_zone(match: re.Match[str], cell: object) -> tzinfo | None:
    """Return the zone in a match of one of the patterns; None where it has none."""
    text = match.group("zone")
    if text is None:
        return None
    groups = match.groupdict()
    clear = groups.get("second") or groups.get("packed") or (groups.get("gap") or "") in ("T", "t")
    if "-" in text and text[0] == "-" and not clear:
        raise UnreadableCell(f"waktu {quote(cell)} tampak seperti rentang; tulis satu waktu saja")
    zone = date_patterns.parse_zone(text)
    if zone is None:
        raise UnreadableCell(f'waktu {quote(cell)}: selisih UTC "{text.strip()}" tidak ada')
    return zone


def _from_text(cell: str) -> DateParts:
    """Try every pattern on normalised text, without the words that only introduce a time."""
    if is_blank(cell):
        raise UnreadableCell("waktu kosong")
    if len(cell) > MAX_CELL_CHARS:
        raise _build_unreadable_error(cell)
    check_letters("waktu", cell)
    text = re.sub(r"['`\u2019]", "", normalize_text(cell).lower()).translate(
        str.maketrans("()[]", "    ")
    )
    simple = simplify_time(" ".join(text.split()).strip(" .,;"), cell)
    text = " ".join(date_patterns.FILLER_WORDS.sub("", simple.text).split()).strip(" .,;")
    if date_patterns.EXCEL_SERIAL.fullmatch(text):
        return _from_number(float(text.replace(",", ".")), cell)
    for pattern in date_patterns.DATE_PATTERNS:
        if match := pattern.fullmatch(text):
            return _from_match(match, cell)._replace(note=simple.note)
    raise _build_unreadable_error(cell, text)


def _from_match(match: re.Match[str], cell: str) -> DateParts:
    groups = match.groupdict()
    month, name, year = groups.get("month"), groups.get("name"), groups["year"]
    number = int(month) if month else date_patterns.MONTHS.get((name or "").lower())
    if number is None:
        raise (
            _build_unreadable_error(cell)
            if name in date_patterns.WEEKDAYS
            else UnreadableCell(f'waktu {quote(cell)}: bulan "{name}" tidak dikenal')
        )
    century = 2000 if len(year) == 2 else 0
    _check_order(match, groups, cell)
    day = _make_date(int(year) + century, number, int(groups.get("day") or 1), cell)
    _check_weekday(groups.get("weekday"), day, cell)
    if "hour" not in groups:
        return DateParts(day, None, None, "bulan")
    clock = extract_clock(match, cell)
    return DateParts(day, clock, extract_zone(match, cell), "menit" if clock else "hari")


def _check_order(match: re.Match[str], groups: dict[str, str | None], cell: object) -> None:
    """Raise UnreadableCell with a clear message where the month is written before the day."""
    day, month, year = groups.get("day"), groups.get("month"), groups["year"]
    if not day or not month or match.start("day") > match.start("month"):
        return
    if 12 < int(month) <= 31 and 1 <= int(day) <= 12:
        raise UnreadableCell(
            f"waktu {quote(cell)} menulis bulan sebelum hari; "
            f"tulis hari/bulan/tahun, misalnya {month}/{day}/{year}"
        )


def _make_date(year: int, month: int, day: int, cell: object) -> date:
    try:
        result = date(year, month, day)
    except ValueError:
        raise UnreadableCell(f"waktu {quote(cell)} bukan tanggal yang ada") from None
    return _check_year(result, cell)


def _check_year(day: date, cell: object) -> date:
    if day.year not in ALLOWED_YEARS:
        raise UnreadableCell(
            f"waktu {quote(cell)}: tahun {day.year} di luar {ALLOWED_YEARS[0]}-{ALLOWED_YEARS[-1]}"
        )
    return day


def _check_weekday(word: str | None, day: date, cell: object) -> None:
    if word is None:
        return
    if word not in date_patterns.WEEKDAYS:
        raise _build_unreadable_error(cell)
    if date_patterns.WEEKDAYS[word] != day.weekday():
        raise UnreadableCell(
            f"waktu {quote(cell)}: {day:%d/%m/%Y} adalah hari "
            f"{date_patterns.DAY_NAMES[day.weekday()]}"
        )


def _from_datetime(cell: datetime) -> DateParts:
    day = _check_year(date(cell.year, cell.month, cell.day), cell)
    clock = (cell.hour, cell.minute, cell.second, cell.microsecond)
    # Excel has no dates without a clock: a plain date arrives as midnight.
    if cell.tzinfo is None and clock == MIDNIGHT:
        return DateParts(day, None, None, "hari")
    return DateParts(day, clock, cell.tzinfo, "menit")


def _from_number(serial: float, cell: object) -> DateParts:
    """Read an Excel serial day (days since 30 December 1899), or 20241127 as a number."""
    if serial.is_integer() and 19_900_101 <= serial <= 21_001_231:
        return _from_text(format_cell(serial))
    if not 32_874 <= serial < 73_416:
        raise _build_unreadable_error(cell)
    days, seconds = divmod(round(serial * 86_400), 86_400)
    day = _EXCEL_ZERO + timedelta(days=days)
    if serial.is_integer():
        return DateParts(day, None, None, "hari")
    return DateParts(day, (seconds // 3600, seconds // 60 % 60, seconds % 60, 0), None, "menit")


def _build_unreadable_error(cell: object, text: str = "") -> UnreadableCell:
    if date_patterns.CLOCK_PATTERN.fullmatch(text) and ("." in text or ":" in text):
        return UnreadableCell(f"waktu {quote(cell)} tanpa tanggal; tulis misalnya {EXAMPLE_TIME}")
    if date_patterns.DATE_WITHOUT_YEAR.fullmatch(text):
        return UnreadableCell(f"waktu {quote(cell)} tanpa tahun; tulis misalnya {EXAMPLE_TIME}")
    return UnreadableCell(f"waktu {quote(cell)} tidak terbaca; tulis misalnya {EXAMPLE_TIME}")
