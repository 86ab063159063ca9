"""Finds which row of a foreign file is which place, from the values in its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from situasi.domain.register import Register
from situasi.ingest.boundaries import place_names
from situasi.ingest.boundaries.match_result import Reading, best_of, places
from situasi.ingest.boundaries.name_matching import by_names

# Where the names of more than this share of rows deny the codes, they are not Kemendagri's.
CONTRADICTED = 0.1


def match(table: pd.DataFrame, level: str, register: Register) -> Reading | None:
    """The reading of this table that finds the most places; None where none finds any.

    table: the attributes of the file, one row per feature. Column names are not trusted,
    only values. Codes go before names unless the names deny them.
    """
    wanted = places(level, register)
    parents = match(table, "kecamatan", register) if level == "desa" else None
    named = by_names(table, level, register, parents)
    strong = _by_column(table, _exact_code(wanted))
    weak = _by_column(table, _longer_code(wanted), weak=True) if level == "kecamatan" else None
    readings: list[Reading] = []
    denied: list[str] = []
    for coded in (strong, weak):
        if coded and named and _contradicted(coded, named):
            denied.append(coded.column)
        elif coded:
            readings.append(coded)
    if named:
        readings.insert(1 if strong in readings else 0, named)
    best = max(readings, key=lambda reading: reading.hits, default=None)
    return best and _with_note(best, denied)


def _with_note(best: Reading, denied: list[str]) -> Reading:
    if not denied or not best.by_name:
        return best
    note = f"kolom {', '.join(denied)} tidak dipakai: kodenya bukan kode Kemendagri"
    return replace(best, warnings=(*best.warnings, note))


def _exact_code(wanted: dict[str, str]) -> Callable[[object], str | None]:
    table = {place_names.digits(code): code for code in wanted}
    return lambda value: table.get(place_names.digits(value))


def _longer_code(wanted: dict[str, str]) -> Callable[[object], str | None]:
    """Codes of desa (1xxx, 2xxx) under a kecamatan, or with the 0 that BPS puts behind."""
    table = {place_names.digits(code): code for code in wanted}

    def read(value: object) -> str | None:
        text = place_names.digits(value)
        of_desa = len(text) == 10 and text[6] in "12"
        padded = len(text) == 7 and text[6] == "0"
        return table.get(text[:6]) if of_desa or padded else None

    return read


def _by_column(
    table: pd.DataFrame, read: Callable[[object], str | None], *, weak: bool = False
) -> Reading | None:
    readings = [
        Reading(str(column), [read(value) for value in table[column].tolist()], weak=weak)
        for column in table.columns
    ]
    return best_of(readings)


def _contradicted(coded: Reading, named: Reading) -> bool:
    """Whether names deny the codes; a few names in some column (a town, a river) deny nothing."""
    both = [(a, b) for a, b in zip(coded.codes, named.codes, strict=True) if a and b]
    return (
        2 * named.hits >= coded.hits
        and bool(both)
        and sum(a != b for a, b in both) / len(both) > CONTRADICTED
    )
