"""Day and hour of a report that no column names: from titles, the file, or when it was sent."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE
from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.parsing.cells import UnreadableCell, format_cell, is_blank
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.phase_days import may_be_another_day
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.readers.reserved_columns import SHEET
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell, UnknownHeadings
from situasi.ingest.vocabulary.wide_headings import WideHeading

_COUNT_HEADINGS = ("hadir", "hadir_dpt", "hadir_l", "hadir_p")
_DAY = re.compile(r"\d[/-]\d+[/-]\d")
_REGISTERED = re.compile(
    r"(?:(?:jumlah|jml|total)\W++)?(?:dpt|dptb|dpk|target|pemilih terdaftar|jml pemilih)\W*+",
    re.IGNORECASE,
)
_LINE_OF_HOUR = re.compile(
    r"(?:s\.?/?d\.?\W*+)?(?:(?:jam|pukul|pkl|pk)\W*+\d{1,2}(?:[.:]\d{2})?|\d{1,2}[.:]\d{2})"
    r"\W*+(?:wib\W*+)?",
    re.IGNORECASE,
)
_FIRST_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[.:]([0-5]\d)(?!\d)")
_CLOCKS_DIFFER_MIN = 60  # how far telephones and servers may disagree
_TIME_WORD = re.compile(
    r"waktu|jam\b|pukul|tanggal|\btgl|hari\b|time|date|\bhour|clock|\bat$", re.IGNORECASE
)
# Times of other things than the event: of the record, which may stand for it, or of neither.
_RECORD_TIME = re.compile(
    r"buat|creat|ubah|updat|modif|sinkron|sync|upload|unggah|submi|kirim|\bsent\b|receiv|terima",
    re.IGNORECASE,
)
_NO_TIME_OF_REPORT = re.compile(r"lahir|birth|dob|cetak|print|expir|batas|deadline", re.IGNORECASE)
_MIN_SHARE = 0.8  # of the filled cells of a column


def complete_time(
    table: ConvertedTable, facts: FileContext, feed: str | None, context: IngestContext
) -> None:
    """Fill in day and hour where no column names them, each noted at its row.

    A column of times under an unknown heading is taken for them; several are not chosen from, and
    then nothing is guessed. For counts the day of voting is the last resort. Raises UnknownHeadings
    where the titles and the sheet name different days.
    """
    _take_hours_in_words(table)
    _mark_registered_voters(table)
    _read_bare_hours(table)
    _carry_days(table)
    found = context.vocabulary.find_wide_headings(table.headings) if feed == "tps" else {}
    wide = found.values()
    has_hours = any(heading.column in {"clock", "fase"} for heading in wide)
    is_unnamed = not has_hours and not table.has_any("waktu", "tanggal", "jam")
    if is_unnamed and not _take_unnamed_time(table):
        return
    if facts.day_question is not None:
        _ask_day(table, facts.day_question)
    day, source = facts.day, "dari judul atau nama berkas"
    if facts.other_day is not None:
        source += f"; nama berkas menyebut {facts.other_day}"
    if day is None:
        _take_day_of_report(table, found if has_hours else {}, context.election)
    is_count = feed == "tps" and (bool(wide) or table.has_any(*_COUNT_HEADINGS, "fase"))
    if day is None and is_count and not has_hours:
        day, source = f"{context.election.day:%d/%m/%Y}", "tidak disebut: dibaca hari pemungutan"
    undated = _find_undated_rows(table) if day is not None else []
    if facts.day is None:
        undated = [row for row in undated if not _may_be_another_day(table, row)]
    if undated:
        table.fill("tanggal", undated, lambda _: day)
        table.doubt(undated, f"tanggal {source}")
    is_named = day is not None or facts.day_question is not None
    if facts.clock is None or has_hours or not is_named:
        return
    untimed = _find_untimed_rows(table)
    table.fill("jam", untimed, lambda _: facts.clock)
    table.doubt(untimed, "jam dari judul atau nama berkas")


def _take_unnamed_time(table: ConvertedTable) -> bool:
    """Use the times of a column that no heading names; return False where several may be it."""
    times = find_time_columns(table)
    if len(times) > 1:
        return False
    if times:
        _take_time_column(table, times[0])
    elif not table.has_any("waktu_lapor") and (records := _find_record_times(table)):
        _take_time_column(table, records[0])
    else:
        _take_time_of_report(table)
    return True


def _ask_day(table: ConvertedTable, question: str) -> None:
    """Hold the rows without a day where the titles and the sheet name different ones.

    A file of one table waits until a person says its day (UnknownHeadings); of several, a day for
    all of them would be wrong for some.
    """
    undated = _find_undated_rows(table)
    if undated and SHEET not in table.cells.columns:
        raise UnknownHeadings(question)
    table.reasons.update(dict.fromkeys(undated, f"{question} Betulkan, lalu kirim lagi"))


def _read_bare_hours(table: ConvertedTable) -> None:
    """Read a column of hours that holds nothing but whole hours (`8`, `10`, `13`)."""
    for name in table.find_columns("jam"):
        column = table.cells[name].tolist()
        texts = [None if is_blank(cell) else format_cell(cell).strip() for cell in column]
        filled = [text for text in texts if text is not None]
        if len({*filled}) > 1 and all(t.isascii() and t.isdigit() and int(t) < 24 for t in filled):
            table.set_column(name, [t and f"{int(t):02d}.00" for t in texts])
            rows = [row for row, text in enumerate(texts) if text is not None]
            table.doubt(rows, "jam bulat dibaca tepat jamnya")


def _take_hours_in_words(table: ConvertedTable) -> None:
    """Take for the hour a column of words of which most are one (`JAM 09.00` under URAIAN)."""
    if table.has_any("waktu", "jam", "waktu_lapor", "jenis", "giat"):
        return
    for name in table.find_columns("uraian"):
        texts = [str(cell) for cell in table.cells[name].tolist() if not is_blank(cell)]
        hours = sum(_LINE_OF_HOUR.fullmatch(text.strip()) is not None for text in texts)
        if hours and 2 * hours >= len(texts):
            table.cells = table.cells.rename(columns={name: "jam"})
            return


def _mark_registered_voters(table: ConvertedTable) -> None:
    """Mark the rows of those who may vote among rows of hours (`DPT` under JAM)."""
    for name in table.find_columns("jam"):
        for row, cell in enumerate(table.cells[name].tolist()):
            if isinstance(cell, str) and _REGISTERED.fullmatch(cell.strip()):
                table.reasons.setdefault(row, f"baris {cell.strip()}, bukan jumlah pada suatu jam")


def _carry_days(table: ConvertedTable) -> None:
    """Repeat a day that is written once above rows with hours of their own, while these go on.

    Where an hour is earlier than the one above it, another day may have begun: it stays open.
    """
    names, hours = table.find_columns("tanggal"), table.find_columns("jam")
    if not names or not hours:
        return
    column = table.cells[names[0]].tolist()
    if None not in column or is_blank(column[0]):
        return
    skipped = table.total_rows | table.reasons.keys()
    days: dict[int, Cell] = {}
    day, last = None, -1
    for row, (cell, hour) in enumerate(zip(column, table.cells[hours[0]].tolist(), strict=True)):
        minutes = _find_minutes(hour)
        if row in skipped or minutes is None:
            continue
        if not is_blank(cell):
            day, last = cell, minutes
        elif day is not None and minutes >= last:
            days[row], last = day, minutes
        else:
            day = None
    table.fill("tanggal", list(days), days.__getitem__)
    table.doubt(days, "tanggal dari baris di atasnya")


def _find_minutes(cell: Cell) -> int | None:
    """Return the minutes of a day at which a cell begins: 480 of `08.00 s/d 10.00`."""
    if isinstance(cell, datetime | time):
        return 60 * cell.hour + cell.minute
    match = _FIRST_CLOCK.search(cell) if isinstance(cell, str) else None
    return 60 * int(match[1]) + int(match[2]) if match else None


def _may_be_another_day(table: ConvertedTable, row: int) -> bool:
    """Return whether a row is a phase that may not be of the day of voting."""
    phase = next((table.cells[n].iloc[row] for n in table.find_columns("fase")), None)
    clock = next((table.cells[n].iloc[row] for n in table.find_columns("jam")), None)
    return not is_blank(phase) and may_be_another_day(phase, clock)


def find_time_columns(table: ConvertedTable) -> list[str]:
    """Return the columns under unknown headings that name and hold times, but of nothing else."""
    names = [
        name
        for name in table.headings
        if table.vocabulary.find_any_column(name) is None
        and _TIME_WORD.search(name.replace("_", " "))
        and not _RECORD_TIME.search(name)
        and not _NO_TIME_OF_REPORT.search(name)
    ]
    return [name for name in names if _share(table, name, _is_time) >= _MIN_SHARE]


def _find_record_times(table: ConvertedTable) -> list[str]:
    """Return the columns under unknown headings that say when a row was written (`Update`)."""
    names = [
        name
        for name in table.headings
        if table.vocabulary.find_any_column(name) is None
        and _RECORD_TIME.search(name)
        and not _NO_TIME_OF_REPORT.search(name)
    ]
    return [name for name in names if _share(table, name, _is_time) >= _MIN_SHARE]


def _take_time_column(table: ConvertedTable, name: str) -> None:
    """Use a column of times under an unknown heading."""
    meaning = find_time_meaning(table, name)
    rows = [row for row, cell in enumerate(table.cells[name].tolist()) if not is_blank(cell)]
    table.cells = table.cells.rename(columns={name: meaning})
    table.doubt(rows, f'waktu dari kolom "{name}"')


def find_time_meaning(table: ConvertedTable, name: str) -> str:
    """Return our heading for a column of times under an unknown heading."""
    return "jam" if _share(table, name, _is_clock_alone) >= _MIN_SHARE else "waktu"


def _share(table: ConvertedTable, name: str, test: Callable[[Cell], bool]) -> float:
    filled = {cell for cell in table.cells[name].tolist() if not is_blank(cell)}
    return sum(map(test, filled)) / len(filled) if filled else 0.0


def _is_time(cell: Cell) -> bool:
    if isinstance(cell, float):  # half a day, or a share of one half: its heading does not say
        return False
    try:
        parse_date_parts(cell)
    except UnreadableCell:
        return _is_clock_alone(cell)
    return True


def _take_time_of_report(table: ConvertedTable) -> None:
    """Use the time of submission where the source did not ask when it happened."""
    for name in table.find_columns("waktu_lapor")[:1]:
        column = table.cells[name].tolist()
        rows = [row for row, cell in enumerate(column) if not is_blank(cell)]
        table.fill("waktu", rows, column.__getitem__)
        for clocks in table.find_columns("jam_lapor")[:1]:
            hours = table.cells[clocks].tolist()
            table.fill("jam", [row for row in rows if not is_blank(hours[row])], hours.__getitem__)
        table.doubt(rows, "waktu kejadian tidak ditanya: dipakai waktu lapor")


def _take_day_of_report(
    table: ConvertedTable, wide: Mapping[str, WideHeading], election: Election
) -> None:
    """Use the day of submission for an hour without a day; the day before where it is later.

    wide: the headings of a table with a column per hour.
    """
    if wide:
        _take_day_of_wide_report(table, wide, election)
        return
    names = table.find_columns("waktu_lapor")[:1]
    undated = _find_undated_rows(table) if names else []
    reported = table.cells[names[0]].tolist() if undated else []
    clocks = [
        table.cells[name].tolist() for h in ("jam", "waktu") for name in table.find_columns(h)
    ]
    days: dict[int, Cell] = {}
    for row in undated:
        clock = next((column[row] for column in clocks if not is_blank(column[row])), None)
        if (day := find_day_of_report(reported[row], clock, election.zone)) is not None:
            days[row] = day
    table.fill("tanggal", list(days), days.__getitem__)
    table.doubt(days, "tanggal dari waktu lapor")


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
    table.fill("tanggal", list(days), days.__getitem__)
    table.doubt(days, "tanggal dari waktu lapor")


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


def find_day_of_report(reported: Cell, clock: Cell, zone: ZoneInfo) -> str | None:
    """Return the day on which it was this hour, at most an hour after it was reported.

    None where a cell cannot be read.
    """
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
    if not table.has_any("waktu", "tanggal", "jam"):
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
