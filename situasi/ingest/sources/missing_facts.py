"""Facts that no column of a table holds: day, hour, place and kind, from what stands around it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.phrase_matcher import PhraseMatcher
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_text
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.file_context import FileContext
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key

_PLACES = ("kecamatan", "kode_kecamatan", "tempat")
# The column that says what kind of report a row is, by feed.
_KIND_HEADINGS = {"tps": "fase", "incidents": "jenis", "personnel": "checkin", "activities": "giat"}
_COUNT_HEADINGS = ("hadir", "hadir_dpt")
_DAY = re.compile(r"\d[/-]\d+[/-]\d")
# Latitude and longitude, with altitude and accuracy behind them as telephones write them.
_POINT = re.compile(
    r"(-?\d{1,2}\.\d{3,})\s*[,; ]\s*(-?\d{2,3}\.\d{3,})(?:[ ,]+-?\d+(?:\.\d+)?){0,2}"
)
_LONGEST_PHRASE = 5  # words
_SEXES = {"l": ("lakilaki", "laki", "lk", "l", "pria"), "p": ("perempuan", "pr", "p", "wanita")}
_PRESENT_VOTERS = re.compile(
    r"\b(?:hadir|kehadiran|partisipasi|pengguna hak pilih)\b", re.IGNORECASE
)
_LISTED_VOTERS = re.compile(r"\b(?:dpt|dpt?b|daftar pemilih|terdaftar)\b", re.IGNORECASE)
_INCIDENT = re.compile(
    r"\b(?:kejadian|insiden|peristiwa|gangguan|kronologis?|incidents?|happened)\b", re.IGNORECASE
)
_ACTIVITY = re.compile(r"giat|acara|agenda|activit", re.IGNORECASE)
_MAX_TEXT_CHARS = 2_000
_CLOCKS_DIFFER_MIN = 60  # how far telephones and servers may disagree


def complete(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Fill in what the titles, the sheet or the file say, each marked at its row."""
    _name_sexes(table, facts)
    _complete_kind(table, facts, context)
    feed = context.vocabulary.detect_feed(table.headings)
    if feed in {None, "roster", "merges", "neutrality"}:
        return
    if feed != "postings":  # an order without a time is of the day's watch
        _complete_time(table, facts, feed, context)
    _take_points(table)
    _complete_place(table, facts)


def _complete_time(
    table: ConvertedTable, facts: FileContext, feed: str | None, context: IngestContext
) -> None:
    wide = context.vocabulary.find_wide_headings(table.headings).values()
    has_hours = any(heading.column != "tps" for heading in wide)
    if not has_hours and not _has_any(table, "waktu", "tanggal", "jam"):
        _take_time_of_report(table)
    day, source = facts.day, "dari judul atau nama berkas"
    if day is None and not has_hours:
        _take_day_of_report(table, context.election.zone)
    is_count = feed == "tps" and (bool(wide) or _has_any(table, *_COUNT_HEADINGS))
    if day is None and is_count and not has_hours:
        day, source = f"{context.election.day:%d/%m/%Y}", "tidak disebut: dibaca hari pemungutan"
    undated = _find_undated_rows(table) if day is not None else []
    if undated:
        table.fill("tanggal", undated, lambda _: day)
        table.doubt(undated, f"tanggal {source}")
    if facts.clock is None or has_hours or facts.day is None:
        return
    untimed = _find_untimed_rows(table)
    table.fill("jam", untimed, lambda _: facts.clock)
    table.doubt(untimed, "jam dari judul atau nama berkas")


def _take_time_of_report(table: ConvertedTable) -> None:
    """Use the time of submission where the source did not ask when it happened."""
    for name in table.find_columns("waktu_lapor")[:1]:
        column = table.cells[name].tolist()
        rows = [row for row, cell in enumerate(column) if not is_blank(cell)]
        table.fill("waktu", rows, column.__getitem__)
        table.doubt(rows, "waktu kejadian tidak ditanya: dipakai waktu lapor")


def _take_day_of_report(table: ConvertedTable, zone: ZoneInfo) -> None:
    """Use the day of submission for an hour without a day; the day before where it is later."""
    names = table.find_columns("waktu_lapor")[:1]
    undated = _find_undated_rows(table) if names else []
    reported = table.cells[names[0]].tolist() if undated else []
    clocks = [
        table.cells[name].tolist() for h in ("jam", "waktu") for name in table.find_columns(h)
    ]
    days: dict[int, Cell] = {}
    for row in undated:
        clock = next((column[row] for column in clocks if not is_blank(column[row])), None)
        if (day := _find_day(reported[row], clock, zone)) is not None:
            days[row] = day
    table.fill("tanggal", list(days), days.__getitem__)
    table.doubt(days, "tanggal dari waktu lapor")


