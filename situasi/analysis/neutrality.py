"""Neutrality of the police: cases by step, class and age, and the word that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.activities.activities import CLOCK_TOLERANCE
from situasi.domain.feed_schemas import LANGKAH, LANGKAH_CLOSED
from situasi.domain.row_order import reported_time

# The steps of a case on its path, without the word that there is none and without the ends.
PATH_STEPS = tuple(step for step in LANGKAH if step not in LANGKAH_CLOSED)
END_STEPS = tuple(step for step in LANGKAH_CLOSED if step != "nihil")
REPORTED_STEP = "lp_propam"
_CARRIED_FORWARD_COLUMNS = (
    "langkah",
    "pelanggaran",
    "kelas",
    "asal",
    "kecamatan",
    "satuan",
    "uraian",
    "sumber",
)
_UNCLASSED = "-"


@dataclass(frozen=True)
class NilDeclaration:
    """That somebody said there is no case: when, who, of which unit (None: not named)."""

    reported_at: datetime
    reporter: str | None
    unit: str | None
    is_exercise: bool


@dataclass(frozen=True)
class NeutralitySummary:
    """What is known of the neutrality of the police.

    state: belum_ada_laporan (no word at all), nihil (only the word that there is no case),
    kasus (cases are open), selesai (all cases are closed). cases: of `cases`. steps: of
    `cases`, one row per case and step told. nihil: the last word that there is no case.
    """

    state: str
    cases: pd.DataFrame
    steps: pd.DataFrame
    nihil: NilDeclaration | None

    @property
    def open_cases(self) -> pd.DataFrame:
        return self.cases[self.cases["open"]]

    @property
    def overdue_cases(self) -> pd.DataFrame:
        return self.cases[self.cases["overdue"]]


def compute_summary(
    rows: pd.DataFrame, at: datetime, target: timedelta, kecamatan: Sequence[str] = ()
) -> NeutralitySummary:
    """What is known at a moment. rows: of the feed, known then.

    kecamatan: only their cases and those that name none; all where empty.
    """
    rows = rows[rows["known_at"] <= at + CLOCK_TOLERANCE]
    told = reported_time(rows).astype("datetime64[us, UTC]")
    ordered = rows.assign(told=told).take(np.lexsort((rows["seq"], told.astype("int64"))))
    nihil = ordered["langkah"] == "nihil"
    found = _build_case_table(ordered[~nihil], at, target)
    said = ordered[nihil]
    if kecamatan:
        found = found[found["kecamatan"].isin(list(kecamatan)) | found["kecamatan"].isna()]
        said = said[said["kecamatan"].isin(list(kecamatan)) | said["kecamatan"].isna()]
    steps = ordered[~nihil].assign(case=build_case_keys(ordered[~nihil]))
    steps = steps[steps["case"].isin(found["case"]) & steps["langkah"].notna()]
    return NeutralitySummary(_summary_state(found, said), found, steps, _last_declaration(said))


def _summary_state(cases: pd.DataFrame, declarations: pd.DataFrame) -> str:
    if len(cases):
        return "kasus" if cases["open"].any() else "selesai"
    return "nihil" if len(declarations) else "belum_ada_laporan"


def _last_declaration(declarations: pd.DataFrame) -> NilDeclaration | None:
    if declarations.empty:
        return None
    last = declarations.iloc[-1]
    return NilDeclaration(
        last["told"].to_pydatetime(), _text_or_none(last["pelapor"]), _text_or_none(last["satuan"]),
        bool(last["latihan"]),
    )  # fmt: skip


def _text_or_none(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def build_case_keys(rows: pd.DataFrame) -> pd.Series:
    """Of which case each row is; an exercise has its own."""
    made: pd.Series = rows["latihan"].map({True: "|latihan", False: ""}).astype("object")
    return rows["id"].astype("object") + made


def _build_case_table(ordered: pd.DataFrame, at: datetime, target: timedelta) -> pd.DataFrame:
    """One row per case, the oldest first; what a later row leaves out still holds.

    Added: `case`; `open`; `since` and `since_what` (its LP, else the first word: from when
    its age counts); `until` (its end, else `at`); `age`; `overdue` (open and older than the
    target); `sanctions` (all told, in the order told); `doubt` (units that contradict).
    """
    case = build_case_keys(ordered)
    found = ordered.groupby(case, sort=False).tail(1).copy()
    key = case.loc[found.index]
    for column in _CARRIED_FORWARD_COLUMNS:
        stated = ordered[column].groupby(case, sort=False).last()
        found[column] = stated.reindex(key).to_numpy(dtype=object)
    # No step told is the first word: a tip. That is what a report without a step is.
    found["langkah"] = found["langkah"].where(found["langkah"].notna(), "informasi")
    found["case"] = key
    found["open"] = ~found["langkah"].isin(LANGKAH_CLOSED)
    reported = ordered["told"].where(ordered["langkah"] == REPORTED_STEP).groupby(case).min()
    first = ordered["told"].groupby(case).min()
    lp = pd.Series(reported.reindex(key).array, found.index)
    found["since"] = lp.fillna(pd.Series(first.reindex(key).array, found.index))
    found["since_what"] = (
        lp.notna().map({True: REPORTED_STEP, False: "kabar_pertama"}).astype("object")
    )
    found["until"] = found["told"].where(~found["open"], pd.Timestamp(at))
    found["age"] = found["until"] - found["since"]
    found["overdue"] = found["open"] & (found["age"] > target)
    found["sanctions"] = _collect_by_case(ordered["sanksi"], case, key)
    units = _collect_by_case(ordered["satuan"], case, key)
    found["doubt"] = [", ".join(names) if len(names) > 1 else None for names in units]
    return found.sort_values(["since", "seq"]).reset_index(drop=True)


def _collect_by_case(values: pd.Series, case: pd.Series, key: pd.Series) -> pd.Series:
    """All values told for each case, each once."""
    told: dict[str, dict[str, None]] = {}
    for one, value in zip(case, values, strict=True):
        if isinstance(value, str):
            told.setdefault(one, {})[value] = None
    return pd.Series([tuple(told.get(one, ())) for one in key], key.index, dtype="object")


def build_funnel(summary: NeutralitySummary) -> pd.DataFrame:
    """By step, the path first and then the ends: langkah, now, ever.

    now: cases that stand there. ever: cases of which that step was told. A step that nobody
    told is not assumed to have been passed.
    """
    ever = summary.steps.groupby("langkah")["case"].nunique()
    now = summary.cases["langkah"].value_counts()
    rows = [
        (step, int(now.get(step, 0)), int(ever.get(step, 0))) for step in (*PATH_STEPS, *END_STEPS)
    ]
    return pd.DataFrame(rows, columns=["langkah", "now", "ever"])


def build_class_table(summary: NeutralitySummary) -> pd.DataFrame:
    """Cases by step and class: langkah, kelas (None: not classed yet), cases."""
    grouped = summary.cases.groupby(["langkah", summary.cases["kelas"].fillna(_UNCLASSED)])
    table = grouped.size().reset_index(name="cases")
    table["kelas"] = table["kelas"].astype("object").replace({_UNCLASSED: None})
    return table


def count_by_breach(summary: NeutralitySummary) -> dict[str | None, int]:
    """Cases by kind of breach; None where none was named."""
    counted = summary.cases["pelanggaran"].value_counts(dropna=False)
    return {code if isinstance(code, str) else None: int(n) for code, n in counted.items()}


def count_sanctions(summary: NeutralitySummary) -> dict[str, int]:
    """Cases by sanction told; one case may have several."""
    told = summary.cases["sanctions"].explode().dropna()
    return {str(code): int(n) for code, n in told.value_counts().items()}
