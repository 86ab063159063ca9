"""Logs of short messages: one a line or a row, with its time and its sender."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.found_messages import build_delivery
from situasi.ingest.message_files.gateway_messages import (
    GatewayDelivery,
    GatewayMessage,
    read_sent_time,
)
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import Table
from situasi.ingest.vocabulary.clue_words import ClueWords

_DELIMITERS = ("|", "\t", ";", ",")
_PHONE = re.compile(r"\W{0,2}(?:\+?62|0)[ -]?8[0-9 -]{7,15}\W{0,2}")
_SHORT_YEAR = r"(?:20)?[0-9]{2}"
_DAY = re.compile(
    r"\W{0,2}(?:20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    rf"|[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.]{_SHORT_YEAR}"
    r"|[A-Za-z]{3,9}\.? [0-9]{1,2},? 20[0-9]{2}"
    r"|[0-9]{1,2}[ -][A-Za-z]{3,9}\.?[ -]20[0-9]{2})\W{0,2}"
)
_CLOCK = re.compile(r"\W{0,2}[0-2]?[0-9][:.][0-5][0-9](?:[:.][0-5][0-9])?(?: ?[AaPp][Mm])?\W{0,2}")
_MOMENT = re.compile(
    rf"{_DAY.pattern}[ T,]{{1,3}}{_CLOCK.pattern}(?:\.[0-9]+)?"
    r"(?:Z| ?[+-][0-9:]{4,6}| ?(?:UTC|GMT|WIB|WITA|WIT))?\W{0,2}|1[0-9]{9}(?:[0-9]{3})?"
)
_ZONES = (
    (re.compile(r"\b(?:utc|gmt)\b(?! ?\+)|\bzulu\b", re.IGNORECASE), "UTC"),
    (re.compile(r"\bwib\b|(?:utc|gmt) ?\+ ?0?7\b|\+07:?00", re.IGNORECASE), "Asia/Jakarta"),
    (re.compile(r"\bwita\b|(?:utc|gmt) ?\+ ?0?8\b", re.IGNORECASE), "Asia/Makassar"),
)
_SENT = frozenset(("sent", "outbox", "outgoing", "out", "keluar", "terkirim", "delivered"))
_RECEIVED = frozenset(
    ("received", "inbox", "incoming", "in", "masuk", "diterima", "unread", "read")
)
_MOST_HEADING_LINES = 6
_ENOUGH = 0.8  # of the lines
_SHORTEST_TEXT = 8  # characters of a text, on average
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\d+")
_SAMPLE_ROWS = 200
# What a table of messages may tell of each beside its text.
_OF_MESSAGES = frozenset(
    ("id", "occurred_at", "date", "clock", "reported_at", "reported_clock", "pelapor", "sumber")
)
_FEWEST_WORDS, _FEWEST_NUMBERS = 2, 2  # in half of the texts
_NEAR = timedelta(days=366)  # how far from the voting day a moment in seconds may lie


class _Columns(NamedTuple):
    """Where the parts of a line stand. clock: where the hour has a column of its own."""

    day: int
    clock: int | None
    sender: int
    text: int
    way: int | None


def find_text_column(
    headings: Sequence[str], columns: Sequence[Sequence[object]], clues: ClueWords
) -> int | None:
    """Return which column holds the texts of messages, by its heading; None if not exactly one.

    Of several under such a heading one alone may hold words: a phone or modem keeps the same text
    encoded beside it (Gammu: `Text` and `TextDecoded`).
    """
    headed = [i for i, name in enumerate(headings) if clues.is_heading("message_text", name)]
    if len(headed) > 1:
        headed = [i for i in headed if _holds_words(columns[i])]
    return headed[0] if len(headed) == 1 else None


def _holds_words(cells: Sequence[object]) -> bool:
    filled = [str(cell) for cell in cells if not is_blank(cell)]
    return 2 * sum(" " in cell.strip() for cell in filled) > len(filled)


def is_message_table(table: Table, context: IngestContext) -> bool:
    """Return whether each row of a table is a message: a text, who sent it, and nothing else.

    A table with a column for a place or a kind holds reports, however its words are headed.
    """
    headings = [name for name in table.cells.columns if name not in reserved_columns.ALL]
    clues = context.vocabulary.clues
    sample = table.cells.iloc[:_SAMPLE_ROWS]
    text = find_text_column(headings, [sample[name].tolist() for name in headings], clues)
    if text is None or len(headings) < 3 or context.sources.recognize(headings):
        return False
    texts = [name for name in headings if clues.is_heading("message_text", name)]
    cells = {n: [str(c) for c in sample[n].tolist() if not is_blank(c)] for n in headings}
    senders = [n for n in headings if n not in texts and _holds_senders(n, cells[n], clues)]
    rest = [n for n in headings if n not in texts and n not in senders and cells[n]]
    ways = [n for n in rest if _tells_way(cells[n])]
    known = {context.vocabulary.find_any_column(n) for n in rest if n not in ways} - {None}
    written = cells[headings[text]]
    return (
        bool(senders) and known <= _OF_MESSAGES and 2 * sum(map(_is_text, written)) > len(written)
    )


def _holds_senders(heading: str, cells: Sequence[str], clues: ClueWords) -> bool:
    is_phone = bool(cells) and _share(_PHONE, cells) >= 0.5
    return is_phone or (clues.is_heading("message_sender", heading) and not _tells_way(cells))


def _tells_way(cells: Sequence[str]) -> bool:
    return bool(cells) and {cell.strip().lower() for cell in cells} <= _SENT | _RECEIVED


def read_sms_log(text: str, context: IngestContext, now: datetime) -> GatewayDelivery | None:
    """Return the messages of a log; None where the text is none."""
    readings = (_read_log(_split_rows(text, mark), mark, context, now) for mark in _DELIMITERS)
    return next(filter(None, readings), None)


def read_message_rows(
    rows: Sequence[Sequence[str]], context: IngestContext, now: datetime
) -> GatewayDelivery | None:
    """Return the messages of the rows of a sheet; None where they are none."""
    width = max(map(len, rows), default=0)
    filled = [[*row, *[""] * (width - len(row))] for row in rows if any(row)]
    return _read_log(filled, " ", context, now)


def _read_log(
    rows: Sequence[Sequence[str]], delimiter: str, context: IngestContext, now: datetime
) -> GatewayDelivery | None:
    start = next((i for i, row in enumerate(rows[:_MOST_HEADING_LINES]) if _has_time(row)), None)
    if start is None or any(map(context.sources.recognize, rows[:start])):
        return None
    clues = context.vocabulary.clues
    headings = rows[start - 1] if start else ()
    columns = _find_columns(rows[start:], headings, context.election.day, clues)
    if columns is None:
        return None
    head = " ".join(delimiter.join(row) for row in rows[:start])
    return _read_rows(rows, start, columns, delimiter, _find_zone(head), context, now)


def _has_time(row: Sequence[str]) -> bool:
    return any(_MOMENT.fullmatch(cell) or _DAY.fullmatch(cell) for cell in row)


def _split_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the cells of each line that is not blank; a quoted text may hold line breaks."""
    lines = io.StringIO(text, newline="")
    is_quoted = f'"{delimiter}' in text or f'{delimiter}"' in text
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True)) if is_quoted else []
    except csv.Error:
        rows = []
    rows = rows or [line.split(delimiter) for line in text.splitlines()]
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _find_columns(
    rows: Sequence[Sequence[str]], headings: Sequence[str], voting_day: date, clues: ClueWords
) -> _Columns | None:
    """Return where time, sender and text stand, as the cells show; None where one is missing.

    Under the heading of a text stands the text; then a sender may be a name under its heading.
    """
    width = min((len(row) for row in rows), default=0)
    if width < 3:
        return None
    cells = [[row[i] for row in rows] for i in range(width)]
    headed = find_text_column(headings[:width], cells, clues)
    texts = [] if headed is None else [headed]
    moment, clock = _find_moment(cells, voting_day)
    senders = [i for i in range(width) if _share(_PHONE, cells[i]) >= 0.5]
    if texts and not senders:
        named = enumerate(headings[:width])
        senders = [i for i, name in named if _holds_senders(name, cells[i], clues)]
    if moment is None or not senders:
        return None
    rest = [i for i in range(width) if i not in {moment, clock, senders[0]}]
    way = next((i for i in rest if _tells_way(cells[i])), None)
    rest = [i for i in rest if i != way and (not texts or i in texts)]
    text = max(rest, key=lambda i: sum(map(len, cells[i])), default=None)
    if text is None or sum(map(len, cells[text])) < _SHORTEST_TEXT * len(rows):
        return None
    if 2 * sum(map(_is_text, cells[text])) < len(rows):
        return None
    return _Columns(moment, clock, senders[0], text, way)


