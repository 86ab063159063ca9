"""Rows of one table that tell the same again under another id, or sent at another time."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from situasi.ingest.facts.times_of_report import TIMES_OF_SENDING

# Where an id or the time of sending makes a row of its own, a figure would count it twice.
_FEEDS = frozenset(("activities", "tps", "personnel", "incidents"))
_OF_SENDING = frozenset(("id", "reported_at", "row", "flags"))
# What tells one giat from another of the same minute and kecamatan.
_OF_ONE_GIAT = ["lokasi", "desa", "desa_text", "uraian"]
# Of a whole kecamatan the same sentence may tell of several places.
_OF_ONE_INCIDENT = ["desa", "desa_text", "tps", "lat"]
_FEWEST_WORDS = 3  # of an incident: `adu mulut` twice in one minute may be two
_MOST_NAMED = 5
_OF_ONE_SUBJECT = ("kecamatan", "desa", "tps", "petugas", "lokasi")
_SENT_AGAIN = pd.Timedelta(minutes=5)  # between two sendings of one report

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

    Only of reports that name their minute: of two giat of one day each may be its own. Where the
    form asked no time, theirs is that of sending, which differs by as long as sending again took.
    """
    if feed not in _FEEDS or len(accepted) < 2:
        return DistinctReports(accepted, 0, None)
    moments = _take_first_sending(accepted)
    if not pd.DataFrame({"at": moments, "of": accepted["kecamatan"]}).duplicated().any():
        return DistinctReports(accepted, 0, None)
    facts = [name for name in accepted.columns if name not in _OF_SENDING]
    told = _remove_remarks(accepted).assign(occurred_at=moments)
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


def _take_first_sending(accepted: pd.DataFrame) -> pd.Series:
    """Return when each report happened; of one sent again shortly after, that of the first.

    Only where the time is that of sending, and nothing else was told of the same place and officer
    in between: a count that was corrected and then corrected back says something new.
    """
    moments = accepted["occurred_at"]
    is_sent = accepted["flags"].map(_is_time_of_sending, na_action="ignore").eq(True)
    if is_sent.sum() < 2:
        return moments
    subject = [name for name in _OF_ONE_SUBJECT if name in accepted.columns]
    sent = accepted.loc[is_sent, [*subject, "occurred_at"]]
    codes = sent.groupby(subject, dropna=False, sort=False).ngroup()
    in_order = sent["occurred_at"].iloc[np.lexsort((sent["occurred_at"], codes))]
    gaps = in_order.diff().where(codes[in_order.index].diff().eq(0))
    is_soon = gaps.le(_SENT_AGAIN)
    if not is_soon.any():
        return moments
    rows = in_order.index[is_soon | is_soon.shift(-1, fill_value=False)]
    close = _remove_remarks(accepted.loc[rows])
    facts = [n for n in close.columns if n not in _OF_SENDING and n != "occurred_at"]
    told = close.groupby(facts, dropna=False, sort=False).ngroup()
    is_again = is_soon[close.index] & told.diff().eq(0)
    starts = close["occurred_at"].groupby((~is_again).cumsum()).transform("first")
    starts = starts[close["occurred_at"] - starts <= _SENT_AGAIN]
    return starts.reindex(moments.index).fillna(moments)


def _is_time_of_sending(flags: object) -> bool:
    return isinstance(flags, str) and any(doubt in flags for doubt in TIMES_OF_SENDING)


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


def _remove_remarks(reports: pd.DataFrame) -> pd.DataFrame:
    """Return the reports without words that say nothing new."""
    words = reports["uraian"]
    remarks = [text for text in words.dropna().unique() if _REMARK.fullmatch(text)]
    return reports.assign(uraian=words.where(~words.isin(remarks), None))
