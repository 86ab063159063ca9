"""Columns of times under headings that are not ours: which of them is that of the event."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, time

from situasi.ingest.facts.time_cells import is_clock_alone, is_day_alone, is_time
from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_TIME_WORD = re.compile(
    r"waktu|jam\b|pukul|tanggal|\btgl|hari\b|time|date|\bhour|clock|\bat$", re.IGNORECASE
)
# Times of other things than the event: of the record, which may stand for it, or of neither.
_RECORD_TIME = re.compile(
    r"buat|creat|ubah|updat|modif|sinkron|sync|upload|unggah|submi|kirim|\bsent\b|receiv|terima"
    r"|entr[iy]|input|rekam|simpan|save",
    re.IGNORECASE,
)
_NO_TIME_OF_REPORT = re.compile(
    r"lahir|birth|dob|cetak|print|expir|batas|deadline|verif|review|validas|approv|setuju|periksa",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"rencana|jadwal|target|plan|due\b|last|terakhir|seen|login|logout|online|aktif", re.IGNORECASE
)
# Beside when it began, it does not tell when something happened.
_END_TIME = re.compile(r"selesai|akhir|pulang|\bend\b|finish", re.IGNORECASE)
_MIN_SHARE = 0.8  # of the different filled cells of a column
# What is a time by itself: `12.30` may be metres, `1610051015` a code.
_PLAIN_MOMENT = re.compile(
    r"\d{1,4}[-/]\d{1,2}[-/]\d{2,4}[T ].*\d[.:]\d{2}.*|[A-Za-z]{3} \d{1,2}, \d{4} .*\d:\d{2}.*"
)
_PLAIN_CLOCK = re.compile(
    r"(?:(?:jam|pukul|pkl)\W{0,3})?\d{1,2}(?::[0-5]\d){1,2}(?: ?[ap]m)?(?: ?wib)?"
    r"|(?:jam|pukul|pkl)\W{0,3}\d{1,2}(?:\.[0-5]\d)?(?: ?wib)?|\d{1,2}(?:\.[0-5]\d)? ?wib",
    re.IGNORECASE,
)


def find_time_columns(table: ConvertedTable, known: Collection[str] = ()) -> list[str]:
    """Return the columns under unknown headings that hold times of nothing else than the event.

    Those whose headings name a time; where none does, those whose cells can be nothing else.
    known: headings of which it is known what they are.
    """
    unknown = [name for name in table.list_unknown() if name not in known]
    return choose_time_columns({name: table.cells[name].tolist() for name in unknown})


def choose_time_columns(columns: Mapping[str, Sequence[Cell]]) -> list[str]:
    """Return which of these columns (cells by heading) may say when something happened."""
    free = [
        name
        for name in columns
        if not _RECORD_TIME.search(name) and not _NO_TIME_OF_REPORT.search(name)
    ]
    named = [name for name in free if _TIME_WORD.search(name.replace("_", " "))]
    times = [name for name in named if _share(columns[name], is_time) >= _MIN_SHARE]
    times = times or [
        name
        for name in free
        if not _OF_OTHERS.search(name) and _share(columns[name], _is_plain_time) >= _MIN_SHARE
    ]
    starts = [name for name in times if not _END_TIME.search(name)]
    return starts if len(starts) == 1 else times


def find_record_times(table: ConvertedTable) -> list[str]:
    """Return the columns under unknown headings that say when a row was written (`Update`)."""
    return [
        name
        for name in filter(_RECORD_TIME.search, table.list_unknown())
        if not _NO_TIME_OF_REPORT.search(name)
        and _share(table.cells[name].tolist(), is_time) >= _MIN_SHARE
    ]


def find_time_meaning(table: ConvertedTable, name: str) -> str:
    """Return our heading for a column of times under an unknown heading."""
    cells = table.cells[name].tolist()
    return "jam" if _share(cells, is_clock_alone) >= _MIN_SHARE else "waktu"


def is_day_with_hour(table: ConvertedTable, names: Sequence[str]) -> bool:
    """Return whether two columns are one time: a column of days alone, and one of hours alone."""
    if len(names) != 2:
        return False
    days = [_share(table.cells[name].tolist(), is_day_alone) >= _MIN_SHARE for name in names]
    hours = [find_time_meaning(table, name) == "jam" for name in names]
    return sorted(zip(days, hours, strict=True)) == [(False, True), (True, False)]


def _share(cells: Sequence[Cell], test: Callable[[Cell], bool]) -> float:
    filled = {cell for cell in cells if not is_blank(cell)}
    return sum(map(test, filled)) / len(filled) if filled else 0.0


def _is_plain_time(cell: Cell) -> bool:
    """Return whether a cell can be nothing but a time of day, with its day or without."""
    if isinstance(cell, datetime | time):
        return not (isinstance(cell, datetime) and is_day_alone(cell))
    if not isinstance(cell, str) or len(cell) > 60:
        return False
    text = cell.strip()
    if _PLAIN_CLOCK.fullmatch(text):
        return is_clock_alone(text)
    if not _PLAIN_MOMENT.fullmatch(text):
        return False
    try:
        return parse_date_parts(text).clock is not None
    except UnreadableCell:
        return False