def _find_day(reported: Cell, clock: Cell, zone: ZoneInfo) -> str | None:
    """Return the day on which it was this hour, at most an hour after it was reported."""
    try:
        parts, hour = parse_date_parts(reported), read_clock(clock)
    except (UnreadableCell, ValueError):
        return None
    if parts.clock is None or parts.clock[0] == 24 or hour.day is not None:
        return None
    moment = datetime.combine(parts.day, time(*parts.clock[:3]), parts.zone or zone)
    local = moment.astimezone(zone)
    minutes = 60 * hour.clock[0] + hour.clock[1] - (60 * local.hour + local.minute)
    return f"{local - timedelta(days=minutes > _CLOCKS_DIFFER_MIN):%d/%m/%Y}"


def _find_undated_rows(table: ConvertedTable) -> list[int]:
    """Return the rows that name a time of day but no day; all rows where no column is of time."""
    if not _has_any(table, "waktu", "tanggal", "jam"):
        return table.find_empty_rows()
    if table.find_columns("tanggal"):
        return []
    dayless = _match_rows(table, "waktu", _has_no_day) & _match_rows(table, "jam", _has_no_day)
    timeless = set(table.find_empty_rows("waktu", "jam"))
    return [row for row in table.find_empty_rows() if row in dayless and row not in timeless]


def _find_untimed_rows(table: ConvertedTable) -> list[int]:
    """Return the rows whose time is a day alone."""
    names = [h for h in ("waktu", "tanggal") if table.find_columns(h)]
    days = [_match_rows(table, h, lambda c: is_blank(c) or _is_day_alone(c)) for h in names]
    return [row for row in table.find_empty_rows("jam") if all(row in rows for rows in days)]


def _match_rows(table: ConvertedTable, heading: str, test: Callable[[Cell], bool]) -> set[int]:
    """Return the rows that hold such a cell in every column of this meaning."""
    rows = set(range(table.size))
    for name in table.find_columns(heading):
        column = table.cells[name].tolist()
        matching = {cell for cell in set(column) if test(cell)}
        rows &= {row for row, cell in enumerate(column) if cell in matching}
    return rows


def _has_no_day(cell: Cell) -> bool:
    return is_blank(cell) or _is_clock_alone(cell)


def _is_clock_alone(cell: Cell) -> bool:
    if isinstance(cell, str) and _DAY.search(cell):  # nearly every cell, and parsing is slow
        return False
    try:
        parse_date_parts(cell)
    except UnreadableCell:
        pass
    else:
        return False
    try:
        return read_clock(cell).day is None
    except (UnreadableCell, ValueError):
        return False


def _is_day_alone(cell: Cell) -> bool:
    try:
        return parse_date_parts(cell).clock is None
    except UnreadableCell:
        return False


def _take_points(table: ConvertedTable) -> None:
    """Use a point that stands under the heading of a place (`lokasi`) as coordinates."""
    if _has_any(table, "koordinat", "lat", "lon"):
        return
    for name in table.find_columns("tempat"):
        column = table.cells[name].tolist()
        points = {
            cell: f"{match[1]}, {match[2]}"
            for cell in set(column)
            if isinstance(cell, str) and (match := _POINT.fullmatch(cell.strip()))
        }
        by_row: dict[int, Cell] = {r: points[c] for r, c in enumerate(column) if c in points}
        if by_row:
            table.set_column(name, [None if cell in points else cell for cell in column])
            table.fill("koordinat", list(by_row), by_row.__getitem__)


def _complete_place(table: ConvertedTable, facts: FileContext) -> None:
    _fill_down(table)
    if facts.kecamatan is not None and not _has_any(table, *_PLACES, "lat", "koordinat"):
        rows = table.find_empty_rows(*_PLACES)
        table.fill("kecamatan", rows, lambda _: facts.kecamatan)
        table.doubt(rows, "kecamatan dari judul atau nama berkas")
    if facts.desa is not None and not _has_any(table, "desa", "kode_desa", "tempat"):
        rows = table.find_empty_rows("desa")
        table.fill("desa", rows, lambda _: facts.desa)
        table.doubt(rows, "desa dari judul atau nama berkas")


def _fill_down(table: ConvertedTable) -> None:
    """Repeat a desa or kecamatan that is written once above its TPS, where the TPS count up."""
    stations = table.find_columns("tps")
    names = [name for heading in ("kecamatan", "desa") for name in table.find_columns(heading)]
    for name in names if stations else ():
        column = table.cells[name].tolist()
        if None not in column or column[0] is None:
            continue
        numbers = table.cells[stations[0]].tolist()
        skipped = table.total_rows | table.reasons.keys()
        rows = [
            row
            for row, (place, number) in enumerate(zip(column, numbers, strict=True))
            if place is None and not is_blank(number) and row not in skipped
        ]
        if rows and _count_up(column, numbers):
            filled: list[Cell] = list(accumulate(column, _keep_last))
            table.fill(name, rows, filled.__getitem__)
            table.doubt(rows, f"{name} dari baris di atasnya")


