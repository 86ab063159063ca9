"""Rows of one table that tell the same again under another id, or sent at another time."""

import re
from typing import NamedTuple

import pandas as pd

# Where an id or the time of sending makes a row of its own, a figure would count it twice.
_FEEDS = frozenset(("activities", "tps", "personnel"))
_OF_SENDING = frozenset(("id", "reported_at", "row", "flags"))
# What tells one giat from another of the same minute and kecamatan.
_OF_ONE_GIAT = ["lokasi", "desa", "desa_text", "uraian"]
_MOST_NAMED = 5


# A remark that says nothing (`---`), or only that the report came before.
_REMARK = re.compile(
    r"\W*+(?:(?:di)?(?:kirim|lapor|input|entri)(?:kan|an)? ulang\W*+)?", re.IGNORECASE
)


class DistinctReports(NamedTuple):
    """The rows that say something new, how many others there were, and a note on these."""

    accepted: pd.DataFrame
    repeated: int
    note: str | None


def drop_repeated_reports(accepted: pd.DataFrame, feed: str) -> DistinctReports:
    """Return the rows without those of which an earlier one says everything.

    Only of reports that name their minute: of two giat of one day each may be its own.
    """
    if feed not in _FEEDS or len(accepted) < 2:
        return DistinctReports(accepted, 0, None)
    facts = [name for name in accepted.columns if name not in _OF_SENDING]
    words = accepted["uraian"]
    told = accepted.assign(uraian=words.where(~words.isin(_find_remarks(words)), None))
    is_repeated = told.duplicated(facts) & (accepted["precision"] == "menit")
    if feed == "activities":
        is_repeated &= accepted[_OF_ONE_GIAT].notna().any(axis=1)
    if not is_repeated.any():
        return DistinctReports(accepted, 0, None)
    rows = accepted.loc[is_repeated, "row"].tolist()
    numbers = ", ".join(map(str, rows[:_MOST_NAMED])) + (", …" if len(rows) > _MOST_NAMED else "")
    note = f"{len(rows)} kiriman ulang dihitung sekali: isinya sama dengan baris di atasnya"
    return DistinctReports(
        accepted[~is_repeated].reset_index(drop=True), len(rows), f"{note} (baris {numbers})"
    )


def _find_remarks(words: pd.Series) -> list[str]:
    """Return the different words that are such a remark."""
    return [text for text in words.dropna().unique() if _REMARK.fullmatch(text)]
