"""Matches the rows of a file by names: exact ones, then misspelt ones where only one place fits."""

from collections import Counter
from dataclasses import replace
from functools import cache

import pandas as pd

from situasi.domain.register import Register
from situasi.ingest.boundaries.match_result import MatchResult, best_match, register_names
from situasi.ingest.boundaries.place_names import KABUPATEN_TITLES, code_digits, parse_words
from situasi.ingest.gazetteer.name_index import NameIndex, build_name_index

Codes = frozenset[str]


def match_by_names(
    table: pd.DataFrame, level: str, register: Register, parents: MatchResult | None = None
) -> MatchResult | None:
    """Match by the column that holds the names; only inside the kabupaten, where rows name it.

    parents: for desa, the kecamatan of each row. A name of desa counts within its kecamatan;
    without one, only where it is unique.
    """
    index = build_name_index(register_names(level, register), register.aliases)
    unique, inside = _best_by_names(table, index, register)
    if level == "desa":
        return _match_desa_by_name(table, index, register, parents, unique)
    return unique and _match_misspelt(table, unique, inside, frozenset(index.display_names), index)


def _best_by_names(
    table: pd.DataFrame, index: NameIndex, register: Register
) -> tuple[MatchResult | None, list[bool]]:
    """Return the best column by names, and the rows used: all rows if those inside match fewer."""
    every_code: Codes = frozenset(index.display_names)
    inside, everywhere = _rows_in_kabupaten(table, register), [True] * len(table)
    within, anywhere = (
        _match_columns(table, index, [every_code if row else frozenset() for row in rows])
        for rows in (inside, everywhere)
    )
    if anywhere and (not within or anywhere.place_count > within.place_count):
        return anywhere, everywhere
    return within, inside


def _match_desa_by_name(
    table: pd.DataFrame,
    index: NameIndex,
    register: Register,
    parents: MatchResult | None,
    unique: MatchResult | None,
) -> MatchResult | None:
    if not parents:
        return unique
    members: dict[str | None, Codes] = {
        kecamatan: frozenset(c for c, desa in register.desa.items() if desa.kecamatan == kecamatan)
        for kecamatan in register.kecamatan
    }
    within = _match_columns(table, index, [members.get(p, frozenset()) for p in parents.codes])
    if not within or (unique and unique.place_count > within.place_count):
        return unique
    for kecamatan, desa in members.items():
        is_inside = [parent == kecamatan for parent in parents.codes]
        within = _match_misspelt(table, within, is_inside, desa, index)
    return within


def _match_columns(
    table: pd.DataFrame, index: NameIndex, allowed: list[Codes]
) -> MatchResult | None:
    """Match by the best column. allowed: for each row the places of which it may be one."""

    @cache
    def find(name: str, within: Codes) -> str | None:
        codes = index.find_exact(parse_words(name), within)
        return codes.pop() if len(codes) == 1 else None

    return best_match(
        [
            MatchResult(
                str(column),
                [
                    find(value, within) if isinstance(value, str) else None
                    for value, within in zip(table[column].tolist(), allowed, strict=True)
                ],
                is_by_name=True,
            )
            for column in table.columns
        ]
    )


def _rows_in_kabupaten(table: pd.DataFrame, register: Register) -> list[bool]:
    """Return which rows name this kabupaten; all, where no column names it."""
    code = code_digits(register.election.kabupaten_code)
    name = "".join(parse_words(register.election.kabupaten, KABUPATEN_TITLES))
    by_column = [
        [
            code_digits(value) == code or "".join(parse_words(value, KABUPATEN_TITLES)) == name
            for value in table[column].tolist()
        ]
        for column in table.columns
    ]
    best = max(by_column, key=sum, default=[])
    return best if any(best) else [True] * len(table)


def _match_misspelt(
    table: pd.DataFrame, match: MatchResult, inside: list[bool], expected: Codes, index: NameIndex
) -> MatchResult:
    """Match misspelt names to the places still missing, where only one place can be meant."""
    cells = table[match.column].tolist()
    missing = expected.difference(code for code in match.codes if code)
    unmatched = sorted(
        {
            cell
            for cell, code, is_inside in zip(cells, match.codes, inside, strict=True)
            if is_inside and not code and isinstance(cell, str) and cell.strip()
        }
    )
    # More unmatched names than missing places: some belong elsewhere, so similarity would mislead.
    matched = match_spellings(unmatched, missing, index) if len(unmatched) <= len(missing) else {}
    codes = [
        code or (matched.get(cell) if is_inside and isinstance(cell, str) else None)
        for cell, code, is_inside in zip(cells, match.codes, inside, strict=True)
    ]
    unknown = match.unknown_names + tuple(name for name in unmatched if name not in matched)
    notes = tuple(
        f'"{cell}" dibaca sebagai {index.display_names[code]}' for cell, code in matched.items()
    )
    return replace(match, codes=codes, unknown_names=unknown, warnings=match.warnings + notes)


def match_spellings(unknown_names: list[str], missing: Codes, index: NameIndex) -> dict[str, str]:
    """Return unknown name -> code, where name and place are each other's clear best match."""
    nearest = {cell: index.find_nearest(parse_words(cell), missing) for cell in unknown_names}
    count = Counter(nearest.values())
    return {cell: code for cell, code in nearest.items() if code and count[code] == 1}
