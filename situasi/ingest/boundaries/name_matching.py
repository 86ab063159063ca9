"""Reads a foreign file by the names in it: exact first, then misspelt where that is no guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
from rapidfuzz import fuzz, process

from situasi.domain.register import Register
from situasi.ingest.boundaries import place_names
from situasi.ingest.boundaries.match_result import MatchResult, best_match, register_names


def match_by_names(
    table: pd.DataFrame, level: str, register: Register, parents: MatchResult | None = None
) -> MatchResult | None:
    """By the column whose values are the names; where the kabupaten is told, only inside it.

    parents: for desa, the kecamatan of each row. A name of desa counts within its kecamatan;
    without one, only where it is unique.
    """
    wanted = register_names(level, register)
    aliases = [(code, name) for code, name in register.aliases if code in wanted]
    pairs = [*wanted.items(), *aliases]
    if level == "desa":
        return _match_desa_by_name(table, pairs, register, parents)
    best, inside = _best_by_names(table, pairs, register)
    return best and _match_misspelt(table, best, inside, wanted)


def _best_by_names(
    table: pd.DataFrame, pairs: list[tuple[str, str]], register: Register
) -> tuple[MatchResult | None, list[bool]]:
    """The best column by names, and the rows that count: all, where "inside" finds fewer."""
    lookup = place_names.index_by_name(pairs).get
    inside, everywhere = _rows_in_kabupaten(table, register), [True] * len(table)
    scoped, anywhere = (
        best_match(_match_columns(table, rows, lookup)) for rows in (inside, everywhere)
    )
    if anywhere and (not scoped or anywhere.place_count > scoped.place_count):
        return anywhere, everywhere
    return scoped, inside


def _match_desa_by_name(
    table: pd.DataFrame,
    pairs: list[tuple[str, str]],
    register: Register,
    parents: MatchResult | None,
) -> MatchResult | None:
    unique, _ = _best_by_names(table, pairs, register)
    within = best_match(_match_within_parents(table, pairs, parents, register)) if parents else None
    if not parents or not within or (unique and unique.place_count > within.place_count):
        return unique
    for kecamatan in register.kecamatan:
        here = [parent == kecamatan for parent in parents.codes]
        desa = {code: d.name for code, d in register.desa.items() if d.kecamatan == kecamatan}
        within = _match_misspelt(table, within, here, desa)
    return within


def _match_within_parents(
    table: pd.DataFrame, pairs: list[tuple[str, str]], parents: MatchResult, register: Register
) -> list[MatchResult]:
    members: dict[str, list[tuple[str, str]]] = {}
    for code, name in pairs:
        members.setdefault(register.desa[code].kecamatan, []).append((code, name))
    known = {kecamatan: place_names.index_by_name(desa) for kecamatan, desa in members.items()}
    return [
        MatchResult(
            str(column),
            [
                known.get(parent or "", {}).get(place_names.normalize_name(value))
                for value, parent in zip(table[column].tolist(), parents.codes, strict=True)
            ],
            is_by_name=True,
        )
        for column in table.columns
    ]


def _match_columns(
    table: pd.DataFrame, inside: list[bool], lookup: Callable[[str], str | None]
) -> list[MatchResult]:
    return [
        MatchResult(
            str(column),
            [
                lookup(place_names.normalize_name(value)) if here else None
                for value, here in zip(table[column].tolist(), inside, strict=True)
            ],
            is_by_name=True,
        )
        for column in table.columns
    ]


def _rows_in_kabupaten(table: pd.DataFrame, register: Register) -> list[bool]:
    """Which rows say that they are of this kabupaten; all, where no column says so."""
    code = place_names.code_digits(register.election.kabupaten_code)
    name = place_names.normalize_kabupaten(register.election.kabupaten)
    told = [
        [
            place_names.code_digits(value) == code or place_names.normalize_kabupaten(value) == name
            for value in table[column].tolist()
        ]
        for column in table.columns
    ]
    best = max(told, key=sum, default=[])
    return best if any(best) else [True] * len(table)


def _match_misspelt(
    table: pd.DataFrame, match: MatchResult, inside: list[bool], expected: dict[str, str]
) -> MatchResult:
    """Give misspelt names to the places still missing, where only one place can be meant."""
    cells = table[match.column].tolist()
    missing = {code: name for code, name in expected.items() if code not in set(match.codes)}
    strange = sorted(
        {
            cell
            for cell, code, here in zip(cells, match.codes, inside, strict=True)
            if here and not code and isinstance(cell, str) and cell.strip()
        }
    )
    # More strange names than missing places: some belong elsewhere, and any likeness is a trap.
    meant = match_spellings(strange, missing) if len(strange) <= len(missing) else {}
    codes = [
        code or (meant.get(cell) if here and isinstance(cell, str) else None)
        for cell, code, here in zip(cells, match.codes, inside, strict=True)
    ]
    unknown = match.unknown_names + tuple(name for name in strange if name not in meant)
    notes = tuple(f'"{cell}" dibaca sebagai {expected[code]}' for cell, code in meant.items())
    return replace(match, codes=codes, unknown_names=unknown, warnings=match.warnings + notes)


MIN_SIMILARITY = 85  # rapidfuzz ratio from which two spellings may be one name
MIN_SIMILARITY_MARGIN = 8  # and by which the second best must be worse


def match_spellings(unknown_names: Sequence[str], missing: dict[str, str]) -> dict[str, str]:
    """Strange name -> code, where name and place are each other's clear best."""
    forward = {cell: _clear_best(cell, missing) for cell in unknown_names}
    meant = {cell: code for cell, code in forward.items() if code}
    return {cell: code for cell, code in meant.items() if list(meant.values()).count(code) == 1}


def _clear_best(cell: str, missing: dict[str, str]) -> str | None:
    choices = {
        code: place_names.normalize_name(name)
        for code, name in missing.items()
        if place_names.trailing_numeral(name) == place_names.trailing_numeral(cell)
    }
    ranked = process.extract(place_names.normalize_name(cell), choices, scorer=fuzz.ratio, limit=2)
    if not ranked or ranked[0][1] < MIN_SIMILARITY:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MIN_SIMILARITY_MARGIN:
        return None
    return str(ranked[0][2])
