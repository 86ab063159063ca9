"""What title lines, the name of a sheet and the name of a file say about all rows of a table."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.name_index import is_distinguishing
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.date_patterns import MONTHS

_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_SPELLED_DAY = re.compile(
    rf"(?<!\d)(\d{{1,2}})[ ._-]*({_MONTH_NAMES})[a-z]*[ ._-]*(20\d\d)(?!\d)", re.IGNORECASE
)
_DAY_WITHOUT_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})[ ._-]*({_MONTH_NAMES})[a-z]*(?![a-z])(?![ ._-]*\d{{2}})", re.IGNORECASE
)
# The whole name of a sheet: `26 NOV`, `Selasa 26 Nop`, `Rekap tgl. 27 November`.
_DAY_OF_SHEET = re.compile(
    r"(?:(?:hari|tanggal|tgl|rekap|laporan|lap|kejadian|giat|data|senin|selasa|rabu|kamis|jum'?at"
    rf"|sabtu|minggu)[ .,_]+)*(\d{{1,2}})[ ._-]*({_MONTH_NAMES})(?<=[a-z]{{3}})\.?",
    re.IGNORECASE,
)
# `26-27 November`, `26 s.d. 27 Nov`: the first of two days.
_FIRST_OF_RANGE = re.compile(
    r"(?<!jam )(?<!pukul )(?<!pkl )(?<!pkl. )(?<!\d)(\d{1,2}) ?"
    r"(?:-|–|&|/|s\.?/?d\.?|sampai|hingga|dan) ?"
    rf"(?=\d{{1,2}}[ ._-]*(?:{_MONTH_NAMES})[a-z]*(?:[ ._-]*(20\d\d))?)",
    re.IGNORECASE,
)
_NUMERIC_DAY = re.compile(r"(?<![\d.])(\d{1,2})[-./_ ](\d{1,2})[-./_ ](20\d\d|2\d)(?![\d.])")
_ISO_DAY = re.compile(r"(?<!\d)(20\d\d)[-._ ]?(0[1-9]|1[0-2])[-._ ]?(0[1-9]|[12]\d|3[01])(?!\d)")
_PACKED_DAY = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(20\d\d)(?!\d)")
_CLOCK = re.compile(
    r"(?:\b(?:pukul|pkl|pk|jam)\b[ ._:]*)(\d{1,2})(?:[.:_ ]([0-5]\d))?(?!\d)"
    r"|(?<![\d.:])(\d{1,2})[.:]([0-5]\d)(?:[.:][0-5]\d)? ?(?:wib\b)"
    r"|(?<=20\d\d)[ ,]{1,3}([01]?\d|2[0-3])[.:]([0-5]\d)(?::[0-5]\d)?(?![\d.:])",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<!\S)[A-Za-z](?: [A-Za-z]){2,}(?!\S)")
_BARE_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)(?: ?wib)?", re.IGNORECASE)
_UNTIL = r"(?:s\.?/?d\.?|sampai(?: dengan)?|hingga)"
_HOUR = r"(?:[01]?\d|2[0-4])(?!\d)"
# A range begins with a clock, or with an hour after a word for it: never with the end of a year or
# a date, nor with the number of a TPS.
_RANGE = re.compile(
    r"(?:(?<!\d)(?<!\d[.:/])\d{1,2}[.:]\d{2}(?![.:/]?\d)"
    rf"|(?:^|\b(?:pukul|pkl|pk|jam|waktu|dari|antara)\b)[ ._:]*{_HOUR}) ?(?:wib)? ?"
    rf"(?:{_UNTIL}|-|–) ?(?:(?:pukul|jam|pkl\.?) ?)?(?:\d{{1,2}}[.:]\d{{2}}(?![.:/]?\d)"
    rf"|{_HOUR}(?![./-]\d| ?(?:{_MONTH_NAMES})))",
    re.IGNORECASE | re.MULTILINE,
)
# `27 November 2024 s.d. 11.00`, `TPS 12 s.d. 11.00`, `2024 - 11.00`: up to that hour.
_UNTIL_CLOCK = re.compile(
    rf"(?:(?:\d|\b(?:{_MONTH_NAMES})[a-z]*)[ ,.)]*{_UNTIL}|20\d\d[ ,)]*[-–]) *"
    r"([01]?\d|2[0-3])[.:]([0-5]\d)(?![.:/-]?\d)",
    re.IGNORECASE,
)
# `export_2024-11-28-03-12-11`, `20241128_031211`: when a program wrote the file, not what is in it.
_TIME_OF_EXPORT = re.compile(
    r"20\d\d[-_. ]?\d\d[-_. ]?\d\d[-_. T]{0,3}\d\d[-_.:h ]?\d\d[-_.:m ]?\d\d(?!\d)"
)
_MADE_AT = re.compile(r"\b(?:di)?cetak|unduh|ekspor|\b(?:export|generated|printed)", re.IGNORECASE)
_KECAMATAN = re.compile(
    r"\b(?:kecamatan|kec)\b\W{0,3}((?:(?!\bkec(?:amatan)?\b)[^\d,;()|:/]){3,40})", re.IGNORECASE
)
_DESA = re.compile(r"\b(?:desa|kelurahan|kel|ds)\b\W{0,3}([^\d,;()|:/]{3,40})", re.IGNORECASE)
_MAX_NAME_WORDS = 4
# `Tempat : ...` as a line of its own, or after the hour in one line.
_VENUE = re.compile(
    r"(?:^|[|;]\s*|\s{2})(?:tempat|lokasi)\s*:\s*([^\n|;]{3,80}?)(?=$|[|;]|\s{2})",
    re.IGNORECASE | re.MULTILINE,
)
# One TPS at the beginning of a line; no range, and no number of TPS.
_STATION = re.compile(
    r"tps\b\W{0,3}(?:no(?:mor)?\b\W{0,3})?(\d{1,3})\b"
    r"(?!\s*(?:,|-|–|&|/|s\.?\s?d|dan\b|sampai)\s*\d)",
    re.IGNORECASE,
)
# And one anywhere in a line, where its desa follows.
_STATION_OF_DESA = re.compile(
    r"\btps\b\W{0,3}(?:no(?:mor)?\b\W{0,3})?(\d{1,3})\b(?=\W{1,3}(?:desa|kelurahan|kel|ds)\b)",
    re.IGNORECASE,
)
# A line that says when, and of what kind of table; no other word, and numbers of a time alone.
# Possessive: a line that is none is given up at once, however long its numbers are.
_TIME_LINE = re.compile(
    r"(?:(?:rekap\w*|laporan|lap|data|kehadiran|hadir|partisipasi|pemilih|perkembangan|situasi"
    r"|sementara|update|jumlah|pengguna|hak|pilih|pada|sampai|dengan|hari|tanggal|tgl|senin|selasa"
    r"|rabu|kamis|jum'?at|sabtu|minggu|lanjutan|dini|malam|pagi|siang|sore|pergeseran|kotak|suara"
    rf"|logistik|pemungutan|penghitungan|pukul|pkl|pk|jam|wib|s\.?/?d|{_MONTH_NAMES})[a-z]{{0,6}}\b"
    r"|\d{1,4}+|[\s.,:;/()_–-])++",
    re.IGNORECASE,
)
# After a name in a title: what is no longer part of it.
_NAME_END = re.compile(
    r"\b(?:kec|kecamatan|kab|kabupaten|pada|tanggal|tgl|pukul|jam|hari|tahun|dalam|pemilihan"
    r"|pilkada|desa|kelurahan|tps|provinsi|polres|polsek|wilayah|nomor|senin|selasa|rabu|kamis|jumat|sabtu|minggu)\b.*|[_\-–]\s*$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class FileContext:
    """Facts about all rows of a table, each as the text of a cell.

    day: `27/11/2024`. clock: `11.00`. kecamatan, desa: names. tps: its number. None where nothing
    says it, or one text says two things. words: all texts, to tell what kind of list it is.
    day_question: which days the titles and the sheet name, where they differ, so that none is
    known. other_day: that of the file's name, where it is not the day of the table. venue: what
    stands behind `TEMPAT :`.
    """

    day: str | None = None
    clock: str | None = None
    kecamatan: str | None = None
    desa: str | None = None
    tps: str | None = None
    words: str = ""
    day_question: str | None = None
    other_day: str | None = None
    venue: str | None = None


def read_context(
    titles: Sequence[str],
    sheet: str,
    file_name: str,
    context: IngestContext,
    cover: Sequence[str] = (),
    above: Sequence[str] = (),
) -> FileContext:
    """Read what the titles say, else the name of the sheet, a cover, or the name of the file.

    above: titles of the whole sheet, where the table is one of several below one another; they
    count after its own, and do not tell its kind. A cover says the day and the kecamatan, and the
    kind where the table has no title; but no hour: its own is that of its writing.
    """
    stem = _TIME_OF_EXPORT.sub(" ", re.sub(r"\.[A-Za-z0-9]{1,5}$", "", file_name))
    sheet_text = _name_year(sheet, context.election.day)
    file_text = re.sub(r"_+", " ", stem)
    own, above_text, cover_text = (
        "\n".join(_join_letters(line) for line in lines if not _MADE_AT.search(line))
        for lines in (titles, above, cover)
    )
    levels = [own, above_text, sheet_text, file_text]
    with_cover = [own, above_text, sheet_text, cover_text, file_text]
    voting_day = context.election.day
    day = _first_agreed(with_cover, _find_days) or _first_agreed(
        with_cover, lambda text: _find_election_day(text, voting_day)
    )
    question = _ask_day(own or above_text, sheet_text, voting_day)
    file_days = {*_find_days(file_text)}
    other_day = file_days.pop() if day and len(file_days) == 1 and day not in file_days else None
    clock = _first_agreed(levels, _find_clocks)
    if clock is None and (bare := _BARE_CLOCK.fullmatch(sheet.strip())):
        clock = f"{int(bare[1]):02d}.{bare[2]}"
    kecamatan = _first_agreed(with_cover, lambda text: _find_kecamatan(text, context))
    if kecamatan is None:
        kecamatan = _read_kecamatan(sheet, context)
    desa = _first_agreed(levels, lambda text: _find_desa(text, kecamatan, context))
    tps = _first_agreed(levels[:3], _find_stations)
    words = " ".join((own or cover_text, sheet_text, file_text))
    return FileContext(
        None if question else day,
        clock,
        kecamatan,
        desa,
        tps,
        words,
        question,
        other_day,
        _first_agreed(levels[:2], lambda text: (match[1] for match in _VENUE.finditer(text))),
    )


def _ask_day(titles: str, sheet: str, voting_day: date) -> str | None:
    """Return what to ask where the titles and the sheet name one day each, and not the same."""
    days = [
        {*_find_days(text)} or {*_find_election_day(text, voting_day)} for text in (titles, sheet)
    ]
    if len(days[0]) != 1 or len(days[1]) != 1 or days[0] == days[1]:
        return None
    title_day, sheet_day = days[0].pop(), days[1].pop()
    return f"judul menyebut tanggal {title_day}, nama lembar {sheet_day}: mana yang benar?"


def _join_letters(line: str) -> str:
    """Return a line with its spaced words joined: `J A M  10.00` is `JAM 10.00`."""
    return _SPACED.sub(lambda match: match[0].replace(" ", ""), line)


def _first_agreed(levels: Sequence[str], find: Callable[[str], Iterator[str]]) -> str | None:
    """Return what the first level that says anything says, unless it says two things."""
    for text in levels:
        found = set(find(text))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _name_year(sheet: str, day: date) -> str:
    """Return the name of a sheet; one that is a day without its year, with the year of voting.

    Of days around a new year, the one nearest to that of voting.
    """
    match = _DAY_OF_SHEET.fullmatch(sheet.strip())
    nearest = _find_nearest(int(match[1]), match[2], day) if match else None
    return f"{sheet.strip().rstrip('.')} {nearest.year}" if nearest else sheet


def _find_nearest(number: int, month: str, day: date) -> date | None:
    """Return the day of a month that is nearest to a day; None where there is no such day."""
    days = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            days.append(date(year, MONTHS[month.lower()], number))
        except ValueError:  # 29 February, or no day at all
            continue
    return min(days, key=lambda other: abs(other - day), default=None)


def _find_days(text: str) -> Iterator[str]:
    """Yield the days that a text names. A range of days names two, so nobody is sure."""
    yield from (f"{int(match[1]):02d}/…" for match in _FIRST_OF_RANGE.finditer(text) if match[2])
    rest = text
    for pattern, order in (
        (_SPELLED_DAY, (1, 2, 3)), (_NUMERIC_DAY, (1, 2, 3)), (_ISO_DAY, (3, 2, 1)),
        (_PACKED_DAY, (1, 2, 3)),
    ):  # fmt: skip
        for match in pattern.finditer(rest):
            day, month, year = (match[index] for index in order)
            year = f"20{year}" if len(year) == 2 else year
            number = int(month) if month.isdigit() else MONTHS[month.lower()]
            try:
                parts = parse_date_parts(f"{int(day):02d}/{number:02d}/{year}")
            except UnreadableCell:
                continue
            yield f"{parts.day:%d/%m/%Y}"
        rest = pattern.sub(" ", rest)


def _find_election_day(text: str, day: date) -> Iterator[str]:
    """Yield the day of voting where a text names it without its year; no other day is guessed."""
    if _FIRST_OF_RANGE.search(text):
        return
    for match in _DAY_WITHOUT_YEAR.finditer(text):
        if (int(match[1]), MONTHS[match[2].lower()]) == (day.day, day.month):
            yield f"{day:%d/%m/%Y}"


def _find_clocks(text: str) -> Iterator[str]:
    rest = _RANGE.sub(" ", text)
    for match in chain(_CLOCK.finditer(rest), _UNTIL_CLOCK.finditer(rest)):
        hour, *minutes = filter(None, match.groups())
        if int(hour) <= 24:
            yield f"{int(hour):02d}.{minutes[0] if minutes else '00'}"


def find_hour_of_file(file_name: str) -> str | None:
    """Return the one hour that the name of a file tells after `pukul` or `jam`; else None."""
    return _first_agreed([_TIME_OF_EXPORT.sub(" ", file_name).replace("_", " ")], _find_clocks)


def _find_kecamatan(text: str, context: IngestContext) -> Iterator[str]:
    for match in _KECAMATAN.finditer(text):
        if name := _read_kecamatan(match[1], context):
            yield name


def read_marked_kecamatan(text: str, context: IngestContext) -> str | None:
    """Return the kecamatan that a text names after `Kec.`, and nothing before it; else None."""
    match = _KECAMATAN.match(text.strip())
    return _read_kecamatan(match[1], context) if match else None


def read_marked_desa(text: str, kecamatan: str | None, context: IngestContext) -> str | None:
    """Return the desa that a text names after `Desa`, and nothing before it; else None.

    A name that is none, or of several, is returned as written where nothing stands behind it: what
    is below is not of the desa above.
    """
    match = _DESA.match(text.strip())
    if match is None:
        return None
    words = match[1].split()
    is_name = match.end() == len(text.strip()) and len(words) <= _MAX_NAME_WORDS
    return next(_find_desa(text, kecamatan, context), " ".join(words) if is_name else None)


def read_marked_station(text: str, context: IngestContext) -> dict[str, str]:
    """Return the TPS that a text begins with, and the desa and kecamatan behind it; else nothing.

    The headings are ours.
    """
    match = _STATION.match(text.strip())
    if match is None:
        return {}
    kecamatan = next(_find_kecamatan(text, context), None)
    desa = next(_find_desa(text, kecamatan, context), None)
    found = {"tps": match[1], "desa": desa, "kecamatan": kecamatan}
    return {heading: name for heading, name in found.items() if name}


def read_marked_time(text: str, voting_day: date) -> dict[str, str]:
    """Return the one day and the one hour that a line of nothing else names; else nothing.

    The headings are ours. A day without its year is the one nearest to that of the voting.
    """
    short = (_find_nearest(int(m[1]), m[2], voting_day) for m in _DAY_WITHOUT_YEAR.finditer(text))
    days = {*_find_days(text)} or {f"{day:%d/%m/%Y}" for day in short if day is not None}
    found = {"tanggal": days, "jam": {*_find_clocks(text)}}
    if max(map(len, found.values())) != 1 or _TIME_LINE.fullmatch(text.strip()) is None:
        return {}
    return {heading: values.pop() for heading, values in found.items() if values}


def _find_stations(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if match := _STATION.match(line.strip()) or _STATION_OF_DESA.search(line):
            yield str(int(match[1]))


def _read_kecamatan(text: str, context: IngestContext) -> str | None:
    """Return the kecamatan whose name a text is or begins with, exactly; else None."""
    words = _NAME_END.sub("", text).replace("_", " ").split()
    for count in range(len(words), 0, -1):
        try:
            area = context.places.read_kecamatan(None, " ".join(words[:count]))
        except UnreadableCell:
            continue
        if area.code is None or area.note is not None:
            continue
        name = context.register.kecamatan[area.code].name
        rest = words[count:]
        return None if rest and rest[0].isalpha() and _has_longer_name(name, context) else name
    return None


def _has_longer_name(name: str, context: IngestContext) -> bool:
    """Return whether another kecamatan's name begins with this one: `Indralaya Utara`."""
    return any(other.name.startswith(f"{name} ") for other in context.register.kecamatan.values())


def _find_desa(text: str, kecamatan: str | None, context: IngestContext) -> Iterator[str]:
    """Yield the desa that a text names; a name that is none is yielded as written.

    `Tanjung Atap Timur` is not Tanjung Atap.
    """
    area = context.places.read_kecamatan(None, kecamatan).code if kecamatan else None
    for match in _DESA.finditer(text):
        words = _NAME_END.sub("", match[1]).split()
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            try:
                desa = context.places.read_desa(name, area, required=False)
            except UnreadableCell:
                continue
            if desa.code is not None:
                is_other = is_distinguishing(words[count]) if count < len(words) else False
                yield " ".join(words[: count + 1]) if is_other else name
                break
