"""Incidents: from rows, of which one report may have many, to cases and open cases."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

import pandas as pd

from situasi.analysis import timestamps
from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.rules import CriticalRule

# Values that hold for a case until a row states another.
CARRIED_FORWARD_COLUMNS = (
    "tingkat", "situasi", "keandalan", "kredibilitas", "ditugaskan", "rujukan",
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """What a viewer selected. An empty collection means all. Times have a timezone."""

    kecamatan: Collection[str] = field(default=())
    jenis: Collection[str] = field(default=())
    tingkat: Collection[str] = field(default=())
    status: Collection[str] = field(default=())
    since: datetime | None = None
    until: datetime | None = None


def build_case_keys(rows: pd.DataFrame, zone: tzinfo) -> pd.Series:
    """Return the key of the case that each row belongs to.

    An id alone is not enough: each post numbers its own reports 1, 2, 3. Rows are one case when id,
    kind, kecamatan, desa and local day of the occurrence agree, and both or neither are of an
    exercise. A wrong split shows two cases; a wrong merge would hide one.
    """
    local = rows["occurred_at"].dt.tz_convert(zone).dt.tz_localize(None)
    day = local.dt.floor("D").astype("datetime64[s]").astype("int64") // 86_400
    village = rows["desa"].astype("object").where(rows["desa"].notna(), rows["desa_text"])
    exercise = rows["latihan"].map({True: "latihan", False: ""}).astype("object")
    keys: pd.Series = rows["id"].astype("object") + "|" + day.astype("str") + "|" + exercise
    for part in (rows["jenis"], rows["kecamatan"], village):
        keys = keys + "|" + part.astype("object").where(part.notna(), "-")
    return keys


def filter_known(rows: pd.DataFrame, at: datetime | None) -> pd.DataFrame:
    """Return the rows that the command post knew and had not withdrawn at a moment.

    rows: of a snapshot, with `withdrawn_at`. at: None for all that is known by now.
    """
    if at is None:
        not_withdrawn = rows["withdrawn_at"].isna()
        return rows if not_withdrawn.all() else rows[not_withdrawn]  # mostly nothing was withdrawn
    standing = rows["withdrawn_at"].isna() | (rows["withdrawn_at"] > at)
    return rows[(rows["known_at"] <= at) & standing]


def drop_nihil(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the cases in which something happened."""
    return cases[_is_not_nihil(cases)]


def filter_open(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that are still open work."""
    return cases[_is_not_nihil(cases) & ~cases["status"].isin(STATUS_CLOSED)]


def is_critical(rows: pd.DataFrame, critical: CriticalRule) -> pd.Series:
    """Return which of these open cases (or rows) are critical; everything that asks, asks here."""
    is_grave: pd.Series = rows["tingkat"].isin(critical.tingkat)
    return is_grave | rows["situasi"].isin(critical.situasi)


def _is_not_nihil(cases: pd.DataFrame) -> pd.Series:
    return (cases["jenis"] != "nihil") & (cases["status"] != "nihil")


def select(cases: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Return the selected cases (or rows); time limits apply to the time of occurrence."""
    mask = pd.Series(True, index=cases.index)
    for column in ("kecamatan", "jenis", "tingkat", "status"):
        values = getattr(selection, column)
        if values:
            mask &= cases[column].isin(list(values))
    if selection.since is not None:
        mask &= cases["occurred_at"] >= selection.since
    if selection.until is not None:
        mask &= cases["occurred_at"] < selection.until
    return cases[mask]


def count_by_tingkat(cases: pd.DataFrame) -> dict[str | None, int]:
    """Count the cases of each tingkat; None for those without one."""
    return count_by_word(cases["tingkat"])


def count_by_word(column: pd.Series) -> dict[str | None, int]:
    """Count the cells of each word; None for the empty ones."""
    counts = column.value_counts(dropna=False)
    return {word if isinstance(word, str) else None: int(n) for word, n in counts.items()}


def count_by_kecamatan(cases: pd.DataFrame) -> dict[str, int]:
    """Count the cases in each kecamatan that has any."""
    return {str(code): int(n) for code, n in cases["kecamatan"].value_counts().items()}


def filter_newly_known(cases: pd.DataFrame, at: datetime, window: timedelta) -> pd.DataFrame:
    """Return the cases first known within the window before the end of the minute `at`.

    Later is only what an exercise has beyond its clock: of real days after it, or known to a day.
    """
    return cases[
        cases["first_known"].between(at - window, timestamps.minute_end(at), inclusive="right")
    ]


def list_newest(cases: pd.DataFrame, max_rows: int) -> pd.DataFrame:
    """Return the newest known cases, newest first; within one minute the graver first.

    One of which no hour is known counts from the start of its day: that it was heard of late makes
    it no news of this hour.
    """
    has_hour = cases["precision"] == "menit"
    times = cases["known_at"].where(has_hour, cases[["known_at", "occurred_at"]].min(axis=1))
    # Cases older than the minute of the last listed one cannot be listed.
    is_recent = times >= times.nlargest(max_rows).min().floor("min")
    recent: pd.DataFrame = cases[is_recent]
    order = recent.assign(_minute=times[is_recent].dt.floor("min"), _weight=_weigh(recent))
    ordered = order.sort_values(["_minute", "_weight", "seq"], ascending=False)
    return ordered.head(max_rows).drop(columns=["_minute", "_weight"])


def sort_gravest_first(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the cases by tingkat, the gravest first; of one tingkat the longest known first."""
    order = cases.assign(_weight=_weigh(cases))
    ordered = order.sort_values(["_weight", "first_known"], ascending=[False, True], kind="stable")
    return ordered.drop(columns="_weight")


def _weigh(cases: pd.DataFrame) -> pd.Series:
    return cases["tingkat"].map({"tinggi": 2, "sedang": 1}).fillna(0)
