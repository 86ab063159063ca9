"""Incidents: from rows, where one report may have many, to cases and what is open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.row_order import reported_time

# What holds for a case until another word on it is told.
CARRIED_FORWARD_COLUMNS = (
    "tingkat",
    "situasi",
    "keandalan",
    "kredibilitas",
    "ditugaskan",
    "rujukan",
)


@dataclass(frozen=True)
class Selection:
    """What a viewer asked to see. An empty collection means all. Times are aware."""

    kecamatan: Collection[str] = field(default=())
    jenis: Collection[str] = field(default=())
    tingkat: Collection[str] = field(default=())
    status: Collection[str] = field(default=())
    since: datetime | None = None
    until: datetime | None = None


def build_case_keys(rows: pd.DataFrame, zone: tzinfo) -> pd.Series:
    """The case each row belongs to.

    An id alone is not enough: posts number their reports 1, 2, 3 each on their own. Rows
    are one case when id, kind, kecamatan, desa and local day of the occurrence agree, and
    both or neither are of an exercise. A wrong split shows two; a wrong merge hides one.
    """
    local = rows["occurred_at"].dt.tz_convert(zone).dt.tz_localize(None)
    day = local.dt.floor("D").astype("datetime64[s]").astype("int64") // 86_400
    village = rows["desa"].astype("object").where(rows["desa"].notna(), rows["desa_text"])
    made = rows["latihan"].map({True: "latihan", False: ""}).astype("object")
    keys: pd.Series = rows["id"].astype("object") + "|" + day.astype("str") + "|" + made
    for part in (rows["jenis"], rows["kecamatan"], village):
        keys = keys + "|" + part.astype("object").where(part.notna(), "-")
    return keys


def filter_known(rows: pd.DataFrame, at: datetime | None) -> pd.DataFrame:
    """The rows that the command post knew, and had not taken back, at a moment.

    rows: of a snapshot, with `withdrawn_at`. None: all that is known by now.
    """
    if at is None:
        stands = rows["withdrawn_at"].isna()
        return rows if stands.all() else rows[stands]  # nothing taken back is the rule
    standing = rows["withdrawn_at"].isna() | (rows["withdrawn_at"] > at)
    return rows[(rows["known_at"] <= at) & standing]


def build_case_table(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per case: its newest state. Newest told last.

    rows: incident rows with `case`. Beside the state: `first_known`, and `situasi_at`, when
    its situasi was stated. What a row does not state of STATED_ONCE keeps what was last
    stated for its case: a status change does not unsay the weight, nor who handles it.
    """
    told = reported_time(rows).astype("datetime64[us, UTC]")
    ordered = rows.assign(_told=told).take(np.lexsort((rows["seq"], told.astype("int64"))))
    case, _ = pd.factorize(ordered["case"])
    newest = ~pd.Series(case).duplicated(keep="last").to_numpy()
    found = ordered[newest].reset_index(drop=True)
    known_since = ordered["known_at"].reset_index(drop=True).groupby(case).min()
    found["first_known"] = known_since.array[case[newest]]
    stated = ordered["_told"].where(ordered["situasi"].notna() | (ordered["jenis"] == "nihil"))
    found["situasi_at"] = pd.Series(stated.array).groupby(case).max().array[case[newest]]
    for name in CARRIED_FORWARD_COLUMNS:
        if name in ordered.columns:
            last = _last_stated(ordered[name], case)[case[newest]]
            found[name] = pd.Series(last, found.index, dtype="object")
    return found.drop(columns="_told")


def _last_stated(values: pd.Series[Any], case: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    """The last value of each case, by its number; None where it was never stated."""
    stated = values.notna().to_numpy()
    last = np.full(case.max(initial=-1) + 1, None, dtype=object)
    last[case[stated]] = values.to_numpy()[stated]  # of several for one case the last stays
    return last


def drop_nihil(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases in which something happened."""
    return cases[_is_not_nihil(cases)]


def filter_open(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases that are still work for somebody."""
    return cases[_is_not_nihil(cases) & ~cases["status"].isin(STATUS_CLOSED)]


def _is_not_nihil(cases: pd.DataFrame) -> pd.Series:
    return (cases["jenis"] != "nihil") & (cases["status"] != "nihil")


def select(cases: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """The cases (or rows) that a viewer asked for. Times compare the occurrence."""
    keep = pd.Series(True, index=cases.index)
    for column in ("kecamatan", "jenis", "tingkat", "status"):
        values = getattr(selection, column)
        if values:
            keep &= cases[column].isin(list(values))
    if selection.since is not None:
        keep &= cases["occurred_at"] >= selection.since
    if selection.until is not None:
        keep &= cases["occurred_at"] < selection.until
    return cases[keep]


def count_by_tingkat(cases: pd.DataFrame) -> dict[str | None, int]:
    """How many cases of each weight; None for those nobody weighed."""
    counts = cases["tingkat"].value_counts(dropna=False)
    return {level if isinstance(level, str) else None: int(n) for level, n in counts.items()}


def count_by_kecamatan(cases: pd.DataFrame) -> dict[str, int]:
    """How many cases in each kecamatan that has any."""
    return {str(code): int(n) for code, n in cases["kecamatan"].value_counts().items()}


def filter_newly_known(cases: pd.DataFrame, at: datetime, window: timedelta) -> pd.DataFrame:
    """Cases first heard of within the window before `at`, or after it."""
    return cases[cases["first_known"] > at - window]


def list_newest(cases: pd.DataFrame, max_rows: int) -> pd.DataFrame:
    """The cases last heard of, newest first; within the same minute the heavier first."""
    # Whatever is older than the minute of the last one listed cannot be listed.
    oldest = cases["known_at"].nlargest(max_rows).min()
    recent: pd.DataFrame = cases[cases["known_at"] >= oldest.floor("min")]
    weight = recent["tingkat"].map({"tinggi": 2, "sedang": 1}).fillna(0)
    order = recent.assign(_minute=recent["known_at"].dt.floor("min"), _weight=weight)
    ordered = order.sort_values(["_minute", "_weight", "seq"], ascending=False)
    return ordered.head(max_rows).drop(columns=["_minute", "_weight"])


def split_by_location(cases: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases that can be drawn as points, and those that cannot."""
    drawn = cases["lat"].notna() & cases["lon"].notna()
    return cases[drawn], cases[~drawn]
