"""The days of the phases of one TPS that stand in one row: each is after the one before it."""

from collections.abc import Sequence
from typing import NamedTuple

from situasi.domain import feed_schemas
from situasi.ingest.parsing.cells import UnreadableCell, format_cell
from situasi.ingest.parsing.phase_days import NIGHT_AFTER, SUPPLIES, is_night_after
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.tables import Cell

_DAY_MIN = 24 * 60
# Later than this it may be an hour of the afternoon, written as `01.15`.
_MAX_STEP_MIN = 12 * 60


class PhaseDay(NamedTuple):
    """How many days after that of its row a phase is. note: why; reason: why it is held."""

    days: int = 0
    note: str | None = None
    reason: str | None = None


def order_phases(
    phases: Sequence[tuple[str, Cell]], *, is_voting_day: bool = False
) -> list[PhaseDay]:
    """Return the day of each phase of a row, given by its code and hour, in their given order.

    An hour earlier than that of the phase before it is of the next day if less than half a day
    lies between them, else held: one of the two is wrong. Hours that cannot be read, or name their
    own day, and those of supplies are compared with none. is_voting_day: whether the row is of that
    day; its first phase then is of the night after it, where it can be of no other.
    """
    found = [PhaseDay()] * len(phases)
    last: tuple[int, Cell] | None = None
    days = 0
    for index in sorted(range(len(phases)), key=lambda i: _rank(phases[i][0])):
        code, cell = phases[index]
        minutes = None if code == SUPPLIES else _read_minutes(cell)
        if minutes is None:
            continue
        if last is not None and minutes < last[0]:
            before = f"{format_cell(cell)} lebih awal dari fase sebelumnya ({format_cell(last[1])})"
            if minutes + _DAY_MIN - last[0] >= _MAX_STEP_MIN:
                found[index] = PhaseDay(reason=f"jam {before}: betulkan jam atau tanggalnya")
                continue
            days += 1
            found[index] = PhaseDay(days, f"jam {before}: dibaca hari berikutnya")
        elif last is None and is_voting_day and is_night_after(code, cell):
            days = 1
            found[index] = PhaseDay(days, NIGHT_AFTER)
        elif days:
            found[index] = PhaseDay(days, "dibaca hari berikutnya seperti fase sebelumnya")
        last = minutes, cell
    return found


def _rank(code: str) -> int:
    return feed_schemas.FASE.index(code) if code in feed_schemas.FASE else 0


def _read_minutes(cell: Cell) -> int | None:
    try:
        parsed = read_clock(cell)
    except (UnreadableCell, ValueError):
        return None
    return None if parsed.day is not None else 60 * parsed.clock[0] + parsed.clock[1]
