"""Matches the rows of a file by names: exact ones, then misspelt ones where only one place fits."""

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
    """Match by the column that holds the names; only inside the kabupaten, where rows name it.

    parents: for desa, the kecamatan of each row. A name of desa counts within its kecamatan;
    without one, only where it is unique.
    """
    expected = register_names(level, register)
    aliases = [(code, name) for code, name in register.aliases if code in expected]
    pairs = [*expected.items(), *aliases]
    if level == "desa":
        return _match_desa_by_name(table, pairs, register, parents)
    best, inside = _best_by_names(table, pairs, register)
    return best and _match_misspelt(table, best, inside, expected)


def _best_by_names(
    table: pd.DataFrame, pairs: list[tuple[str, str]], register: Register
) -> tuple[MatchResult | None, list[bool]]:
    """Return the best column by names, and the rows used: all rows if those inside match fewer."""
    lookup = place_names.index_by_name(pairs).get
    inside, everywhere = _rows_in_kabupaten(table, register), [True] * len(table)
    within, anywhere = (
        best_match(_match_columns(table, rows, lookup)) for rows in (inside, everywhere)
    )
    if anywhere and (not within or anywhere.place_count > within.place_count):
        return anywhere, everywhere
    return within, inside


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
        is_inside = [parent == kecamatan for parent in parents.codes]
        desa = {code: d.name for code, d in register.desa.items() if d.kecamatan == kecamatan}
        within = _match_misspelt(table, within, is_inside, desa)
    return within


def _match_within_parents(
    table: pd.DataFrame, pairs: list[tuple[str, str]], parents: MatchResult, register: Register
) -> list[MatchResult]:
    members: dict[str, list[tuple[str, str]]] = {}
    for code, name in pairs:
        members.setdefault(register.desa[code].kecamatan, []).append((code, name))
    indexes = {kecamatan: place_names.index_by_name(desa) for kecamatan, desa in members.items()}
    return [
        MatchResult(
            str(column),
            [
                indexes.get(parent or "", {}).get(place_names.normalize_name(value))
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
                lookup(place_names.normalize_name(value)) if is_inside else None
                for value, is_inside in zip(table[column].tolist(), inside, strict=True)
            ],
            is_by_name=True,
        )
        for column in table.columns
    ]


def _rows_in_kabupaten(table: pd.DataFrame, register: Register) -> list[bool]:
    """Return which rows name this kabupaten; all, where no column names it."""
    code = place_names.code_digits(register.election.kabupaten_code)
    name = place_names.normalize_kabupaten(register.election.kabupaten)
    by_column = [
        [
            place_names.code_digits(value) == code or place_names.normalize_kabupaten(value) == name
            for value in table[column].tolist()
        ]
        for column in table.columns
    ]
    best = max(by_column, key=sum, default=[])
    return best if any(best) else [True] * len(table)


def _match_misspelt(
    table: pd.DataFrame, match: MatchResult, inside: list[bool], expected: dict[str, str]
) -> MatchResult:
    """Match misspelt names to the places still missing, where only one place can be meant."""
    cells = table[match.column].tolist()
    missing = {code: name for code, name in expected.items() if code not in set(match.codes)}
    unmatched = sorted(
        {
            cell
            for cell, code, is_inside in zip(cells, match.codes, inside, strict=True)
            if is_inside and not code and isinstance(cell, str) and cell.strip()
        }
    )
    # More unmatched names than missing places: some belong elsewhere, so similarity would mislead.
    matched = match_spellings(unmatched, missing) if len(unmatched) <= len(missing) else {}
    codes = [
        code or (matched.get(cell) if is_inside and isinstance(cell, str) else None)
        for cell, code, is_inside in zip(cells, match.codes, inside, strict=True)
    ]
    unknown = match.unknown_names + tuple(name for name in unmatched if name not in matched)
    notes = tuple(f'"{cell}" dibaca sebagai {expected[code]}' for cell, code in matched.items())
    return replace(match, codes=codes, unknown_names=unknown, warnings=match.warnings + notes)


MIN_SIMILARITY = 85  # rapidfuzz ratio from which two spellings may be one name
MIN_SIMILARITY_MARGIN = 8  # and by which the second best must be worse


def match_spellings(unknown_names: Sequence[str], missing: dict[str, str]) -> dict[str, str]:
    """Return unknown name -> code, where name and place are each other's clear best match."""
    forward = {cell: _clear_best(cell, missing) for cell in unknown_names}
    matched = {cell: code for cell, code in forward.items() if code}
    return {cell: code for cell, code in matched.items() if list(matched.values()).count(code) == 1}


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
