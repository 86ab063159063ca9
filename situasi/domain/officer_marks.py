"""Keyed marks of officers: how they are written, and which officer number each belongs to.

A mark stands in the place of an NRP or NIP that was thrown away (access.officer_key). It is of
letters alone, so that nothing takes it for a number, and of consonants, so that it is no word.
"""

import re
from collections.abc import Mapping

import pandas as pd

from situasi.domain.feed_schemas import POSTINGS, ROSTER

LETTERS = "BCDFGHJKLMNPRSTV"
MARK_LENGTH = 12  # letters
NUMBER_PREFIX, NAME_PREFIX = "N-", "M-"
NUMBER_MARK = re.compile(rf"{NUMBER_PREFIX}[{LETTERS}]{{{MARK_LENGTH}}}")
_SHORT_LENGTH = 6
# Rows of these feeds may name an officer by number and NRP. The later feed takes precedence.
FEEDS_WITH_MARKS = (POSTINGS.name, ROSTER.name)
_COLUMNS = ["seq", "petugas", "nrp"]


def is_number_mark(text: object) -> bool:
    """Return whether this is the mark of an NRP or NIP."""
    return isinstance(text, str) and NUMBER_MARK.fullmatch(text) is not None


def shorten_mark(petugas: str) -> str:
    """Return a mark as tables show it; an officer number stays as it is."""
    return petugas[: len(NUMBER_PREFIX) + _SHORT_LENGTH] if is_number_mark(petugas) else petugas


def find_officer_numbers(frames: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the officer number of each mark that some row names beside a number.

    frames: rows of FEEDS_WITH_MARKS by feed (a missing feed has none); columns seq, petugas, nrp.
    The roster goes before posting orders, a later row before an earlier one.
    """
    numbers: dict[str, str] = {}
    for feed in FEEDS_WITH_MARKS:
        if feed not in frames or frames[feed]["nrp"].isna().all():
            continue
        rows = frames[feed][_COLUMNS]
        is_pair = rows["nrp"].notna() & rows["petugas"].notna() & (rows["nrp"] != rows["petugas"])
        pairs = rows[is_pair].sort_values("seq")
        numbers |= dict(zip(pairs["nrp"], pairs["petugas"], strict=True))
    return numbers


def resolve_officers(rows: pd.DataFrame, number_by_mark: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows with the officer number in `petugas` wherever a mark's number is known."""
    if not number_by_mark or "petugas" not in rows.columns:
        return rows
    is_known = rows["petugas"].isin(list(number_by_mark))
    if not is_known.any():
        return rows
    resolved = rows["petugas"].where(~is_known, rows["petugas"].map(number_by_mark))
    return rows.assign(petugas=resolved.astype("object"))
