"""Whether a phase of a TPS that names no day is surely of the day of voting."""

import re

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.tables import Cell

_SUPPLIES = re.compile(r"logisti|suppl", re.IGNORECASE)  # they come on the day before, too
_FIRST_HOUR = 5  # of the day of voting; earlier phases may be of the night after it


def may_be_another_day(phase: Cell, clock: Cell) -> bool:
    """Return whether a phase may not be of the day of voting: supplies, or before it was light."""
    try:
        hour = read_clock(clock).clock[0]
    except (UnreadableCell, ValueError):
        return True
    return hour < _FIRST_HOUR or bool(_SUPPLIES.search(str(phase)))
