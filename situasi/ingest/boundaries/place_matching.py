"""Finds which row of a foreign file is which place, from the values in its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from situasi.domain.register import Register
from situasi.ingest.boundaries import place_names
from situasi.ingest.boundaries.match_result import MatchResult, best_match, register_names
from situasi.ingest.boundaries.name_matching import match_by_names

# Where the names of more than this share of rows deny the codes, they are not Kemendagri's.
MAX_CONTRADICTED_SHARE = 0.1


def match_places(table: pd.DataFrame, level: str, register: Register) -> MatchResult | None:
    """The reading of this table that finds the most places; None where none finds any.

    table: the attributes of the file, one row per feature. Column names are not trusted,
    only values. Codes go before names unless the names deny them.
    """
    wanted = register_names(level, register)
    parents = match_places(table, "kecamatan", register) if level == "desa" else None
    named = match_by_names(table, level, register, parents)
    strong = _match_by_code(table, _exact_code_parser(wanted))
    weak = (
        _match_by_code(table, _longer_code_parser(wanted), weak=True)
        if level == "kecamatan"
        else None
    )
    readings: list[MatchResult] = []
    denied: list[str] = []
    for coded in (strong, weak):
        if coded and named and _is_contradicted(coded, named):
            denied.append(coded.column)
        elif coded:
            readings.append(coded)
    if named:
        readings.insert(1 if strong in readings else 0, named)
    best = max(readings, key=lambda reading: reading.place_count, default=None)
    return best and _with_note(best, denied)


def _with_note(best: MatchResult, denied: list[str]) -> MatchResult:
    if not denied or not best.is_by_name:
        return best
    note = f"kolom {', '.join(denied)} tidak dipakai: kodenya bukan kode Kemendagri"
    return replace(best, warnings=(*best.warnings, note))


def _exact_code_parser(expected: dict[str, str]) -> Callable[[object], str | None]:
    table = {place_names.code_digits(code): code for code in expected}
    return lambda value: table.get(place_names.code_digits(value))


def _longer_code_parser(expected: dict[str, str]) -> Callable[[object], str | None]:
    """Codes of desa (1xxx, 2xxx) under a kecamatan, or with the 0 that BPS puts behind."""
    table = {place_names.code_digits(code): code for code in expected}

    def read(value: object) -> str | None:
        text = place_names.code_digits(value)
        of_desa = len(text) == 10 and text[6] in "12"
        padded = len(text) == 7 and text[6] == "0"
        return table.get(text[:6]) if of_desa or padded else None

    return read


def _match_by_code(
    table: pd.DataFrame, read: Callable[[object], str | None], *, weak: bool = False
) -> MatchResult | None:
    readings = [
        MatchResult(str(column), [read(value) for value in table[column].tolist()], is_weak=weak)
        for column in table.columns
    ]
    return best_match(readings)


def _is_contradicted(coded: MatchResult, named: MatchResult) -> bool:
    """Whether names deny the codes; a few names in some column (a town, a river) deny nothing."""
    both = [(a, b) for a, b in zip(coded.codes, named.codes, strict=True) if a and b]
    return (
        2 * named.place_count >= coded.place_count
        and bool(both)
        and sum(a != b for a, b in both) / len(both) > MAX_CONTRADICTED_SHARE
    )
