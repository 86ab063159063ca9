"""Which phases of a TPS that name no day are surely of the day of voting, or of the night after."""

import re

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.tables import Cell

_AFTER_VOTING = FASE[FASE.index("hitung_selesai") :]
SUPPLIES = "logistik_tiba"  # they come on the day before, too
_SUPPLIES = re.compile(r"logisti|suppl", re.IGNORECASE)  # in a word for a phase
NIGHT_AFTER = "jam sebelum pemungutan suara: dibaca hari berikutnya"
_LATE_H = 5  # after closing time, of those who still stand in line
FIRST_HOUR = 5  # of the day of voting; earlier phases may be of the night after it


def may_be_another_day(phase: Cell, clock: Cell) -> bool:
    """Return whether a phase may not be of the day of voting: supplies, or before it was light."""
    try:
        hour = read_clock(clock).clock[0]
    except (UnreadableCell, ValueError):
        return True
    return hour < FIRST_HOUR or bool(_SUPPLIES.search(str(phase)))


def came_before_voting(phase: Cell, clock: Cell, election: Election) -> bool:
    """Return whether supplies have an hour of the day before: no TPS opens without them."""
    try:
        hour = read_clock(clock).clock[0]
    except (UnreadableCell, ValueError):
        return False
    return bool(_SUPPLIES.search(str(phase))) and hour >= election.tps_opens.hour


def is_night_after(code: str | None, clock: Cell) -> bool:
    """Return whether a phase of the day of voting is of the night after it: `00.40 tiba di PPK`."""
    try:
        return code in _AFTER_VOTING and read_clock(clock).clock[0] < FIRST_HOUR
    except (UnreadableCell, ValueError):
        return False


def find_usual_hours(told: str, election: Election) -> range:
    """Return the hours of the day of voting at which this is told, where `jam 1` may be two.

    told: a phase, or "hadir" of a count. Of anything else none is usual.
    """
    opens, closes = election.tps_opens.hour, election.tps_closes.hour
    if told == "hadir":
        return range(opens, closes + _LATE_H)
    if told == "dibuka":
        return range(FIRST_HOUR, closes)
    if told in {"ditutup", "hitung_mulai"}:
        return range(closes - 1, closes + _LATE_H)
    return range(closes, 24) if told in _AFTER_VOTING else range(0)
