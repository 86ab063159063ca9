"""Columns that hold when and where in one cell: `WAKTU DAN TKP`."""

import re

from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_HEADING = re.compile(r"\b(?:tkp|tempat|lokasi)\b", re.IGNORECASE)
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
            table.cells = table.cells.rename(columns={name: "waktu"})
            table.set_column("tempat", [place for _, place in pairs])
            return


def _split(cell: Cell) -> tuple[Cell, Cell]:
    if is_blank(cell) or not isinstance(cell, str):
        return cell, None
    text = " ".join(cell.split())
    match = _TIME_FIRST.fullmatch(text) or _PLACE_FIRST.fullmatch(text)
    return (match["time"].strip(), match["place"].strip()) if match else (cell, None)
