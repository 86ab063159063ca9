"""Rows that stand above their TPS with the sum of these: `DESA MIJI`, 2 TPS, and then TPS 1 and 2.

Under the heading of the TPS they have how many there are: read as a row, it would be a TPS.
"""

import re
from collections.abc import Sequence

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext, read_marked_kecamatan
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_text
from situasi.ingest.parsing.numbers import find_count, read_tps
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_KECAMATAN = re.compile(r"\s*kec", re.IGNORECASE)
_MIN_KECAMATAN, _MIN_DESA = 2, 3  # rows; fewer desa may stand with the last TPS of each
_MOST_OFF = 0.25  # how far a list may be from the register
_SUM = "jumlah {} ({} TPS), bukan laporan satu TPS; {}"
_AGREES = "sesuai dengan baris di bawahnya, tidak perlu dibetulkan"
_SUM_OF_KECAMATAN = (
    "jumlah {}, bukan laporan satu TPS; bila hendak dilaporkan, kirim tersendiri tanpa kolom TPS"
)


def name_station_totals(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Tell a column TPS that holds how many a kecamatan or a desa has from one of their numbers.

    Beside the desa, where each stands once with as many as the register knows; without any, where
    the numbers are about those of the kecamatan. `TPS 3` without its desa is still one TPS.
    """
    stations, areas = table.find_columns("tps"), table.find_columns("kecamatan")
    if not stations or not table.has_any("hadir") or table.has_any("fase", "nrp", "petugas"):
        return
    if table.has_any("tempat"):
        return
    desa = table.find_columns("desa")
    skipped = table.total_rows | table.reasons.keys()
    cells = table.cells[stations[0]].tolist()
    rows = [row for row, cell in enumerate(cells) if not is_blank(cell) and row not in skipped]
    places = table.cells[[*areas[:1], *desa[:1]]].iloc[rows]
    if len(rows) < (_MIN_DESA if desa else _MIN_KECAMATAN) or places.duplicated().any():
        return
    numbers = [_read_number(cells[row]) for row in rows]
    if desa:
        is_total = _are_totals_of_desa(places, numbers, facts, context)
    else:
        is_total = bool(areas) and facts.desa is None and not any(map(_names_station, cells))
        is_total = is_total and _are_totals_of_kecamatan(places, numbers, context)
    if is_total:
        table.rename(stations[0], f"banyaknya {stations[0]}")
        table.doubt(rows, f"kolom “{stations[0]}” dibaca banyaknya TPS, bukan nomornya")


def _names_station(cell: Cell) -> bool:
    """Return whether a cell says more than a number: `TPS 003`, `003`."""
    return isinstance(cell, str) and not re.fullmatch(r"\s*(?:[1-9]\d*)?\s*", cell)


def _are_totals_of_kecamatan(
    places: pd.DataFrame, numbers: Sequence[int | None], context: IngestContext
) -> bool:
    """Return whether every row names a kecamatan, with about as many TPS as it has."""
    for cells, number in zip(places.itertuples(index=False), numbers, strict=True):
        try:
            code = context.places.read_kecamatan(None, cells[0]).code
        except UnreadableCell:
            return False
        if code is None or number is None:
            return False
        known = context.register.kecamatan[code].tps
        if abs(number - known) > _MOST_OFF * known:
            return False
    return True


def _are_totals_of_desa(
    places: pd.DataFrame, numbers: Sequence[int | None], facts: FileContext, context: IngestContext
) -> bool:
    """Return whether every row names a desa, with the number of TPS that it has.

    places: kecamatan, where a column names it, and desa.
    """
    known = context.register.tps["desa"].value_counts()
    for cells, number in zip(places.itertuples(index=False), numbers, strict=True):
        area = cells[0] if len(cells) > 1 else facts.kecamatan
        try:
            code = None if is_blank(area) else context.places.read_kecamatan(None, area).code
            desa = context.places.read_desa(cells[-1], code).code
        except UnreadableCell:
            return False
        if desa is None or known.get(desa) != number:
            return False
    return True


def mark_group_sums(table: ConvertedTable, context: IngestContext) -> None:
    """Mark the rows above groups of TPS that hold their sum, and say whether it agrees.

    A sum of a kecamatan names that of the rows below it.
    """
    places = table.find_columns("tempat") or table.find_columns("desa")
    stations = table.find_columns("tps")
    if not places or not stations:
        return
    names: list[Cell] = table.cells[places[0]].tolist()
    marked = any(_KECAMATAN.match(name) for name in set(names) if isinstance(name, str))
    if None not in names and not marked:
        return
    numbers = [_read_number(cell) for cell in table.cells[stations[0]].tolist()]
    _mark_kecamatan(table, names, numbers, context)
    for row, name in enumerate(names):
        size = _count_group(row, names, numbers)
        if size and numbers[row] == size and row not in table.reasons:
            check = _check(table, row, range(row + 1, row + 1 + size))
            if check is not None:
                table.reasons[row] = _SUM.format(normalize_text(str(name)), size, check)


def _mark_kecamatan(
    table: ConvertedTable,
    names: Sequence[Cell],
    numbers: Sequence[int | None],
    context: IngestContext,
) -> None:
    """Mark the rows of a kecamatan with a number of TPS; the rows below them lie in it."""
    if table.has_any("kecamatan", "kode_kecamatan"):
        return
    current: str | None = None
    rows: dict[int, Cell] = {}
    for row, name in enumerate(names):
        found = read_marked_kecamatan(name, context) if isinstance(name, str) else None
        if found is not None and numbers[row] is not None:
            current = found
            table.reasons.setdefault(row, _SUM_OF_KECAMATAN.format(f"kecamatan {found}"))
        elif current is not None and row not in table.reasons:
            rows[row] = current
    if rows and not table.has_any("desa"):  # beside a kecamatan no free words tell the desa
        table.cells = table.cells.rename(
            columns=dict.fromkeys(table.find_columns("tempat"), "desa")
        )
    table.fill("kecamatan", rows, "kecamatan dari baris jumlah di atasnya")


def _count_group(row: int, names: Sequence[Cell], numbers: Sequence[int | None]) -> int:
    """Return how many rows without a name count up from TPS 1 below this one, which has a name."""
    if is_blank(names[row]):
        return 0
    end = row + 1
    while end < len(names) and is_blank(names[end]) and numbers[end] == end - row:
        end += 1
    return end - row - 1


def _check(table: ConvertedTable, row: int, group: Sequence[int]) -> str | None:
    """Return whether the counts of a row are the sums of those of the group, in words.

    None where they can be no sums: there are none, or one of the group is greater. Of a single TPS
    the sum is its own count.
    """
    wide = table.vocabulary.find_wide_headings(table.headings).items()
    hours = [heading for heading, meaning in wide if meaning.holds == "hadir"]
    found: str | None = None
    for heading in (*table.find_columns("hadir"), *hours):
        column = table.cells[heading].tolist()
        stated = find_count(column[row])
        counts = [count for r in group if (count := find_count(column[r])) is not None]
        if stated is None:
            continue
        if not counts or max(counts) > stated or (len(group) == 1 and counts[0] != stated):
            return None
        found = found or _AGREES
        if sum(counts) != stated:
            found = f"“{heading}” tertulis {stated}, di bawahnya berjumlah {sum(counts)}: periksa"
    return found


def _read_number(cell: Cell) -> int | None:
    try:
        return None if is_blank(cell) else int(read_tps(cell))
    except (UnreadableCell, ValueError):
        return None