def _keep_last(above: Cell, cell: Cell) -> Cell:
    return above if cell is None else cell


def _count_up(places: Sequence[Cell], numbers: Sequence[Cell]) -> bool:
    """Return whether the TPS below each written place have growing numbers."""
    for (_, before), (place, number) in pairwise(zip(places, numbers, strict=True)):
        if place is None and not is_blank(number) and not is_blank(before):
            digits = [int("".join(filter(str.isdigit, str(n))) or 0) for n in (before, number)]
            if digits[1] <= digits[0]:
                return False
    return True


def _complete_kind(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Take phase, kind, check-in or giat from the titles where no column of the table says it.

    The kind of an incident or a giat is that of its own words, where it has no column.
    """
    feed = context.vocabulary.detect_feed(table.headings)
    if not len(table.cells):
        return
    if feed in {None, "incidents"} and _is_incident_list(table, facts):
        matcher = PhraseMatcher(context.vocabulary)
        _take_kinds_from_words(table, "jenis", lambda text: _find_kind(text, matcher))
        return
    if feed is None and any(map(_ACTIVITY.search, table.find_columns("uraian"))):
        find = partial(_find_code, feed="activities", heading="giat", context=context)
        _take_kinds_from_words(table, "giat", find)
        feed = context.vocabulary.detect_feed(table.headings)
    if feed is not None:
        return
    has_officers = _has_any(table, "petugas", "nrp")
    found = {
        heading: code
        for feed, heading in _KIND_HEADINGS.items()
        if (feed != "personnel" or has_officers)  # "laporan" is in many a title
        if (code := _find_code(facts.words, feed, heading, context))
    }
    if len(found) == 1:
        heading, code = found.popitem()
        rows = table.find_empty_rows(heading)
        table.fill(heading, rows, lambda _: code)
        table.doubt(rows, f"{heading} dari judul atau nama berkas")


def _name_sexes(table: ConvertedTable, facts: FileContext) -> None:
    """Take columns of men and women for voters present, where the titles say that these count."""
    keys = {normalize_key(name): name for name in table.headings}
    men, women = (next((keys[k] for k in _SEXES[sex] if k in keys), None) for sex in "lp")
    if men is None or women is None or not table.find_columns("tps"):
        return
    if _has_any(table, *_COUNT_HEADINGS, "hadir_l", "hadir_p", "nrp", "petugas"):
        return
    if _PRESENT_VOTERS.search(facts.words) and not _LISTED_VOTERS.search(facts.words):
        table.cells = table.cells.rename(columns={men: "hadir_l", women: "hadir_p"})


def _is_incident_list(table: ConvertedTable, facts: FileContext) -> bool:
    """Return whether rows describe incidents: words, without an officer or a giat."""
    names = table.find_columns("uraian")
    if not names or _has_any(table, "jenis", "petugas", "nrp", "giat", "fase", "hadir"):
        return False
    return any(_INCIDENT.search(text) for text in (*names, facts.words))


def _take_kinds_from_words(
    table: ConvertedTable, heading: str, find: Callable[[str], str | None]
) -> None:
    """Fill in the one kind that the words of a row name; rows that name none or several stay."""
    column = table.cells[table.find_columns("uraian")[0]].tolist()
    texts = {row: normalize_text(str(c)[:_MAX_TEXT_CHARS]) for row, c in enumerate(column) if c}
    kinds = {row: kind for row, text in texts.items() if (kind := find(text))}
    rows = [row for row in table.find_empty_rows(heading) if row in kinds]
    table.fill(heading, rows, kinds.__getitem__)
    table.doubt(rows, f"{heading} dibaca dari uraian")


def _find_kind(text: str, matcher: PhraseMatcher) -> str | None:
    """Return the one kind of incident that a text asserts; None where it asserts several."""
    matches = matcher.find(Passage(text))
    kinds = {match.code for match in matches if match.column == "jenis" and match.is_asserted}
    return kinds.pop() if len(kinds) == 1 else None


def _find_code(text: str, feed: str, heading: str, context: IngestContext) -> str | None:
    """Return the one code of a column that a text names; None where it names none or several."""
    words, codes = text.split(), context.vocabulary.codes[feed, heading]
    phrases = (
        normalize_key("".join(words[start : start + size]))
        for size in range(1, _LONGEST_PHRASE + 1)
        for start in range(len(words) - size + 1)
    )
    found = {codes[phrase] for phrase in phrases if len(phrase) > 4 and phrase in codes}
    return found.pop() if len(found) == 1 else None


def _has_any(table: ConvertedTable, *headings: str) -> bool:
    return any(table.find_columns(heading) for heading in headings)
