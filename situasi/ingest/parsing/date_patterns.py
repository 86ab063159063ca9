"""Patterns of dates and clocks as people write them: month and day names, zones, separators."""

import re
from datetime import UTC, timedelta, timezone, tzinfo

_MONTH_WORDS = (
    "jan januari january i",
    "feb peb februari pebruari february ii",
    "mar mrt maret march iii",
    "apr april iv",
    "mei may v",
    "jun juni june vi",
    "jul juli july vii",
    "agt agu ags agust agustus aug august viii",
    "sep sept september ix",
    "okt oct oktober october x",
    "nov nop november nopember xi",
    "des dec desember december xii",
)
MONTHS = {word: n for n, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_DAY_WORDS = (
    "senin sen snn monday mon",
    "selasa sel sls tuesday tue tues",
    "rabu rab rbu wednesday wed",
    "kamis kam kms thursday thu thur thurs",
    "jumat jum jmt friday fri",
    "sabtu sab sbt saturday sat",
    "minggu min mgg ahad sunday sun",
)
WEEKDAYS = {word: n for n, words in enumerate(_DAY_WORDS) for word in words.split()}

ZONES: dict[str, tzinfo] = {
    "wib": timezone(timedelta(hours=7)),
    "wita": timezone(timedelta(hours=8)),
    "wit": timezone(timedelta(hours=9)),
    "z": UTC,
    "utc": UTC,
    "gmt": UTC,
}


def parse_zone(text: str) -> tzinfo | None:
    """Read WIB, WITA, WIT, Z or an offset such as +07:00, +7, GMT+7; None when beyond 14 hours."""
    text = text.lower().replace(" ", "")
    if text in ZONES:
        return ZONES[text]
    sign, digits = text.lstrip("utcgm")[0], re.sub(r"[^0-9]", "", text)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) > 59 or offset > timedelta(hours=14):
        return None
    return timezone(-offset if sign == "-" else offset)


_CLOCK = (
    r"(?:(?P<hour>[0-9]{1,2})(?P<mark>[:.])(?P<minute>[0-9]{2})"
    r"(?:(?P=mark)(?P<second>[0-9]{2})"
    r"(?:(?:,|(?<=:[0-9]{2})\.)(?P<fraction>[0-9]{1,9}))?)?"  # `16.10.05.2031` is a code
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?"
)
_PACKED = r"|(?P<packed>[0-9]{4}(?:[0-9]{2})?))"
_ZONE = r"(?: ?(?P<zone>wib|wita|wit|z|utc|gmt|(?:utc|gmt)? ?[+-][0-9]{1,2}(?::?[0-9]{2})?))?"
_GAP = r"(?P<gap> ?[,;/] ?| ?t ?| - | )"
_TAIL = rf"(?:{_GAP}{_CLOCK}{_PACKED})?{_ZONE}"
_HEAD = rf"{_CLOCK}){_ZONE}[ ,-]+"
_WEEKDAY = r"(?:(?P<weekday>[a-z]{3,9})\.?[ ,/]+)?"

_DAY_FIRST = (
    r"(?P<day>[0-9]{1,2})(?P<sep> ?[/.-] ?| )(?P<month>[0-9]{1,2})(?P=sep)"
    r"(?P<year>[0-9]{4}|[0-9]{2})"
)
_YEAR_FIRST = r"(?P<year>[0-9]{4})(?P<sep>[/.-])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})"
_WITHOUT_SEPARATORS = r"(?P<year>(?:19|20|21)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
_MONTH_NAMED = r"(?P<day>[0-9]{1,2})[ ./-]*(?P<name>[a-z]{1,9})[ ,./-]*(?P<year>[0-9]{4}|[0-9]{2})"
_MONTH_NAME_FIRST = (
    r"(?P<name>[a-z]{3,9})[ .]*(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ ,]+(?P<year>[0-9]{4})"
)
_MONTH_ONLY = (
    r"(?P<year>[0-9]{4})[/.-](?P<month>[0-9]{1,2})",
    r"(?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})",
    r"(?P<name>[a-z]{3,9})[ ,./-]*(?P<year>[0-9]{4})",
)


def _compile(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE | re.ASCII) for pattern in patterns)


DATE_PATTERNS = _compile(
    *(
        _WEEKDAY + date + _TAIL
        for date in (_DAY_FIRST, _YEAR_FIRST, _WITHOUT_SEPARATORS, _MONTH_NAMED, _MONTH_NAME_FIRST)
    ),
    *(_HEAD + _WEEKDAY + date for date in (_DAY_FIRST, _YEAR_FIRST, _MONTH_NAMED)),
    *_MONTH_ONLY,
)
(CLOCK_PATTERN,) = _compile(rf"{_CLOCK}|(?P<packed>[0-9]{{3,4}}|[0-9]{{6}})){_ZONE}")
EXCEL_SERIAL, EXCEL_DAY_FRACTION = _compile(r"[0-9]{5}(?:[.,][0-9]+)?", r"0[.,][0-9]{3,}")
# A day and month without a year; it has its own message because it is the commonest mistake.
(DATE_WITHOUT_YEAR,) = _compile(
    rf"{_WEEKDAY}[0-9]{{1,2}}(?:[/.-][0-9]{{1,2}}| ?[a-z]{{3,9}}){_TAIL}"
)

FILLER_WORDS = re.compile(r"\b(?:pada|hari|tanggal|tgl|pukul|pkl|jam)\b[ .:,]*")
APPROXIMATION_WORDS = re.compile(
    r"\b(?:sekitar|sekira|kurang lebih|lebih kurang|kira-kira)\b ?|[±≈] ?|\+/-"
)
