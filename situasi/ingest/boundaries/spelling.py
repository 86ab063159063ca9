"""Which place a misspelt name means, where only one can be meant."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from situasi.ingest.boundaries import place_names

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
