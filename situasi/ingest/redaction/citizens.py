"""Citizens in a register of police reports: who complained, who suffered, who is accused."""

import re
from collections.abc import Sequence

from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.clue_words import ClueWords

# Under `Pelapor` a unit of the police may stand as well: that is nobody's name.
_UNIT = re.compile(r"\W*(?:polsek|polres|polda|spkt|sat\b|satreskrim|satlantas)", re.IGNORECASE)


def find_citizen_columns(headings: Sequence[str], clues: ClueWords) -> list[str]:
    """Return the columns of citizens; none where the headings are not of police reports."""
    if not any(clues.is_heading("police_report", heading) for heading in headings):
        return []
    return [heading for heading in headings if clues.is_heading("citizen", heading)]


def remove_citizens(column: Sequence[Cell]) -> list[Cell]:
    """Return a column of citizens with the names of units alone."""
    return [cell if isinstance(cell, str) and _UNIT.match(cell) else None for cell in column]
