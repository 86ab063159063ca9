"""Lists of TPS as posting orders write them: `01,02,03`, `1-4`, `TPS 1, 2 dan 5`."""

from __future__ import annotations

import re

from situasi.ingest.parsing.cells import Unreadable, plain, quote
from situasi.ingest.parsing.numbers import read_tps
from situasi.ingest.tables import Cell

_NAMED = re.compile(r"\btps(?![a-z])|\b(?:no|nomor|nmr)\b\.?")
_UNTIL = re.compile(r"\bs\W{0,2}d\b\.?|\bsampai(?: dengan)?\b|\bhingga\b|\bto\b")
_AND = re.compile(r"\b(?:dan|serta|and)\b|[;&+/\n]")
_SPAN = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")


def read_tps_list(cell: Cell) -> str:
    """The TPS that a cell names, in order, each once: "001,002,005". Raises Unreadable."""
    text = _NAMED.sub(" ", plain(cell).lower())
    text = _AND.sub(",", _UNTIL.sub("-", text))
    parts = re.sub(r"[\s.]*-[\s.]*", "-", text).replace(".", " ").replace(",", " ").split()
    numbers: set[int] = set()
    for part in parts:
        span = _SPAN.fullmatch(part)
        if not span and not re.fullmatch(r"[0-9]{1,4}", part):
            return _one(cell)
        first, last = (int(span[1]), int(span[2])) if span else (int(part), int(part))
        if not 1 <= first <= last <= 999:
            raise _unreadable(cell)
        numbers |= set(range(first, last + 1))
    if not numbers or (isinstance(cell, float) and not cell.is_integer()):
        raise _unreadable(cell)
    return ",".join(f"{number:03d}" for number in sorted(numbers))


def _one(cell: Cell) -> str:
    """One TPS among other words: `TPS 02 Desa X`."""
    try:
        return read_tps(cell)
    except Unreadable:
        raise _unreadable(cell) from None


def _unreadable(cell: object) -> Unreadable:
    return Unreadable(f"daftar TPS {quote(cell)} tidak terbaca; tulis misalnya 001,002 atau 1-4")
