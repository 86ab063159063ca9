"""Neutrality of the police: cases by step, class and age, and declarations that there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.activities.activities import CLOCK_TOLERANCE
from situasi.domain.feed_schemas import LANGKAH, LANGKAH_CLOSED
from situasi.domain.row_order import reported_time

# The steps of a case in order, without nil declarations and without the ends.
PATH_STEPS = tuple(step for step in LANGKAH if step not in LANGKAH_CLOSED)
END_STEPS = tuple(step for step in LANGKAH_CLOSED if step != "nihil")
REPORTED_STEP = "lp_propam"
_CARRIED_FORWARD_COLUMNS = (
    "langkah", "pelanggaran", "kelas", "asal", "kecamatan", "satuan", "uraian", "sumber",
)  # fmt: skip
_UNCLASSED = "-"


@dataclass(frozen=True)
class NilDeclaration:
    """A declaration that there is no case: when, by whom, of which unit (None: not named)."""

    reported_at: datetime
    reporter: str | None
    unit: str | None
    is_exercise: bool


@dataclass(frozen=True)
class NeutralitySummary:
    """What is known of the neutrality of the police.

    state: belum_ada_laporan (no report at all), nihil (only nil declarations), kasus (cases are
    open), selesai (all cases are closed). cases: one row each. steps: one row per case and reported
    step. nihil: the last nil declaration.
    """

    state: str
    cases: pd.DataFrame
    steps: pd.DataFrame
    nihil: NilDeclaration | None

    @property
    def open_cases(self) -> pd.DataFrame:
        """The cases that are still open."""
        return self.cases[self.cases["open"]]

    @property
    def overdue_cases(self) -> pd.DataFrame:
        """The open cases older than the target."""
        return self.cases[self.cases["overdue"]]


def compute_summary(
    rows: pd.DataFrame, at: datetime, target: timedelta, kecamatan: Sequence[str] = ()
) -> NeutralitySummary:
    """Compute what is known at a moment. rows: of the feed, known then.

    kecamatan: only their cases and those that name none; all if empty.
    """
    rows = rows[rows["known_at"] <= at + CLOCK_TOLERANCE]
    reported = reported_time(rows).astype("datetime64[us, UTC]")
    order = np.lexsort((rows["seq"], reported.astype("int64")))
    ordered = rows.assign(reported_time=reported).take(order)
    is_nihil = ordered["langkah"] == "nihil"
    cases = _build_case_table(ordered[~is_nihil], at, target)
    nil = ordered[is_nihil]
    if kecamatan:
        cases = cases[cases["kecamatan"].isin(list(kecamatan)) | cases["kecamatan"].isna()]
        nil = nil[nil["kecamatan"].isin(list(kecamatan)) | nil["kecamatan"].isna()]
    steps = ordered[~is_nihil].assign(case=build_case_keys(ordered[~is_nihil]))
    steps = steps[steps["case"].isin(cases["case"]) & steps["langkah"].notna()]
    return NeutralitySummary(_summary_state(cases, nil), cases, steps, _last_declaration(nil))


def _summary_state(cases: pd.DataFrame, declarations: pd.DataFrame) -> str:
    if len(cases):
        return "kasus" if cases["open"].any() else "selesai"
    return "nihil" if len(declarations) else "belum_ada_laporan"


def _last_declaration(declarations: pd.DataFrame) -> NilDeclaration | None:
    if declarations.empty:
        return None
    last = declarations.iloc[-1]
    return NilDeclaration(
        last["reported_time"].to_pydatetime(), _text_or_none(last["pelapor"]),
        _text_or_none(last["satuan"]), bool(last["latihan"]),
    )  # fmt: skip


def _text_or_none(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def build_case_keys(rows: pd.DataFrame) -> pd.Series:
    """Return the case that each row belongs to; cases of an exercise are separate."""
    exercise: pd.Series = rows["latihan"].map({True: "|latihan", False: ""}).astype("object")
    return rows["id"].astype("object") + exercise


def _build_case_table(ordered: pd.DataFrame, at: datetime, target: timedelta) -> pd.DataFrame:
    """Build one row per case, the oldest first; values that a later row leaves out still hold.

    Added: `case`; `open`; `since` and `since_what` (its LP, else the first report: start of its
    age); `until` (its end, else `at`); `age`; `overdue` (open and older than the target);
    `sanctions` (all, in reported order); `conflicting_units` (units that contradict).
    """
    case = build_case_keys(ordered)
    table = ordered.groupby(case, sort=False).tail(1).copy()
    key = case.loc[table.index]
    for column in _CARRIED_FORWARD_COLUMNS:
        last_values = ordered[column].groupby(case, sort=False).last()
        table[column] = last_values.reindex(key).to_numpy(dtype=object)
    # A report without a step is a tip, the first step.
    table["langkah"] = table["langkah"].where(table["langkah"].notna(), "informasi")
    table["case"] = key
    table["open"] = ~table["langkah"].isin(LANGKAH_CLOSED)
    reported = (
        ordered["reported_time"].where(ordered["langkah"] == REPORTED_STEP).groupby(case).min()
    )
    first_reported = ordered["reported_time"].groupby(case).min()
    lp = pd.Series(reported.reindex(key).array, table.index)
    table["since"] = lp.fillna(pd.Series(first_reported.reindex(key).array, table.index))
    table["since_what"] = (
        lp.notna().map({True: REPORTED_STEP, False: "kabar_pertama"}).astype("object")
    )
    table["until"] = table["reported_time"].where(~table["open"], pd.Timestamp(at))
    table["age"] = table["until"] - table["since"]
    table["overdue"] = table["open"] & (table["age"] > target)
    table["sanctions"] = _collect_by_case(ordered["sanksi"], case, key)
    units = _collect_by_case(ordered["satuan"], case, key)
    table["conflicting_units"] = [", ".join(names) if len(names) > 1 else None for names in units]
    return table.sort_values(["since", "seq"]).reset_index(drop=True)


def _collect_by_case(values: pd.Series, case: pd.Series, key: pd.Series) -> pd.Series:
    """Collect all values reported for each case, each once."""
    collected: dict[str, dict[str, None]] = {}
    for code, value in zip(case, values, strict=True):
        if isinstance(value, str):
            collected.setdefault(code, {})[value] = None
    return pd.Series([tuple(collected.get(code, ())) for code in key], key.index, dtype="object")


def build_funnel(summary: NeutralitySummary) -> pd.DataFrame:
    """Build one row per step, the path first and then the ends: langkah, now, ever.

    now: cases at that step. ever: cases with that step reported. A step that was not reported is
    not assumed to have been passed.
    """
    ever = summary.steps.groupby("langkah")["case"].nunique()
    now = summary.cases["langkah"].value_counts()
    rows = [
        (step, int(now.get(step, 0)), int(ever.get(step, 0))) for step in (*PATH_STEPS, *END_STEPS)
    ]
    return pd.DataFrame(rows, columns=["langkah", "now", "ever"])


def build_class_table(summary: NeutralitySummary) -> pd.DataFrame:
    """Count the cases by step and class: langkah, kelas (None: not yet classed), cases."""
    grouped = summary.cases.groupby(["langkah", summary.cases["kelas"].fillna(_UNCLASSED)])
    table = grouped.size().reset_index(name="cases")
    table["kelas"] = table["kelas"].astype("object").replace({_UNCLASSED: None})
    return table


def count_by_breach(summary: NeutralitySummary) -> dict[str | None, int]:
    """Count the cases by kind of breach; None where none was named."""
    counted = summary.cases["pelanggaran"].value_counts(dropna=False)
    return {code if isinstance(code, str) else None: int(n) for code, n in counted.items()}


def count_sanctions(summary: NeutralitySummary) -> dict[str, int]:
    """Count the cases by reported sanction; one case may have several."""
    sanctions = summary.cases["sanctions"].explode().dropna()
    return {str(code): int(n) for code, n in sanctions.value_counts().items()}
