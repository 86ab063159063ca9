"""Columns that hold two things in one cell: `WAKTU DAN TKP`, `KEC / DESA / TPS`."""

import re
from itertools import groupby

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_LONGEST = 200  # characters of a cell that is split; longer ones are no time and place
_HEADING = re.compile(r"\b(?:tkp|tempat|lokasi)\b", re.IGNORECASE)
_PARTS = re.compile(r"\s*[/,;|]\s*|\s+[-–]\s+|\s*&\s*|\s+dan\s+")
_LEVELS = {
    "kec": "kecamatan", "kecamatan": "kecamatan", "desa": "desa", "ds": "desa", "kel": "desa",
    "kelurahan": "desa", "tps": "tps", "no tps": "tps", "no. tps": "tps",
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_CLOCK = r"\d{1,2}[.:]\d{2}(?: ?(?:wib|wita|wit)\b)?"
_TIME = (
    r"(?:(?:pada|hari|senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|tanggal|tgl|pukul|pkl|jam|sekira)"
    rf"\b.*?|\d{{1,2}}[-/. ](?:\d{{1,2}}|(?:{_MONTH})[a-z]*\W{{1,2}}\d+)\b.*?)?"
    rf"{_CLOCK}(?: ?(?:s\.?/?d\.?|-) ?(?:selesai|{_CLOCK}))?"
)
_BETWEEN = r"[\s,;/.–-]*(?:(?:bertempat|berlokasi|tkp|lokasi|tempat)\b[\s:]*)?(?:di\b)?[\s,;:/–-]*"
_TIME_FIRST = re.compile(rf"(?P<time>{_TIME}){_BETWEEN}(?P<place>.+)", re.IGNORECASE | re.DOTALL)
_PLACE_FIRST = re.compile(
    rf"(?P<place>.+?)[\s,;/–-]+(?P<time>{_TIME})\W*", re.IGNORECASE | re.DOTALL
)


def split_times_and_places(table: ConvertedTable) -> None:
    """Split such a column into a time and a place; a cell that is not both stays a time."""
    if table.has_any("tempat", "lokasi", "kecamatan", "desa"):
        return
    for name in filter(_HEADING.search, table.find_columns("waktu")):
        column = table.cells[name].tolist()
        pairs = [_split(cell) for cell in column]
        if any(place for _, place in pairs):
            table.set_column(name, [moment for moment, _ in pairs])
            table.rename(name, "waktu")
            table.set_column("tempat", [place for _, place in pairs])
            return


def split_place_columns(table: ConvertedTable) -> None:
    """Split a column of places in the order that its heading names, where its cells have as many.

    A cell of other parts stays whole, as a place in words.
    """
    for heading in table.headings:
        words = [w.strip(" .") for w in _PARTS.split(heading.lower())]
        levels = [level for level, _ in groupby(_LEVELS.get(word) for word in words)]
        if None in levels or len(levels) < 2 or len(set(levels)) < len(levels):
            continue
        if "kecamatan" not in levels or table.has_any("kecamatan", "tempat"):
            continue
        rows = [
            [] if is_blank(cell) else [part.strip() for part in _PARTS.split(str(cell)[:_LONGEST])]
            for cell in table.cells[heading].tolist()
        ]
        filled = [row for row in rows if row]
        if 2 * sum(len(row) == len(levels) for row in filled) <= len(filled):
            continue
        whole = table.cells[heading].tolist()
        table.drop_columns([heading])
        for index, level in enumerate(levels):
            cells = [row[index] if len(row) == len(levels) else None for row in rows]
            table.set_column(str(level), cells)
        rest = [c if len(r) != len(levels) else None for c, r in zip(whole, rows, strict=True)]
        if any(not is_blank(cell) for cell in rest):
            table.set_column("tempat", rest)
        return


def _split(cell: Cell) -> tuple[Cell, Cell]:
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return cell, None
    text = " ".join(cell.split())
    match = _TIME_FIRST.fullmatch(text) or _PLACE_FIRST.fullmatch(text)
    return (match["time"].strip(), match["place"].strip()) if match else (cell, None)
