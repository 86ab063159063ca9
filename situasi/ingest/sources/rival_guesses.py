"""Guesses of what columns are, and what is said of two columns that may be the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import combinations

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.numbers import find_count
from situasi.ingest.tables import Cell, Table

_MAX_DIFFERENCE = 0.1  # of confidence, within which two columns are rivals
# Words may stand in several columns, and none of them is the wrong one.
_WITHOUT_RIVALS = frozenset(("uraian", "id"))


@dataclass(frozen=True)
class Guess:
    """What a column may be. heading: ours. confidence: 0 to 1. reason: in Indonesian.

    feeds: in which it may be that; empty where in any. by_heading: whether the heading says so too.
    is_unclear: whether another column may be it as well, so that a person has to choose.
    """

    heading: str
    confidence: float
    reason: str
    feeds: frozenset[str] = frozenset()
    by_heading: bool = False
    is_unclear: bool = False


def settle_rivals(guesses: Mapping[str, Sequence[Guess]], table: Table) -> dict[str, list[Guess]]:
    """Return the guesses, with those marked for which another column is as likely by its content.

    Of times the one that is never later is that of the event, and of counts the one that is the sum
    of two others is that of all.
    """
    result = {name: list(options) for name, options in guesses.items()}
    # In a fixed order: `waktu` last, which makes another column `waktu_lapor`.
    headings = {guess.heading for options in guesses.values() for guess in options}
    for heading in sorted(headings, key=lambda name: (name == "waktu", name)):
        rivals = _find_rivals(result, heading)
        if len(rivals) < 2:
            continue
        chosen = None
        if heading == "waktu":
            chosen = _find_earliest(rivals, table)
        elif heading == "hadir":
            chosen = _find_sum(rivals, table)
        for name in rivals:
            if name != chosen:
                _mark(result[name], heading, chosen)
            elif heading == "hadir":
                reason = f"{result[name][0].reason}, jumlah dua kolom lain"
                result[name][0] = replace(result[name][0], reason=reason, is_unclear=False)
    return result


def _find_rivals(guesses: Mapping[str, Sequence[Guess]], heading: str) -> list[str]:
    """Return the columns that are likeliest this, within a small difference; one where sure."""
    if heading in _WITHOUT_RIVALS:
        return []
    found = {
        name: options[0]
        for name, options in guesses.items()
        if options and options[0].heading == heading
    }
    best = max((guess.confidence for guess in found.values()), default=0)
    near = [name for name, guess in found.items() if best - guess.confidence <= _MAX_DIFFERENCE]
    return [] if any(found[name].by_heading for name in near) else near


def _mark(options: list[Guess], heading: str, chosen: str | None) -> None:
    """Say of a column that it may be this as well, or what it is beside the chosen one."""
    for index, guess in enumerate(options):
        if guess.heading != heading:
            continue
        if chosen is not None and heading == "waktu":
            reason = f"{guess.reason}, tidak pernah sebelum {chosen}"
            options[index] = replace(guess, heading="waktu_lapor", reason=reason)
        else:
            options[index] = replace(guess, is_unclear=True)


def _find_earliest(names: Sequence[str], table: Table) -> str | None:
    """Return the column whose times are in no row later than those of the others, or None."""
    columns = {name: list(map(_read_moment, table.cells[name].tolist())) for name in names}
    found = [
        name
        for name, own in columns.items()
        if all(_is_before(own, other) for rival, other in columns.items() if rival != name)
    ]
    return found[0] if len(found) == 1 else None


def _is_before(own: Sequence[datetime | None], other: Sequence[datetime | None]) -> bool:
    pairs = [(a, b) for a, b in zip(own, other, strict=True) if a is not None and b is not None]
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def _read_moment(cell: Cell) -> datetime | None:
    try:
        parts = parse_date_parts(cell)
    except (UnreadableCell, ValueError):
        return None
    if parts.clock is None or parts.clock[0] == 24:
        return None
    return datetime.combine(parts.day, time(*parts.clock[:3]))


def _find_sum(names: Sequence[str], table: Table) -> str | None:
    """Return the column that is the sum of two others in every row, or None."""
    columns = {name: list(map(find_count, table.cells[name].tolist())) for name in names}
    for left, right in combinations(names, 2):
        for name in names:
            if name in {left, right}:
                continue
            rows = [
                (a, b, total)
                for a, b, total in zip(columns[left], columns[right], columns[name], strict=True)
                if a is not None and b is not None and total is not None
            ]
            if len(rows) > 1 and all(a + b == total for a, b, total in rows):
                return name
    return None
