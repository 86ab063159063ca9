"""Rows that are no reports: tags of columns, headings of a part, and `NIHIL` below a title."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.answers import is_answered, read_presence
from situasi.ingest.facts.file_context import (
    FileContext,
    read_marked_desa,
    read_marked_kecamatan,
    read_marked_station,
    read_marked_time,
)
from situasi.ingest.layout.statement_rows import find_statements, states_nothing
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers.reserved_columns import ALL
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import is_row_number
from situasi.ingest.vocabulary.hour_headings import parse_hour_heading

TAG_ROW = "baris tag HXL, bukan laporan; tidak perlu dibetulkan"
PART_HEADING = "judul bagian untuk baris di bawahnya, bukan laporan; tidak perlu dibetulkan"
_GROUP_UPDATED = re.compile(r"(?P<group>.+\S)\s+(?:updated|diperbarui)", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:20)?\d\d")
_CODE = re.compile(r"[A-Z]{1,3}\d{0,2}")
TEST_ENTRY = "isian percobaan menurut uraiannya, bukan laporan; bila laporan, tulis uraiannya"
_MAX_TEST_WORDS = 6
_MAX_STATEMENT_CELLS, _MAX_STATEMENT_CHARS = 3, 80
_LEVELS = ("kecamatan", "desa", "tps")
_TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\s*\+[a-z0-9_+\s]+)?", re.IGNORECASE)
# Our heading for a column that only its HXL tag names (hxlstandard.org, core schema).
_HEADING_BY_TAG = {
    "#date": "waktu",
    "#adm3": "kecamatan",
    "#adm4": "desa",
    "#loc": "tempat",
    "#geo+lat": "lat",
    "#geo+lon": "lon",
    "#geo+coord": "koordinat",
    "#event+type": "jenis",
    "#description": "uraian",
}


def take_tag_row(table: ConvertedTable) -> dict[str, str]:
    """Mark a first row of HXL tags; return our heading by theirs, as the tags say."""
    if not len(table.cells):
        return {}
    first = {name: table.cells[name].iloc[0] for name in table.headings}
    tags = {name: str(cell).strip() for name, cell in first.items() if not is_blank(cell)}
    if len(tags) < 2 or not all(map(_TAG.fullmatch, tags.values())):
        return {}
    table.reasons[0] = TAG_ROW
    keys = {name: "".join(tag.lower().split()) for name, tag in tags.items()}
    return {
        name: own
        for name, key in keys.items()
        if (own := _HEADING_BY_TAG.get(key) or _HEADING_BY_TAG.get(key.partition("+")[0]))
    }


def name_grouped_codes(table: ConvertedTable, context: IngestContext) -> None:
    """Name columns of codes after their group (`Hadir s.d. 09.00 updated`, `JA`).

    The one column of a group that is an hour, and those of a group of votes, which are refused;
    exports of checklists write them so.
    """
    headings = table.headings
    groups = [
        (index, match["group"])
        for index, name in enumerate(headings)
        if (match := _GROUP_UPDATED.fullmatch(name))
    ]
    ends = [*(index for index, _ in groups[1:]), *([len(headings)] if groups else [])]
    renamed = {}
    for (start, group), end in zip(groups, ends, strict=True):
        names = [n for n in headings[start + 1 : end] if _CODE.fullmatch(n)]
        if parse_hour_heading(group) is not None and len(names) == 1:
            renamed[names[0]] = group
        elif context.is_vote_heading(group):
            renamed |= {name: f"perolehan suara {name}" for name in names}
    if renamed:
        table.cells = table.cells.rename(columns=renamed)


def repeat_above(table: ConvertedTable) -> None:
    """Read `sda` in a column of times or places as the cell above it, each noted at its row."""
    is_ditto = partial(table.vocabulary.clues.is_cell, "ditto")
    for heading in ("tanggal", "waktu", "kecamatan", "desa", "tempat", "lokasi", "pelapor"):
        for name in table.find_columns(heading):
            column = table.cells[name].tolist()
            if not any(map(is_ditto, set(column))):  # few are different: places, and days
                continue
            rows = [row for row, cell in enumerate(column) if is_ditto(cell)]
            for row in rows:
                column[row] = column[row - 1] if row else None
            table.set_column(name, column)
            table.doubt(rows, f"{heading} sama dengan baris di atasnya")


def hold_test_entries(table: ConvertedTable) -> None:
    """Hold what somebody sent to try the form: a few words that say so."""
    clues = table.vocabulary.clues
    is_test = partial(clues.stands_in, "test_entry")
    for name in table.find_columns("uraian"):
        texts = {r: c for r, c in enumerate(table.cells[name].tolist()) if isinstance(c, str)}
        if clues.may_stand_in("test_entry", texts.values()):
            rows = [r for r, c in texts.items() if len(c.split()) <= _MAX_TEST_WORDS and is_test(c)]
            table.reasons |= {row: TEST_ENTRY for row in rows if row not in table.reasons}


def take_part_headings(table: ConvertedTable, context: IngestContext) -> None:
    """Give rows the kecamatan, desa or TPS that a row of one cell above them names.

    Only `KEC. …`, `DESA …`, `TPS 2 …` in a row without any other cell is such a heading; a row that
    names its own place keeps it.
    """
    missing = [h for h in ("kecamatan", "desa", "tps") if not table.find_columns(h)]
    if not missing or table.find_columns("kode_kecamatan") or table.find_columns("tempat"):
        return
    singles = _find_single_cells(table)
    if not singles:
        return
    current = _PartPlaces(missing, context)
    if any(current.read(text) for text in singles.values()):
        for title in table.source.titles:  # the heading of the first part
            current.take(current.read(title))
    values: dict[str, dict[int, Cell]] = {heading: {} for heading in missing}
    for row in range(len(table.cells)):
        named = current.read(singles[row]) if row in singles else {}
        if named:
            table.reasons[row] = PART_HEADING
            current.take(named)
            continue
        for heading, place in current.places.items():
            if place is not None and row not in singles:
                values[heading][row] = place
    for heading, by_row in values.items():
        table.fill(heading, by_row, f"{heading} dari judul bagian di atasnya")


def take_time_headings(table: ConvertedTable, facts: FileContext, voting_day: date) -> None:
    """Give rows the hour, and the day, that a row of one cell above them names (`PUKUL 12.00`).

    facts: of the titles, which are those of the rows above the first such row. Where columns
    hold the hours, or stand for them, a day alone is taken (`SELASA, 26 NOVEMBER 2024`).
    """
    missing = [h for h in ("tanggal", "jam") if not table.has_any(h, "waktu")]
    wide = table.vocabulary.find_wide_headings(table.headings)
    hours = [name for name, heading in wide.items() if heading.column in {"clock", "fase"}]
    if wide:
        if hours and "tanggal" in missing and facts.day_question is None:
            _take_days_of_wide_rows(table, hours, facts.day, voting_day)
        return
    if "jam" not in missing:
        _take_day_headings(table, voting_day)
        return
    singles = _find_single_cells(table)
    found = {row: read_marked_time(text, voting_day) for row, text in singles.items()}
    found = {row: named for row, named in found.items() if named}
    if not found:
        return
    titles = {"tanggal": facts.day, "jam": facts.clock}
    current = {heading: value for heading, value in titles.items() if value}
    values: dict[str, dict[int, Cell]] = {heading: {} for heading in missing}
    for row in range(table.size):
        if row in found:
            table.reasons[row] = PART_HEADING
            current = {**current, **found[row]} if "jam" in found[row] else found[row]
        for heading in missing if row not in singles else ():
            if heading in current:
                values[heading][row] = current[heading]
    for heading, by_row in values.items():
        skipped = table.total_rows | table.reasons.keys()
        cells = {row: cell for row, cell in by_row.items() if row not in skipped}
        table.fill(heading, cells, f"{heading} dari judul bagian di atasnya")


def _take_day_headings(table: ConvertedTable, voting_day: date) -> None:
    """Give rows the day that a row of nothing else above them names (`SELASA, 26 NOVEMBER 2024`).

    Only where no column holds days; a row above the first such day, or with a day of its own,
    keeps what it has.
    """
    names = table.find_columns("waktu", "jam")
    if not names or table.has_any("tanggal"):
        return
    days = _mark_day_headings(table, voting_day)
    columns = [table.cells[name].tolist() for name in names] if days else []
    by_row = dict[int, Cell]()
    for row, day in days.items():
        texts = [str(column[row]) for column in columns if not is_blank(column[row])]
        if texts and not any("tanggal" in read_marked_time(t, voting_day) for t in texts):
            by_row[row] = day
    _fill_days(table, by_row)


def _take_days_of_wide_rows(
    table: ConvertedTable, hours: Sequence[str], day: str | None, voting_day: date
) -> None:
    """Give rows with a column for each hour or phase the day of the row above them that names one.

    day: of the titles, for the rows above the first such row.
    """
    days = _mark_day_headings(table, voting_day)
    if not days:
        return
    filled = table.cells[list(hours)].notna().any(axis=1).tolist()
    skipped = table.total_rows | table.reasons.keys() | days.keys()
    above = [row for row, is_filled in enumerate(filled) if is_filled and row not in skipped]
    if day is not None:
        table.fill("tanggal", dict.fromkeys(above, day), "tanggal dari judul atau nama berkas")
    _fill_days(table, {row: named for row, named in days.items() if filled[row]})


def _mark_day_headings(table: ConvertedTable, voting_day: date) -> dict[int, str]:
    """Mark the rows of one cell that is a day as headings; return the day of each row below one."""
    singles = _find_single_cells(table)
    found = {row: read_marked_time(text, voting_day) for row, text in singles.items()}
    days = {row: named["tanggal"] for row, named in found.items() if named.keys() == {"tanggal"}}
    table.reasons |= dict.fromkeys(days, PART_HEADING)
    day, by_row = None, dict[int, str]()
    for row in range(table.size) if days else ():
        day = days.get(row, day)
        if day and row not in table.total_rows | table.reasons.keys():
            by_row[row] = day
    return by_row


def _fill_days(table: ConvertedTable, by_row: Mapping[int, Cell]) -> None:
    table.fill("tanggal", by_row, "tanggal dari judul bagian di atasnya")


def _find_single_cells(table: ConvertedTable) -> dict[int, str]:
    """Return the text of each row that has only one cell, beside its number."""
    cells = table.cells[table.headings]
    counts = cells.notna().sum(axis=1).to_numpy()
    singles: dict[int, str] = {}
    for row in [row for row, count in enumerate(counts) if 0 < count <= 2]:
        texts = [_format_single(c) for c in cells.iloc[row].tolist() if not is_blank(c)]
        words = [t for t in texts if len(t) > 3 and (any(map(str.isalpha, t)) or _DAY.fullmatch(t))]
        if len(words) == 1 and len(texts) - len(words) <= 1:
            singles[row] = words[0]
    return singles


def _format_single(cell: Cell) -> str:
    is_day = isinstance(cell, datetime) and cell.time() == time()
    return f"{cell:%d/%m/%Y}" if is_day else str(cell).strip()


class _PartPlaces:
    """The places that the headings of parts have named so far, by our heading."""

    def __init__(self, headings: Sequence[str], context: IngestContext) -> None:
        self.places: dict[str, str | None] = dict.fromkeys(headings)
        self._context = context

    def read(self, text: str) -> dict[str, str]:
        """Return the names in the heading of a part; nothing where it names no place of these."""
        kecamatan = self.places.get("kecamatan")
        if name := read_marked_kecamatan(text, self._context):
            named = {"kecamatan": name}
        elif name := read_marked_desa(text, kecamatan, self._context):
            named = {"desa": name}
        else:
            named = read_marked_station(text, self._context)
        return {} if named.keys().isdisjoint(self.places) else named

    def take(self, named: Mapping[str, str]) -> None:
        """Take the places of a heading; those of lower levels end with it."""
        if named:
            first = min(map(_LEVELS.index, named))
            self.places |= dict.fromkeys((h for h in _LEVELS[first:] if h in self.places), None)
            self.places |= {h: name for h, name in named.items() if h in self.places}


def leave_out_statements(table: ConvertedTable) -> None:
    """Leave out rows that say of a whole part that nothing happened; a note mentions them.

    `NIHIL` alone in a list of incidents is such a row too, where nothing says of which place.
    """
    cells = table.source.cells[[n for n in table.source.cells.columns if n not in ALL]]
    counts = cells.notna().sum(axis=1).to_numpy()
    few = [row for row, count in enumerate(counts) if 0 < count <= _MAX_STATEMENT_CELLS or not row]
    if not few:
        return
    texts = {row: _read_texts(cells.iloc[row].tolist()) for row in few}
    lines = [texts.get(row, []) for row in range(len(counts))]
    found = set(find_statements(lines))
    if table.has_any("jenis", "giat"):
        found |= {r for r in few if states_nothing(lines[r]) and _is_nowhere(table, r, lines[r])}
    for row in sorted(found):
        text = " ".join(lines[row])[:_MAX_STATEMENT_CHARS]
        table.notes.append(f"baris {table.source.row_numbers[row]} “{text}” bukan baris laporan")
    table.left_out |= found
    _leave_out_numbers(table, cells, counts.tolist())
    _leave_out_denied(table)


def _leave_out_numbers(table: ConvertedTable, cells: pd.DataFrame, counts: Sequence[int]) -> None:
    """Leave out rows of a form that nobody filled in: they hold their number and nothing else."""
    numbers = [name for name in cells.columns if is_row_number(name)]
    if not numbers or numbers == list(cells.columns):
        return
    own = cells[numbers].notna().sum(axis=1).tolist()
    rows = [r for r, count in enumerate(counts) if count and own[r] == count]
    rows = [r for r in rows if all(map(_is_number, cells[numbers].iloc[r].tolist()))]
    if len(rows) < len(counts):
        _leave_out(table, rows, "hanya nomor urut")


def _leave_out_denied(table: ConvertedTable) -> None:
    """Leave out answers of a form of incidents that there was none, and which tell nothing else."""
    if table.has_any("hadir", "hadir_l", "hadir_dpt", "fase", "giat", "petugas", "nrp"):
        return
    is_about_trouble = partial(table.vocabulary.clues.stands_in, "trouble")
    kinds = table.find_columns("jenis")
    for name in [n for n in table.headings if is_about_trouble(n) and n not in kinds]:
        if is_answered(table, name, read_presence):
            answers = table.cells[name].tolist()
            empty = table.find_empty_rows("jenis", "uraian", "situasi")
            rows = [row for row in empty if read_presence(answers[row]) is False]
            _leave_out(table, rows, f"menjawab tidak pada “{name}”")


def _leave_out(table: ConvertedTable, rows: Sequence[int], why: str) -> None:
    if rows:
        numbers = ", ".join(str(table.source.row_numbers[row]) for row in rows[:5])
        more = ", …" if len(rows) > 5 else ""
        table.notes.append(f"{len(rows)} baris {why} dilewati (baris {numbers}{more})")
        table.left_out |= set(rows)


def _is_number(cell: Cell) -> bool:
    return cell is None or str(cell).strip(" .)").removesuffix(".0").isdigit()


def _read_texts(cells: Sequence[Cell]) -> list[str]:
    """Return the texts of a row; of one with nothing else the dashes (`|---|---|`)."""
    filled = [cell for cell in cells if not is_blank(cell)]
    return [str(c).strip() for c in filled or cells if c is not None and str(c).strip()]


def _is_nowhere(table: ConvertedTable, row: int, texts: Sequence[str]) -> bool:
    """Return whether no column says of which place a row is; its own words may stand in one."""
    names = table.find_columns("kecamatan", "desa", "tempat", "lokasi")
    cells = [table.cells[name].iloc[row] for name in names]
    return all(is_blank(cell) or str(cell).strip() in texts for cell in cells)
