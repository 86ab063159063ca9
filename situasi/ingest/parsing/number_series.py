"""Series of numbers down a column: those that number its rows, and those that grow."""

from collections.abc import Sequence
from itertools import pairwise

from situasi.ingest.parsing.cells import UnreadableCell, normalize_cell
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.tables import Cell


def number_rows(cells: Sequence[Cell]) -> bool:
    """Return whether cells number the rows of a list: upwards from one, with few left out.

    A number may stand in several rows, as where cells of the list are joined.
    """
    texts = [normalize_cell(cell) for cell in cells]
    if len(set(texts)) < 3 or not all(text.isdecimal() for text in texts):
        return False
    numbers = list(map(int, texts))
    is_ascending = all(after >= before for before, after in pairwise(numbers))
    return is_ascending and numbers[0] in {0, 1} and numbers[-1] <= 1.5 * len(numbers)


def grow(cells: Sequence[Cell]) -> bool:
    """Return whether numbers grow from row to row more often than chance, beyond a row number."""
    numbers = []
    for cell in cells[:200]:
        try:
            numbers.append(read_count(cell))
        except UnreadableCell:
            continue
    steps = [after - before for before, after in pairwise(numbers)]
    if len(steps) < 3 or set(steps) == {1}:
        return False
    return sum(step > 0 for step in steps) >= 0.75 * len(steps)