def _find_moment(cells: Sequence[Sequence[str]], voting_day: date) -> tuple[int | None, int | None]:
    """Return the column of the moments, or those of day and hour; None where there are none."""
    width = len(cells)
    moments = (i for i in range(width) if _share(_MOMENT, cells[i]) >= _ENOUGH)
    moment = next((i for i in moments if _are_near(cells[i], voting_day)), None)
    if moment is not None:
        return moment, None
    pairs = (i for i in range(width - 1) if _share(_DAY, cells[i]) >= _ENOUGH
             and _share(_CLOCK, cells[i + 1]) >= _ENOUGH)  # fmt: skip
    day = next(pairs, None)
    return day, None if day is None else day + 1


def _is_text(cell: str) -> bool:
    """Return whether a cell is words, or a word with numbers: `HDR#1610022012001#88`."""
    words = len(_WORD.findall(cell))
    return words >= _FEWEST_WORDS or (words > 0 and len(_NUMBER.findall(cell)) >= _FEWEST_NUMBERS)


def _are_near(cells: Sequence[str], voting_day: date) -> bool:
    """Return whether moments in seconds lie near the voting: the code of a TPS is as long."""
    digits = [int(cell[:10]) for cell in cells if cell.isdecimal()]
    day = datetime.combine(voting_day, time(), UTC)
    return all(abs(datetime.fromtimestamp(number, UTC) - day) < _NEAR for number in digits)


