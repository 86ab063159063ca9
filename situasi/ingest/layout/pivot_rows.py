"""Pivot tables kept as values: kecamatan, desa and TPS one below the other in one column."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from situasi.ingest.layout.header_detection import HEADER_SEARCH_ROWS

_LABELS = re.compile(r"row labels|label baris", re.IGNORECASE)
_SUM = re.compile(r"(?:sum of|jumlah dari|(?:sum|jumlah) -) +", re.IGNORECASE)
_ALL = re.compile(r"(?:grand total|total (?:keseluruhan|akhir|umum))", re.IGNORECASE)
_STATION = re.compile(r"tps\W{0,3}[0-9]{1,3}", re.IGNORECASE)
_KECAMATAN, _DESA, _TPS = range(3)

Row = list[object]


def unfold_pivot(rows: Sequence[Sequence[object]]) -> list[Row] | None:
    """Return the rows of a sheet, each TPS with its kecamatan and desa; None for any other sheet.

    rows: None where a cell is empty. They keep their order: a sum of a desa or kecamatan becomes a
    row `Jumlah ...`, which is checked like any total. None too where it is not certain what a name
    is: one above another is a kecamatan, one above a TPS its desa, and the sums must agree.
    """
    first, column = _find_heading(rows[:HEADER_SEARCH_ROWS])
    if first < 0 or any(cell is not None for cell in rows[first][:column]):
        return None
    labels = [_read_label(row, column) for row in rows[first + 1 :]]
    count = next((i for i, label in enumerate(labels) if not label or _ALL.fullmatch(label)), None)
    labels = labels[:count]
    body = [list(row[column + 1 :]) for row in rows[first + 1 : first + 1 + len(labels)]]
    levels = _find_levels(labels)
    if not levels or not _agree(levels, body):
        return None
    headings = [
        _SUM.sub("", cell) if isinstance(cell, str) else cell for cell in rows[first][column + 1 :]
    ]
    unfolded: list[Row] = [*map(list, rows[:first]), ["Kecamatan", "Desa", "TPS", *headings]]
    kecamatan = desa = ""
    for level, label, cells in zip(levels, labels, body, strict=True):
        if level == _TPS:
            unfolded.append([kecamatan, desa, label, *cells])
            continue
        kecamatan, desa = (label, "") if level == _KECAMATAN else (kecamatan, label)
        unfolded.append([f"Jumlah {label}", None, None, *cells])
    below = rows[first + 1 + len(labels) :]
    return unfolded + [[*row[: column + 1], None, None, *row[column + 1 :]] for row in below]


def _find_heading(rows: Sequence[Sequence[object]]) -> tuple[int, int]:
    """Return the row and the column of the heading above the places; (-1, -1) without one."""
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and _LABELS.fullmatch(cell.strip()):
                return index, column
    return -1, -1


def _read_label(row: Sequence[object], column: int) -> str:
    """Return the label of a row; "" where it has none, or another cell before it."""
    label = row[column] if column < len(row) else None
    is_first = all(cell is None for cell in row[:column])
    return label.strip() if isinstance(label, str) and is_first else ""


def _find_levels(labels: Sequence[str]) -> list[int]:
    """Return what each label names; [] where it is not three levels throughout."""
    if not labels or not _STATION.fullmatch(labels[-1]):
        return []
    is_station = [_STATION.fullmatch(label) is not None for label in labels]
    levels = [
        _TPS if is_tps else _DESA if is_tps_below else _KECAMATAN
        for is_tps, is_tps_below in pairwise([*is_station, True])
    ]
    is_outline = levels[0] == _KECAMATAN and all(
        above != _KECAMATAN or below == _DESA for above, below in pairwise(levels)
    )
    return levels if is_outline else []


def _agree(levels: Sequence[int], body: Sequence[Sequence[object]]) -> bool:
    """Return whether each kecamatan is the sum of its desa or of its TPS, in every column.

    Otherwise it may be a desa whose TPS are folded away.
    """
    starts = [index for index, level in enumerate(levels) if level == _KECAMATAN]
    for start, end in pairwise([*starts, len(levels)]):
        for column, whole in enumerate(body[start]):
            sums = [
                sum(_number(body[i][column]) for i in range(start, end) if levels[i] == level)
                for level in (_DESA, _TPS)
            ]
            if not any(math.isclose(_number(whole), n, abs_tol=1e-6) for n in sums):
                return False
    return True


def _number(cell: object) -> float:
    """Return a number, 0 for an empty cell; of anything else NaN, which agrees with nothing."""
    if cell is None:
        return 0.0
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else math.nan
