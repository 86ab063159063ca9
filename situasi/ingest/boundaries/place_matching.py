"""Finds which row of a file is which place, from the values in its columns."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from situasi.domain.register import Register
from situasi.ingest.boundaries.match_result import MatchResult, best_match, register_names
from situasi.ingest.boundaries.name_matching import match_by_names
from situasi.ingest.boundaries.place_names import code_digits

# If the names of more than this share of rows contradict the codes, these are not Kemendagri's.
MAX_CONTRADICTED_SHARE = 0.1


def match_places(table: pd.DataFrame, level: str, register: Register) -> MatchResult | None:
    """Return the match of this table with the most places; None where there is none.

    table: the attributes of the file, one row per feature. Column names are not trusted, only
    values. Codes go before names unless the names contradict them.
    """
    expected = register_names(level, register)
    parents = match_places(table, "kecamatan", register) if level == "desa" else None
    by_name = match_by_names(table, level, register, parents)
    by_code = _match_by_code(table, _exact_code_parser(expected))
    by_longer_code = (
        _match_by_code(table, _longer_code_parser(expected), weak=True)
        if level == "kecamatan"
        else None
    )
    matches: list[MatchResult] = []
    rejected_columns: list[str] = []
    for code_match in (by_code, by_longer_code):
        if code_match and by_name and _is_contradicted(code_match, by_name):
            rejected_columns.append(code_match.column)
        elif code_match:
            matches.append(code_match)
    if by_name:
        matches.insert(1 if by_code in matches else 0, by_name)
    best = max(matches, key=lambda match: match.place_count, default=None)
    return best and _with_note(best, rejected_columns)


def _with_note(best: MatchResult, rejected_columns: list[str]) -> MatchResult:
    if not rejected_columns or not best.is_by_name:
        return best
    note = f"kolom {', '.join(rejected_columns)} tidak dipakai: kodenya bukan kode Kemendagri"
    return replace(best, warnings=(*best.warnings, note))


def _exact_code_parser(expected: dict[str, str]) -> Callable[[object], str | None]:
    table = {code_digits(code): code for code in expected}
    return lambda value: table.get(code_digits(value))


def _longer_code_parser(expected: dict[str, str]) -> Callable[[object], str | None]:
    """Parse codes of desa (1xxx, 2xxx) as their kecamatan, also codes with the 0 that BPS adds."""
    table = {code_digits(code): code for code in expected}

    def parse(value: object) -> str | None:
        text = code_digits(value)
        is_desa = len(text) == 10 and text[6] in "12"
        is_padded = len(text) == 7 and text[6] == "0"
        return table.get(text[:6]) if is_desa or is_padded else None

    return parse


def _match_by_code(
    table: pd.DataFrame, parse_code: Callable[[object], str | None], *, weak: bool = False
) -> MatchResult | None:
    matches = [
        MatchResult(
            str(column), [parse_code(value) for value in table[column].tolist()], is_weak=weak
        )
        for column in table.columns
    ]
    return best_match(matches)


def _is_contradicted(coded: MatchResult, by_name: MatchResult) -> bool:
    """Return whether names contradict the codes; a few names in a column (town, river) do not."""
    in_both = [(a, b) for a, b in zip(coded.codes, by_name.codes, strict=True) if a and b]
    return (
        2 * by_name.place_count >= coded.place_count
        and bool(in_both)
        and sum(a != b for a, b in in_both) / len(in_both) > MAX_CONTRADICTED_SHARE
    )
