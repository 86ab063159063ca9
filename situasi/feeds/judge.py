"""The bench on which rows are judged: cells in, values, doubts and faults out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from situasi.feeds.table import Cell
from situasi.feeds.values.base import Unreadable

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bench:
    """Doubts (accepted, but said) and faults (not accepted) of the rows of one table."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.faults: dict[int, list[str]] = {}
        self.doubts: dict[int, list[str]] = {}

    def fault(self, row: int, reason: str) -> None:
        self.faults.setdefault(row, []).append(reason)

    def doubt(self, row: int, note: str) -> None:
        self.doubts.setdefault(row, []).append(note)

    def flags(self) -> list[str | None]:
        """The doubts of each row in one text, None where there are none."""
        said: list[str | None] = [None] * self.size
        for row, notes in self.doubts.items():
            said[row] = "; ".join(notes)
        return said

    def each(self, keys: Sequence[K], read: Callable[[K], tuple[V, str | None]]) -> list[V | None]:
        """Read every key, each distinct one only once.

        read: gives the value and a doubt or None, or raises Unreadable: a fault.
        The result is None where the row has a fault here.
        """
        judged = {key: _judged(key, read) for key in dict.fromkeys(keys)}
        remarked = {key for key, (_, doubt, fault) in judged.items() if doubt or fault}
        for row in [row for row, key in enumerate(keys) if key in remarked] if remarked else []:
            _, doubt, fault = judged[keys[row]]
            if doubt:
                self.doubt(row, doubt)
            if fault:
                self.fault(row, fault)
        return [judged[key][0] for key in keys]


def _judged(
    key: K, read: Callable[[K], tuple[V, str | None]]
) -> tuple[V | None, str | None, str | None]:
    try:
        value, doubt = read(key)
    except Unreadable as error:
        return None, None, str(error)
    return value, doubt, None


def text(cell: Cell) -> str | None:
    """A cell as plain text; None where it is empty."""
    if cell is None:
        return None
    if type(cell) is str:
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip() or None
