"""Reads tables pasted into a message: a heading line with TPS and counts, and lines of numbers."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from situasi.ingest.messages.message_text import Passage, Span

# What a column of numbers holds. "line" counts the lines; "" is not read, and so shown.
_COLUMNS: Mapping[str, str] = {
    "no tps": "tps", "nomor tps": "tps", "tps": "tps",
    "dpt": "dpt", "jumlah dpt": "dpt", "jml dpt": "dpt",
    "hadir": "hadir", "jumlah hadir": "hadir", "jml hadir": "hadir", "pemilih hadir": "hadir",
    "kehadiran": "hadir", "pengguna hak pilih": "hadir", "jumlah pemilih hadir": "hadir",
    "hadir dpt": "hadir_dpt", "dptb": "hadir_dptb", "dpk": "hadir_dpk",
    "no": "line", "l": "l", "p": "p", "lk": "l", "pr": "p", "jumlah": "", "jml": "", "sisa": "",
}  # fmt: skip
_NAMES = sorted(_COLUMNS, key=len, reverse=True)
_HEADING = re.compile(rf"(?:{'|'.join(map(re.escape, _NAMES))})(?![^\W\d_])")
_GAP = re.compile(r"[ .:|;,/()]*")
_FIELD = re.compile(r"(?:tps ?)?([0-9]{1,6}|-)(?![\w%])", re.IGNORECASE)


class TableField(NamedTuple):
    """One cell of a table: its column and where its digits are."""

    column: str
    span: Span


class TableRow(NamedTuple):
    """One line of a table with a number for each of its columns."""

    fields: tuple[TableField, ...]

    @property
    def span(self) -> Span:
        """Return the part of the line with its numbers."""
        return Span(self.fields[0].span.start, self.fields[-1].span.end)


def find_table_rows(passage: Passage) -> list[TableRow]:
    """Return the lines below a heading line that names a TPS and its voters present."""
    rows: list[TableRow] = []
    columns: list[str] = []
    for line in passage.lines:
        if headings := _parse_heading(passage.text[slice(*line)]):
            columns = headings
        elif columns:
            fields = _parse_fields(passage.text, line, columns)
            if not fields and passage.text[slice(*line)].strip(" -|=_"):
                columns = []
            if fields:
                rows.append(TableRow(tuple(fields)))
    return rows


def _parse_heading(line: str) -> list[str]:
    """Return the columns of a heading line: a TPS, then counts of voters; else none."""
    text, columns = line.lower(), list[str]()
    position = _skip_gap(text, 0, len(text))
    while position < len(text):
        match = _HEADING.match(text, position)
        if match is None:
            return []
        columns.append(_COLUMNS[match[0]])
        position = _skip_gap(text, match.end(), len(text))
    is_table = columns.count("tps") == 1 and columns.count("hadir") == 1 and "tps" in columns[:2]
    return columns if is_table else []


def _parse_fields(text: str, line: Span, columns: Sequence[str]) -> list[TableField]:
    """Return the fields of a line that has exactly one number for each column; else none."""
    fields: list[TableField] = []
    position = _skip_gap(text, line.start, line.end)
    while position < line.end and len(fields) < len(columns):
        match = _FIELD.match(text, position, line.end)
        if match is None:
            return []
        fields.append(TableField(columns[len(fields)], Span(*match.span(1))))
        position = _skip_gap(text, match.end(), line.end)
    return fields if position >= line.end and len(fields) == len(columns) else []


def _skip_gap(text: str, start: int, end: int) -> int:
    """Return where the next field begins."""
    gap = _GAP.match(text, start, end)
    return gap.end() if gap else start
