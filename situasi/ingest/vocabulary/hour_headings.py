"""Headings that name an hour, over a column of heads counted by then: `08.00`, `hadir jam 9`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from situasi.ingest.parsing.cells import normalize_cell

_HEADING = re.compile(
    r"(?P<heads>(?:(?:jumlah|jml|pemilih|hadir|kehadiran)\W+)+)?"
    r"(?:s\W{0,2}d\W{0,2}|sampai\W+)?"
    r"(?P<lead>(?:jam|pukul|pkl|pk)\W{0,3})?"
    r"(?P<hour>[01]?[0-9]|2[0-4])(?:[.:](?P<minute>[0-5][0-9])(?:[.:]00)?)?"
    r"\W{0,2}(?P<zone>wib|wita|wit)?\W{0,2}"
)


class HourHeading(NamedTuple):
    """The hour of a heading. clock: as a cell would say it. heads: it says what is counted."""

    clock: str
    has_count_word: bool


def parse_hour_heading(heading: str) -> HourHeading | None:
    """The hour that a heading names, or None; a bare number is no hour."""
    found = _HEADING.fullmatch(normalize_cell(heading).lower())
    if not found or not (found["lead"] or found["minute"] or found["zone"]):
        return None
    clock = f"{int(found['hour']):02d}.{found['minute'] or '00'} {(found['zone'] or '').upper()}"
    return HourHeading(clock.strip(), bool(found["heads"]))


def is_hourly_table(headings: Sequence[str], has_tps: bool) -> bool:
    """Whether these are headings of a table with a column per hour. tps: one names the TPS.

    An hour alone, among headings that do not say what it is of, may be anything.
    """
    hours = [hour for heading in headings if (hour := parse_hour_heading(heading))]
    told = has_tps or len(hours) > 1 or any(hour.has_count_word for hour in hours)
    return bool(hours) and told and len(headings) > 1