def _share(pattern: re.Pattern[str], cells: Sequence[str]) -> float:
    return sum(pattern.fullmatch(cell) is not None for cell in cells) / len(cells)


def _find_zone(head: str) -> str | None:
    return next((zone for pattern, zone in _ZONES if pattern.search(head)), None)


def _read_rows(
    rows: Sequence[Sequence[str]],
    start: int,
    columns: _Columns,
    delimiter: str,
    zone: str | None,
    context: IngestContext,
    now: datetime,
) -> GatewayDelivery:
    width = min(len(row) for row in rows[start:])
    found: list[GatewayMessage] = []
    left_out = ["baris judul" for _row in rows[:start]]
    for row in rows[start:]:
        is_last = columns.text == width - 1
        text = delimiter.join(row[columns.text :]) if is_last else row[columns.text]
        if columns.way is not None and row[columns.way].lower() in _SENT:
            left_out.append("pesan keluar")
        elif not text.strip():
            left_out.append("tanpa teks")
        else:
            clock = "" if columns.clock is None else f" {row[columns.clock]}"
            moment, doubt = read_sent_time(
                (row[columns.day] + clock).strip('"'), zone, context.election.zone, now,
                context.compute_latest_time(now),
            )  # fmt: skip
            found.append(
                GatewayMessage(text, row[columns.sender].strip('" '), None, moment, doubt, None,
                               is_edit=False, is_live=False)
            )  # fmt: skip
    return build_delivery("log-sms", found, left_out)
