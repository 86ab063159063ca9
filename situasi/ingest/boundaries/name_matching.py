"""Reads a foreign file by the names in it: exact first, then misspelt where that is no guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
from rapidfuzz import fuzz, process

from situasi.domain.register import Register
from situasi.ingest.boundaries import place_names
from situasi.ingest.boundaries.match_result import Reading, best_of, places


def by_names(
    table: pd.DataFrame, level: str, register: Register, parents: Reading | None = None
) -> Reading | None:
    """By the column whose values are the names; where the kabupaten is told, only inside it.

    parents: for desa, the kecamatan of each row. A name of desa counts within its kecamatan;
    without one, only where it is unique.
    """
    wanted = places(level, register)
    aliases = [(code, name) for code, name in register.aliases if code in wanted]
    pairs = [*wanted.items(), *aliases]
    if level == "desa":
        return _desa_by_name(table, pairs, register, parents)
    best, inside = _scoped(table, pairs, register)
    return best and _with_spelling(table, best, inside, wanted)


def _scoped(
    table: pd.DataFrame, pairs: list[tuple[str, str]], register: Register
) -> tuple[Reading | None, list[bool]]:
    """The best column by names, and the rows that count: all, where "inside" finds fewer."""
    lookup = place_names.index(pairs).get
    inside, everywhere = _inside(table, register), [True] * len(table)
    scoped, anywhere = (best_of(_named(table, rows, lookup)) for rows in (inside, everywhere))
    if anywhere and (not scoped or anywhere.hits > scoped.hits):
        return anywhere, everywhere
    return scoped, inside


def _desa_by_name(
    table: pd.DataFrame,
    pairs: list[tuple[str, str]],
    register: Register,
    parents: Reading | None,
) -> Reading | None:
    unique, _ = _scoped(table, pairs, register)
    within = best_of(_within(table, pairs, parents, register)) if parents else None
    if not parents or not within or (unique and unique.hits > within.hits):
        return unique
    for kecamatan in register.kecamatan:
        here = [parent == kecamatan for parent in parents.codes]
        desa = {code: d.name for code, d in register.desa.items() if d.kecamatan == kecamatan}
        within = _with_spelling(table, within, here, desa)
    return within


def _within(
    table: pd.DataFrame, pairs: list[tuple[str, str]], parents: Reading, register: Register
) -> list[Reading]:
    members: dict[str, list[tuple[str, str]]] = {}
    for code, name in pairs:
        members.setdefault(register.desa[code].kecamatan, []).append((code, name))
    known = {kecamatan: place_names.index(desa) for kecamatan, desa in members.items()}
    return [
        Reading(
            str(column),
            [
                known.get(parent or "", {}).get(place_names.plain(value))
                for value, parent in zip(table[column].tolist(), parents.codes, strict=True)
            ],
            by_name=True,
        )
        for column in table.columns
    ]


def _named(
    table: pd.DataFrame, inside: list[bool], lookup: Callable[[str], str | None]
) -> list[Reading]:
    return [
        Reading(
            str(column),
            [
                lookup(place_names.plain(value)) if here else None
                for value, here in zip(table[column].tolist(), inside, strict=True)
            ],
            by_name=True,
        )
        for column in table.columns
    ]


def _inside(table: pd.DataFrame, register: Register) -> list[bool]:
    """Which rows say that they are of this kabupaten; all, where no column says so."""
    code = place_names.digits(register.election.kabupaten_code)
    name = place_names.plain_kabupaten(register.election.kabupaten)
    told = [
        [
            place_names.digits(value) == code or place_names.plain_kabupaten(value) == name
            for value in table[column].tolist()
        ]
        for column in table.columns
    ]
    best = max(told, key=sum, default=[])
    return best if any(best) else [True] * len(table)


def _with_spelling(
    table: pd.DataFrame, reading: Reading, inside: list[bool], wanted: dict[str, str]
) -> Reading:
    """Give misspelt names to the places still missing, where only one place can be meant."""
    cells = table[reading.column].tolist()
    missing = {code: name for code, name in wanted.items() if code not in set(reading.codes)}
    strange = sorted(
        {
            cell
            for cell, code, here in zip(cells, reading.codes, inside, strict=True)
            if here and not code and isinstance(cell, str) and cell.strip()
        }
    )
    # More strange names than missing places: some belong elsewhere, and any likeness is a trap.
    meant = meant_by(strange, missing) if len(strange) <= len(missing) else {}
    codes = [
        code or (meant.get(cell) if here and isinstance(cell, str) else None)
        for cell, code, here in zip(cells, reading.codes, inside, strict=True)
    ]
    unknown = reading.unknown + tuple(name for name in strange if name not in meant)
    notes = tuple(f'"{cell}" dibaca sebagai {wanted[code]}' for cell, code in meant.items())
    return replace(reading, codes=codes, unknown=unknown, warnings=reading.warnings + notes)


ALIKE = 85  # rapidfuzz ratio from which two spellings may be one name
MARGIN = 8  # and by which the second best must be worse


def meant_by(strange: Sequence[str], missing: dict[str, str]) -> dict[str, str]:
    """Strange name -> code, where name and place are each other's clear best."""
    forward = {cell: _clear_best(cell, missing) for cell in strange}
    meant = {cell: code for cell, code in forward.items() if code}
    return {cell: code for cell, code in meant.items() if list(meant.values()).count(code) == 1}


def _clear_best(cell: str, missing: dict[str, str]) -> str | None:
    choices = {
        code: place_names.plain(name)
        for code, name in missing.items()
        if place_names.numeral(name) == place_names.numeral(cell)
    }
    ranked = process.extract(place_names.plain(cell), choices, scorer=fuzz.ratio, limit=2)
    if not ranked or ranked[0][1] < ALIKE:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN:
        return None
    return str(ranked[0][2])
