"""Rows of one table that tell the same again under another id, or sent at another time."""

import re
from typing import NamedTuple

import pandas as pd

# Where an id or the time of sending makes a row of its own, a figure would count it twice.
_FEEDS = frozenset(("activities", "tps", "personnel", "incidents"))
_OF_SENDING = frozenset(("id", "reported_at", "row", "flags"))
# What tells one giat from another of the same minute and kecamatan.
_OF_ONE_GIAT = ["lokasi", "desa", "desa_text", "uraian"]
# Of a whole kecamatan the same sentence may tell of several places.
_OF_ONE_INCIDENT = ["desa", "desa_text", "tps", "lat"]
_FEWEST_WORDS = 3  # of an incident: `adu mulut` twice in one minute may be two
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
    if feed not in _FEEDS or not accepted.duplicated(["occurred_at", "kecamatan"]).any():
        return DistinctReports(accepted, 0, None)
    facts = [name for name in accepted.columns if name not in _OF_SENDING]
    words = accepted["uraian"]
    told = accepted.assign(uraian=words.where(~words.isin(_find_remarks(words)), None))
    is_repeated = told.duplicated(facts) & (accepted["precision"] == "menit")
    if feed == "activities":
        is_repeated &= accepted[_OF_ONE_GIAT].notna().any(axis=1)
    if feed == "incidents" and is_repeated.any():
        is_repeated &= _find_told_incidents(told, facts)
    if not is_repeated.any():
        return DistinctReports(accepted, 0, None)
    rows = accepted.loc[is_repeated, "row"].tolist()
    numbers = ", ".join(map(str, rows[:_MOST_NAMED])) + (", …" if len(rows) > _MOST_NAMED else "")
    note = f"{len(rows)} kiriman ulang dihitung sekali: isinya sama dengan baris di atasnya"
    return DistinctReports(
        accepted[~is_repeated].reset_index(drop=True), len(rows), f"{note} (baris {numbers})"
    )


def _find_told_incidents(told: pd.DataFrame, facts: list[str]) -> pd.Series:
    """Return which rows tell of an incident in a sentence and a place, and are no later step of it.

    One whose status moved, or whose id comes again, may have gone back to what it was before.
    """
    is_sentence = told["uraian"].map(
        lambda text: isinstance(text, str) and len(text.split()) >= _FEWEST_WORDS
    )
    others = [name for name in facts if name != "status"]
    may_be_step = told["id"].notna() & told.duplicated("id", keep=False)
    is_first = told["status"].notna() & ~told.duplicated(facts)
    if told.loc[is_first, others].duplicated().any():
        states = told.groupby(others, dropna=False, sort=False)["status"].transform("nunique")
        may_be_step |= states > 1
    return is_sentence & told[_OF_ONE_INCIDENT].notna().any(axis=1) & ~may_be_step


def _find_remarks(words: pd.Series) -> list[str]:
    """Return the different words that are such a remark."""
    return [text for text in words.dropna().unique() if _REMARK.fullmatch(text)]
