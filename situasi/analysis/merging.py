"""Merging: cases that somebody found to be one report are counted once, and can be parted again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from situasi.analysis.incidents import told_at
from situasi.records import SITUASI, STATUS, STATUS_CLOSED, TINGKAT

Pair = tuple[str, str]


def decisions(merges: pd.DataFrame) -> pd.DataFrame:
    """The newest word on each pair of cases, in the order told: the rows of `merges` that count.

    merges: rows of records.MERGES that are known. A pair is the same both ways.
    """
    order = np.lexsort((merges["seq"], told_at(merges)))
    told = merges.take(order)
    one, other = told["kasus"].astype("str"), told["ke"].astype("str")
    pair = one.where(one < other, other) + "\n" + other.where(one < other, one)
    return told[~pair.duplicated(keep="last")].reset_index(drop=True)


def apart(merges: pd.DataFrame) -> set[frozenset[str]]:
    """Pairs of cases of which somebody last said that they are two."""
    newest = decisions(merges)
    parted = newest[newest["tindakan"] == "pisah"]
    return {frozenset(pair) for pair in zip(parted["kasus"], parted["ke"], strict=True)}


def bonds(found: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """The decisions that hold two of these cases together.

    A bond needs both its cases; and an exercise never touches what is real.
    """
    newest = decisions(merges)
    made_up = dict(zip(found["case"], found["latihan"], strict=True))
    told = zip(newest["tindakan"], newest["kasus"], newest["ke"], newest["latihan"], strict=True)
    holds = [
        act == "gabung" and one != other and made_up.get(one) == made_up.get(other) == exercise
        for act, one, other, exercise in told
    ]
    return newest[pd.Series(holds, newest.index, dtype="bool")]


def strangers(found: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """Decisions that name a case which is not known (any more): they bind nothing."""
    newest = decisions(merges)
    known = set(found["case"])
    return newest[~(newest["kasus"].isin(known) & newest["ke"].isin(known))]


def standing(found: pd.DataFrame, merges: pd.DataFrame) -> dict[str, str]:
    """Which case stands for each case that is merged: the one of its group known earliest.

    Cases that are not merged are not named; the one that stands, stands for itself.
    """
    if merges.empty:
        return {}
    held = bonds(found, merges)
    groups = _groups(list(zip(held["kasus"], held["ke"], strict=True)))
    first = dict(zip(found["case"], found["first_known"], strict=True))
    stands: dict[str, str] = {}
    for group in groups:
        head = min(group, key=lambda case: (first[case], case))
        stands |= dict.fromkeys(group, head)
    return stands


def _groups(pairs: list[Pair]) -> list[set[str]]:
    """The pairs joined wherever they share a case."""
    group_of: dict[str, set[str]] = {}
    for one, other in pairs:
        joined = group_of.get(one, {one}) | group_of.get(other, {other})
        group_of |= dict.fromkeys(joined, joined)
    return list({id(group): group for group in group_of.values()}.values())


def merged(found: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """The cases with each group as one row, and `gabungan`: how many reports are in a row.

    found: cases (analysis.incidents.cases). The row of a group says where, what and when as
    the earliest known of them; its tingkat and situasi are the gravest stated, it is open
    while any of them is, and it stands where the one last told stood.
    """
    return folded(found, standing(found, merges))


def folded(found: pd.DataFrame, stands: Mapping[str, str]) -> pd.DataFrame:
    """The same, where it is known which case stands for which (`standing`)."""
    if not stands:
        return found.assign(gabungan=1)
    head = found["case"].map(stands)
    groups = found[head.notna()].groupby(head, sort=False)
    rows = [_as_one(group, str(case)) for case, group in groups]
    whole = pd.concat([found[head.isna()].assign(gabungan=1), *rows])
    return whole.sort_index().reset_index(drop=True)


def _as_one(group: pd.DataFrame, head: str) -> pd.DataFrame:
    """The group as one row, at the index of the member told last."""
    row = group[group["case"] == head].copy()
    last = group.iloc[-1]
    row.index = pd.Index([last.name])
    row["status"] = _status(group)
    row["tingkat"] = _gravest(group["tingkat"], TINGKAT)
    row["situasi"] = _gravest(group["situasi"], SITUASI)
    row["known_at"], row["seq"] = group["known_at"].max(), group["seq"].max()
    row["gabungan"] = len(group)
    if "lat" in group and row["lat"].isna().all():
        drawn = group[group["lat"].notna()].head(1)
        if len(drawn):
            row["lat"], row["lon"] = drawn["lat"].iloc[0], drawn["lon"].iloc[0]
    for name in ("ditugaskan", "rujukan"):
        if name in group and group[name].notna().any():
            row[name] = group[name].dropna().iloc[-1]
    return row


def _status(group: pd.DataFrame) -> str:
    """The furthest step of those still open; where none is, what was last told."""
    lively = group.loc[~group["status"].isin(STATUS_CLOSED), "status"]
    return max(lively, key=STATUS.index) if len(lively) else str(group["status"].iloc[-1])


def _gravest(stated: pd.Series, scale: tuple[str, ...]) -> str | None:
    return max(stated.dropna(), key=scale.index, default=None)
