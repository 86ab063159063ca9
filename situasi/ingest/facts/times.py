"""Day and hour of a report that no column names: from titles, the file, or when it was sent."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.facts.time_cells import (
    complete_written_day,
    find_undated_rows,
    find_untimed_rows,
    is_clock_alone,
)
from situasi.ingest.facts.time_columns import (
    find_record_times,
    find_time_columns,
    find_time_meaning,
    is_day_with_hour,
)
from situasi.ingest.facts.times_of_report import (
    COUNTS,
    ONLY_REACHED,
    forget_hours_of_forms,
    take_day_of_report,
    take_hour_of_titles,
    take_hours_of_report,
    take_time_of_report,
)
from situasi.ingest.parsing.cells import format_cell, is_blank
from situasi.ingest.parsing.phase_days import (
    FIRST_HOUR,
    NIGHT_AFTER,
    is_night_after,
    may_be_another_day,
)
from situasi.ingest.readers.reserved_columns import SHEET, VOTING_DAY
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell, UnknownHeadings

_REGISTERED = re.compile(
    r"(?:(?:jumlah|jml|total)\W++)?(?:dpt|dptb|dpk|target|pemilih terdaftar|jml pemilih)\W*+",
    re.IGNORECASE,
)
_LINE_OF_HOUR = re.compile(
    r"(?:s\.?/?d\.?\W*+)?(?:(?:jam|pukul|pkl|pk)\W*+\d{1,2}(?:[.:]\d{2})?|\d{1,2}[.:]\d{2})"
    r"\W*+(?:wib\W*+)?",
    re.IGNORECASE,
)
_CUT = re.compile(r"(?:1?\d|2[0-3])\.[1-5]").fullmatch  # 13.10 as a number
_FIRST_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[.:]([0-5]\d)(?!\d)")


def complete_time(
    table: ConvertedTable, facts: FileContext, feed: str | None, context: IngestContext
) -> None:
    """Fill in day and hour where no column names them, each noted at its row.

    A column of times under an unknown heading is taken for them; several are not chosen from, and
    then nothing is guessed. For counts the day of voting is the last resort. Raises UnknownHeadings
    where the titles and the sheet name different days.
    """
    _read_own_times(table, facts, feed, context)
    found = context.vocabulary.find_wide_headings(table.headings) if feed == "tps" else {}
    phases = [name for name, heading in found.items() if heading.column == "fase"]
    _read_bare_hours(table, phases)
    _complete_written_days(table, [*table.find_columns("jam"), *phases], context.election.day)
    wide = found.values()
    has_hours = any(heading.column in {"clock", "fase"} for heading in wide)
    is_unnamed = not has_hours and not table.has_any("waktu", "tanggal", "jam")
    if is_unnamed and not _take_unnamed_time(table, context):
        return
    if not has_hours and not table.has_any("waktu", "jam"):
        _take_unnamed_hours(table)
        take_hours_of_report(table)
    if facts.day_question is not None:
        _ask_day(table, facts.day_question)
    day, source = facts.day, "dari judul atau nama berkas"
    if facts.other_day is not None:
        source += f"; nama berkas menyebut {facts.other_day}"
    if day is None:
        take_day_of_report(table, found if has_hours else {}, context.election)
    is_count = feed == "tps" and (bool(wide) or table.has_any(*COUNTS, "fase"))
    if day is None and is_count and not has_hours:
        day, source = f"{context.election.day:%d/%m/%Y}", VOTING_DAY
    undated = find_undated_rows(table) if day is not None else []
    if facts.day is None:
        undated = [row for row in undated if not _may_be_another_day(table, row)]
    if undated:
        table.fill("tanggal", dict.fromkeys(undated, day), f"tanggal {source}")
        _move_nights_after(table, undated, context.election.day)
    is_named = day is not None or facts.day_question is not None
    clock = facts.clock if is_named and not has_hours else None
    _fill_hours(table, clock, day, source)


def _complete_written_days(table: ConvertedTable, names: list[str], voting_day: date) -> None:
    """Write hours that name their day, mostly without the year, as moments (`00.25 (28/11)`)."""
    for name in names:
        column = table.cells[name].tolist()
        moments = {c: m for c in set(column) if (m := complete_written_day(c, voting_day))}
        if moments:
            table.set_column(name, [moments.get(cell, cell) for cell in column])


def _fill_hours(table: ConvertedTable, clock: str | None, day: str | None, source: str) -> None:
    """Fill in the hour of the titles, and the day of a row that had neither. source: of the day."""
    untimed = find_untimed_rows(table) if clock or table.reached else []
    table.doubt([row for row in untimed if row in table.reached], ONLY_REACHED)
    if clock is None:
        return
    untimed = [row for row in untimed if row not in table.reached]
    table.fill("jam", dict.fromkeys(untimed, clock), "jam dari judul atau nama berkas")
    if day is not None:
        dayless = sorted({*untimed} & {*table.find_empty_rows("tanggal", "waktu")})
        table.fill("tanggal", dict.fromkeys(dayless, day), f"tanggal {source}")


def _read_own_times(
    table: ConvertedTable, facts: FileContext, feed: str | None, context: IngestContext
) -> None:
    """Read the hours and days of a table that are written in other ways than row by row."""
    zone = context.election.zone
    forget_hours_of_forms(table, zone)
    if facts.clock is not None and feed == "tps" and table.has_any(*COUNTS):
        take_hour_of_titles(table, facts.clock, facts.day, zone)
    _take_hours_in_words(table)
    _mark_registered_voters(table)
    _read_bare_hours(table, table.find_columns("jam"))
    _carry_days(table)


def _take_unnamed_time(table: ConvertedTable, context: IngestContext) -> bool:
    """Use the times of a column that no heading names; return False where several may be it."""
    times = find_time_columns(table)
    if len(times) > 1 and not is_day_with_hour(table, times):
        return False
    if times:
        for name in times:
            _take_time_column(table, name)
    elif not table.has_any("waktu_lapor") and (records := find_record_times(table)):
        _take_time_column(table, records[0])
    else:
        take_time_of_report(table, context.election.zone)
    return True


def _take_unnamed_hours(table: ConvertedTable) -> None:
    """Use the one column of hours that no heading names beside a column of days."""
    names = [n for n in find_time_columns(table) if find_time_meaning(table, n) == "jam"]
    if len(names) == 1:
        _take_time_column(table, names[0])


def _ask_day(table: ConvertedTable, question: str) -> None:
    """Hold the rows without a day where the titles and the sheet name different ones.

    A file of one table waits until a person says its day (UnknownHeadings); of several, a day for
    all of them would be wrong for some.
    """
    undated = find_undated_rows(table)
    if undated and SHEET not in table.cells.columns:
        raise UnknownHeadings(question)
    table.reasons.update(dict.fromkeys(undated, f"{question} Betulkan, lalu kirim lagi"))


def _read_bare_hours(table: ConvertedTable, names: Sequence[str]) -> None:
    """Read whole hours (`8`, `10`, `13`) of a column of hours, where its other cells are hours too.

    And numbers of a spreadsheet that cut their last zero (`13.1` of 13.10), where others are
    written with minutes. A number that is no hour says that the column holds something else. Of
    counts `1` is left: it may be 13.00.
    """
    first_hour = FIRST_HOUR if table.has_any(*COUNTS) else 0
    for name in names:
        column = table.cells[name].tolist()
        texts = ["" if is_blank(cell) else format_cell(cell).strip() for cell in column]
        bare = {text for text in texts if text.isascii() and text.isdigit() and len(text) < 3}
        cut = {t for t, c in zip(texts, column, strict=True) if type(c) is float and _CUT(t)}
        others = {text for text in texts if text} - bare - cut
        clocks = {text for text in others if is_clock_alone(text)}
        is_counted = any(text.isdigit() for text in others - clocks)
        if is_counted or len(bare | clocks | cut) < 2 or max(map(int, bare), default=0) > 23:
            continue
        cut = cut if clocks else set()
        read = {
            row: f"{int(hour):02d}.{minutes:0<2}"
            for row, text in enumerate(texts)
            if text in bare | cut
            for hour, _, minutes in [text.partition(".")]
            if int(hour) >= first_hour
        }
        table.replace_cells(name, read)
        table.doubt([r for r in read if texts[r] in bare], "jam bulat dibaca tepat jamnya")
        for row in [row for row in read if texts[row] in cut]:
            table.doubt([row], f"jam {texts[row]} ditulis sebagai bilangan, dibaca {read[row]}")


def _take_hours_in_words(table: ConvertedTable) -> None:
    """Take for the hour a column of words of which most are one (`JAM 09.00` under URAIAN)."""
    if table.has_any("waktu", "jam", "waktu_lapor", "jenis", "giat"):
        return
    for name in table.find_columns("uraian"):
        texts = [str(cell) for cell in table.cells[name].tolist() if not is_blank(cell)]
        hours = sum(_LINE_OF_HOUR.fullmatch(text.strip()) is not None for text in texts)
        if hours and 2 * hours >= len(texts):
            table.rename(name, "jam")
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
    table.fill("tanggal", days, "tanggal dari baris di atasnya")


def _find_minutes(cell: Cell) -> int | None:
    """Return the minutes of a day at which a cell begins: 480 of `08.00 s/d 10.00`."""
    if isinstance(cell, datetime | time):
        return 60 * cell.hour + cell.minute
    match = _FIRST_CLOCK.search(cell) if isinstance(cell, str) else None
    return 60 * int(match[1]) + int(match[2]) if match else None


def _move_nights_after(table: ConvertedTable, rows: list[int], voting_day: date) -> None:
    """Give the phases of the night after the voting the day after that of the titles."""
    name = table.find_columns("tanggal")[0]
    day, days = f"{voting_day:%d/%m/%Y}", table.cells[name].tolist()
    phases = [table.read_first("fase", row) if days[row] == day else None for row in rows]
    read_code = partial(table.vocabulary.find_code, "tps", "fase")
    moved = [
        row
        for row, phase in zip(rows, phases, strict=True)
        if not is_blank(phase) and is_night_after(read_code(phase), _read_hour(table, row))
    ]
    for row in moved:
        days[row] = f"{voting_day + timedelta(days=1):%d/%m/%Y}"
    if moved:
        table.set_column(name, days)
        table.doubt(moved, NIGHT_AFTER)


def _may_be_another_day(table: ConvertedTable, row: int) -> bool:
    """Return whether a row is a phase that may not be of the day of voting."""
    phase = table.read_first("fase", row)
    return not is_blank(phase) and may_be_another_day(phase, _read_hour(table, row))


def _read_hour(table: ConvertedTable, row: int) -> Cell:
    """Return the cell that holds the hour of a row without a day."""
    clock = table.read_first("jam", row)
    return table.read_first("waktu", row) if is_blank(clock) else clock


def _take_time_column(table: ConvertedTable, name: str) -> None:
    """Use a column of times under an unknown heading."""
    meaning = find_time_meaning(table, name)
    rows = [row for row, cell in enumerate(table.cells[name].tolist()) if not is_blank(cell)]
    table.rename(name, meaning)
    table.doubt(rows, f'waktu dari kolom "{name}"')
